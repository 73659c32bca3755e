using Verification.Framework.Observing;
using Verification.Machine.Harts;

namespace Verification.Framework.Explaining;

/// <summary>What the second run of a failing machine collects.</summary>
internal sealed class Evidence
{
    private readonly SortedDictionary<ulong, Damage> _damage = [];

    public CallTrace Calls { get; } = new();

    public WriteLog Writes { get; } = new();

    public EventRing Events { get; } = new(capacity: 12);

    /// <summary>Granules of memory below the end of a stack that the hart which left it has stored to, by address.</summary>
    public IReadOnlyCollection<Damage> Damages => _damage.Values;

    public void Access(Hart hart, in MemoryAccess access, StackBreach? breach)
    {
        if (access.Kind is not (AccessKind.Store or AccessKind.Atomic)) return;
        // A lock's waiter stores what stands there already; whoever wrote that is the one to be named.
        if (!Changes(hart, access)) return;
        var write = Writes.Add(hart, access);
        if (breach?.Stack is not { } stack || breach.HartId != hart.Id) return;
        bool isBelow = access.PhysicalAddress < stack.LowAddress && access.PhysicalAddress >= hart.GetRegister(2);
        if (!isBelow && access.PhysicalAddress != breach.Address) return;
        ulong granule = access.PhysicalAddress & ~7ul;
        _damage[granule] = _damage.TryGetValue(granule, out var earlier) ? earlier with { Last = write } : new Damage(granule, write, write);
    }

    private static bool Changes(Hart hart, in MemoryAccess access)
    {
        Span<byte> old = stackalloc byte[Math.Min(8, access.SizeBytes)];
        if (access.SizeBytes > 8 || !hart.Memory.TryRead(access.PhysicalAddress, old)) return true;
        ulong value = access.Value;
        foreach (byte before in old)
        {
            if (before != (byte)value) return true;
            value >>= 8;
        }

        return false;
    }

    public void Trap(Hart hart, in TrapEvent trap)
    {
        Calls.Trap(hart, trap);
        Events.Add(new HartEvent(hart.Id, hart.Retired, trap.Pc,
            trap.IsInterrupt ? HartEventKind.Interrupt : HartEventKind.Exception, (ulong)trap.Cause, trap.Value));
    }

    public void Transfer(Hart hart, ulong from, ulong to, TransferKind kind)
    {
        Calls.Transfer(hart, from, to, kind);
        if (kind is TransferKind.Call or TransferKind.Return)
            Events.Add(new HartEvent(hart.Id, hart.Retired, from, kind == TransferKind.Call ? HartEventKind.Call : HartEventKind.Return, to, 0));
    }

    public void FirmwareCall(Hart hart, ulong extension, ulong function) =>
        Events.Add(new HartEvent(hart.Id, hart.Retired, hart.Pc, HartEventKind.FirmwareCall, extension, function));
}

/// <summary>Eight bytes that a stack which was too small was stored over.</summary>
/// <param name="Address">Their physical address.</param>
/// <param name="First">The first store.</param>
/// <param name="Last">The last one.</param>
internal sealed record Damage(ulong Address, WriteEvent First, WriteEvent Last);
