using Verification.Machine.Memory;
using Verification.Machine.State;

namespace Verification.Machine.Devices;

/// <summary>Which of the two register layouts a virtio slot shows.</summary>
public enum VirtioTransport
{
    /// <summary>Version 1, QEMU's default for these slots.</summary>
    Legacy,

    /// <summary>Version 2 (QEMU's <c>-global virtio-mmio.force-legacy=false</c>).</summary>
    Modern,
}

/// <summary>
/// A memory-mapped virtio slot: Virtual I/O Device specification 1.2, section 4.2 (4.2.2 modern, 4.2.4 legacy registers),
/// and 2.1 for the device status. An empty slot has device number 0.
/// </summary>
/// <remarks>
/// Requests are served at the notification, so that a driver finds its interrupt pending at once; what is more than some
/// megabytes of work waits for the next tick, so that no single instruction can keep the host busy for long.
/// Not modelled: shared memory regions, queue reset, configuration changes by the device; see <see cref="VirtioQueue"/>
/// for the rings.
/// </remarks>
public sealed class VirtioMmio : IDevice, IAlarm
{
    private const ulong WorkBytesMaximum = 4 << 20, WorkBytesOfBuffer = 256;
    private const uint QueueNumbers = 1024;

    private const uint Magic = 0x7472_6976, Vendor = 0x554d_4551;
    private const ulong ConfigurationOffset = 0x100;
    private const byte FeaturesOk = 8, DriverOk = 4, NeedsReset = 0x40;
    private const ulong NotifyOnEmpty = 1UL << 24, AnyLayout = 1UL << 27, IndirectDescriptors = 1UL << 28, EventIndex = 1UL << 29,
        Version1 = 1UL << 32;

    private readonly VirtioTransport _transport;
    private readonly VirtioFunction? _function;
    private readonly PhysicalMemory _memory;
    private readonly InterruptLine _line;
    private readonly uint _interrupt;
    private readonly VirtioQueue[] _queues;
    private readonly IClock? _clock;
    private ulong _driverFeatures, _deferredUntil = ulong.MaxValue;
    private uint _featuresSelect, _driverFeaturesSelect, _queueSelect, _interruptStatus, _legacyPageBytes, _legacyAlignBytes, _deferred;
    private byte _status, _generation;

    /// <summary>A slot at <paramref name="baseAddress"/>, on <paramref name="line"/>, which is the controller's source
    /// <paramref name="interrupt"/>; without a function it is empty.</summary>
    public VirtioMmio(ulong baseAddress, uint interrupt, VirtioTransport transport, VirtioFunction? function,
        PhysicalMemory memory, InterruptLine line, IClock? clock = null)
    {
        Range = new AddressRange(baseAddress, 0x200);
        (_interrupt, _transport, _function, _memory, _line, _clock) = (interrupt, transport, function, memory, line, clock);
        _queues = [.. Enumerable.Range(0, function?.QueueCount ?? 0).Select(_ => new VirtioQueue())];
        function?.Plug(this, memory, clock);
    }

    /// <inheritdoc/>
    public string Name => _function?.Name ?? "virtio-mmio";

    /// <inheritdoc/>
    public AddressRange Range { get; }

    /// <inheritdoc/>
    public int WidestAccessBytes => 4;

    /// <summary>What is plugged in.</summary>
    public VirtioFunction? Function => _function;

    /// <summary>Whether the device speaks virtio 1.0 or later with its driver.</summary>
    public bool IsModern => _transport == VirtioTransport.Modern;

    /// <summary>Whether driver and device both said that they are ready.</summary>
    public bool IsLive => (_status & (DriverOk | NeedsReset)) == DriverOk;

    private VirtioQueue? Selected => _queueSelect < (uint)_queues.Length ? _queues[_queueSelect] : null;

    private ulong DeviceFeatures =>
        (_function?.Features ?? 0) | IndirectDescriptors | EventIndex | NotifyOnEmpty | (IsModern ? Version1 : AnyLayout);

    private VirtioSuppression Suppression =>
        (_driverFeatures & EventIndex) != 0 ? VirtioSuppression.EventIndex : VirtioSuppression.Flag;

    /// <inheritdoc/>
    public bool Read(ulong offset, int sizeBytes, out ulong value)
    {
        value = 0;
        if (offset >= ConfigurationOffset && _function is not null) value = ReadConfiguration((int)(offset - ConfigurationOffset), sizeBytes);
        // Registers are words; only what an empty slot says of itself can be read by the piece.
        else if (sizeBytes == 4 || _function is null) value = ReadRegister(offset) & (uint.MaxValue >> (32 - sizeBytes * 8));
        return true;
    }

    /// <inheritdoc/>
    public bool Write(ulong offset, int sizeBytes, ulong value)
    {
        if (_function is null) return true;
        if (offset < ConfigurationOffset)
        {
            if (sizeBytes == 4) WriteRegister(offset, (uint)value);
            return true;
        }
        var at = (int)(offset - ConfigurationOffset);
        for (var i = 0; i < sizeBytes && at + sizeBytes <= _function.ConfigurationBytes; i++)
            _function.WriteConfiguration(at + i, (byte)(value >> i * 8));
        return true;
    }

    /// <summary>Serves the chains of a queue, as long as <paramref name="serve"/> takes them, and interrupts the driver. A
    /// call takes no more chains than the ring holds.</summary>
    /// <param name="queue">Number of the queue.</param>
    /// <param name="serve">Serves one chain and gives the number of bytes written to it.</param>
    /// <param name="more">Whether another chain is wanted.</param>
    public void Serve(int queue, Func<VirtioChain, uint> serve, Func<bool> more)
    {
        if (!IsLive) return;
        try
        {
            var ring = _queues[queue];
            var (any, work) = (false, 0UL);
            for (uint taken = 0; taken < ring.Size && more(); taken++)
            {
                if (work > WorkBytesMaximum && _clock is not null)
                {
                    Defer(queue);
                    break;
                }
                if (ring.TryTake(_memory) is not { } chain) break;
                var written = serve(chain);
                ring.Return(_memory, chain, written);
                work += written + Math.Min(chain.ReadableBytes, WorkBytesMaximum) + (ulong)chain.Buffers.Count * WorkBytesOfBuffer;
                any = true;
            }
            if (Suppression == VirtioSuppression.EventIndex && ring.Ready) ring.AskForNotification(_memory);
            if (any && (ring.WantsInterrupt(_memory, Suppression) || (_driverFeatures & NotifyOnEmpty) != 0 && ring.IsEmpty(_memory))) Interrupt(1);
        }
        catch (VirtioBrokenException)
        {
            // 2.1.2: the device sets the bit and tells the driver by a configuration change.
            _status |= NeedsReset;
            Interrupt(2);
        }
    }

    /// <summary>Goes on with the queues whose work was too much for one notification.</summary>
    public void Elapsed(ulong tick)
    {
        var queues = _deferred;
        (_deferred, _deferredUntil) = (0, ulong.MaxValue);
        for (; queues != 0; queues &= queues - 1) _function!.Notified(System.Numerics.BitOperations.TrailingZeroCount(queues));
    }

    /// <summary>The device has changed its configuration space, and tells the driver (2.5).</summary>
    public void ConfigurationChanged()
    {
        _generation++;
        if (IsLive) Interrupt(2);
    }

    /// <inheritdoc/>
    public void Describe(BoardDescription description) => description.Soc.Add($"virtio_mmio@{Range.BaseAddress:x}")
        .Set("interrupts", _interrupt)
        .Set("interrupt-parent", description.InterruptController)
        .Set("reg", description.Registers(Range with { SizeBytes = 0x1000 }))
        .Set("compatible", "virtio,mmio");

    /// <inheritdoc/>
    public void Transfer(StateTransfer transfer)
    {
        foreach (var queue in _queues) queue.Transfer(transfer);
        transfer.Value(ref _driverFeatures);
        transfer.Value(ref _featuresSelect);
        transfer.Value(ref _driverFeaturesSelect);
        transfer.Value(ref _queueSelect);
        transfer.Value(ref _interruptStatus);
        transfer.Value(ref _legacyPageBytes);
        transfer.Value(ref _legacyAlignBytes);
        transfer.Value(ref _status);
        transfer.Value(ref _generation);
        transfer.Value(ref _deferred);
        transfer.Value(ref _deferredUntil);
        if (transfer.IsRestoring) _clock?.WakeAt(this, _deferredUntil);
        _line.Transfer(transfer);
        _function?.Transfer(transfer);
    }

    private ulong ReadConfiguration(int at, int sizeBytes)
    {
        var value = 0UL;
        for (var i = sizeBytes - 1; i >= 0; i--)
            value = value << 8 | (at + sizeBytes <= _function!.ConfigurationBytes ? _function.ReadConfiguration(at + i) : byte.MaxValue);
        return value;
    }

    private void Defer(int queue)
    {
        _deferred |= 1u << queue;
        _deferredUntil = _clock!.Ticks + 1;
        _clock.WakeAt(this, _deferredUntil);
    }

    private ulong ReadRegister(ulong offset) => offset switch
    {
        0x000 => Magic,
        0x004 => IsModern ? 2u : 1u,
        0x008 => _function?.DeviceId ?? 0,
        0x00c => Vendor,
        _ when _function is null => 0,
        0x010 when _featuresSelect < 2 => (uint)(DeviceFeatures >> (int)_featuresSelect * 32),
        0x034 => Selected is null ? 0 : VirtioQueue.SizeMaximum,
        0x040 when !IsModern => (uint)((Selected?.DescriptorAddress ?? 0) / LegacyPageBytes),
        0x044 when IsModern => Selected?.Ready == true ? 1u : 0,
        0x060 => _interruptStatus,
        0x070 => _status,
        0x0b0 or 0x0b4 or 0x0b8 or 0x0bc => uint.MaxValue, // no shared memory
        0x0fc when IsModern => _generation,
        _ => 0,
    };

    private void WriteRegister(ulong offset, uint value)
    {
        switch (offset)
        {
            case 0x014: _featuresSelect = Math.Min(value, 1); break;
            case 0x020 when (_status & FeaturesOk) == 0 && _driverFeaturesSelect < 2:
                var shift = (int)_driverFeaturesSelect * 32;
                _driverFeatures = (_driverFeatures & ~(0xffff_ffffUL << shift)) | ((ulong)value << shift);
                break;
            case 0x024: _driverFeaturesSelect = Math.Min(value, 1); break;
            case 0x028 when !IsModern: _legacyPageBytes = value; break;
            case 0x030 when value < QueueNumbers: _queueSelect = value; break;
            case 0x038 when Selected is { Ready: false } queue:
                // A ring's size is a power of two (2.7); another one is not taken.
                if (value <= VirtioQueue.SizeMaximum && uint.IsPow2(value)) queue.Size = value;
                break;
            case 0x03c when !IsModern: _legacyAlignBytes = value; break;
            case 0x040 when !IsModern && Selected is { } queue: PlaceLegacy(queue, value); break;
            case 0x044 when IsModern && Selected is { } queue: queue.Ready = (value & 1) != 0; break;
            case 0x050 when value < (uint)_queues.Length && IsLive: _function!.Notified((int)value); break;
            case 0x064:
                _interruptStatus &= ~value;
                _line.Set(_interruptStatus != 0);
                break;
            case 0x070: SetStatus((byte)value); break;
            case 0x080 or 0x084 when IsModern && Selected is { Ready: false } queue: Half(ref queue.DescriptorAddress, offset, value); break;
            case 0x090 or 0x094 when IsModern && Selected is { Ready: false } queue: Half(ref queue.AvailableAddress, offset, value); break;
            case 0x0a0 or 0x0a4 when IsModern && Selected is { Ready: false } queue: Half(ref queue.UsedAddress, offset, value); break;
        }
    }

    private void SetStatus(byte value)
    {
        if (value == 0)
        {
            ResetDevice();
            return;
        }
        // A device that needs its reset stays so; features that it did not offer are refused by not taking FEATURES_OK.
        value |= (byte)(_status & NeedsReset);
        if (IsModern && (_driverFeatures & ~DeviceFeatures) != 0) value &= unchecked((byte)~FeaturesOk);
        _status = value;
    }

    private void ResetDevice()
    {
        foreach (var queue in _queues) queue.Reset();
        (_driverFeatures, _status, _interruptStatus, _deferred) = (0, 0, 0, 0);
        _line.Set(false);
        _function!.Reset();
    }

    /// <summary>The lowest one of what was written, as QEMU has it: else it were no power of two.</summary>
    private ulong LegacyPageBytes => _legacyPageBytes == 0 ? 1 : _legacyPageBytes & (0 - (ulong)_legacyPageBytes);

    /// <summary>4.2.4: one page number places all three parts; 2.7.2 tells how they lie.</summary>
    private void PlaceLegacy(VirtioQueue queue, uint pageNumber)
    {
        if (pageNumber == 0)
        {
            // "Writing zero to this register" stops the queue; QEMU's legacy slots reset the whole device.
            ResetDevice();
            return;
        }
        ulong align = Math.Max(_legacyAlignBytes, 1);
        queue.DescriptorAddress = pageNumber * LegacyPageBytes;
        queue.AvailableAddress = queue.DescriptorAddress + queue.Size * 16UL;
        queue.UsedAddress = (queue.AvailableAddress + 6 + queue.Size * 2UL + align - 1) / align * align;
        queue.Ready = queue.Size > 0;
    }

    private void Interrupt(uint cause)
    {
        _interruptStatus |= cause;
        _line.Set(true);
    }

    private static void Half(ref ulong address, ulong offset, uint value) => address = (offset & 4) == 0
        ? (address & ~0xffff_ffffUL) | value
        : (address & 0xffff_ffff) | (ulong)value << 32;
}
