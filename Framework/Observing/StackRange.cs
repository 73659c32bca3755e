using System.Globalization;

namespace Verification.Framework.Observing;

/// <summary>A stack's extent in memory; it is empty when <c>sp</c> equals <see cref="HighAddress"/>.</summary>
/// <param name="Name">What reports call it: the symbol that it was found by.</param>
/// <param name="LowAddress">Its end: the lowest address that it may use.</param>
/// <param name="HighAddress">Its top.</param>
/// <param name="Origin">How its extent is known.</param>
public sealed record StackRange(string Name, ulong LowAddress, ulong HighAddress, StackOrigin Origin)
{
    /// <summary>Bytes from end to top.</summary>
    public ulong SizeBytes => HighAddress - LowAddress;

    /// <summary>Whether the stack pointer may have this value.</summary>
    public bool Allows(ulong stackPointer) => stackPointer >= LowAddress && stackPointer <= HighAddress;

    /// <summary>Whether all bytes of an access lie inside.</summary>
    public bool Contains(ulong address, int sizeBytes) =>
        address >= LowAddress && address < HighAddress && (ulong)sizeBytes <= HighAddress - address;

    /// <inheritdoc/>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Name} (0x{LowAddress:x}..0x{HighAddress:x}, {SizeBytes:N0} bytes)");
}

/// <summary>How a stack's extent is known.</summary>
public enum StackOrigin
{
    /// <summary>The kernel's description gives it.</summary>
    Described,

    /// <summary>Its top is the value that <c>sp</c> was set to; its end is the nearest symbol below.</summary>
    Learned,

    /// <summary>It lies in memory that no symbol names, so that only the borders of that memory are known.</summary>
    Anonymous,
}
