using Verification.Toolchain.Ir;

namespace Verification.Toolchain.Codegen;

/// <summary>The parts of variables that a function's finished code tells a debugger of, numbered by their marks.</summary>
internal sealed class TrackedParts
{
    private static readonly List<VariablePart> s_none = [];

    private readonly List<VariablePart> _all = [];
    private readonly Dictionary<int, List<VariablePart>> _byValue = [];

    /// <summary>Finds the parts that are bound to values, and those of variables that live in slots.</summary>
    public TrackedParts(MachineFunction function)
    {
        foreach (MachineBlock block in function.Blocks)
        {
            foreach (MachineInstr instr in block.Body)
            {
                if (instr.Binding is { } binding) Add(binding.Part, instr.Value);
            }
        }

        foreach (Slot slot in function.Source.Slots)
        {
            SlotCount = Math.Max(SlotCount, slot.Id + 1);
            if (slot is { Told: { } variable, FrameOffset: >= 0 }) Add(variable.Part(0), DebugState.Initialised);
        }
    }

    /// <summary>All of them, by number.</summary>
    public IReadOnlyList<VariablePart> All => _all;

    /// <summary>One past the largest number of a slot.</summary>
    public int SlotCount { get; }

    /// <summary>The parts that have a value somewhere in the function.</summary>
    public IReadOnlyList<VariablePart> Having(int value) => _byValue.GetValueOrDefault(value, s_none);

    private void Add(VariablePart part, int value)
    {
        // Marks are scratch: this one is the part's number if the part of that number is this one.
        if (part.Mark >= _all.Count || _all[part.Mark] != part)
        {
            part.Mark = _all.Count;
            _all.Add(part);
        }

        if (value == MachineInstr.None) return;
        if (!_byValue.TryGetValue(value, out List<VariablePart>? having)) _byValue.Add(value, having = []);
        if (!having.Contains(part)) having.Add(part);
    }
}
