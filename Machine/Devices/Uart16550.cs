using Verification.Machine.State;

namespace Verification.Machine.Devices;

/// <summary>
/// The serial port. National Semiconductor PC16550D data sheet (June 1995), section 8: registers, FIFO and interrupts.
/// </summary>
/// <remarks>
/// A sent byte leaves at once, so that the transmitter is always empty; received bytes wait outside until the receiver has
/// room, as behind perfect flow control, and so none is ever lost. The FIFO's time-out is four characters of virtual time.
/// Of what is sent the first 64 MiB are kept.
/// Not modelled: parity, framing and break errors, overruns and modem lines outside of loopback, DMA modes.
/// </remarks>
public sealed class Uart16550 : IDevice, IAlarm
{
    private const int FifoBytes = 16, SentBytesMaximum = 64 << 20;
    private const uint InputClockHertz = 3_686_400;
    private const ulong TicksPerSecond = 10_000_000;

    private const byte DataReady = 0x01, Overrun = 0x02, TransmitterEmpty = 0x60;
    private const byte NoInterrupt = 0x01, LineStatus = 0x06, ModemStatus = 0x00, HoldingEmpty = 0x02, ReceivedData = 0x04, TimeOut = 0x0c;

    private readonly IClock _clock;
    private readonly InterruptLine _line;
    private readonly uint _interrupt;
    private readonly Queue<byte> _outside = new();
    private readonly Queue<byte> _received = new();
    private readonly List<byte> _sent = [];
    private ulong _timeOutTick = ulong.MaxValue;
    private ushort _divisor = 12;
    private byte _interruptEnable, _fifoControl, _lineControl, _modemControl = 0x08, _modemStatus = 0xb0, _scratch, _errors, _last;
    private bool _holdingEmptyPending, _timeOutPending;

    /// <summary>A port at <paramref name="baseAddress"/>, on <paramref name="line"/>, which is the controller's source
    /// <paramref name="interrupt"/>.</summary>
    public Uart16550(ulong baseAddress, uint interrupt, IClock clock, InterruptLine line)
    {
        Range = new AddressRange(baseAddress, 8);
        (_interrupt, _clock, _line) = (interrupt, clock, line);
    }

    /// <inheritdoc/>
    public string Name => "serial";

    /// <inheritdoc/>
    public AddressRange Range { get; }

    /// <summary>Every byte that was sent since reset.</summary>
    public IReadOnlyList<byte> Sent => _sent;

    /// <summary>Sends a byte, as the guest does by a store to the transmitter.</summary>
    public void Send(byte value)
    {
        if (_sent.Count < SentBytesMaximum) _sent.Add(value);
    }

    /// <summary>Bytes arrive from outside.</summary>
    public void Arrive(ReadOnlySpan<byte> bytes)
    {
        foreach (var value in bytes) _outside.Enqueue(value);
        Fill();
        Drive();
    }

    /// <summary>Takes the oldest received byte, as the guest does by a load from the receiver.</summary>
    public bool TryTake(out byte value)
    {
        var any = _received.TryDequeue(out value);
        _timeOutPending = false;
        Fill();
        Drive();
        return any;
    }

    /// <inheritdoc/>
    public bool Read(ulong offset, int sizeBytes, out ulong value)
    {
        value = offset switch
        {
            0 when DivisorAccess => (byte)_divisor,
            0 => TryTake(out var received) ? received : FifoEnabled ? (byte)0 : _last,
            1 => DivisorAccess ? (byte)(_divisor >> 8) : _interruptEnable,
            2 => IdentifyInterrupt(),
            3 => _lineControl,
            4 => _modemControl,
            5 => ReadLineStatus(),
            6 => ReadModemStatus(),
            7 => _scratch,
            _ => 0,
        };
        return offset < 8;
    }

    /// <inheritdoc/>
    public bool Write(ulong offset, int sizeBytes, ulong value)
    {
        var data = (byte)value;
        switch (offset)
        {
            case 0 when DivisorAccess: _divisor = (ushort)((_divisor & 0xff00) | data); break;
            case 1 when DivisorAccess: _divisor = (ushort)((_divisor & 0xff) | (data << 8)); break;
            case 0: Transmit(data); break;
            case 1:
                // Enabling the interrupt of an empty transmitter raises it anew; disabling it forgets it.
                if (((data ^ _interruptEnable) & 2) != 0) _holdingEmptyPending = (data & 2) != 0;
                _interruptEnable = (byte)(data & 0x0f);
                break;
            case 2: ControlFifo(data); break;
            case 3: _lineControl = data; break;
            case 4: ControlModem((byte)(data & 0x1f)); break;
            case 7: _scratch = data; break;
        }
        Drive();
        return offset < 8;
    }

    /// <inheritdoc/>
    public void Elapsed(ulong tick)
    {
        _timeOutTick = ulong.MaxValue;
        _timeOutPending = FifoEnabled && _received.Count > 0;
        Drive();
    }

    /// <inheritdoc/>
    public void Describe(BoardDescription description)
    {
        var name = $"serial@{Range.BaseAddress:x}";
        description.Soc.Add(name)
            .Set("interrupts", _interrupt)
            .Set("interrupt-parent", description.InterruptController)
            .Set("clock-frequency", InputClockHertz)
            .Set("reg", description.Registers(Range with { SizeBytes = 0x100 }))
            .Set("compatible", "ns16550a");
        description.Chosen.Set("stdout-path", $"/soc/{name}");
    }

    /// <inheritdoc/>
    public void Transfer(StateTransfer transfer)
    {
        transfer.Queue(_outside);
        transfer.Queue(_received);
        transfer.List(_sent);
        transfer.Value(ref _timeOutTick);
        transfer.Value(ref _divisor);
        transfer.Value(ref _interruptEnable);
        transfer.Value(ref _fifoControl);
        transfer.Value(ref _lineControl);
        transfer.Value(ref _modemControl);
        transfer.Value(ref _modemStatus);
        transfer.Value(ref _scratch);
        transfer.Value(ref _errors);
        transfer.Value(ref _last);
        transfer.Value(ref _holdingEmptyPending);
        transfer.Value(ref _timeOutPending);
        _line.Transfer(transfer);
        if (transfer.IsRestoring) Wake(_timeOutTick);
    }

    private bool DivisorAccess => (_lineControl & 0x80) != 0;

    private bool FifoEnabled => (_fifoControl & 1) != 0;

    private bool Loopback => (_modemControl & 0x10) != 0;

    private int TriggerBytes => !FifoEnabled ? 1 : (_fifoControl >> 6) switch { 0 => 1, 1 => 4, 2 => 8, _ => 14 };

    private void Transmit(byte data)
    {
        _holdingEmptyPending = true;
        if (!Loopback) Send(data);
        else if (_received.Count < (FifoEnabled ? FifoBytes : 1)) Receive(data);
        else
        {
            // 8.6.3: the register takes the new byte over the old one, the FIFO loses it.
            _errors |= Overrun;
            if (FifoEnabled) return;
            _received.Clear();
            Receive(data);
        }
    }

    /// <summary>Lets bytes in as long as there is room. In loopback the line is cut off.</summary>
    private void Fill()
    {
        var room = FifoEnabled ? FifoBytes : 1;
        while (!Loopback && _received.Count < room && _outside.TryDequeue(out var value)) Receive(value);
    }

    private void Receive(byte value)
    {
        _received.Enqueue(value);
        if (!FifoEnabled) _last = value;
        // 10 bits a character, 16 clocks a bit (data sheet 8.4: the time-out comes after four characters of silence).
        if (FifoEnabled)
            Wake(_clock.Ticks + 4UL * 10 * 16 * Math.Max((uint)_divisor, 1) * TicksPerSecond / InputClockHertz + 1);
    }

    private void Wake(ulong tick)
    {
        _timeOutTick = tick;
        _clock.WakeAt(this, tick);
    }

    private byte IdentifyInterrupt()
    {
        var cause = PendingCause();
        if (cause == HoldingEmpty)
        {
            // Reading the register acknowledges this one cause.
            _holdingEmptyPending = false;
            Drive();
        }
        return (byte)(cause | (FifoEnabled ? 0xc0 : 0));
    }

    private byte PendingCause()
    {
        if ((_interruptEnable & 4) != 0 && _errors != 0) return LineStatus;
        if ((_interruptEnable & 1) != 0 && _timeOutPending) return TimeOut;
        if ((_interruptEnable & 1) != 0 && _received.Count >= TriggerBytes) return ReceivedData;
        if ((_interruptEnable & 2) != 0 && _holdingEmptyPending) return HoldingEmpty;
        if ((_interruptEnable & 8) != 0 && (_modemStatus & 0x0f) != 0) return ModemStatus;
        return NoInterrupt;
    }

    private void ControlFifo(byte data)
    {
        var changed = ((data ^ _fifoControl) & 1) != 0;
        if (changed || (data & 2) != 0)
        {
            _received.Clear();
            _timeOutPending = false;
            Wake(ulong.MaxValue);
        }
        if (changed || (data & 4) != 0) _holdingEmptyPending = true;
        // Without the enable bit the others are not programmed.
        _fifoControl = (data & 1) != 0 ? (byte)(data & 0xc9) : (byte)0;
        Fill();
    }

    private void ControlModem(byte data)
    {
        _modemControl = data;
        var lines = Loopback
            ? ((data & 0x0c) << 4) | ((data & 0x02) << 3) | ((data & 0x01) << 5)
            : 0xb0;
        var changed = (lines ^ _modemStatus) >> 4 & 0x0b;
        // The ring indicator reports its trailing edge only.
        if ((_modemStatus & 0x40) != 0 && (lines & 0x40) == 0) changed |= 0x04;
        _modemStatus = (byte)(lines | (_modemStatus & 0x0f) | changed);
        Fill();
    }

    private byte ReadLineStatus()
    {
        var value = (byte)(TransmitterEmpty | _errors | (_received.Count > 0 ? DataReady : 0));
        if (_errors == 0) return value;
        // As on QEMU the wire is driven anew only where errors were cleared: each drive is a request at the controller, and
        // a handler that polls this register, as xv6's does, would ask for itself for ever.
        _errors = 0;
        Drive();
        return value;
    }

    private byte ReadModemStatus()
    {
        var value = _modemStatus;
        if ((value & 0x0f) == 0) return value;
        _modemStatus &= 0xf0;
        Drive();
        return value;
    }

    private void Drive() => _line.Set(PendingCause() != NoInterrupt);
}
