using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Verification.Machine.Harts;

/// <summary>
/// The tags of a <see cref="TlbEntry"/> whose page lies as most pages of the context do: at the same distance between host and
/// guest. Code that finds its page here knows the host's address before it has looked anything up; the tag only says
/// whether it may go there, and a processor that predicts jumps doesn't wait for it.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal struct FlatTag
{
    /// <summary>Tags of a context; a power of two. The slot is the page number's low bits.</summary>
    internal const int Count = 4096;

    /// <summary>One that no access hits.</summary>
    internal static readonly FlatTag Empty = new() { Read = TlbEntry.Nothing, Write = TlbEntry.Nothing };

    private static readonly FlatTag[] s_noPages = NewTable();

    /// <summary>A table without a page, at a fixed address.</summary>
    internal static unsafe FlatTag* NoPages { get; } = (FlatTag*)Unsafe.AsPointer(ref s_noPages[0]);

    /// <summary>The entry's <see cref="TlbEntry.ReadTag"/>.</summary>
    internal ulong Read;

    /// <summary>The entry's <see cref="TlbEntry.WriteTag"/>.</summary>
    internal ulong Write;

    /// <summary>The page that it stands for; the last one if it stands for none.</summary>
    internal readonly ulong Page => Math.Min(Read, Write) & ~0xFFFUL;

    /// <summary>Whether it stands for the page at an address.</summary>
    internal readonly bool IsOf(ulong page) => Read == page || Write == page;

    /// <summary>A table at a fixed address that is empty.</summary>
    internal static FlatTag[] NewTable()
    {
        var table = GC.AllocateUninitializedArray<FlatTag>(Count, pinned: true);
        Array.Fill(table, Empty);
        return table;
    }

    /// <summary>The slot of an address. Pages that share one are told apart by the TLB, out of the way.</summary>
    internal static nuint Slot(ulong address) => (nuint)(address >> 12) & (Count - 1);
}
