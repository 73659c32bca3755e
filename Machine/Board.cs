using Verification.Machine.Devices;
using Verification.Machine.Harts;
using Verification.Machine.Memory;
using Verification.Machine.Schedule;
using Verification.Machine.State;
using Verification.Machine.Translation;

namespace Verification.Machine;

/// <summary>The machine: harts, memory and devices, run as a pure function of configuration, image and choices.</summary>
public sealed partial class Board : IDisposable
{
    private static readonly ExecutionEngine s_defaultEngine =
        Environment.GetEnvironmentVariable("VERIFICATION_ENGINE") == "interpreter"
            ? ExecutionEngine.Interpreter : ExecutionEngine.Translator;

    private readonly Hart[] _harts;
    private readonly HartAlarm[] _alarms;
    private readonly IScheduler _scheduler;
    private readonly CodeCache _code;
    private readonly Slice _slice = new();
    private readonly RunnableSet _runnable;
    private readonly HartHost _host;
    private readonly Translator _translator;
    private List<SchedulerChoice>? _record;
    private int _turnHart;
    private ulong _turnLeft;
    private StopReason? _stop;
    private ulong _retired;
    private Board? _waiting;
    private bool _isWaiting;
    private readonly HostTargetInterface _hostInterface;

    /// <summary>A board at power-on: memory is empty, and every hart is stopped.</summary>
    /// <exception cref="ArgumentException">A sentence that says what of the configuration is impossible.</exception>
    public Board(BoardConfiguration configuration)
    {
        Configuration = configuration;
        if (configuration.Harts.Count == 0) throw new ArgumentException("A machine needs at least one hart.");
        var twin = configuration.Harts.GroupBy(hart => hart.Id).FirstOrDefault(group => group.Count() > 1);
        if (twin is not null) throw new ArgumentException($"Two harts have the id {twin.Key}.");
        Memory = new PhysicalMemory(configuration.Memory, configuration.Fill);
        var options = new HartOptions(configuration.Extensions, configuration.Misaligned == MisalignedAccess.Trapped);
        _code = new CodeCache(Memory, options, _slice);
        Clock = new BoardClock(_slice);
        _scheduler = Scheduler.Of(configuration.Schedule);
        _runnable = new RunnableSet(configuration.Harts.Count);
        _host = new HartHost(this);
        _harts = configuration.Harts.Select((hart, index) => new Hart(hart.Id, index, options, Memory, _host)).ToArray();
        _alarms = _harts.Select(hart => new HartAlarm(hart)).ToArray();
        _code.Attach(_harts);
        _code.Listener = _translator = new Translator(Memory, _harts);
        BoardWiring.Wire(this);
        _hostInterface = new HostTargetInterface(Memory, Uart, RequestStop);
        _code.Watched = (_, _) => _hostInterface.Written();
    }

    /// <summary>What was built.</summary>
    public BoardConfiguration Configuration { get; }

    /// <summary>How it executes instructions from now on: the translator, unless the environment variable
    /// <c>VERIFICATION_ENGINE</c> is <c>interpreter</c>.</summary>
    public ExecutionEngine Engine { get; set; } = s_defaultEngine;

    /// <summary>The tier of <see cref="ExecutionEngine.Translator"/>.</summary>
    internal Translator Translator => _translator;

    /// <summary>The harts, in the order of the configuration.</summary>
    public IReadOnlyList<Hart> Harts => _harts;

    /// <summary>Physical memory.</summary>
    public PhysicalMemory Memory { get; }

    /// <summary>The devices, by address.</summary>
    public Bus Bus { get; } = new();

    /// <summary>Virtual time.</summary>
    public BoardClock Clock { get; }

    /// <summary>Ticks of the 10 MHz timebase since reset.</summary>
    public ulong Ticks => Clock.Ticks;

    /// <summary>Instructions executed by all harts.</summary>
    public ulong Retired => _retired + _slice.Executed;

    /// <summary>Who serves S-mode's environment calls; null leaves them to M-mode.</summary>
    public ISupervisorFirmware? Firmware { get; set; }

    /// <summary>The word <c>tohost</c> of test programs, whose first store of something else than 0 ends the run with
    /// <see cref="StopReason.HostExit"/>. It must lie in memory.</summary>
    public ulong? HostExitAddress
    {
        get => _hostInterface.ToHost;
        set
        {
            _hostInterface.ToHost = value;
            if (value is { } address) _code.Watch(address);
        }
    }

    /// <summary>The word <c>fromhost</c>: where it is set, test programs get what they ask for through <c>tohost</c>, characters
    /// and texts on the console, and only their last word ends the run.</summary>
    public ulong? HostReplyAddress
    {
        get => _hostInterface.FromHost;
        set => _hostInterface.FromHost = value;
    }

    /// <summary>The turns that were taken since <see cref="RecordSchedule"/>.</summary>
    public ScheduleRecord ScheduleTaken => _record is null ? ScheduleRecord.Empty : new([.. _record]);

    /// <summary>The hart with this <c>mhartid</c>, or null.</summary>
    public Hart? FindHart(ulong id) => Array.Find(_harts, hart => hart.Id == id);

    /// <summary>Writes down each turn from now on.</summary>
    public void RecordSchedule() => _record = [];

    /// <summary>A word from the stream of choices.</summary>
    public ulong RandomWord()
    {
        UseChoice();
        return _scheduler.RandomWord();
    }

    /// <summary>Ends the run after this instruction: devices and firmware call it.</summary>
    public void RequestStop(StopReason reason) => _host.RequestStop(reason);

    /// <summary>Remembers the whole machine.</summary>
    public BoardSnapshot Save()
    {
        var memory = Memory.Save();
        _code.PublishCode();
        var writer = new StateWriter();
        Transfer(writer, _scheduler);
        return new BoardSnapshot(Configuration, memory, writer.ToArray(), (HostExitAddress, HostReplyAddress));
    }

    /// <summary>Makes the machine what it was.</summary>
    /// <exception cref="ArgumentException">The snapshot is of a machine with another configuration.</exception>
    public void Restore(BoardSnapshot snapshot)
    {
        if (!ReferenceEquals(snapshot.Configuration, Configuration) && snapshot.Configuration != Configuration)
            throw new ArgumentException("The snapshot is of a machine with another configuration.");
        Memory.Restore(snapshot.Memory);
        var reader = new StateReader(snapshot.State);
        Transfer(reader, _scheduler);
        if (!reader.IsAtEnd) throw new InvalidOperationException("The snapshot holds more state than the machine has.");
        Settle(snapshot.HostInterface);
    }

    /// <summary>What follows from the state that was restored.</summary>
    private void Settle((ulong? ToHost, ulong? FromHost) hostInterface)
    {
        _runnable.Clear();
        foreach (var hart in _harts) _host.RunStateChanged(hart);
        _code.MarkReservations();
        (HostExitAddress, HostReplyAddress) = hostInterface;
    }

    /// <summary>A second machine in the same state.</summary>
    public Board Fork()
    {
        var board = new Board(Configuration);
        board.Restore(Save());
        return board;
    }

    /// <summary>
    /// A second machine in the same state, to see what would come: this one waits until the other is disposed. It costs less than
    /// a <see cref="Fork"/> and leaves no trace, but can be neither saved nor hashed.
    /// </summary>
    public Board LookAhead()
    {
        var board = new Board(Configuration) { Engine = Engine, _waiting = this };
        board.Memory.Borrow(Memory);
        var writer = new StateWriter();
        Transfer(writer, _scheduler);
        board.Transfer(new StateReader(writer.ToArray()), board._scheduler);
        board.Settle((HostExitAddress, HostReplyAddress));
        _isWaiting = true;
        return board;
    }

    /// <summary>A digest of all of the machine's state.</summary>
    public ulong StateHash()
    {
        var hasher = new StateHasher();
        Transfer(hasher, _scheduler);
        var memory = Memory.Hash();
        hasher.Value(ref memory);
        return hasher.Hash;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var hart in _harts) hart.Release();
        Memory.Dispose();
        if (_waiting is not null) _waiting._isWaiting = false;
    }

    private void Transfer(StateTransfer transfer, IScheduler scheduler)
    {
        Clock.Transfer(transfer);
        transfer.Value(ref _retired);
        transfer.Value(ref _turnHart);
        transfer.Value(ref _turnLeft);
        scheduler.Transfer(transfer);
        foreach (var hart in _harts) hart.Transfer(transfer);
        foreach (var device in Bus.Devices) device.Transfer(transfer);
        Firmware?.Transfer(transfer);
    }
}
