namespace Verification.Machine.Memory;

/// <summary>A bank of memory: a contiguous range of physical addresses, anywhere in the 56-bit space.</summary>
/// <param name="BaseAddress">First address.</param>
/// <param name="SizeBytes">Length; at least 1.</param>
public readonly record struct MemoryBank(ulong BaseAddress, ulong SizeBytes)
{
    /// <summary>First address behind the bank.</summary>
    public ulong EndAddress => BaseAddress + SizeBytes;

    /// <summary>Whether all of the range lies in the bank.</summary>
    public bool Contains(ulong address, ulong sizeBytes) =>
        address >= BaseAddress && address - BaseAddress <= SizeBytes && sizeBytes <= SizeBytes - (address - BaseAddress);

    /// <inheritdoc/>
    public override string ToString() => $"0x{BaseAddress:x}+0x{SizeBytes:x}";
}
