namespace Verification.Toolchain.Codegen;

/// <summary>Prologue and epilogue, with the unwinding rule at each instruction.</summary>
internal sealed partial class MethodEmitter
{
    private const int PanicFrameBytes = 16;

    private int SavedAreaBytes => ((8 * _frame.Saved.Count) + 15) / 16 * 16;

    private bool IsLarge => _frame.SizeBytes > Frame.Reach - 15;

    private void State(UnwindState state)
    {
        _state = state;
        if (_items.Count > 0) _items[^1].StateAfter = state;
    }

    private void Prologue()
    {
        int size = _frame.SizeBytes;
        if (size == 0) return;
        _place = _function.Blocks[0].Body.FirstOrDefault(instr => instr.Place is not null)?.Place;
        int first = IsLarge ? SavedAreaBytes : size;
        if (first > 0) MoveStack(-first);
        foreach ((int register, int offset) in _frame.Saved)
        {
            int place = offset - (size - first);
            Item(register >= 32 ? "fsd" : "sd", MachineInstr.None, Registers.StackPointer, register, place);
            State(new UnwindState(_state.CfaOffset, [.. _state.Saved, new SavedRegister(register, place - first)]));
        }

        if (first != size) MoveStack(first - size);
    }

    private void Epilogue()
    {
        int size = _frame.SizeBytes;
        if (size == 0) return;
        UnwindState inside = _state;
        int first = IsLarge ? SavedAreaBytes : size;
        if (first != size) MoveStack(size - first);
        foreach ((int register, int offset) in _frame.Saved)
            Item(register >= 32 ? "fld" : "ld", register, Registers.StackPointer, MachineInstr.None, offset - (size - first));
        if (first > 0)
        {
            MoveStack(first);
            State(new UnwindState(0, []));
        }

        _state = inside;
    }

    private void MoveStack(int bytes)
    {
        if (bytes is >= -2048 and <= 2047)
        {
            Item("addi", Registers.StackPointer, Registers.StackPointer, MachineInstr.None, bytes);
        }
        else
        {
            Constant(Registers.FrameScratch, bytes);
            Item("add", Registers.StackPointer, Registers.StackPointer, Registers.FrameScratch);
        }

        State(new UnwindState(_state.CfaOffset - bytes, _state.Saved));
    }
}
