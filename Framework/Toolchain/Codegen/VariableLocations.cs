using Verification.Machine.Isa;
using Verification.Toolchain.Ir;

namespace Verification.Toolchain.Codegen;

/// <summary>
/// Where each variable is, at each instruction: a value that a variable has by a <see cref="Op.DebugValue"/> is followed
/// through registers and slots over the finished code, and given up where it is overwritten or where two ways meet that
/// disagree. So whatever is said is true at every instruction; what can't be said is left out.
/// </summary>
internal sealed class VariableLocations
{
    private readonly MachineFunction _function;
    private readonly List<CodeItem> _items;
    private readonly Frame _frame;
    private readonly int _codeSize;
    private readonly TrackedParts _parts;
    private readonly Dictionary<int, Slot> _slots = [];
    private readonly List<Slot> _told = [];
    private readonly Dictionary<MachineBlock, DebugState> _atStart = [];
    private readonly List<Found> _found = [];
    private readonly Found?[] _latest;
    private bool _isRecording;

    private VariableLocations(MachineFunction function, List<CodeItem> items, Frame frame, int codeSize)
    {
        _function = function;
        _items = items;
        _frame = frame;
        _codeSize = codeSize;
        _parts = new TrackedParts(function);
        _latest = new Found?[_parts.All.Count];
        foreach (Slot slot in function.Source.Slots)
        {
            _slots[slot.Id] = slot;
            if (slot is { Told: not null, FrameOffset: >= 0 }) _told.Add(slot);
        }
    }

    /// <summary>A part of a variable and where it lies from one offset on to another.</summary>
    /// <param name="part">Which part.</param>
    /// <param name="spot">Where it lies.</param>
    /// <param name="start">From this offset on.</param>
    /// <param name="before">Where it lay before.</param>
    internal sealed class Found(VariablePart part, Spot spot, int start, Found? before)
    {
        /// <summary>Stands for the end of what still goes on.</summary>
        public const int Open = int.MaxValue;

        /// <summary>Which part.</summary>
        public VariablePart Part { get; } = part;

        /// <summary>Where it lies.</summary>
        public Spot Spot { get; } = spot;

        /// <summary>First offset.</summary>
        public int Start { get; } = start;

        /// <summary>Where the part lay before.</summary>
        public Found? Before { get; } = before;

        /// <summary>First offset behind the range.</summary>
        public int End { get; set; } = Open;
    }

    /// <summary>Where something lies, as the debugger is told it.</summary>
    /// <param name="Kind">What the value means.</param>
    /// <param name="Value">Register, offset or constant.</param>
    /// <param name="Symbol">The symbol that the value counts from, if any.</param>
    /// <param name="Place">The place that holds the value; <see cref="MachineInstr.None"/> if it does not lie in one.</param>
    internal sealed record Spot(LocationKind Kind, long Value, string? Symbol, int Place = MachineInstr.None)
    {
        /// <summary>True if the debugger is told the same.</summary>
        public bool Is(Spot other) => Kind == other.Kind && Value == other.Value && Symbol == other.Symbol && Place == other.Place;
    }

    /// <summary>All locations, in order of code.</summary>
    /// <param name="function">The allocated function, whose instructions know which items they became.</param>
    /// <param name="items">The code.</param>
    /// <param name="frame">The frame.</param>
    /// <param name="codeSize">Length of the code in bytes.</param>
    public static List<Found> Of(MachineFunction function, List<CodeItem> items, Frame frame, int codeSize)
    {
        VariableLocations locations = new(function, items, frame, codeSize);
        locations.Flow();
        locations._isRecording = true;
        locations.Prologue();
        int end = 0;
        foreach (MachineBlock block in function.Blocks)
        {
            if (block.Body.Count == 0 || block.Body[0].FirstItem == MachineInstr.None) continue;
            // What lies where it lay at the end of the block before stays open.
            DebugState? state = locations._atStart.GetValueOrDefault(block)?.Clone();
            locations.Record(state, locations._parts.All, locations.OffsetOf(block.Body[0].FirstItem));
            if (state is not null) locations.Walk(block, state);
            end = locations.OffsetOf(block.Body[^1].EndItem);
        }

        locations.Record(null, locations._parts.All, end);
        locations._found.RemoveAll(found => found.End == found.Start);
        return locations._found;
    }

    private void Flow()
    {
        MachineBlock entry = _function.Blocks[0];
        _atStart.Add(entry, Prologue());
        Queue<MachineBlock> work = new([entry]);
        while (work.TryDequeue(out MachineBlock? block))
        {
            DebugState state = _atStart[block].Clone();
            Walk(block, state);
            foreach (MachineBlock successor in block.Successors)
            {
                if (!_atStart.TryGetValue(successor, out DebugState? known)) _atStart.Add(successor, state.Clone());
                else if (!known.Intersect(state)) continue;
                if (!work.Contains(successor)) work.Enqueue(successor);
            }
        }
    }

    // Parameters are in their registers before the first instruction, and the prologue leaves them there.
    private DebugState Prologue()
    {
        DebugState state = new(_parts);
        MachineBlock entry = _function.Blocks[0];
        for (int index = 0; index < Registers.ArgumentCount; index++)
            state.Make(DebugTracking.Argument(index), Registers.FirstArgument + index);
        foreach (MachineInstr instr in entry.Body)
        {
            if (instr.Kind == MachineKind.Move && instr.Rs1 < MachineInstr.FirstVirtual && instr.Value != MachineInstr.None && instr.CopiedValue == MachineInstr.None)
                state.Copy(instr.Rs1, instr.Rs1, instr.Value);
            else if (instr.Kind == MachineKind.DebugValue)
            {
                if (instr.Binding!.Part.Variable is { Parameter: >= 0, Inlined: null } && instr.Value != MachineInstr.None) state.Bind(instr);
            }
            else break;
        }

        int first = entry.Body.Count > 0 ? Math.Max(entry.Body[0].FirstItem, 0) : 0;
        Record(state, 0);
        for (int index = 0; index < first; index++) Step(state, index);
        return state;
    }

    private void Walk(MachineBlock block, DebugState state)
    {
        List<MachineInstr> early = [];
        foreach (MachineInstr instr in block.Body)
        {
            if (instr.FirstItem == MachineInstr.None) break;
            int start = OffsetOf(instr.FirstItem);
            int offset = OffsetOf(instr.EndItem);
            if (instr.Kind == MachineKind.DebugValue) early.RemoveAll(other => other.Binding!.Part == instr.Binding!.Part);
            if (instr.Kind == MachineKind.DebugValue && state.IsAssignment(instr) && BeginsItsLine(instr))
            {
                state.Unbind(instr);
                Record(state, start);
                early.Add(instr);
                continue;
            }

            Visit(instr, state);
            if (offset == start || early.Count == 0) continue;
            foreach (MachineInstr binding in early)
            {
                // Made anew by this instruction, it is the value of a later statement.
                if (instr.Value == MachineInstr.None || instr.Value != binding.Value) state.Bind(binding);
            }

            early.Clear();
            Record(state, offset);
        }
    }

    // An assignment that takes no code may come before the code that its own line begins with. A debugger that stops there
    // stops before the assignment: the old value may be gone already, and the new one is not the variable's yet.
    private bool BeginsItsLine(MachineInstr binding)
    {
        int item = binding.FirstItem;
        while (item < _items.Count && _items[item].SizeBytes == 0) item++;
        if (item == _items.Count || binding.Place?.Nearest is not { } own || _items[item].Place?.Nearest is not { } next) return false;
        if (own.File != next.File || own.Line != next.Line) return false;
        int before = item - 1;
        while (before >= 0 && (_items[before].SizeBytes == 0 || _items[before].Place?.Nearest is null)) before--;
        return before < 0 || _items[before].Place!.Nearest is not { } last || last.File != next.File || last.Line != next.Line || last.Column != next.Column;
    }

    private void Visit(MachineInstr instr, DebugState state)
    {
        switch (instr.Kind)
        {
            case MachineKind.DebugValue:
                state.Bind(instr);
                Record(state, OffsetOf(instr.FirstItem));
                return;
            case MachineKind.DebugCopy:
                state.Alias(instr.Value, instr.CopiedValue);
                Record(state, OffsetOf(instr.FirstItem));
                return;
            case MachineKind.Call:
                for (int index = instr.FirstItem; index < instr.EndItem - 1; index++) Step(state, index);
                // A caller is looked up at the byte before its return address: there the call has already happened.
                foreach (int register in Registers.CallerSaved) state.Overwrite(register);
                Record(state, OffsetOf(instr.EndItem) - 1);
                return;
        }

        bool ends = instr.Kind is MachineKind.Return or MachineKind.TailCall or MachineKind.Panic;
        for (int index = instr.FirstItem; index < (ends ? instr.EndItem : instr.EndItem - 1); index++) Step(state, index);
        if (ends) return;
        Effect(instr, state);
        Record(state, OffsetOf(instr.EndItem));
    }

    private static void Effect(MachineInstr instr, DebugState state)
    {
        if (instr.Scratch >= 0) state.Overwrite(instr.Scratch);
        int slot = instr.Slot is { Id: >= 0 } used ? DebugState.FirstSlot + used.Id : -1;
        switch (instr.Kind)
        {
            case MachineKind.Move:
                state.Copy(instr.Rd, instr.Rs1, instr.Value);
                return;
            case MachineKind.SlotAccess when slot >= 0 && instr.Slot!.Variable is not null && instr.Rd < 0:
            case MachineKind.SlotAddress when slot >= 0 && instr.Slot!.Variable is not null:
                state.Initialise(instr.Slot!);
                break;
            case MachineKind.SlotAccess when slot >= 0 && instr.Rd < 0:
                if (instr.Immediate == 0 && instr.Mnemonic is "sd" or "fsd") state.Copy(slot, instr.Rs2, MachineInstr.None);
                else state.Overwrite(slot);
                return;
            case MachineKind.SlotAccess when slot >= 0 && instr.Slot!.Variable is null && instr.Value == MachineInstr.None:
                if (instr.Immediate == 0 && instr.Mnemonic is "ld" or "fld") state.Copy(instr.Rd, slot, MachineInstr.None);
                else state.Overwrite(instr.Rd);
                return;
        }

        if (instr.Rd <= 0) return;
        if (instr.Value == MachineInstr.None) state.Overwrite(instr.Rd);
        else state.Make(instr.Value, instr.Rd);
    }

    // One item that is part of a longer sequence: what it writes is lost from its end on.
    private void Step(DebugState state, int index)
    {
        CodeItem item = _items[index];
        if (item.SizeBytes == 0) return;
        int register = item.Word is null ? item.Instruction.Rd : 0;
        if (register == Registers.StackPointer && item.StateAfter is { CfaOffset: 0 }) state.LeaveFrame();
        else if (register != 0)
        {
            state.Overwrite(register);
            if (InstructionSet.Rows[item.Instruction.Row].Mnemonic.StartsWith('f')) state.Overwrite(register + 32);
        }

        Record(state, item.Offset + item.SizeBytes);
    }

    private int OffsetOf(int item) => item < _items.Count ? _items[item].Offset : _codeSize;

    private void Record(DebugState state, int offset)
    {
        Record(state, state.Touched, offset);
        state.ClearTouched();
    }

    // From an offset on, these parts lie where a state has them; nowhere, where no state is known.
    private void Record(DebugState? state, IReadOnlyList<VariablePart> parts, int offset)
    {
        if (!_isRecording) return;
        foreach (VariablePart part in parts)
        {
            Found? latest = _latest[part.Mark];
            Spot? before = latest is { End: Found.Open } ? latest.Spot : null;
            Spot? now = state is null ? null : Where(state, part, before);
            if (latest is not null && before is not null)
            {
                latest.End = offset;
                // What was said of no byte was not said.
                if (latest.Start == offset) _latest[part.Mark] = latest = latest.Before;
            }

            if (now is null) continue;
            if (latest is not null && latest.End == offset && latest.Spot.Is(now)) latest.End = Found.Open;
            else _found.Add(_latest[part.Mark] = new Found(part, now, offset, latest));
        }
    }

    // A variable that lives in its slot lies there from its first store on, whatever is known of its value besides.
    private Spot? Where(DebugState state, VariablePart part, Spot? before)
    {
        foreach (Slot slot in _told)
        {
            if (slot.Variable == part.Variable && part.Offset == 0 && state.IsInitialised(slot)) return InFrame(LocationKind.Frame, slot);
        }

        if (state.BindingOf(part) is not { } binding) return null;
        bool isAddress = binding.Binding!.IsAddress;
        if (binding.Value == MachineInstr.None) return Constant(binding.Binding.Value!, isAddress);
        int place = state.PlaceOf(binding.Value, before?.Place ?? MachineInstr.None);
        if (place == MachineInstr.None) return null;
        return place < DebugState.FirstSlot
            ? new Spot(isAddress ? LocationKind.RegisterIndirect : LocationKind.Register, place, null, place)
            : InFrame(isAddress ? LocationKind.FrameIndirect : LocationKind.Frame, _slots[place - DebugState.FirstSlot], place);
    }

    private Spot InFrame(LocationKind kind, Slot slot, int place = MachineInstr.None) =>
        new(kind, slot.FrameOffset - _frame.SizeBytes, null, place);

    private Spot? Constant(Instr value, bool isAddress) => value.Op switch
    {
        Op.Const when !isAddress => new Spot(LocationKind.Constant, value.Immediate, null),
        Op.SymbolAddress => new Spot(isAddress ? LocationKind.Symbol : LocationKind.SymbolAddress, value.Immediate, (string)value.Reference!),
        Op.SlotAddress when ((Slot)value.Reference!).FrameOffset is >= 0 and var offset => new Spot(
            isAddress ? LocationKind.Frame : LocationKind.FrameAddress, offset + value.Immediate - _frame.SizeBytes, null),
        _ => null,
    };
}
