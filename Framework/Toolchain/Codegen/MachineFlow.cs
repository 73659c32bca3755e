namespace Verification.Toolchain.Codegen;

/// <summary>
/// The flow of allocated code. A block of which only a jump is left, since its copies were between equal registers, is
/// void: it has no code, and what leads to it leads on. It stays in the flow for what it says to the debugger.
/// </summary>
internal static class MachineFlow
{
    private const int LongestCopies = 6;

    /// <summary>True for a block that becomes no code.</summary>
    public static bool IsVoid(MachineFunction function, MachineBlock block)
    {
        if (block == function.Blocks[0] || block.Body.Count == 0 || block.Body[^1] is not { Kind: MachineKind.Jump } jump) return false;
        if (jump.Target == block) return false;
        for (int index = 0; index < block.Body.Count - 1; index++)
        {
            if (!IsVoid(block.Body[index])) return false;
        }

        return true;
    }

    /// <summary>Where control comes to that goes to a block; a ring of void blocks is an endless loop and stays one.</summary>
    public static MachineBlock Target(MachineFunction function, MachineBlock block)
    {
        MachineBlock target = block;
        for (int steps = 0; IsVoid(function, target); steps++)
        {
            if (steps > function.Blocks.Count) return block;
            target = target.Body[^1].Target!;
        }

        return target;
    }

    /// <summary>Edges into one block that bring the same values need their copies once.</summary>
    public static void MergeCopies(MachineFunction function)
    {
        Dictionary<MachineBlock, List<MachineBlock>> known = [];
        Dictionary<MachineBlock, MachineBlock> merged = [];
        foreach (MachineBlock block in function.Blocks)
        {
            if (block == function.Blocks[0] || !IsCopies(block) || IsVoid(function, block)) continue;
            MachineBlock target = block.Body[^1].Target!;
            if (!known.TryGetValue(target, out List<MachineBlock>? others)) known.Add(target, others = []);
            if (others.Find(other => IsSame(other, block)) is not { } same)
            {
                others.Add(block);
                continue;
            }

            merged.Add(block, same);
            same.Frequency += block.Frequency;
        }

        if (merged.Count == 0) return;
        foreach (MachineBlock block in function.Blocks)
        {
            foreach (MachineInstr instr in block.Body)
            {
                if (instr.Target is { } target && merged.TryGetValue(target, out MachineBlock? other)) instr.Target = other;
            }

            for (int index = 0; index < block.Successors.Count; index++)
            {
                if (merged.TryGetValue(block.Successors[index], out MachineBlock? other)) block.Successors[index] = other;
            }
        }

        function.Blocks.RemoveAll(merged.ContainsKey);
    }

    private static bool IsVoid(MachineInstr instr) => instr.IsDebug || (instr.Kind == MachineKind.Move && instr.Rd == instr.Rs1);

    // True for a few copies and constants, and a jump.
    private static bool IsCopies(MachineBlock block)
    {
        if (block.Body.Count == 0 || block.Body[^1].Kind != MachineKind.Jump || block.CodeCount > LongestCopies) return false;
        for (int index = 0; index < block.Body.Count - 1; index++)
        {
            if (!block.Body[index].IsDebug && block.Body[index].Kind is not (MachineKind.Move or MachineKind.Constant)) return false;
        }

        return true;
    }

    private static bool IsSame(MachineBlock one, MachineBlock other)
    {
        if (one.Body.Count != other.Body.Count) return false;
        for (int index = 0; index < one.Body.Count; index++)
        {
            if (!IsSame(one.Body[index], other.Body[index])) return false;
        }

        return true;
    }

    // What an instruction does and what it tells the debugger.
    private static bool IsSame(MachineInstr one, MachineInstr other) =>
        one.Kind == other.Kind && one.Rd == other.Rd && one.Rs1 == other.Rs1 && one.Immediate == other.Immediate && one.Target == other.Target &&
        one.Value == other.Value && one.CopiedValue == other.CopiedValue &&
        one.Binding?.Part == other.Binding?.Part && one.Binding?.Value == other.Binding?.Value && one.Binding?.IsAddress == other.Binding?.IsAddress;
}
