using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Verification.Machine.Isa;
using Verification.Machine.Memory;

namespace Verification.Machine.Harts;

/// <summary>The blocks decoded from a physical page, by the offset of their first instruction.</summary>
internal sealed class CodePage(ulong number, IsaExtensions extensions)
{
    /// <summary>Physical page number, where the page is one board's alone.</summary>
    internal ulong Number { get; } = number;

    /// <summary>What the instructions were decoded for.</summary>
    internal IsaExtensions Extensions { get; } = extensions;

    /// <summary>Blocks by half of their offset.</summary>
    internal Block?[] Blocks { get; private init; } = new Block?[2048];

    /// <summary>What blocks were decoded from.</summary>
    internal PageCoverage Covered { get; private init; } = new();

    /// <summary>How often stores have changed what was decoded.</summary>
    internal int Rewrites { get; set; }

    /// <summary>The frame that can't change, where others use this too: it is never invalidated, only left.</summary>
    internal Frame? SharedSource { get; set; }

    /// <summary>The block that starts at an address of the page, if it has been decoded.</summary>
    internal Block? BlockAt(ulong pc) =>
        Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(Blocks), (nint)(pc >> 1 & 2047));

    /// <summary>A copy of one's own, which can be invalidated.</summary>
    internal CodePage Clone(ulong number)
    {
        var blocks = (Block?[])Blocks.Clone();
        return new CodePage(number, Extensions) { Blocks = blocks, Covered = Covered.Clone() };
    }

    internal void Add(int offset, Block block, int coveredBytes)
    {
        // Boards on other threads may clone the page meanwhile: what it covers is known before the block is.
        Covered.Add(offset, coveredBytes);
        Volatile.Write(ref Blocks[offset >> 1], block);
    }

    /// <summary>Forgets the blocks that these bytes are part of.</summary>
    internal void Remove(int offset, int sizeBytes)
    {
        // Blocks have at most 256 bytes; one that is fetched anew each time looks two bytes far.
        var first = Math.Max(0, offset - Block.StepsMax * 4) >> 1;
        var last = Math.Min(4095, offset + sizeBytes - 1) >> 1;
        for (var i = first; i <= last; i++)
            if (Blocks[i] is { } block && i * 2 + Math.Max(block.SizeBytes, 4) > offset) Blocks[i] = null;
    }

    internal void Clear()
    {
        Array.Clear(Blocks);
        Covered.Clear();
    }
}
