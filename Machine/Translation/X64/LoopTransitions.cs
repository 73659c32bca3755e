using Verification.Machine.Harts;

namespace Verification.Machine.Translation.X64;

/// <summary>
/// The code between a loop's register map and the standard one: on the ways in and out, and for exits from the middle of
/// the loop.
/// </summary>
internal sealed class LoopTransitions(X64Emitter code, Trampolines trampolines)
{
    private const R State = ExpressionCompiler.State;

    /// <summary>From the standard map to the loop's.</summary>
    internal void EmitInto(LoopRegion loop)
    {
        foreach (var (guest, host) in RegisterMap.Standard.Integers)
        {
            if (loop.Map.HostOf(guest) != host)
                code.Store(State, ExpressionCompiler.OffsetOf(guest), host);
        }

        EmitLoads(loop);
        EmitForgotten(loop);
    }

    /// <summary>From the loop's map to the standard one.</summary>
    internal void EmitOutOf(LoopRegion loop)
    {
        EmitStores(loop, isAll: false);
        foreach (var (guest, host) in RegisterMap.Standard.Integers)
        {
            if (loop.Map.HostOf(guest) != host)
                code.Load(host, State, ExpressionCompiler.OffsetOf(guest));
        }
    }

    /// <summary>Exits from the loop, and the way back into its middle.</summary>
    internal LoopExits EmitExits(LoopRegion loop, int start)
    {
        var miss = start + code.Position;
        code.Store(State, HartStateLayout.MissAddress, R.Rax);
        var exit = start + code.Position;
        EmitStores(loop, isAll: true);
        code.BindTo(code.Jump(), trampolines.ExitStored - start);
        var reload = start + code.Position;
        EmitLoads(loop);
        code.JumpMemory(State, HartStateLayout.Resume);
        return new(exit, miss, reload);
    }

    // Another loop may have kept its displacements there. Code that is left and gone on with finds what it may still use.
    private void EmitForgotten(LoopRegion loop)
    {
        foreach (var group in loop.Groups)
        {
            code.Move(R.Rcx, group.IsWalk ? HartState.NoPage : HartState.NotLookedUp);
            code.Store(State, group.Place, R.Rcx);
        }
    }

    // What lies elsewhere than under the standard map has its home in memory when the loop is entered.
    private void EmitLoads(LoopRegion loop)
    {
        foreach (var (guest, host) in loop.Map.Integers)
        {
            if (RegisterMap.Standard.HostOf(guest) != host)
                code.Load(host, State, ExpressionCompiler.OffsetOf(guest));
        }

        foreach (var (guest, xmm) in loop.Map.Floats)
            code.Sse(0xF2, 0x10, xmm, State, ExpressionCompiler.OffsetOfFloat(guest));
    }

    private void EmitStores(LoopRegion loop, bool isAll)
    {
        foreach (var (guest, host) in loop.Map.Integers)
        {
            var isStandard = RegisterMap.Standard.HostOf(guest) == host;
            if (isStandard ? isAll : (loop.Written >> guest & 1) != 0)
                code.Store(State, ExpressionCompiler.OffsetOf(guest), host);
        }

        foreach (var (guest, xmm) in loop.Map.Floats)
        {
            if ((loop.WrittenFloats >> guest & 1) != 0)
                code.Sse(0xF2, 0x11, xmm, State, ExpressionCompiler.OffsetOfFloat(guest));
        }
    }
}

/// <summary>Positions in the arena of what leads out of a loop's middle and back.</summary>
internal readonly record struct LoopExits(int Exit, int Miss, int Reload);
