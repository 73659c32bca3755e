using Verification.Toolchain.Ir;

namespace Verification.Toolchain.Optimise;

/// <summary>
/// A comparison of a few bytes, such as a name's with a literal, becomes a chain of loads and branches: most differ in
/// the first byte, and a literal's bytes become constants.
/// </summary>
internal static class ShortComparisons
{
    private const int LongestBytes = 8;

    /// <summary>True if a comparison was replaced.</summary>
    public static bool Run(Compilation unit, Function function)
    {
        bool changed = false;
        for (int index = 0; index < function.Blocks.Count; index++)
        {
            Block block = function.Blocks[index];
            int position = block.Body.FindIndex(IsShort);
            if (position < 0) continue;
            Replace(unit, function, block, position);
            changed = true;
        }

        if (changed) function.ResolveArguments();
        return changed;
    }

    private static bool IsShort(Instr instr) =>
        instr is { Op: Op.Call, Reference: CallTarget { Callee: { } callee, IsLowered: false } } &&
        callee.Method.DeclaringType == typeof(RuntimeRoutines) && callee.Method.Name == nameof(RuntimeRoutines.AreEqual) &&
        instr.Args[2] is { IsConst: true, Immediate: >= 0 and <= LongestBytes };

    private static void Replace(Compilation unit, Function function, Block block, int position)
    {
        Instr call = block.Body[position];
        int count = (int)call.Args[2].Immediate;
        Block after = function.NewBlock();
        after.Body.AddRange(block.Body[(position + 1)..]);
        block.Body.RemoveRange(position, block.Body.Count - position);
        foreach (Instr instr in after.Body) instr.Block = after;
        foreach (Block successor in block.Successors)
        {
            successor.Predecessors[successor.Predecessors.IndexOf(block)] = after;
            after.Successors.Add(successor);
        }

        block.Successors.Clear();
        Instr result = function.New(Op.Phi, IrType.I32);
        result.Block = after;
        after.Body.Insert(0, result);
        List<Instr> values = [];
        for (int index = 0; index < count; index++)
        {
            Instr left = ByteOf(unit, function, block, call, 0, index);
            Instr right = ByteOf(unit, function, block, call, 1, index);
            Instr differs = Add(function, block, call, function.New(Op.Ne, IrType.I32, left, right));
            Add(function, block, call, function.New(Op.Branch, IrType.Void, differs));
            Block next = function.NewBlock();
            block.AddSuccessor(after);
            block.AddSuccessor(next);
            values.Add(function.Const(IrType.I32, 0));
            block = next;
        }

        Add(function, block, call, function.New(Op.Jump, IrType.Void));
        block.AddSuccessor(after);
        values.Add(function.Const(IrType.I32, 1));
        result.Args = [.. values];
        call.Replacement = result;
    }

    private static Instr ByteOf(Compilation unit, Function function, Block block, Instr call, int side, int index)
    {
        Instr address = call.Args[side];
        if (address.Op == Op.SymbolAddress && unit.Data.ByteOf((string)address.Reference!, address.Immediate + index) is { } known)
            return function.Const(IrType.I32, known);
        Instr load = function.New(Op.Load, IrType.I32, address);
        load.Memory = MemType.U8;
        load.Immediate = index;
        return Add(function, block, call, load);
    }

    private static Instr Add(Function function, Block block, Instr call, Instr instr)
    {
        Simplifier.Simplify(function, instr);
        instr.Block = block;
        instr.Place = call.Place;
        block.Body.Add(instr);
        return instr;
    }
}
