using System.Runtime.CompilerServices;
using Verification.Machine.Devices;
using Verification.Machine.Harts;
using Verification.Machine.Schedule;
using Verification.Machine.Translation;

namespace Verification.Machine;

// The run: one hart executes at a time, for its turn or as long as no other can, up to the next deadline, or until the
// budget is used up.
public sealed partial class Board
{
    /// <summary>Runs for exactly this many instructions, unless something ends the run earlier.</summary>
    public StopReason Run(ulong budget) =>
        Run(budget, Engine == ExecutionEngine.Translator ? _translator : Interpreter.Instance);

    /// <summary>Runs under an observer. The machine does exactly what it does without.</summary>
    public StopReason Run<TObserver>(ulong budget, TObserver observer) where TObserver : struct, IObserver
    {
        var interpreter = new ObservedInterpreter<TObserver>(new Observation<TObserver>(observer));
        _code.TrapTaken = interpreter.TellTrap;
        try
        {
            return Run(budget, TierOf(interpreter, observer));
        }
        finally
        {
            _code.TrapTaken = null;
        }
    }

    private ExecutionTier TierOf<TObserver>(ObservedInterpreter<TObserver> interpreter, TObserver observer)
        where TObserver : struct, IObserver =>
        Engine == ExecutionEngine.Translator && observer is ISelectiveObserver selective
            ? new ObservedTranslator<TObserver>(_translator, interpreter, selective.Interests)
            : interpreter;

    private StopReason Run(ulong budget, ExecutionTier tier)
    {
        if (_isWaiting) throw new InvalidOperationException("A machine that looks ahead of this one must be disposed before this one goes on.");
        tier.Begin();
        StopReason? stop;
        do stop = TakeTurn(ref budget, tier);
        while (stop is null);
        return stop;
    }

    private StopReason? TakeTurn(ref ulong budget, ExecutionTier tier)
    {
        if (_stop is not null && Interlocked.Exchange(ref _stop, null) is { } reason) return reason;
        if (budget == 0) return new StopReason.Budget();
        Clock.RingDue();
        switch (_runnable.Count)
        {
            case 0:
                return Clock.SkipToDeadline() ? null : new StopReason.Idle();
            case 1:
                // A hart that could run alone uses up no turn: where there is no choice, none is made.
                budget -= RunSlice(_harts[_runnable.Positions[0]], budget, tier);
                return null;
        }

        if (_turnLeft == 0 || _harts[_turnHart].RunState != HartRunState.Running)
            (_turnHart, _turnLeft) = NextTurn();
        var executed = RunSlice(_harts[_turnHart], Math.Min(_turnLeft, budget), tier);
        _turnLeft -= executed;
        budget -= executed;
        if (_record is not null && executed != 0) Note(_record, _turnHart, executed);
        return null;
    }

    // Asked for each turn: the usual schedulers without a look at what they are.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private SchedulerChoice NextTurn() => _scheduler switch
    {
        InterleavedScheduler random => random.Next(_runnable.Positions, _retired),
        RoundRobinScheduler robin => robin.Next(_runnable.Positions, _retired),
        _ => _scheduler.Next(_runnable.Positions, _retired),
    };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ulong RunSlice(Hart hart, ulong most, ExecutionTier tier)
    {
        // A deadline that has passed and is set again at once must not stop the world.
        var slice = Math.Min(most, Math.Max(1, Clock.InstructionsToDeadline));
        _slice.Open(hart, slice);
        hart.BeginSlice();
        // Asked for each turn: the usual tier, too, without a look at what it is.
        var executed = tier is Translator translator ? translator.Run(hart, slice) : tier.Run(hart, slice);
        _slice.Close();
        Clock.Advance(executed);
        if (hart.Reserved) _code.MarkReservation(hart);
        _retired += executed;
        return executed;
    }

    private static void Note(List<SchedulerChoice> record, int hart, ulong executed)
    {
        if (record.Count > 0 && record[^1].Hart == hart)
            record[^1] = new SchedulerChoice(hart, record[^1].Quantum + executed);
        else record.Add(new SchedulerChoice(hart, executed));
    }

    /// <summary>What the board is to its harts.</summary>
    private sealed class HartHost(Board board) : IHartHost
    {
        public ulong Time => board.Clock.Time;

        public ISupervisorFirmware? Firmware => board.Firmware;

        public IPhysicalBus Bus => board.Bus;

        public CodeCache Code => board._code;

        public void SetDeadline(Hart hart, ulong time) => board.Clock.WakeAtTime(board._alarms[hart.Index], time);

        public void RunStateChanged(Hart hart)
        {
            board._runnable.Set(hart.Index, hart.RunState == HartRunState.Running);
            if (board._runnable.Count <= 1) return;
            board.UseChoice();
            board._slice.Cut();
        }

        public void RequestStop(StopReason reason)
        {
            // The first reason is the one that counts.
            board._stop ??= reason;
            board._slice.Cut();
        }
    }

    /// <summary>The deadline of a hart's <c>stimecmp</c>.</summary>
    private sealed class HartAlarm(Hart hart) : IAlarm
    {
        public void Elapsed(ulong tick) => hart.TimerElapsed();
    }
}
