namespace Verification.Machine.Devices;

/// <summary>The devicetree while the board writes it: each device adds its own node.</summary>
public sealed class BoardDescription
{
}
