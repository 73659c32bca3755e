using Verification.Toolchain.Ir;

namespace Verification.Toolchain.Optimise;

/// <summary>
/// Addresses that grow with a loop's counter become pointers that step along with it: base + (counter &lt;&lt; scale) costs
/// two operations a round, the pointer one for all accesses. A counter that is then used for nothing but its own end
/// test gives that to the pointer, too.
/// <para>Known limits: the counter is an int that starts anywhere and steps by a constant, in a loop with one latch.</para>
/// </summary>
internal static class InductionPointers
{
    private const int PerLoopLimit = 6;

    /// <summary>A sum of something that does not change in the loop and the counter, scaled.</summary>
    /// <param name="Sum">The operation.</param>
    /// <param name="Base">What does not change.</param>
    /// <param name="Scale">Places that the counter is shifted by.</param>
    /// <param name="Offset">Bytes between the counter's element and this one.</param>
    private sealed record Address(Instr Sum, Instr Base, int Scale, long Offset);

    /// <summary>True if an address was replaced.</summary>
    public static bool Run(Function function)
    {
        List<Loop> loops = FlowOrder.Compute(function);
        bool changed = false;
        foreach (Loop loop in loops)
        {
            if (loops.Any(inner => inner.Parent == loop)) continue;
            changed |= Reduce(function, loop);
        }

        if (changed) FlowOrder.Compute(function);
        return changed;
    }

    private static bool Reduce(Function function, Loop loop)
    {
        HashSet<Block> inside = [.. loop.Blocks];
        Block header = loop.Header;
        List<int> latches = [.. Enumerable.Range(0, header.Predecessors.Count).Where(index => inside.Contains(header.Predecessors[index]))];
        if (latches.Count != 1) return false;
        bool changed = false;
        foreach (Instr counter in header.Phis.ToArray())
        {
            Instr next = counter.Args[latches[0]];
            if (counter.Type != IrType.I32 || next.Op != Op.Add || next.Args[0] != counter || next.Args[1] is not { IsConst: true } step) continue;
            if (!BoundsChecks.CannotWrap(next.Block!, counter, step.Immediate)) continue;
            List<Address> found = Addresses(loop, inside, counter);
            if (found.Count == 0) continue;
            // The counter stays for its test: one pointer in its place is worth it from two operations saved on.
            int saved = (IsOnlyCounted(function, counter, next, found) ? 1 : 0) + found.Sum(address => (address.Scale > 0 ? 2 : 1) + (address.Offset != 0 ? 1 : 0));
            List<List<Address>> groups = Grouped(found);
            if (groups.Count > PerLoopLimit || saved <= groups.Count) continue;
            if (LoopInvariants.Preheader(function, loop, inside) is not { } preheader) continue;
            foreach (List<Address> group in groups) Replace(function, header, preheader, counter, step.Immediate, group);
            changed = true;
            latches = [.. Enumerable.Range(0, header.Predecessors.Count).Where(index => inside.Contains(header.Predecessors[index]))];
        }

        return changed;
    }

    // One pointer serves all that have base and scale in common.
    private static List<List<Address>> Grouped(List<Address> addresses)
    {
        List<List<Address>> groups = [];
        foreach (Address address in addresses)
        {
            List<Address>? group = groups.Find(group => group[0].Base == address.Base && group[0].Scale == address.Scale);
            if (group is null) groups.Add(group = []);
            group.Add(address);
        }

        return groups;
    }

    /// <summary>Sums of something that does not change in the loop and the counter, scaled.</summary>
    private static List<Address> Addresses(Loop loop, HashSet<Block> inside, Instr counter)
    {
        List<Address> found = [];
        foreach (Block block in loop.Blocks)
        {
            foreach (Instr instr in block.Body)
            {
                if (instr.Op != Op.Add || instr.Type != IrType.I64) continue;
                for (int side = 0; side < 2; side++)
                {
                    Instr fixedSide = instr.Args[1 - side];
                    if (fixedSide.IsConst || fixedSide.Block is { } home && inside.Contains(home)) continue;
                    if (Scale(instr.Args[side], counter) is { } scale) found.Add(new Address(instr, fixedSide, scale.Scale, scale.Offset));
                }
            }
        }

        return found;
    }

    // Only where the counter is known not to be negative is its extension a sign extension, and only where it does not
    // wrap does the pointer keep step with it: bounds checks and the end test have shown both by now.
    private static (int Scale, long Offset)? Scale(Instr value, Instr counter)
    {
        int scale = 0;
        if (value.Op == Op.Shl && value.Args[1].IsConst)
        {
            scale = (int)value.Args[1].Immediate;
            value = value.Args[0];
        }

        if (value.Op != Op.SignExtend32) return null;
        value = value.Args[0];
        if (value == counter) return (scale, 0);
        // A neighbour of the counter's element: as far from the pointer as it is from the counter, unless its index wraps.
        if (value is not { Op: Op.Add, Args: [var origin, { IsConst: true } distance] } || origin != counter) return null;
        return BoundsChecks.CannotWrap(value.Block!, counter, distance.Immediate) ? (scale, distance.Immediate << scale) : null;
    }

    private static void Replace(
        Function function, Block header, Block preheader, Instr counter, long step, List<Address> addresses)
    {
        (Instr origin, int scale) = (addresses[0].Base, addresses[0].Scale);
        int entry = header.Predecessors.IndexOf(preheader);
        Instr start = Emit(function, preheader, Op.SignExtend32, counter.Args[entry]);
        start = Emit(function, preheader, Op.Shl, start, function.Const(IrType.I32, scale));
        start = Emit(function, preheader, Op.Add, origin, start);
        Instr pointer = function.New(Op.Phi, IrType.I64);
        pointer.Block = header;
        Instr next = counter.Args[1 - entry];
        Instr stepped = function.New(Op.Add, IrType.I64, pointer, function.Const(IrType.I64, step << scale));
        stepped.Block = next.Block;
        stepped.Place = next.Place;
        next.Block!.Body.Insert(next.Block.Body.IndexOf(next) + 1, stepped);
        pointer.Args = [.. Enumerable.Range(0, 2).Select(edge => edge == entry ? start : stepped)];
        header.Body.Insert(0, pointer);
        // Other sums than addresses may lie anywhere, and pass the ends of the signed numbers.
        bool areAddresses = addresses.All(address => Users(function, address.Sum).All(user =>
            user.Op is Op.Load or Op.Store && user.Args[0] == address.Sum && !user.Args[1..].Contains(address.Sum)));
        foreach (Address address in addresses)
        {
            if (address.Offset != 0)
            {
                address.Sum.Args = [pointer, function.Const(IrType.I64, address.Offset)];
                continue;
            }

            address.Sum.Replacement = pointer;
            address.Sum.Block!.Body.Remove(address.Sum);
        }

        function.ResolveArguments();
        if (areAddresses) MoveTest(function, preheader, counter, next, pointer, stepped, origin, scale);
    }

    private static bool IsOnlyCounted(Function function, Instr counter, Instr next, List<Address> found) =>
        Grouped(found).Count == 1 &&
        Users(function, counter).Count(user => user != next && !user.IsCompare && user.Op != Op.SignExtend32) == 0;

    private static List<Instr> Users(Function function, Instr value) =>
        [.. function.Blocks.SelectMany(block => block.Body).Where(instr => instr.Args.Contains(value))];

    // Addresses lie far from the ends of the signed numbers, so that their order is that of the counters.
    private static void MoveTest(
        Function function, Block preheader, Instr counter, Instr next, Instr pointer, Instr stepped, Instr origin, int scale)
    {
        int[] uses = function.CountUses();
        List<Instr> users = [.. Users(function, counter).Where(user => user != next && !(user.IsDroppable && user.Op != Op.Phi && uses[user.Id] == 0))];
        users.AddRange(Users(function, next).Where(user => user != counter));
        users = [.. users.Where(user => !(user.Op is Op.SignExtend32 or Op.Shl && IsUnused(function, user, uses)))];
        if (users.Count != 1 || users[0] is not { Op: Op.Lt or Op.Ge or Op.Eq or Op.Ne } test) return;
        if (test.Args[0] != counter && test.Args[0] != next) return;
        Instr limit = test.Args[1];
        while (limit.Op == Op.NonNegative) limit = limit.Args[0];
        FlowOrder.Compute(function);
        if (!limit.IsFloating && !FlowOrder.Dominates(limit.Block!, preheader)) return;
        Instr end = Emit(function, preheader, Op.SignExtend32, limit);
        end = Emit(function, preheader, Op.Shl, end, function.Const(IrType.I32, scale));
        end = Emit(function, preheader, Op.Add, origin, end);
        test.Args = [test.Args[0] == counter ? pointer : stepped, end];
    }

    // What only fed addresses that are pointers now is dead, though it still stands there.
    private static bool IsUnused(Function function, Instr value, int[] uses) =>
        uses[value.Id] == 0 || Users(function, value).All(user => user.IsPure && IsUnused(function, user, uses));

    private static Instr Emit(Function function, Block block, Op op, params Instr[] args)
    {
        Instr instr = function.New(op, IrType.I64, args);
        Instr simple = Simplifier.Simplify(function, instr);
        if (simple != instr) return simple;
        instr.Block = block;
        block.Body.Insert(block.Body.Count - 1, instr);
        return instr;
    }
}
