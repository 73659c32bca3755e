using Verification.Toolchain.Ir;

namespace Verification.Toolchain.Optimise;

/// <summary>
/// One walk in flow order: operations are simplified, equal ones merged where one dominates the other, and conditions
/// that an earlier branch has decided become constants.
/// </summary>
internal static class ValueNumbering
{
    private const int FactDepthLimit = 64;

    /// <summary>Runs over a function whose dominators are up to date.</summary>
    public static bool Run(Function function)
    {
        bool changed = false;
        Dictionary<Key, List<Instr>> known = [];
        foreach (Block block in function.Blocks)
        {
            List<Instr> body = block.Body;
            int kept = 0;
            for (int index = 0; index < body.Count; index++)
            {
                Instr instr = body[index];
                Resolve(instr);
                Instr value = instr.Op == Op.Phi ? SimplifyPhi(instr) : Simplifier.Simplify(function, instr);
                if (value == instr && instr.IsCompare && Decided(block, instr) is { } outcome)
                    value = function.Const(IrType.I32, outcome ? 1 : 0);
                if (value == instr && instr.IsPure) value = Merge(known, instr, block);
                if (value != instr)
                {
                    instr.Replacement = value;
                    changed = true;
                    continue;
                }

                body[kept++] = instr;
            }

            body.RemoveRange(kept, body.Count - kept);
            Instr terminator = block.Terminator;
            if (terminator.Op == Op.Branch && !terminator.Args[0].IsConst && DecidedTruth(block, terminator.Args[0]) is { } truth)
            {
                terminator.Args = [function.Const(IrType.I32, truth ? 1 : 0)];
                changed = true;
            }
        }

        function.ResolveArguments();
        return changed;
    }

    private static void Resolve(Instr instr)
    {
        for (int index = 0; index < instr.Args.Length; index++) instr.Args[index] = instr.Args[index].Resolved;
    }

    private static Instr SimplifyPhi(Instr phi)
    {
        Instr? only = null;
        foreach (Instr arg in phi.Args)
        {
            if (arg == phi || arg == only) continue;
            if (only is not null) return phi;
            only = arg;
        }

        return only ?? phi;
    }

    private static Instr Merge(Dictionary<Key, List<Instr>> known, Instr instr, Block block)
    {
        Key key = new(instr);
        if (!known.TryGetValue(key, out List<Instr>? equal))
        {
            known.Add(key, [instr]);
            return instr;
        }

        foreach (Instr candidate in equal)
        {
            if (candidate.Replacement is null && FlowOrder.Dominates(candidate.Block!, block)) return candidate;
        }

        equal.Add(instr);
        return instr;
    }

    /// <summary>What an earlier branch says of a comparison.</summary>
    private static bool? Decided(Block block, Instr comparison)
    {
        int depth = 0;
        for (Block? current = block; current is not null && depth < FactDepthLimit; current = current.Dominator, depth++)
        {
            if (Fact(current) is not { } fact) continue;
            if (Implied(fact.Condition, fact.Holds, comparison) is { } outcome) return outcome;
        }

        return null;
    }

    private static bool? DecidedTruth(Block block, Instr condition)
    {
        int depth = 0;
        for (Block? current = block; current is not null && depth < FactDepthLimit; current = current.Dominator, depth++)
        {
            if (Fact(current) is { } fact && fact.Condition == condition) return fact.Holds;
        }

        return null;
    }

    /// <summary>The condition that decided that control came to a block; dominators must be up to date.</summary>
    internal static (Instr Condition, bool Holds)? Fact(Block block)
    {
        if (block.Dominator is null) return null;
        Block? entered = null;
        foreach (Block from in block.Predecessors)
        {
            // Going round a loop changes no value that was made before it.
            if (block.Predecessors.Count > 1 && FlowOrder.Dominates(block, from)) continue;
            if (entered is not null) return null;
            entered = from;
        }

        if (entered is not { } predecessor) return null;
        Instr terminator = predecessor.Terminator;
        if (terminator.Op != Op.Branch || predecessor.Successors[0] == predecessor.Successors[1]) return null;
        return (terminator.Args[0], predecessor.Successors[0] == block);
    }

    private static bool? Implied(Instr fact, bool holds, Instr asked)
    {
        if (fact == asked) return holds;
        if (!fact.IsCompare) return null;
        bool same = fact.Args[0] == asked.Args[0] && fact.Args[1] == asked.Args[1];
        bool crossed = fact.Args[0] == asked.Args[1] && fact.Args[1] == asked.Args[0];
        if (!same && !crossed)
        {
            return null;
        }

        Op op = holds ? fact.Op : Comparisons.Inverse(fact.Op)!.Value;
        if (same && op == asked.Op) return true;
        if (same && Comparisons.Inverse(op) == asked.Op) return false;
        return (op, asked.Op) switch
        {
            (Op.Eq, Op.Eq) => true,
            (Op.Eq, Op.Ne) => false,
            (Op.Ne, Op.Eq) => false,
            (Op.Ne, Op.Ne) => true,
            (Op.Eq, Op.Lt or Op.LtUnsigned) => false,
            (Op.Eq, Op.Ge or Op.GeUnsigned) => true,
            (Op.Lt, Op.Lt) when crossed => false,
            (Op.LtUnsigned, Op.LtUnsigned) when crossed => false,
            (Op.Lt, Op.Ge) when crossed => true,
            (Op.LtUnsigned, Op.GeUnsigned) when crossed => true,
            (Op.Lt or Op.LtUnsigned, Op.Eq) => false,
            (Op.Lt or Op.LtUnsigned, Op.Ne) => true,
            _ => null,
        };
    }

    private sealed class Key : IEquatable<Key>
    {
        private readonly Instr _instr;
        private readonly int _hash;

        public Key(Instr instr)
        {
            _instr = instr;
            // Only within a run is the hash looked at, and the order of a table never is.
            HashCode hash = default;
            hash.Add((int)instr.Op);
            hash.Add((int)instr.Type);
            hash.Add(instr.Immediate);
            foreach (Instr arg in instr.Args) hash.Add(arg.Id);
            _hash = hash.ToHashCode();
        }

        public bool Equals(Key? other)
        {
            if (other is null) return false;
            Instr one = _instr;
            Instr two = other._instr;
            if (one.Op != two.Op || one.Type != two.Type || one.Immediate != two.Immediate || one.Args.Length != two.Args.Length) return false;
            for (int index = 0; index < one.Args.Length; index++)
            {
                if (one.Args[index] != two.Args[index]) return false;
            }

            return one.Args.Length == 0 || one.Args[0].Type == two.Args[0].Type;
        }

        public override bool Equals(object? obj) => obj is Key other && Equals(other);

        public override int GetHashCode() => _hash;
    }
}
