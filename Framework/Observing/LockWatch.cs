using Verification.Framework.Kernels;
using Verification.Machine.Harts;

namespace Verification.Framework.Observing;

/// <summary>
/// Follows the described locks: each is held by one hart at a time, is released by the hart that holds it, is not asked
/// for by the hart that holds it already, and is taken with interrupts as described.
/// </summary>
public sealed class LockWatch
{
    private readonly List<WatchedLock> _locks = [];

    /// <summary>Watches the locks of a kernel.</summary>
    /// <exception cref="KernelDescriptionException">A lock's symbol is not in the image.</exception>
    public LockWatch(KernelDescription kernel)
    {
        foreach (var description in kernel.Locks)
        {
            var symbol = kernel.Image.Symbols.Find(description.Symbol)
                ?? throw new KernelDescriptionException($"the image has no lock '{description.Symbol}'");
            _locks.Add(new WatchedLock(description, symbol.Address + (ulong)description.OffsetBytes));
        }
    }

    private LockWatch(LockWatch other)
    {
        (Breach, Acquisitions) = (other.Breach, other.Acquisitions);
        _locks.AddRange(other._locks.Select(l => l.Copy()));
    }

    /// <summary>A watch of its own that knows the same.</summary>
    internal LockWatch Fork() => new(this);

    /// <summary>The first rule that was broken.</summary>
    public LockBreach? Breach { get; private set; }

    /// <summary>How often any lock was taken.</summary>
    public long Acquisitions { get; private set; }

    /// <summary>The locks, with the harts that hold them.</summary>
    public IEnumerable<(LockDescription Lock, ulong? OwnerHartId)> Owners => _locks.Select(l => (l.Description, l.Owner));

    /// <summary>Where the locks' words stand: <see cref="Access"/> must be called for every store that touches one.</summary>
    internal IEnumerable<(ulong Address, int SizeBytes)> Words => _locks.Select(l => (l.Address, l.Description.SizeBytes));

    /// <summary>To be called for every access, before a store is done.</summary>
    public void Access(Hart hart, in MemoryAccess access)
    {
        if (access.Kind is not (AccessKind.Store or AccessKind.Atomic)) return;
        foreach (var watched in _locks)
        {
            if (access.PhysicalAddress + (ulong)access.SizeBytes <= watched.Address
                || access.PhysicalAddress >= watched.Address + (ulong)watched.Description.SizeBytes) continue;
            if (access.PhysicalAddress == watched.Address && access.SizeBytes == watched.Description.SizeBytes) Written(hart, access, watched);
            else Report(hart, access, watched, LockRule.Overwritten);
        }
    }

    private void Written(Hart hart, in MemoryAccess access, WatchedLock watched)
    {
        bool wasHeld = watched.Owner is not null;
        bool isHeld = access.Value != 0;
        switch (wasHeld, isHeld)
        {
            case (false, true):
                Acquisitions++;
                watched.Owner = hart.Id;
                watched.WasTaken = true;
                if (watched.Description.Interrupts == InterruptsUnderLock.Off && InterruptsAreOn(hart))
                    Report(hart, access, watched, LockRule.TakenWithInterruptsOn);
                break;
            case (true, false):
                if (watched.Owner != hart.Id) Report(hart, access, watched, LockRule.ReleasedByOther);
                watched.Owner = null;
                watched.ReleasePc = access.Pc;
                break;
            case (true, true) when watched.Owner == hart.Id:
                Report(hart, access, watched, LockRule.TakenTwice);
                break;
            case (true, true) when access.Kind == AccessKind.Store:
                Report(hart, access, watched, LockRule.TakenWhileHeld);
                break;
            case (false, false) when watched.WasTaken && watched.ReleasePc == access.Pc:
                Report(hart, access, watched, LockRule.ReleasedWhileFree);
                break;
        }
    }

    /// <summary>Whether an interrupt of the hart's own mode could come: sstatus.SIE or mstatus.MIE.</summary>
    private static bool InterruptsAreOn(Hart hart) =>
        hart.TryGetCsr(0x300, out ulong status) && (status >> (int)hart.Privilege & 1) != 0;

    private void Report(Hart hart, in MemoryAccess access, WatchedLock watched, LockRule rule)
    {
        if (Breach is not null) return;
        Breach = new LockBreach(watched.Description, watched.Address, rule, hart.Id, access.Pc, hart.Retired, watched.Owner);
        hart.RequestStop(Breach);
    }

    private sealed class WatchedLock(LockDescription description, ulong address)
    {
        public readonly LockDescription Description = description;
        public readonly ulong Address = address;
        public ulong? Owner;
        public bool WasTaken;
        public ulong ReleasePc;

        public WatchedLock Copy() => (WatchedLock)MemberwiseClone();
    }
}

/// <summary>A rule of locking that was broken.</summary>
/// <param name="Lock">The lock.</param>
/// <param name="Address">Where its word stands.</param>
/// <param name="Rule">The rule.</param>
/// <param name="HartId">Who broke it.</param>
/// <param name="Pc">The instruction.</param>
/// <param name="Retired">Instructions that the hart had retired before it.</param>
/// <param name="OwnerHartId">Who held the lock.</param>
public sealed record LockBreach(
    LockDescription Lock, ulong Address, LockRule Rule, ulong HartId, ulong Pc, ulong Retired, ulong? OwnerHartId);

/// <summary>Rules of locking, named by their breach.</summary>
public enum LockRule
{
    /// <summary>The hart that holds the lock asks for it again, and would wait for itself.</summary>
    TakenTwice,

    /// <summary>A plain store took a lock that another hart holds.</summary>
    TakenWhileHeld,

    /// <summary>A hart released a lock that another one holds.</summary>
    ReleasedByOther,

    /// <summary>A lock was released that nobody held.</summary>
    ReleasedWhileFree,

    /// <summary>The lock was taken while an interrupt could come in between.</summary>
    TakenWithInterruptsOn,

    /// <summary>A store that is no locking operation went over the lock's word.</summary>
    Overwritten,

    /// <summary>The boot was done, and the lock was still held.</summary>
    HeldAtTheEnd,
}
