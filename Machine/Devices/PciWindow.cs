using Verification.Machine.State;

namespace Verification.Machine.Devices;

/// <summary>
/// A window of the PCI host bridge into I/O or memory space (PCI Local Bus specification 3.0, section 3.3.3.1: a read that no
/// card answers ends in a master abort and gives ones, a write is lost). Without cards nobody ever answers.
/// </summary>
/// <remarks>Not modelled: cards.</remarks>
/// <param name="name">Which of the windows.</param>
/// <param name="range">Its addresses.</param>
public sealed class PciWindow(string name, AddressRange range) : IDevice
{
    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public AddressRange Range => range;

    /// <inheritdoc/>
    public bool Read(ulong offset, int sizeBytes, out ulong value)
    {
        value = ulong.MaxValue >> (64 - sizeBytes * 8);
        return true;
    }

    /// <inheritdoc/>
    public bool Write(ulong offset, int sizeBytes, ulong value) => true;

    /// <summary>The bridge's node names it.</summary>
    public void Describe(BoardDescription description)
    {
    }

    /// <inheritdoc/>
    public void Transfer(StateTransfer transfer)
    {
    }
}
