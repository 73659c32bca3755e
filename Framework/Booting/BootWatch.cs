using Verification.Framework.Kernels;
using Verification.Framework.Observing;
using Verification.Machine;
using Verification.Machine.Harts;

namespace Verification.Framework.Booting;

/// <summary>All that is watched while a kernel boots, and cheap enough to be watched in every boot.</summary>
internal sealed class BootWatch
{
    private readonly Dictionary<ulong, string> _panics = [];
    private readonly Dictionary<ulong, Faults> _faults = [];
    private readonly bool _ignoresMachineMode;

    public BootWatch(KernelDescription kernel, Board board, BreachPolicy policy)
    {
        var machine = board.Configuration;
        Stacks = new StackOracle(new StackMap(kernel, machine.Memory)) { Policy = policy };
        if (kernel.Locks.Count > 0) Locks = new LockWatch(kernel);
        if (kernel.Allocator is not null)
            Pages = new PageWatch(kernel, UsableMemory.Of(kernel, board).WhyNot) { ReturnExpected = address => Interests!.AddReturn(address) };
        foreach (string name in kernel.PanicSymbols)
            if (kernel.Image.Symbols.Find(name) is { } symbol) _panics[symbol.Address] = name;
        // Real firmware has stacks of its own, which are none of the kernel's.
        _ignoresMachineMode = machine.Firmware is FirmwareChoice.File;
        ulong[] drained = Pages is null ? [] : [.. Pages.Functions, kernel.Image.EntryAddress];
        Interests = new Interests(_ignoresMachineMode ? StackInterest.Supervisor : StackInterest.Privileged,
            [.. _panics.Keys, .. drained], Locks?.Words ?? []);
    }

    private BootWatch(BootWatch other)
    {
        _ignoresMachineMode = other._ignoresMachineMode;
        (_panics, Panic, ReturnAddress) = (other._panics, other.Panic, other.ReturnAddress);
        Interests = other.Interests.Fork();
        Stacks = other.Stacks.Fork();
        Locks = other.Locks?.Fork();
        Pages = other.Pages?.Fork(Interests.AddReturn);
        foreach (var (hartId, faults) in other._faults) _faults.Add(hartId, faults.Copy());
    }

    /// <summary>A watch that has seen the same, for another machine in the same state.</summary>
    public BootWatch Fork() => new(this);

    /// <summary>What a run must tell; the rest is no news.</summary>
    public Interests Interests { get; }

    public StackOracle Stacks { get; }

    public LockWatch? Locks { get; private set; }

    public PageWatch? Pages { get; private set; }

    /// <summary>A call of the framework's own ends where it returns to this address.</summary>
    public ulong? ReturnAddress { get; set; }

    public bool WatchesTransfers => Pages is not null || _panics.Count > 0;

    /// <summary>The first entry to a function that is entered only in a panic.</summary>
    public PanicEntry? Panic { get; private set; }

    /// <summary>After the first failure, rules that are broken in its wake are no news.</summary>
    public void ForgetRules() => (Locks, Pages) = (null, null);

    public void Access(Hart hart, in MemoryAccess access)
    {
        if (access.BaseRegister is 2 or 8 && !Ignores(hart)) Stacks.Access(hart, access);
        Locks?.Access(hart, access);
    }

    public void StackPointer(Hart hart, ulong value)
    {
        if (!Ignores(hart)) Stacks.Register(hart, hart.Pc, value);
    }

    public void Transfer(Hart hart, ulong from, ulong to, TransferKind kind)
    {
        Pages?.Transfer(hart, from, to, kind);
        if (to == ReturnAddress) hart.RequestStop(new ReturnedToCaller(hart.Id));
        if (Panic is not null || kind is not (TransferKind.Call or TransferKind.Jump)) return;
        if (!_panics.TryGetValue(to, out string? name)) return;
        Panic = new PanicEntry(hart.Id, from, hart.Retired, name);
        hart.RequestStop(Panic);
    }

    /// <summary>Stops at the second trap in a row whose handler could not execute its first instruction.</summary>
    public void Trap(Hart hart, in TrapEvent trap)
    {
        if (trap.IsInterrupt || Ignores(hart)) return;
        if (!_faults.TryGetValue(hart.Id, out var faults)) _faults.Add(hart.Id, faults = new Faults());
        bool handlerFaults = faults.Any && trap.Pc == faults.Last.Handler;
        if (!handlerFaults) (faults.First, faults.FirstRetired, faults.InARow) = (trap, hart.Retired, 0);
        (faults.Last, faults.Any) = (trap, true);
        if (handlerFaults && ++faults.InARow == 2)
            hart.RequestStop(new BootFailure.FaultLoop(hart.Id, faults.First, faults.FirstRetired));
    }

    private bool Ignores(Hart hart) => _ignoresMachineMode && hart.Privilege == PrivilegeMode.Machine;

    private sealed class Faults
    {
        public TrapEvent First, Last;
        public ulong FirstRetired;
        public bool Any;
        public int InARow;

        public Faults Copy() => (Faults)MemberwiseClone();
    }
}

/// <summary>A hart entered a panic function.</summary>
internal sealed record PanicEntry(ulong HartId, ulong CallSite, ulong Retired, string Symbol);
