using Verification.Machine.Harts;
using Verification.Machine.Harts.Registers;
using Verification.Machine.Isa;

namespace Verification.Machine.Translation;

/// <summary>The machine that a translator passes into meanings: each call becomes an <see cref="Effect"/>.</summary>
internal readonly struct RecordingMachine(Recording recording) : IMachine<RecordedWord>
{
    public RecordedWord Pc => RecordedWord.Constant(recording.Pc);

    public RecordedWord X(int register) => new(Expression.Register(register));

    public void X(int register, RecordedWord value)
    {
        if (register != 0)
            recording.Effects.Add(new Effect.SetRegister(register, value.Expression));
    }

    public RecordedWord F(int register) => new(Expression.FloatRegister(register));

    public void F(int register, RecordedWord value) =>
        recording.Effects.Add(new Effect.SetFloat(register, value.Expression));

    public bool Load(int sizeBytes, RecordedWord address, out RecordedWord value)
    {
        recording.Effects.Add(new Effect.Load(sizeBytes, address.Expression));
        value = new(Expression.Loaded(sizeBytes));
        return true;
    }

    public bool Store(int sizeBytes, RecordedWord address, RecordedWord value)
    {
        recording.Effects.Add(new Effect.Store(sizeBytes, address.Expression, value.Expression));
        return true;
    }

    public bool Update(int sizeBytes, RecordedWord address, RecordedWord operand,
        Func<RecordedWord, RecordedWord, RecordedWord> update, out RecordedWord old)
    {
        old = new(Expression.Loaded(sizeBytes));
        recording.Effects.Add(new Effect.Update(sizeBytes, address.Expression, update(old, operand).Expression));
        return true;
    }

    public bool LoadReserved(int sizeBytes, RecordedWord address, out RecordedWord value)
    {
        recording.Effects.Add(new Effect.LoadReserved(sizeBytes, address.Expression));
        value = new(Expression.Loaded(sizeBytes));
        return true;
    }

    public bool StoreConditional(int sizeBytes, RecordedWord address, RecordedWord value, out RecordedWord failed)
    {
        recording.Effects.Add(new Effect.StoreConditional(sizeBytes, address.Expression, value.Expression));
        failed = new(Expression.Loaded(8));
        return true;
    }

    public bool CompareAndSwap(int sizeBytes, RecordedWord address, RecordedWord expectedLow, RecordedWord expectedHigh,
        RecordedWord newLow, RecordedWord newHigh, out RecordedWord oldLow, out RecordedWord oldHigh)
    {
        recording.Effects.Add(new Effect.Perform(EndsBlock: false, MayBeTold: true));
        (oldLow, oldHigh) = (new(Expression.Loaded(8)), new(Expression.Loaded(8)));
        return true;
    }

    public bool Jump(RecordedWord target, int link, int baseRegister)
    {
        recording.Effects.Add(new Effect.Jump(target.Expression, link));
        return true;
    }

    public void Branch(RecordedWord condition, long offset) =>
        recording.Effects.Add(new Effect.Branch(condition.Expression, offset));

    public bool AccessCsr(int csr, CsrOperation operation, bool reads, bool writes, RecordedWord operand,
        out RecordedWord old)
    {
        old = new(Expression.Loaded(8));
        var row = CsrTable.Find(csr);
        if (row?.Cell is not { } cell || cell.Kind == CsrCellKind.Translation && writes
            || row.LowestMode < (int)PrivilegeMode.Machine && !recording.Extensions.HasFlag(IsaExtensions.S))
        {
            recording.Effects.Add(new Effect.Perform(EndsBlock: false, MayBeTold: false));
            return true;
        }

        recording.Effects.Add(new Effect.RequireMode(cell.Kind == CsrCellKind.Translation ? null : (PrivilegeMode)row.LowestMode));
        if (reads || operation != CsrOperation.Write) recording.Effects.Add(new Effect.ReadControl(cell));
        if (!writes) return true;
        var written = operation switch
        {
            CsrOperation.Write => operand,
            CsrOperation.Set => old | operand,
            _ => old & ~operand,
        };
        recording.Effects.Add(new Effect.WriteControl(cell, (written & RecordedWord.Constant(cell.LegalBits(recording.Extensions))).Expression));
        return true;
    }

    public bool Perform(HartOperation operation, in Instruction instruction)
    {
        if (operation == HartOperation.RequireFloat)
        {
            recording.Effects.Add(new Effect.RequireFloat());
            return true;
        }

        // A fence orders harts that run at the same time; harts that take turns are ordered already. Fetches and translations
        // are coherent, too: what is left of their fences is who may execute them.
        switch (operation)
        {
            case HartOperation.Fence or HartOperation.FenceInstruction or HartOperation.Pause:
                break;
            case HartOperation.FenceTranslation or HartOperation.InvalidateTranslation:
                recording.Effects.Add(new Effect.RequireMode(null));
                break;
            case HartOperation.FenceInvalidation:
                recording.Effects.Add(new Effect.RequireMode(PrivilegeMode.Supervisor));
                break;
            default:
                recording.Effects.Add(new Effect.Perform(EndsBlock: operation is HartOperation.EnvironmentCall
                    or HartOperation.Breakpoint or HartOperation.MachineReturn or HartOperation.SupervisorReturn, MayBeTold: true));
                break;
        }

        return true;
    }

    public bool Float(FloatOperation operation, in Instruction instruction, RecordedWord first, RecordedWord second,
        RecordedWord third, out RecordedWord result)
    {
        recording.Effects.Add(new Effect.Float(operation, instruction.Mode, first.Expression, second.Expression,
            third.Expression));
        result = new(Expression.Loaded(8));
        return true;
    }
}

/// <summary>One instruction's effects while its meaning is recorded.</summary>
internal sealed class Recording
{
    internal ulong Pc { get; set; }

    internal IsaExtensions Extensions { get; set; }

    internal List<Effect> Effects { get; } = [];
}
