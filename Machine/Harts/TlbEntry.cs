using System.Runtime.InteropServices;

namespace Verification.Machine.Harts;

/// <summary>
/// One entry of a hart's TLB: what a virtual page may be used for without a look, and where it lies on the host. An access
/// of <c>size</c> bytes at <c>address</c> hits when <c>(address &amp; (~0xfff | size-1))</c> equals the tag: a misaligned
/// access never does. Host address = guest address + <see cref="Addend"/>.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal struct TlbEntry
{
    /// <summary>Matches no access: its bits 3-11 are set.</summary>
    internal const ulong Nothing = ulong.MaxValue;

    /// <summary>In a write tag, which then matches no access: whether a store must be told depends on its words.</summary>
    internal const ulong Filtered = 8;

    /// <summary>Entries of a TLB; a power of two.</summary>
    internal const int Count = 2048;

    /// <summary>An entry that no access hits.</summary>
    internal static readonly TlbEntry Empty = new() { ReadTag = Nothing, WriteTag = Nothing, FetchTag = Nothing };

    /// <summary>Virtual page address where loads may go on, or <see cref="Nothing"/>.</summary>
    internal ulong ReadTag;

    /// <summary>
    /// Virtual page address where stores may go on: the page is the machine's own, dirty, and not marked. With
    /// <see cref="Filtered"/>, where they may if the observer's filter says so.
    /// </summary>
    internal ulong WriteTag;

    /// <summary>Virtual page address where fetches may go on.</summary>
    internal ulong FetchTag;

    /// <summary>Host address less guest address.</summary>
    internal nint Addend;

    /// <summary>Virtual address of the page that it is for.</summary>
    internal readonly ulong Page => Math.Min(Math.Min(ReadTag, WriteTag), FetchTag) & ~0xFFFUL;

    /// <summary>The slot of an address. Buffers a power of two apart don't share one: higher bits are folded in.</summary>
    internal static nuint Slot(ulong address) => (nuint)((address >> 12) ^ (address >> 20)) & (Count - 1);
}
