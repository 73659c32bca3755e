using Verification.Toolchain.Il;
using Verification.Toolchain.Ir;

namespace Verification.Toolchain.Codegen;

/// <summary>
/// Remembers through register allocation which instruction makes which value, as far as a variable has it: the numbers
/// of the virtual registers, which allocation forgets.
/// </summary>
internal static class DebugTracking
{
    /// <summary>After selection: notes each value that some variable has where it is made and where it is copied.</summary>
    public static void Prepare(MachineFunction machine, Dictionary<Instr, int> registers)
    {
        HashSet<int> tracked = [];
        foreach (MachineInstr instr in machine.Blocks.SelectMany(block => block.Body))
        {
            if (instr.Binding is not { } binding) continue;
            Instr? value = Stripped(binding, registers);
            instr.Binding = binding with { Value = value };
            if (value is null) continue;
            if (registers.TryGetValue(value, out int register)) tracked.Add(instr.Value = register);
            else if (value.Op == Op.ArgumentRegister) instr.Value = Argument((int)value.Immediate);
        }

        // A copy's source may be where the copied value was before.
        List<MachineInstr> moves = [.. machine.Blocks.SelectMany(block => block.Body).Where(instr => instr.Kind == MachineKind.Move)];
        bool grows = true;
        while (grows)
        {
            grows = false;
            foreach (MachineInstr move in moves)
            {
                if (tracked.Contains(move.Rd) && move.Rs1 >= MachineInstr.FirstVirtual) grows |= tracked.Add(move.Rs1);
            }
        }

        foreach (MachineInstr instr in machine.Blocks.SelectMany(block => block.Body))
        {
            if (tracked.Contains(instr.Rd)) instr.Value = instr.Rd;
            if (instr.Kind == MachineKind.Move && tracked.Contains(instr.Rs1)) instr.CopiedValue = instr.Rs1;
        }
    }

    /// <summary>When registers were joined: copies between what is one register now become notes, or nothing.</summary>
    public static void RemoveCopies(MachineBlock block)
    {
        foreach (MachineInstr instr in block.Body)
        {
            if (instr.Kind != MachineKind.Move || instr.Rd != instr.Rs1 || instr.Value == MachineInstr.None) continue;
            instr.Kind = MachineKind.DebugCopy;
            instr.Rd = instr.Rs1 = MachineInstr.None;
        }

        block.Body.RemoveAll(instr => instr.Kind == MachineKind.Move && instr.Rd == instr.Rs1);
    }

    /// <summary>The number of an argument that no instruction reads: it stays in its register until that is overwritten.</summary>
    public static int Argument(int index) => -100 - index;

    /// <summary>Size of a scalar part of a variable.</summary>
    public static int SizeOf(VariablePart part)
    {
        Type type = part.Variable.Type;
        if (type.IsByRef || type.IsPointer) return 8;
        foreach (ScalarField scalar in TypeLayout.Of(type).Scalars)
        {
            if (scalar.Offset == part.Offset) return scalar.SizeBytes;
        }

        return TypeLayout.IsStruct(type) ? 0 : TypeLayout.Of(type).SizeBytes;
    }

    // A register is read as wide as the variable is: what only changes higher bits has the same value.
    private static Instr? Stripped(DebugBinding binding, Dictionary<Instr, int> registers)
    {
        int size = binding.IsAddress ? 8 : SizeOf(binding.Part);
        if (size == 0) return null;
        Instr? value = binding.Resolved;
        while (value is not null && !registers.ContainsKey(value))
        {
            bool same = value.Op switch
            {
                Op.SignExtend32 or Op.NonNegative or Op.Materialise => true,
                Op.Truncate or Op.ZeroExtend32 => size <= 4,
                Op.SignExtend16 or Op.ZeroExtend16 => size <= 2,
                Op.SignExtend8 or Op.ZeroExtend8 => size <= 1,
                Op.FOfBits => value.Args[0].IsConst,
                _ => false,
            };
            if (!same) break;
            value = value.Args[0].Resolved;
        }

        bool isKnown = value is not null && (registers.ContainsKey(value) || value.Op is Op.Const or Op.SymbolAddress or Op.SlotAddress
            || value is { Op: Op.ArgumentRegister, Immediate: < Registers.ArgumentCount });
        return isKnown ? value : null;
    }
}
