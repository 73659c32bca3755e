using Verification.Machine.Devices;
using Verification.Machine.Memory;
using Xunit;

namespace Verification.Specs.Devices;

/// <summary>When a virtio device interrupts, and when it asks to be notified: by index (2.7.7, 2.7.10).</summary>
public class VirtioSuppressionSpecs
{
    private const ulong Data = VirtioDriver.Buffers;

    private readonly PhysicalMemory _memory = VirtioDriver.NewMemory();
    private readonly InterruptLine _line = Access.Wire();
    private readonly ManualClock _clock = new();

    [Fact]
    public void An_interrupt_comes_when_the_used_index_passes_the_drivers()
    {
        var driver = Entropy(refused: 1 << 24);
        driver.AskForInterrupt(2);

        Assert.Equal([true, false, true, false], Enumerable.Range(0, 4).Select(_ => Interrupts(driver)));

        driver.AskForInterrupt(4);
        Assert.Equal([true, false], Enumerable.Range(0, 2).Select(_ => Interrupts(driver)));
    }

    [Fact]
    public void The_device_asks_to_be_notified_of_the_next_chain()
    {
        var driver = Entropy(refused: 1 << 24);
        driver.Send((Data, 8, true));
        driver.Send((Data, 8, true));

        Assert.Equal(2, driver.NotificationAsked);
    }

    [Fact]
    public void Without_the_feature_the_flag_decides_and_nothing_is_written_behind_the_ring()
    {
        var driver = Entropy(VirtioDriver.EventIndex | 1 << 24);
        driver.AskForInterrupt(100);

        Assert.True(Interrupts(driver));
        Assert.Equal(0, driver.NotificationAsked);
    }

    [Fact]
    public void More_work_than_an_instruction_may_take_goes_on_with_the_next_tick()
    {
        var slot = new VirtioMmio(0, 1, VirtioTransport.Modern, new VirtioBlock(new CopyOnWriteImage(new byte[1 << 20], 1 << 20)), _memory, _line, _clock);
        VirtioDriver.Begin(slot);
        var driver = new VirtioDriver(slot, _memory, 0);
        VirtioDriver.Go(slot);
        _memory.Write(Data + 0x1000, 0u);
        driver.Descriptor(0, Data + 0x1000, 16, 1, 1);
        driver.Descriptor(1, Data + 0x2000, 1 << 20, 3, 2);
        driver.Descriptor(2, Data + 0x1800, 1, 2, 0);
        // Eight requests of a mebibyte at once.
        for (var i = 0UL; i < 8; i++) _memory.Write(VirtioDriver.Memory0 + 16 * 8 + 4 + i * 2, (ushort)0);
        _memory.Write(VirtioDriver.Memory0 + 16 * 8 + 2, (ushort)8);
        slot.Word(0x50, 0);
        var served = _memory.Read<ushort>(VirtioDriver.Memory0 + 0x1000 + 2);
        var restored = slot.Save();
        slot.Restore(restored);

        Assert.InRange(served, 1, 7);
        _clock.TurnTo(10);
        Assert.Equal(8, _memory.Read<ushort>(VirtioDriver.Memory0 + 0x1000 + 2));
    }

    private bool Interrupts(VirtioDriver driver)
    {
        driver.Send((Data, 8, true));
        var raised = _line.Level;
        driver.Slot.Word(0x64, 3);
        return raised;
    }

    private VirtioDriver Entropy(uint refused)
    {
        var slot = new VirtioMmio(0, 1, VirtioTransport.Modern, new VirtioEntropy(() => 7), _memory, _line, _clock);
        VirtioDriver.Begin(slot, refused);
        var driver = new VirtioDriver(slot, _memory, 0);
        VirtioDriver.Go(slot);
        return driver;
    }
}
