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
    private readonly Dictionary<MachineInstr, (int First, int End)> _itemsOf = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<int, Slot> _slots = [];
    private readonly Dictionary<MachineBlock, DebugState> _atStart = [];
    private readonly List<(VariablePart Part, int Start, int End, LocationKind Kind, long Value, string? Symbol)> _found = [];
    private Dictionary<VariablePart, Open> _open = [];
    private bool _isRecording;

    private VariableLocations(
        MachineFunction function, List<(MachineInstr Instr, int Item)> starts, List<CodeItem> items, int end, Frame frame, int codeSize)
    {
        _function = function;
        _items = items;
        _frame = frame;
        _codeSize = codeSize;
        for (int index = 0; index < starts.Count; index++)
            _itemsOf[starts[index].Instr] = (starts[index].Item, index + 1 < starts.Count ? starts[index + 1].Item : end);
        foreach (Slot slot in function.Source.Slots) _slots[slot.Id] = slot;
    }

    /// <summary>A part of a variable and where it lies from one offset to another.</summary>
    internal readonly record struct Found(VariablePart Part, int Start, int End, LocationKind Kind, long Value, string? Symbol);

    private readonly record struct Open(int Start, int? Place, LocationKind Kind, long Value, string? Symbol);

    /// <summary>All locations, in order of code.</summary>
    /// <param name="function">The allocated function.</param>
    /// <param name="starts">Which item each instruction begins with.</param>
    /// <param name="items">The code.</param>
    /// <param name="end">The item behind the last block.</param>
    /// <param name="frame">The frame.</param>
    /// <param name="codeSize">Length of the code in bytes.</param>
    public static List<Found> Of(
        MachineFunction function, List<(MachineInstr Instr, int Item)> starts, List<CodeItem> items, int end, Frame frame, int codeSize)
    {
        VariableLocations locations = new(function, starts, items, end, frame, codeSize);
        locations.Flow();
        locations._isRecording = true;
        locations.Prologue();
        foreach (MachineBlock block in function.Blocks)
        {
            if (locations._atStart.TryGetValue(block, out DebugState? state)) locations.Walk(block, state.Clone());
        }

        return [.. locations._found.Select(found => new Found(found.Part, found.Start, found.End, found.Kind, found.Value, found.Symbol))];
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
        DebugState state = new();
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

        int first = entry.Body.Count > 0 && _itemsOf.TryGetValue(entry.Body[0], out (int First, int End) range) ? range.First : 0;
        _open = [];
        Record(state, 0);
        for (int index = 0; index < first; index++) Step(state, index);
        Close(first < _items.Count ? _items[first].Offset : _codeSize);
        return state;
    }

    private void Walk(MachineBlock block, DebugState state)
    {
        _open = [];
        int offset = 0;
        bool isFirst = true;
        List<MachineInstr> early = [];
        foreach (MachineInstr instr in block.Body)
        {
            if (!_itemsOf.TryGetValue(instr, out (int First, int End) range)) break;
            if (isFirst) Record(state, OffsetOf(range.First));
            isFirst = false;
            int start = OffsetOf(range.First);
            offset = OffsetOf(range.End);
            if (instr.Kind == MachineKind.DebugValue) early.RemoveAll(other => other.Binding!.Part == instr.Binding!.Part);
            if (instr.Kind == MachineKind.DebugValue && state.IsAssignment(instr) && BeginsItsLine(instr, range.First))
            {
                state.Unbind(instr);
                Record(state, start);
                early.Add(instr);
                continue;
            }

            Visit(instr, range, state);
            if (offset == start || early.Count == 0) continue;
            foreach (MachineInstr binding in early)
            {
                // Made anew by this instruction, it is the value of a later statement.
                if (instr.Value == MachineInstr.None || instr.Value != binding.Value) state.Bind(binding);
            }

            early.Clear();
            Record(state, offset);
        }

        Close(offset);
    }

    // An assignment that takes no code may come before the code that its own line begins with. A debugger that stops there
    // stops before the assignment: the old value may be gone already, and the new one is not the variable's yet.
    private bool BeginsItsLine(MachineInstr binding, int item)
    {
        while (item < _items.Count && _items[item].SizeBytes == 0) item++;
        if (item == _items.Count || binding.Place?.Nearest is not { } own || _items[item].Place?.Nearest is not { } next) return false;
        if (own.File != next.File || own.Line != next.Line) return false;
        int before = item - 1;
        while (before >= 0 && (_items[before].SizeBytes == 0 || _items[before].Place?.Nearest is null)) before--;
        return before < 0 || _items[before].Place!.Nearest is not { } last || last.File != next.File || last.Line != next.Line || last.Column != next.Column;
    }

    private void Visit(MachineInstr instr, (int First, int End) range, DebugState state)
    {
        switch (instr.Kind)
        {
            case MachineKind.DebugValue:
                state.Bind(instr);
                Record(state, OffsetOf(range.First));
                return;
            case MachineKind.DebugCopy:
                state.Alias(instr.Value, instr.CopiedValue);
                Record(state, OffsetOf(range.First));
                return;
            case MachineKind.Call:
                for (int index = range.First; index < range.End - 1; index++) Step(state, index);
                // A caller is looked up at the byte before its return address: there the call has already happened.
                foreach (int register in Registers.CallerSaved) state.Overwrite(register);
                Record(state, OffsetOf(range.End) - 1);
                return;
        }

        bool ends = instr.Kind is MachineKind.Return or MachineKind.TailCall or MachineKind.Panic;
        for (int index = range.First; index < (ends ? range.End : range.End - 1); index++) Step(state, index);
        if (ends) return;
        Effect(instr, state);
        Record(state, OffsetOf(range.End));
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
        if (!_isRecording || !state.IsChanged) return;
        state.IsChanged = false;
        Dictionary<VariablePart, Open> now = [];
        foreach ((VariablePart part, MachineInstr binding) in state.Bindings)
        {
            Open? before = _open.TryGetValue(part, out Open known) ? known : null;
            if (Where(state, binding, before?.Place) is { } place) now[part] = place with { Start = offset };
        }

        foreach (Slot slot in _slots.Values)
        {
            if (slot is { Told: { } variable, FrameOffset: >= 0 } && state.IsInitialised(slot))
                now[new VariablePart(variable, 0)] = new Open(offset, null, LocationKind.Frame, slot.FrameOffset - _frame.SizeBytes, null);
        }

        foreach ((VariablePart part, Open open) in _open)
        {
            if (now.TryGetValue(part, out Open next) && next with { Start = open.Start } == open) now[part] = open;
            else Add(part, open, offset);
        }

        _open = now;
    }

    private void Close(int offset)
    {
        foreach ((VariablePart part, Open open) in _open) Add(part, open, offset);
        _open = [];
    }

    private void Add(VariablePart part, Open open, int end)
    {
        if (_isRecording && end > open.Start) _found.Add((part, open.Start, end, open.Kind, open.Value, open.Symbol));
    }

    private Open? Where(DebugState state, MachineInstr binding, int? before)
    {
        bool isAddress = binding.Binding!.IsAddress;
        if (binding.Value == MachineInstr.None)
        {
            Instr value = binding.Binding.Value!;
            return value.Op switch
            {
                Op.Const when !isAddress => new Open(0, null, LocationKind.Constant, value.Immediate, null),
                Op.SymbolAddress => new Open(0, null, isAddress ? LocationKind.Symbol : LocationKind.SymbolAddress, value.Immediate, (string)value.Reference!),
                Op.SlotAddress when ((Slot)value.Reference!).FrameOffset is >= 0 and var offset => new Open(
                    0, null, isAddress ? LocationKind.Frame : LocationKind.FrameAddress, offset + value.Immediate - _frame.SizeBytes, null),
                _ => null,
            };
        }

        if (state.PlaceOf(binding.Value, before) is not { } place) return null;
        if (place < DebugState.FirstSlot) return new Open(0, place, isAddress ? LocationKind.RegisterIndirect : LocationKind.Register, place, null);
        Slot slot = _slots[place - DebugState.FirstSlot];
        return new Open(0, place, isAddress ? LocationKind.FrameIndirect : LocationKind.Frame, slot.FrameOffset - _frame.SizeBytes, null);
    }
}
