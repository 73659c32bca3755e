namespace Verification.Toolchain.Codegen;

/// <summary>
/// Live ranges of all registers. Instruction number i reads at position 2i and writes at 2i + 1; physical registers are
/// live only inside blocks, around calls and at the entry.
/// </summary>
internal sealed class Liveness
{
    /// <summary>A copy between registers, and how often it runs.</summary>
    public sealed record Copy(MachineInstr Instr, double Weight);

    // What a block reads before it writes it, and what it writes; what lives where it begins, and where it ends.
    private sealed record LiveSets(ulong[] Use, ulong[] Def, ulong[] In, ulong[] Out);

    private readonly MachineFunction _function;
    private readonly Dictionary<MachineBlock, LiveSets> _live = [];
    private readonly int _words;

    /// <summary>Computes the ranges of a function.</summary>
    public Liveness(MachineFunction function)
    {
        _function = function;
        _words = (function.VirtualCount + 63) / 64;
        Virtual = Ranges(MachineInstr.FirstVirtual, function.VirtualCount);
        Fixed = Ranges(0, MachineInstr.FirstVirtual);
        Flow();
        Build();
        foreach (LiveRange range in Virtual) range.Finish();
        foreach (LiveRange range in Fixed) range.Finish();
    }

    /// <summary>Ranges of the virtual registers, by number.</summary>
    public LiveRange[] Virtual { get; }

    /// <summary>Ranges of the physical registers.</summary>
    public LiveRange[] Fixed { get; }

    /// <summary>Copies between registers, with their weight, in order.</summary>
    public List<Copy> Moves { get; } = [];

    /// <summary>Registers that an instruction reads.</summary>
    public static IEnumerable<int> Reads(MachineInstr instr)
    {
        if (instr.Rs1 != MachineInstr.None) yield return instr.Rs1;
        if (instr.Rs2 != MachineInstr.None) yield return instr.Rs2;
        if (instr.Rs3 != MachineInstr.None) yield return instr.Rs3;
        foreach (int use in instr.Uses) yield return use;
    }

    private static LiveRange[] Ranges(int first, int count)
    {
        LiveRange[] ranges = new LiveRange[count];
        for (int index = 0; index < count; index++) ranges[index] = new LiveRange(first + index);
        return ranges;
    }

    private void Flow()
    {
        foreach (MachineBlock block in _function.Blocks)
        {
            ulong[] use = new ulong[_words];
            ulong[] def = new ulong[_words];
            foreach (MachineInstr instr in block.Body)
            {
                foreach (int register in Reads(instr))
                {
                    if (register >= MachineInstr.FirstVirtual && !Has(def, register)) Set(use, register);
                }

                if (instr.Rd >= MachineInstr.FirstVirtual) Set(def, instr.Rd);
                if (instr.Scratch >= MachineInstr.FirstVirtual) Set(def, instr.Scratch);
            }

            _live.Add(block, new LiveSets(use, def, (ulong[])use.Clone(), new ulong[_words]));
        }

        bool changed = true;
        while (changed)
        {
            changed = false;
            for (int index = _function.Blocks.Count - 1; index >= 0; index--)
            {
                MachineBlock block = _function.Blocks[index];
                (ulong[] use, ulong[] def, ulong[] liveIn, ulong[] liveOut) = _live[block];
                foreach (MachineBlock successor in block.Successors)
                {
                    ulong[] wanted = _live[successor].In;
                    for (int word = 0; word < _words; word++) liveOut[word] |= wanted[word];
                }

                for (int word = 0; word < _words; word++)
                {
                    ulong value = use[word] | (liveOut[word] & ~def[word]);
                    if (value == liveIn[word]) continue;
                    liveIn[word] = value;
                    changed = true;
                }
            }
        }
    }

    private void Build()
    {
        int total = _function.Blocks.Sum(block => block.CodeCount);
        int position = 2 * total;
        for (int index = _function.Blocks.Count - 1; index >= 0; index--)
        {
            MachineBlock block = _function.Blocks[index];
            int end = position;
            int start = end - (2 * block.CodeCount);
            ulong[] liveOut = _live[block].Out;
            for (int word = 0; word < _words; word++)
            {
                for (ulong bits = liveOut[word]; bits != 0; bits &= bits - 1)
                    Virtual[(64 * word) + System.Numerics.BitOperations.TrailingZeroCount(bits)].AddBefore(start, end);
            }

            double weight = block.Frequency;
            for (int body = block.Body.Count - 1; body >= 0; body--)
            {
                if (block.Body[body].IsDebug) continue;
                position -= 2;
                Visit(block.Body[body], position, start, weight);
            }
        }
    }

    private void Visit(MachineInstr instr, int position, int blockStart, double weight)
    {
        if (instr.Kind is MachineKind.Call)
        {
            foreach (int register in Registers.CallerSaved) Fixed[register].DefineAt(position + 1);
        }

        if (instr.Rd != MachineInstr.None) Define(instr.Rd, instr.WritesEarly ? position : position + 1, weight);
        if (instr.Scratch != MachineInstr.None)
        {
            Define(instr.Scratch, position, weight);
            Range(instr.Scratch).AddBefore(position, position + 2);
        }

        // What is written early must not share a register with what is still to be read.
        bool readsLate = instr.WritesEarly || instr.Scratch != MachineInstr.None;
        foreach (int register in Reads(instr))
        {
            Range(register).AddBefore(blockStart, readsLate ? position + 2 : position + 1);
            Range(register).Weight += weight;
        }

        if (instr.Kind != MachineKind.Move) return;
        Moves.Add(new Copy(instr, weight));
        Hint(instr.Rd, instr.Rs1);
        Hint(instr.Rs1, instr.Rd);
    }

    private void Hint(int register, int other)
    {
        if (register < MachineInstr.FirstVirtual) return;
        if (other < MachineInstr.FirstVirtual) Range(register).Hints.Add(other);
        else Range(register).Related.Add(other);
    }

    private void Define(int register, int position, double weight)
    {
        Range(register).DefineAt(position);
        Range(register).Weight += weight;
    }

    private LiveRange Range(int register) =>
        register >= MachineInstr.FirstVirtual ? Virtual[register - MachineInstr.FirstVirtual] : Fixed[register];

    private static bool Has(ulong[] set, int register)
    {
        int index = register - MachineInstr.FirstVirtual;
        return (set[index >> 6] & (1UL << index)) != 0;
    }

    private static void Set(ulong[] set, int register)
    {
        int index = register - MachineInstr.FirstVirtual;
        set[index >> 6] |= 1UL << index;
    }
}
