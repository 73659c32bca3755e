using Verification.Machine.Devices;
using Verification.Machine.Harts;
using Verification.Machine.Memory;
using Verification.Machine.State;

namespace Verification.Machine.Firmware;

/// <summary>
/// The supervisor execution environment, played by the model itself: RISC-V Supervisor Binary Interface specification 2.0.
/// Extensions BASE, TIME, IPI, RFENCE, HSM, SRST, DBCN, and the legacy calls 0 to 8, one file each.
/// </summary>
/// <remarks>
/// Not modelled: PMU, SUSP, CPPC, NACL and STA, which BASE says are absent; fences of hypervisors.
/// Exceptions that OpenSBI would handle or pass on are all delegated to S-mode, since there is no M-mode code.
/// </remarks>
public sealed partial class SbiModel : ISupervisorFirmware
{
    private readonly IReadOnlyList<Hart> _harts;
    private readonly Dictionary<ulong, int> _positions;
    private readonly ulong[] _available;
    private readonly PhysicalMemory _memory;
    private readonly IClock _clock;
    private readonly Uart16550 _console;
    private readonly Action<StopReason> _stop;
    private readonly HartTimer[] _timers;
    private readonly HartSuspension[] _suspensions;

    /// <summary>Firmware for these harts.</summary>
    /// <param name="harts">All harts of the board.</param>
    /// <param name="disabled">Ids of the harts that are not available to the supervisor.</param>
    /// <param name="memory">Physical memory.</param>
    /// <param name="clock">The timebase.</param>
    /// <param name="console">What DBCN and the legacy calls write to and read from.</param>
    /// <param name="stop">Ends the run.</param>
    public SbiModel(IReadOnlyList<Hart> harts, IReadOnlySet<ulong> disabled, PhysicalMemory memory, IClock clock,
        Uart16550 console, Action<StopReason> stop)
    {
        (_harts, _memory, _clock, _console, _stop) = (harts, memory, clock, console, stop);
        _available = [.. harts.Select(hart => hart.Id).Where(id => !disabled.Contains(id))];
        _positions = _available.ToDictionary(id => id, id => harts.First(hart => hart.Id == id).Index);
        _timers = [.. harts.Select(hart => new HartTimer(hart))];
        _suspensions = new HartSuspension[harts.Count];
    }

    /// <inheritdoc/>
    public void Call(Hart hart)
    {
        var call = new SbiCall(hart);
        if (call.Extension <= (ulong)SbiExtension.LegacyShutdown)
        {
            // Legacy calls answer in a0 alone.
            CallLegacy(hart, call);
            return;
        }
        var result = (SbiExtension)(uint)call.Extension switch
        {
            SbiExtension.Base => Base(hart, call),
            SbiExtension.Time => Time(hart, call),
            SbiExtension.Ipi => SendIpi(call),
            SbiExtension.RemoteFence => Fence(call),
            SbiExtension.HartState => HartState(hart, call),
            SbiExtension.SystemReset => SystemReset(call),
            SbiExtension.DebugConsole => DebugConsole(call),
            _ => SbiError.NotSupported,
        };
        if (result is not { } answer) return;
        hart.SetRegister(10, (ulong)(long)answer.Error);
        hart.SetRegister(11, answer.Value);
    }

    /// <inheritdoc/>
    public void Transfer(StateTransfer transfer)
    {
        transfer.Values<HartSuspension>(_suspensions);
        foreach (var timer in _timers)
        {
            transfer.Value(ref timer.Deadline);
            if (transfer.IsRestoring) _clock.WakeAtTime(timer, timer.Deadline);
        }
    }

    /// <summary>The hart of this id, if it is available to the supervisor.</summary>
    private Hart? Find(ulong hartId) => _positions.TryGetValue(hartId, out var position) ? _harts[position] : null;

    /// <summary>The harts of a mask; null where one of them is not available, and then nothing may be done to any.</summary>
    private List<Hart>? Find(HartMask mask)
    {
        // A base behind the last hart names none, not even with an empty mask: so does OpenSBI.
        if (mask.Ids(_available) is not { } ids || mask.Base != ulong.MaxValue && mask.Base > _available.Max()) return null;
        var harts = new List<Hart>(ids.Count);
        foreach (var id in ids)
        {
            if (Find(id) is not { } hart) return null;
            harts.Add(hart);
        }
        return harts;
    }
}

/// <summary>A call's registers.</summary>
internal readonly struct SbiCall(Hart hart)
{
    /// <summary>a7.</summary>
    public ulong Extension => hart.GetRegister(17);

    /// <summary>a6.</summary>
    public ulong Function => hart.GetRegister(16);

    /// <summary>a0 to a5.</summary>
    public ulong this[int argument] => hart.GetRegister(10 + argument);
}
