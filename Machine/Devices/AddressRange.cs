namespace Verification.Machine.Devices;

/// <summary>The physical addresses at which a device answers.</summary>
/// <param name="BaseAddress">First address.</param>
/// <param name="SizeBytes">Length.</param>
public readonly record struct AddressRange(ulong BaseAddress, ulong SizeBytes)
{
    /// <summary>First address behind the range.</summary>
    public ulong EndAddress => BaseAddress + SizeBytes;

    /// <inheritdoc/>
    public override string ToString() => $"0x{BaseAddress:x}+0x{SizeBytes:x}";
}
