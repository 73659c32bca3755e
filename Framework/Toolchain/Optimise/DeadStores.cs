using Verification.Toolchain.Ir;

namespace Verification.Toolchain.Optimise;

/// <summary>
/// Drops stores whose bytes are all written again, in the same block, before anyone can have read them.
/// </summary>
internal static class DeadStores
{
    private const int CoveredLimit = 64;

    /// <summary>True if a store was dropped.</summary>
    public static bool Run(Function function)
    {
        Addresses addresses = new(function);
        bool changed = false;
        foreach (Block block in function.Blocks) changed |= Walk(block, addresses);
        return changed;
    }

    private static bool Walk(Block block, Addresses addresses)
    {
        // Places that are written further down, with no read in between.
        List<MemoryPlace> covered = [];
        bool changed = false;
        for (int index = block.Body.Count - 1; index >= 0; index--)
        {
            Instr instr = block.Body[index];
            switch (instr.Op)
            {
                case Op.Store or Op.MemoryZero when !instr.IsVolatile:
                    MemoryPlace written = MemoryPlace.Of(instr, 0);
                    if (IsCovered(covered, written))
                    {
                        if (written.Base is { Op: Op.SlotAddress, Reference: Slot slot } && !IsFirstZero(instr)) slot.HasLostStores = true;
                        block.Body.RemoveAt(index);
                        changed = true;
                    }
                    else if (covered.Count < CoveredLimit)
                    {
                        covered.Add(written);
                    }

                    break;
                case Op.Load when !instr.IsVolatile:
                    MemoryPlace read = MemoryPlace.Of(instr, 0);
                    covered.RemoveAll(place => addresses.MayOverlap(place, read));
                    break;
                case Op.MemoryCopy:
                    MemoryPlace source = MemoryPlace.Of(instr, 1);
                    covered.RemoveAll(place => addresses.MayOverlap(place, source));
                    break;
                default:
                    if (instr.IsPure || instr.IsFloating || instr.IsDebug || instr.Op is Op.Phi or Op.Jump or Op.Branch) break;
                    covered.Clear();
                    break;
            }
        }

        return changed;
    }

    // The zeros that every variable begins with: before its first assignment nobody asks for it.
    private static bool IsFirstZero(Instr store) =>
        store.Place is { Offset: 0 } && (store.Op == Op.MemoryZero || store.Args[1] is { IsConst: true, Immediate: 0 });

    private static bool IsCovered(List<MemoryPlace> covered, MemoryPlace place)
    {
        long next = place.Offset;
        long end = place.Offset + place.SizeBytes;
        bool grows = true;
        while (next < end && grows)
        {
            grows = false;
            foreach (MemoryPlace other in covered)
            {
                if (other.Base != place.Base || other.Offset > next || other.Offset + other.SizeBytes <= next) continue;
                next = other.Offset + other.SizeBytes;
                grows = true;
            }
        }

        return next >= end;
    }
}
