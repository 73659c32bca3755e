using Verification.Machine.Harts;

namespace Verification.Machine.Translation.X64;

/// <summary>
/// Loads and stores: the translation buffer is looked up in place, and what it does not know (another page, a device, a
/// misaligned address, a page with code or watched bytes) leaves the block. Accesses of a block that go through the same
/// unchanged register share one look-up, if they turn out to lie in the same page: see <see cref="AccessGroup"/>.
/// </summary>
internal sealed partial class MemoryAccessCompiler(X64Emitter code, ExpressionCompiler expressions, CodeConstants constants)
{
    private readonly List<Single> _singles = [];
    private int _hints;

    /// <summary>Leaves the host's address of the accessed bytes in rax.</summary>
    internal HostAddress Translate(Expression address, int sizeBytes, AccessKind kind, ICollection<Missed> missed)
    {
        var resume = code.Position;
        expressions.EvaluateInto(R.Rax, address);
        EmitLookup(sizeBytes, kind);
        missed.Add(new(code.Jump(Condition.NotEqual), resume));
        code.OpFrom(Alu.Add, R.Rax, R.Rcx, HartStateLayout.Addend);
        return new(R.Rax);
    }

    /// <summary>The host's address of an access that shares its look-up with others of the block.</summary>
    internal HostAddress Translate(AccessGroup group, Expression address, int offset, int sizeBytes, AccessKind kind)
    {
        var slot = HartStateLayout.GroupAddends + (8 * group.Slot);
        int apart;
        if (!group.IsLookedUp)
        {
            group.IsLookedUp = true;
            expressions.EvaluateInto(R.Rax, group.Anchor);
            EmitLookup(group.AlignmentBytes, kind);
            var unknown = code.Jump(Condition.NotEqual);
            code.Move32(R.Rdx, R.Rax);
            code.Op(Alu.And, R.Rdx, 0xFFF, 32);
            if (group.LowestOffset != group.AnchorOffset)
                code.Op(Alu.Add, R.Rdx, group.LowestOffset - group.AnchorOffset, 32);
            code.Op(Alu.Compare, R.Rdx, 4096 - group.SpanBytes, 32);
            apart = code.Jump(Condition.Above);
            code.Load(R.Rdx, R.Rcx, HartStateLayout.Addend);
            code.Store(ExpressionCompiler.State, slot, R.Rdx);
            _singles.Add(new(unknown, apart, code.Position, slot, address, sizeBytes, kind, expressions.Map));
        }
        else
        {
            code.Load(R.Rdx, ExpressionCompiler.State, slot);
            code.Test(R.Rdx, R.Rdx);
            apart = code.Jump(Condition.Equal);
            _singles.Add(new(null, apart, code.Position, slot, address, sizeBytes, kind, expressions.Map));
        }

        if (expressions.HostOf(group.Register) is { } host)
            return new(R.Rdx, offset, host);
        code.Load(R.Rax, ExpressionCompiler.State, ExpressionCompiler.OffsetOf(group.Register));
        return new(R.Rdx, offset, R.Rax);
    }

    /// <summary>
    /// The host's address of an access that mostly goes to the page to which it went last: a hint of its own knows that page,
    /// so that the address waits for no entry of the translation buffer.
    /// </summary>
    internal HostAddress TranslateSteady(Expression address, int sizeBytes, AccessKind kind)
    {
        const int HintsOfKind = HartState.HintCount / 2;
        _hints = (_hints + 1) % HintsOfKind;
        var slot = HartStateLayout.Hints + (16 * (kind == AccessKind.Store ? _hints + HintsOfKind : _hints));
        expressions.EvaluateInto(R.Rax, address);
        code.Move(R.Rdx, unchecked((ulong)(-4096 | (sizeBytes - 1))));
        code.Op(Alu.And, R.Rdx, R.Rax);
        code.OpFrom(Alu.Compare, R.Rdx, ExpressionCompiler.State, slot);
        var apart = code.Jump(Condition.NotEqual);
        code.Load(R.Rdx, ExpressionCompiler.State, slot + 8);
        _singles.Add(new(null, apart, code.Position, slot, address, sizeBytes, kind, expressions.Map) { IsHinted = true });
        return new(R.Rdx, 0, R.Rax);
    }

    /// <summary>Emits the look-ups of accesses whose hint was wrong, or whose group does not lie in one page, out of the way.</summary>
    /// <returns>For the n-th access by a group since the last call, how it may miss.</returns>
    internal List<Missed> EmitSingles()
    {
        var missed = new List<Missed>();
        expressions.Pending = 0;
        foreach (var single in _singles)
        {
            code.BindHere(single.Apart);
            if (single.Unknown is { } unknown)
            {
                code.BindHere(unknown);
                code.StoreImmediate(ExpressionCompiler.State, single.Slot, 0);
            }

            expressions.Map = single.Map;
            var resume = code.Position;
            expressions.EvaluateInto(R.Rax, single.Address);
            EmitLookup(single.SizeBytes, single.Kind);
            missed.Add(new(code.Jump(Condition.NotEqual), resume));
            if (single.IsHinted)
                code.Store(ExpressionCompiler.State, single.Slot, R.Rdx);
            code.Load(R.Rdx, R.Rcx, HartStateLayout.Addend);
            if (single.IsHinted)
                code.Store(ExpressionCompiler.State, single.Slot + 8, R.Rdx);
            code.BindTo(code.Jump(), single.Back);
        }

        _singles.Clear();
        return missed;
    }

    /// <summary>What was translated is given up.</summary>
    internal void Forget() => _singles.Clear();

    /// <summary>Loads straight into the register that the next effect sets, if that is all it does.</summary>
    internal bool TryLoadInto(HostAddress from, Effect.SetRegister set, int sizeBytes)
    {
        var extension = ExtensionKind.Zero;
        switch (set.Value)
        {
            case { Operator: Operator.Loaded }:
                break;
            case { Operator: Operator.SignExtend, First.Operator: Operator.Loaded } when (int)set.Value.Value == 8 * sizeBytes:
                extension = ExtensionKind.Sign;
                break;
            case { Operator: Operator.ZeroExtend, First.Operator: Operator.Loaded } when (int)set.Value.Value == 8 * sizeBytes:
                break;
            default:
                return false;
        }

        var host = expressions.HostOf(set.Register);
        code.LoadExtended(host ?? R.Rax, from, sizeBytes, extension);
        expressions.Written(set.Register);
        if (host is null)
            code.Store(ExpressionCompiler.State, ExpressionCompiler.OffsetOf(set.Register), R.Rax);
        return true;
    }

    /// <summary>Loads into the frame, for the expressions that follow.</summary>
    internal void LoadIntoSlot(HostAddress from, int sizeBytes)
    {
        code.LoadExtended(R.Rax, from, sizeBytes, ExtensionKind.Zero);
        code.Store(R.Rsp, 8 * ExpressionCompiler.LoadedSlot, R.Rax);
    }

    /// <summary>Stores.</summary>
    internal void Store(HostAddress to, Effect.Store store)
    {
        if (store.Value.Operator == Operator.Register && expressions.HostOf((int)store.Value.Value) is { } host)
        {
            code.Store(to, host, store.SizeBytes);
            return;
        }

        if (store.Value.Operator == Operator.FloatRegister && expressions.Map.XmmOf((int)store.Value.Value) is var xmm and >= 0
            && store.SizeBytes >= 4)
        {
            code.Sse(store.SizeBytes == 8 ? 0xF2 : 0xF3, 0x11, xmm, to);
            return;
        }

        expressions.EvaluateInto(R.Rcx, store.Value, Live.Rax | Live.Rdx);
        code.Store(to, R.Rcx, store.SizeBytes);
    }

    /// <summary>Loads into a floating-point register, if that is all that the next effect does with the word.</summary>
    internal bool TryLoadFloatInto(HostAddress from, Effect.SetFloat set, int sizeBytes)
    {
        const ulong box = 0xFFFF_FFFF_0000_0000;
        var isBoxed = sizeBytes == 4
            && set.Value is { Operator: Operator.Or, First.Operator: Operator.Loaded, Second: { IsConstant: true, Value: box } };
        if (!isBoxed && (sizeBytes != 8 || set.Value.Operator != Operator.Loaded))
            return false;
        if (expressions.Map.XmmOf(set.Register) is var xmm and >= 0)
        {
            code.Sse(isBoxed ? 0xF3 : 0xF2, 0x10, xmm, from);
            if (isBoxed)
                constants.Box(code, xmm);
            return true;
        }

        code.LoadExtended(R.Rax, from, sizeBytes, ExtensionKind.Zero);
        var offset = ExpressionCompiler.OffsetOfFloat(set.Register);
        code.Store(new HostAddress(ExpressionCompiler.State, offset), R.Rax, sizeBytes);
        if (isBoxed)
            code.OpMemoryMove32(ExpressionCompiler.State, offset + 4, -1);
        return true;
    }

    // Compares the tag of the entry that TlbEntry.Slot names, whose address stays in rcx, with the address in rax.
    private void EmitLookup(int sizeBytes, AccessKind kind)
    {
        code.RotateX(R.Rcx, R.Rax, 12 - HartStateLayout.TlbEntryShift);
        code.RotateX(R.Rdx, R.Rax, 20 - HartStateLayout.TlbEntryShift);
        code.Op(Alu.Xor, R.Rcx, R.Rdx, 32);
        code.Op(Alu.And, R.Rcx, (TlbEntry.Count - 1) << HartStateLayout.TlbEntryShift, 32);
        code.OpFrom(Alu.Add, R.Rcx, ExpressionCompiler.State, HartStateLayout.DataTlb);
        code.Move(R.Rdx, unchecked((ulong)(-4096 | (sizeBytes - 1))));
        code.Op(Alu.And, R.Rdx, R.Rax);
        code.OpFrom(Alu.Compare, R.Rdx, R.Rcx,
            kind == AccessKind.Store ? HartStateLayout.WriteTag : HartStateLayout.ReadTag);
    }

    private readonly record struct Single(int? Unknown, int Apart, int Back, int Slot, Expression Address, int SizeBytes,
        AccessKind Kind, RegisterMap Map)
    {
        internal bool IsHinted { get; init; }
    }
}

/// <summary>A jump on a look-up that failed, and where the code goes on when it has been mended.</summary>
internal readonly record struct Missed(int Displacement, int Resume);
