using FsCheck.Xunit;
using Verification.Machine.Devices;
using Verification.Machine.Memory;
using Xunit;

namespace Verification.Specs.Devices;

/// <summary>Whatever a guest does to a device: no exception, the same answer each time, and a state that snapshots.</summary>
[Properties(Arbitrary = [typeof(TrafficArbitrary)])]
public class HostileTrafficSpecs
{
    [Property]
    public void No_traffic_breaks_a_device(DeviceKind kind, Traffic traffic)
    {
        var first = new Bench(kind);
        var second = new Bench(kind);

        Assert.Equal(first.Run(traffic.Accesses), second.Run(traffic.Accesses));
        Assert.Equal(first.Device.Save(), second.Device.Save());
    }

    [Property]
    public void A_device_goes_on_from_its_snapshot_as_it_would_have(DeviceKind kind, Traffic before, Traffic after)
    {
        var original = new Bench(kind);
        original.Run(before.Accesses);
        var copy = new Bench(kind, original);
        copy.Device.Restore(original.Device.Save());

        Assert.Equal(original.Device.Save(), copy.Device.Save());
        Assert.Equal(original.Run(after.Accesses), copy.Run(after.Accesses));
        Assert.Equal(original.Device.Save(), copy.Device.Save());
    }

    /// <summary>A device with everything that it needs, and a memory full of noise for it to trip over.</summary>
    private sealed class Bench
    {
        private readonly ManualClock _clock = new();
        private readonly PhysicalMemory _memory;
        private ulong _random;

        public Bench(DeviceKind kind, Bench? like = null)
        {
            _memory = like is null
                ? new PhysicalMemory([new MemoryBank(0x8000_0000, 1 << 20)], MemoryFill.Noise(7))
                : PhysicalMemory.Fork(like._memory.Save());
            _random = like?._random ?? 0;
            if (like is not null)
            {
                _clock.TurnTo(like._clock.Ticks);
                _clock.Time = like._clock.Time;
            }
            var wire = Access.Wire();
            Device = kind switch
            {
                DeviceKind.Clint => new Clint(0, _clock, [new ClintHart(0, Access.Wire(), Access.Wire()), new ClintHart(3, Access.Wire(), Access.Wire())], () => { }),
                DeviceKind.Plic => new Plic(0, 96, [new PlicContext(0, 11, Access.Wire()), new PlicContext(0, 9, Access.Wire())]),
                DeviceKind.Uart => new Uart16550(0, 10, _clock, wire),
                DeviceKind.Rtc => new GoldfishRtc(0, 11, _clock, wire),
                DeviceKind.Finisher => new Finisher(0, _ => { }),
                DeviceKind.FirmwareConfiguration => new FirmwareConfiguration(0, _memory, 2),
                DeviceKind.Flash => new CfiFlash("flash", 0, 1 << 20, new byte[] { 1, 2, 3 }),
                DeviceKind.Pci => new PciHost(0, 32),
                DeviceKind.Rom => new BootRom(0),
                DeviceKind.LegacyDisk => Slot(VirtioTransport.Legacy, Disk()),
                DeviceKind.Disk => Slot(VirtioTransport.Modern, Disk()),
                DeviceKind.Console => Slot(VirtioTransport.Modern, new VirtioConsole()),
                DeviceKind.Entropy => Slot(VirtioTransport.Modern, new VirtioEntropy(() => ++_random)),
                DeviceKind.Net => Slot(VirtioTransport.Legacy, new VirtioNet()),
                DeviceKind.SupervisorSoftware => new SupervisorSoftwareInterrupts(0, [(0, () => wire.Set(true))]),
                _ => throw new ArgumentOutOfRangeException(nameof(kind)),
            };

            VirtioMmio Slot(VirtioTransport transport, VirtioFunction function) => new(0, 1, transport, function, _memory, wire);

            static VirtioBlock Disk() => new(new CopyOnWriteImage(new byte[4096], 8192));
        }

        public IDevice Device { get; }

        public List<(bool, ulong)> Run(IEnumerable<MmioAccess> accesses)
        {
            var answers = new List<(bool, ulong)>();
            foreach (var access in accesses)
            {
                var offset = access.Offset % (Device.Range.SizeBytes - 7) / (ulong)access.SizeBytes * (ulong)access.SizeBytes;
                if (access.IsWrite) answers.Add((Device.Write(offset, access.SizeBytes, access.Value), 0));
                else answers.Add((Device.Read(offset, access.SizeBytes, out var value), value));
                _clock.TurnTo(_clock.Ticks + access.WaitTicks);
            }
            return answers;
        }
    }
}

public enum DeviceKind
{
    Clint, Plic, Uart, Rtc, Finisher, FirmwareConfiguration, Flash, Pci, Rom, LegacyDisk, Disk, Console, Entropy, Net, SupervisorSoftware,
}
