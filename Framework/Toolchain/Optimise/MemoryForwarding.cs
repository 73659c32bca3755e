using Verification.Toolchain.Il;
using Verification.Toolchain.Ir;

namespace Verification.Toolchain.Optimise;

/// <summary>
/// A load from a place whose content is known, because it was just stored or loaded, takes that value. Where ways meet,
/// what was known at the block that they all come through is still known, as far as nothing between writes there.
/// </summary>
internal static class MemoryForwarding
{
    private const int KnownLimit = 48;
    private const int RegionLimit = 64;

    private sealed record Known(MemoryPlace Place, MemType Memory, IrType Type, Instr Value, bool IsStored);

    /// <summary>True if a load was replaced or a store dropped.</summary>
    public static bool Run(Function function)
    {
        FlowOrder.Compute(function);
        Addresses addresses = new(function);
        Dictionary<Block, List<Known>> atEnd = [];
        bool changed = false;
        foreach (Block block in function.Blocks)
        {
            List<Known> known = block.Dominator is { } dominator && atEnd.TryGetValue(dominator, out List<Known>? before)
                ? Surviving(before, block, dominator, addresses)
                : [];
            changed |= Walk(function, block, known, addresses);
            atEnd.Add(block, known);
        }

        function.ResolveArguments();
        return changed;
    }

    private static List<Known> Surviving(List<Known> before, Block block, Block dominator, Addresses addresses)
    {
        List<Known> known = [.. before];
        HashSet<Block> seen = [dominator];
        Stack<Block> work = new(block.Predecessors);
        while (work.TryPop(out Block? between) && known.Count > 0)
        {
            if (!seen.Add(between)) continue;
            if (seen.Count > RegionLimit) return [];
            foreach (Instr instr in between.Body) Forget(known, instr, addresses);
            foreach (Block predecessor in between.Predecessors) work.Push(predecessor);
        }

        return known;
    }

    private static void Forget(List<Known> known, Instr instr, Addresses addresses)
    {
        switch (instr.Op)
        {
            case Op.Store or Op.MemoryZero or Op.MemoryCopy:
                MemoryPlace written = MemoryPlace.Of(instr, 0);
                known.RemoveAll(entry => addresses.MayOverlap(entry.Place, written));
                break;
            case Op.Amo or Op.CompareExchange or Op.Fence or Op.FenceInstruction or Op.MachineCode or Op.Call:
            case Op.CsrRead or Op.CsrWrite or Op.CsrSwap or Op.CsrSet or Op.CsrClear:
            case Op.Load when instr.IsVolatile:
                known.RemoveAll(entry => addresses.IsReachable(entry.Place));
                break;
        }
    }

    private static bool Walk(Function function, Block block, List<Known> known, Addresses addresses)
    {
        bool changed = false;
        List<Instr> body = block.Body;
        for (int index = 0; index < body.Count; index++)
        {
            Instr instr = body[index];
            for (int arg = 0; arg < instr.Args.Length; arg++) instr.Args[arg] = instr.Args[arg].Resolved;
            switch (instr.Op)
            {
                case Op.Load when !instr.IsVolatile:
                    MemoryPlace loaded = MemoryPlace.Of(instr, 0);
                    if (Find(known, loaded, instr) is { } value)
                    {
                        instr.Replacement = value;
                        changed = true;
                    }
                    else
                    {
                        Remember(known, new Known(loaded, instr.Memory, instr.Type, instr, false));
                    }

                    break;
                case Op.Store:
                    Forget(known, instr, addresses);
                    MemoryPlace stored = MemoryPlace.Of(instr, 0);
                    if (!instr.IsVolatile) Remember(known, new Known(stored, instr.Memory, instr.Args[1].Type, instr.Args[1], true));
                    break;
                default:
                    Forget(known, instr, addresses);
                    break;
            }
        }

        if (changed) body.RemoveAll(instr => instr.Replacement is not null);
        return changed;
    }

    private static void Remember(List<Known> known, Known entry)
    {
        if (known.Count >= KnownLimit) known.RemoveAt(0);
        known.Add(entry);
    }

    private static Instr? Find(List<Known> known, MemoryPlace place, Instr load)
    {
        foreach (Known entry in known)
        {
            if (entry.Place != place || entry.Type != load.Type) continue;
            // A narrow value is as wide in its register as the load that reads it again makes it.
            if (entry.Memory == load.Memory && (!entry.IsStored || IsWhole(entry.Memory, entry.Type) || Holds(entry))) return entry.Value;
        }

        return null;
    }

    private static bool IsWhole(MemType memory, IrType type) => type switch
    {
        IrType.I32 => memory == MemType.I32,
        IrType.I64 => memory == MemType.I64,
        _ => true,
    };

    private static bool Holds(Known entry)
    {
        ValueRange range = ValueRange.Of(entry.Value);
        return entry.Memory switch
        {
            MemType.U8 => range is { Least: >= 0, Greatest: <= 255 },
            MemType.I8 => range is { Least: >= -128, Greatest: <= 127 },
            MemType.U16 => range is { Least: >= 0, Greatest: <= 65535 },
            MemType.I16 => range is { Least: >= -32768, Greatest: <= 32767 },
            _ => false,
        };
    }
}
