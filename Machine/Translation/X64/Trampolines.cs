using Verification.Machine.Harts;

namespace Verification.Machine.Translation.X64;

/// <summary>The code that leads from C# into translated code and back: once at the start of the arena.</summary>
internal sealed class Trampolines
{
    private static readonly R[] Saved = [R.Rbx, R.Rbp, R.Rsi, R.Rdi, R.R12, R.R13, R.R14, R.R15];

    private Trampolines()
    {
    }

    /// <summary>Entry: (hart state, address of code) to number of the exit site.</summary>
    internal int Enter { get; private set; }

    /// <summary>Exit with the site's number in ecx.</summary>
    internal int Exit { get; private set; }

    /// <summary>Exit with the site's number in ecx and the guest's address of an access in rax.</summary>
    internal int ExitMiss { get; private set; }

    /// <summary>Exit with the site's number in ecx, by code that has stored the guest's registers itself.</summary>
    internal int ExitStored { get; private set; }

    /// <summary>Jump to the guest's address in rax through the jump cache.</summary>
    internal int Dispatch { get; private set; }

    /// <summary>Emits all of them; <paramref name="lookupSite"/> is the site of a jump that the cache does not know.</summary>
    internal static Trampolines Emit(X64Emitter code, int lookupSite)
    {
        var result = new Trampolines { Enter = code.Position };
        foreach (var register in Saved)
            code.Push(register);
        code.Op(Alu.Subtract, R.Rsp, ExpressionCompiler.FrameSizeBytes);
        var (state, address) = OperatingSystem.IsWindows() ? (R.Rcx, R.Rdx) : (R.Rdi, R.Rsi);
        code.Move(R.Rbp, state);
        code.Move(R.Rax, address);
        EmitIfFloating(code, () => code.Mxcsr(2, R.Rbp, HartStateLayout.GuestMxcsr));
        foreach (var (guest, host) in RegisterMap.Standard.Integers)
            code.Load(host, R.Rbp, ExpressionCompiler.OffsetOf(guest));
        code.Load(ExpressionCompiler.Budget, R.Rbp, HartStateLayout.Budget);
        code.JumpRegister(R.Rax);

        result.Dispatch = code.Position;
        EmitDispatch(code, out var misses);
        foreach (var miss in misses)
            code.BindHere(miss);
        code.Store(R.Rbp, HartStateLayout.Pc, R.Rax);
        code.Move(R.Rcx, (ulong)lookupSite);
        var toExit = code.Jump();

        result.ExitMiss = code.Position;
        code.Store(R.Rbp, HartStateLayout.MissAddress, R.Rax);

        result.Exit = code.Position;
        code.BindTo(toExit, result.Exit);
        foreach (var (guest, host) in RegisterMap.Standard.Integers)
            code.Store(R.Rbp, ExpressionCompiler.OffsetOf(guest), host);
        result.ExitStored = code.Position;
        code.Store(R.Rbp, HartStateLayout.Budget, ExpressionCompiler.Budget);
        EmitIfFloating(code, () =>
        {
            code.Mxcsr(3, R.Rbp, HartStateLayout.GuestMxcsr);
            code.Mxcsr(2, R.Rbp, HartStateLayout.HostMxcsr);
        });
        code.Op(Alu.Add, R.Rsp, ExpressionCompiler.FrameSizeBytes);
        for (var i = Saved.Length - 1; i >= 0; i--)
            code.Pop(Saved[i]);
        code.Move32(R.Rax, R.Rcx);
        code.Return();
        return result;
    }

    // While the unit is off no code uses it; and no code switches it on.
    private static void EmitIfFloating(X64Emitter code, Action emit)
    {
        code.OpMemory(Alu.Compare, R.Rbp, HartStateLayout.FloatStatus, 0, 32);
        var isOff = code.Jump(Condition.Equal);
        emit();
        code.BindHere(isOff);
    }

    /// <summary>The lookup itself, for code that has the target in rax and wants it in place.</summary>
    internal static void EmitDispatch(X64Emitter code, out int[] misses)
    {
        EmitProbe(code, out misses);
        EmitGo(code);
    }

    /// <summary>Jumps to the code of the entry that a probe has left in rcx.</summary>
    internal static void EmitGo(X64Emitter code) => code.JumpMemory(R.Rcx, JumpCache.CodeOffset);

    /// <summary>Looks the target in rax up and leaves it there; the entry is in rcx.</summary>
    internal static void EmitProbe(X64Emitter code, out int[] misses)
    {
        code.Move(R.Rcx, R.Rax);
        code.ShiftImmediate(4, R.Rcx, JumpCache.EntryShift - 1, 32);
        code.OpFrom(Alu.Xor, R.Rcx, R.Rbp, HartStateLayout.JumpSalt, 32);
        code.Op(Alu.And, R.Rcx, JumpCache.IndexMask << JumpCache.EntryShift, 32);
        code.OpFrom(Alu.Add, R.Rcx, R.Rbp, HartStateLayout.JumpCache);
        code.Load(R.Rdx, R.Rbp, HartStateLayout.JumpKey);
        code.OpFrom(Alu.Compare, R.Rax, R.Rcx, JumpCache.PcOffset);
        var wrongPc = code.Jump(Condition.NotEqual);
        code.OpFrom(Alu.Compare, R.Rdx, R.Rcx, JumpCache.KeyOffset);
        var wrongKey = code.Jump(Condition.NotEqual);
        misses = [wrongPc, wrongKey];
    }
}
