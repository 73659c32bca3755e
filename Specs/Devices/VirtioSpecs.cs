using System.Text;
using FsCheck.Xunit;
using Verification.Machine.Devices;
using Verification.Machine.Memory;
using Xunit;

namespace Verification.Specs.Devices;

public class VirtioSpecs
{
    private const ulong Header = VirtioDriver.Buffers, Data = Header + 0x1000, Status = Header + 0x8000;
    private const uint In = 0, Out = 1, Flush = 4, Identify = 8;

    private readonly PhysicalMemory _memory = VirtioDriver.NewMemory();
    private readonly InterruptLine _line = Access.Wire();

    [Theory]
    [InlineData(VirtioTransport.Legacy, 1u), InlineData(VirtioTransport.Modern, 2u)]
    public void A_slot_says_what_it_is(VirtioTransport transport, uint version)
    {
        var slot = Slot(transport, new VirtioEntropy(() => 0));

        Assert.Equal([0x7472_6976u, version, 4u, 0x554d_4551u], new ulong[] { 0, 4, 8, 12 }.Select(offset => slot.Word(offset)));
        slot.Word(0x14, 1);
        Assert.Equal(version - 1, slot.Word(0x10));
    }

    [Fact]
    public void An_empty_slot_has_device_number_zero()
    {
        var slot = Slot(VirtioTransport.Modern, null);
        slot.Word(0x70, 15);

        Assert.Equal((0x7472_6976u, 0u, 0u), (slot.Word(0), slot.Word(8), slot.Word(0x70)));
    }

    [Fact]
    public void Features_that_were_not_offered_are_refused()
    {
        var slot = Slot(VirtioTransport.Modern, new VirtioEntropy(() => 0));
        slot.Word(0x70, 3);
        slot.Word(0x24, 0);
        slot.Word(0x20, 1);
        slot.Word(0x70, 11);

        Assert.Equal(3u, slot.Word(0x70));
    }

    [Theory]
    [InlineData(VirtioTransport.Legacy), InlineData(VirtioTransport.Modern)]
    public void A_disk_reads_what_was_written(VirtioTransport transport)
    {
        var driver = Disk(transport, new byte[8 * 512]);
        _memory.Write(Data, Encoding.ASCII.GetBytes("sector five"));

        Assert.Equal((1u, (byte)0), Request(driver, Out, 5, Data, 512, writable: false));
        Assert.Equal((513u, (byte)0), Request(driver, In, 5, Data + 0x1000, 512, writable: true));

        Assert.Equal("sector five", Encoding.ASCII.GetString(Bytes(Data + 0x1000, 11)));
        Assert.True(_line.Level);
        Assert.Equal(1u, driver.Slot.Word(0x60));
        driver.Slot.Word(0x64, 1);
        Assert.False(_line.Level);
    }

    [Fact]
    public void A_disk_tells_its_capacity_in_sectors()
    {
        var driver = Disk(VirtioTransport.Modern, new byte[8 * 512]);

        Assert.Equal(8UL, driver.Slot.Long(0x100));
    }

    [Theory]
    [InlineData(In, 8UL, 512u, 1), InlineData(In, ulong.MaxValue, 512u, 1), InlineData(Out, 7UL, 1024u, 1)]
    [InlineData(In, 0UL, 100u, 1), InlineData(99u, 0UL, 512u, 2), InlineData(Flush, 0UL, 512u, 0)]
    public void A_disk_answers_impossible_requests_by_their_status(uint kind, ulong sector, uint lengthBytes, byte status)
    {
        var driver = Disk(VirtioTransport.Modern, new byte[8 * 512]);

        Assert.Equal(status, Request(driver, kind, sector, Data, lengthBytes, kind != Out).Status);
    }

    [Fact]
    public void A_disk_has_a_name()
    {
        var driver = Disk(VirtioTransport.Modern, new byte[512]);
        Request(driver, Identify, 0, Data, 20, writable: true);

        Assert.Equal("virtio-disk", Encoding.ASCII.GetString(Bytes(Data, 11)));
    }

    [Theory]
    [InlineData(13u, 2UL, 3u, 0u, 0, 0), InlineData(13u, 2UL, 3u, 1u, 0, 0), InlineData(11u, 2UL, 3u, 0u, 0, 7)]
    [InlineData(13u, 6UL, 3u, 0u, 1, 7), InlineData(13u, ulong.MaxValue, 3u, 0u, 1, 7), InlineData(13u, 0UL, uint.MaxValue, 0u, 1, 7)]
    [InlineData(13u, 2UL, 3u, 2u, 2, 7), InlineData(11u, 2UL, 3u, 1u, 2, 7)]
    public void A_disk_writes_zeroes_over_a_range_and_takes_discards(uint kind, ulong sector, uint sectors, uint flags, byte status, byte content)
    {
        var driver = Disk(VirtioTransport.Modern, Enumerable.Repeat((byte)7, 8 * 512).ToArray());
        _memory.Write(Data + 0x1000, sector);
        _memory.Write(Data + 0x1008, sectors);
        _memory.Write(Data + 0x100c, flags);

        Assert.Equal((1u, status), Request(driver, kind, 0, Data + 0x1000, 16, writable: false));
        Request(driver, In, 0, Data, 8 * 512, writable: true);
        Assert.Equal([7, content, content, content, 7], new[] { 1, 2, 3, 4, 5 }.Select(i => _memory.Read<byte>(Data + (ulong)i * 512)));
    }

    [Fact]
    public void The_configuration_ends_where_the_kind_of_device_has_it_end()
    {
        var driver = Disk(VirtioTransport.Modern, new byte[512]);

        Assert.Equal(1u, driver.Slot.Word(0x100 + 40));
        Assert.Equal(uint.MaxValue, driver.Slot.Word(0x100 + 60));
    }

    [Fact]
    public void A_driver_that_wants_no_interrupt_gets_none()
    {
        var driver = Disk(VirtioTransport.Modern, new byte[512]);
        _memory.Write(VirtioDriver.Memory0 + 16 * 8, (ushort)1);
        Request(driver, In, 0, Data, 512, writable: true);

        Assert.False(_line.Level);
    }

    [Fact]
    public void A_disk_restores_the_sectors_of_its_snapshot()
    {
        var content = new byte[64 * 512];
        var driver = Disk(VirtioTransport.Modern, content);
        _memory.Write(Data, 0x1111_1111u);
        Request(driver, Out, 40, Data, 512, writable: false);
        var saved = driver.Slot.Save();
        _memory.Write(Data, 0x2222_2222u);
        Request(driver, Out, 40, Data, 512, writable: false);
        Request(driver, Out, 3, Data, 512, writable: false);

        driver.Slot.Restore(saved);

        Assert.Equal(saved, driver.Slot.Save());
        Assert.All(content, value => Assert.Equal(0, value));
    }

    [Fact]
    public void A_chain_may_lie_in_an_indirect_table()
    {
        var driver = Disk(VirtioTransport.Modern, Enumerable.Repeat((byte)7, 512).ToArray());
        const ulong table = VirtioDriver.Buffers + 0x9000;
        (ulong, uint, ushort, ushort)[] rows = [(Header, 16, 1, 2), (Status, 1, 2, 0), (Data, 512, 3, 1)];
        for (var i = 0; i < rows.Length; i++)
        {
            var (address, lengthBytes, flags, next) = rows[i];
            _memory.Write(table + (ulong)i * 16, address);
            _memory.Write(table + (ulong)i * 16 + 8, lengthBytes);
            _memory.Write(table + (ulong)i * 16 + 12, flags);
            _memory.Write(table + (ulong)i * 16 + 14, next);
        }
        driver.Descriptor(0, table, 48, 4, 0);

        Assert.Equal(513u, driver.Offer(0));
        Assert.Equal(7, _memory.Read<byte>(Data + 511));
    }

    [Fact]
    public void Entropy_comes_from_the_stream_of_choices()
    {
        ulong word = 0;
        var slot = Slot(VirtioTransport.Modern, new VirtioEntropy(() => ++word));
        var driver = Begin(slot)[0];

        Assert.Equal(20u, driver.Send((Data, 20, true)));
        Assert.Equal((1UL, 2UL, 3u), (_memory.Read<ulong>(Data), _memory.Read<ulong>(Data + 8), _memory.Read<uint>(Data + 16)));
    }

    [Fact]
    public void A_console_sends_and_receives()
    {
        var console = new VirtioConsole();
        var drivers = Begin(Slot(VirtioTransport.Modern, console));
        _memory.Write(Data, "out"u8);

        Assert.Equal(0u, drivers[1].Send((Data, 3, false)));
        Assert.Equal("out"u8.ToArray(), console.Sent);

        Assert.Null(drivers[0].Send((Data, 2, true)));
        console.Arrive("in!"u8);
        Assert.Equal(2u, drivers[0].Collect());
        Assert.Equal("in"u8.ToArray(), Bytes(Data, 2));
        Assert.Equal(1u, drivers[0].Send((Data, 2, true)));
    }

    [Fact]
    public void An_emergency_write_needs_no_queue()
    {
        var console = new VirtioConsole();
        Slot(VirtioTransport.Modern, console).Word(0x108, 'x');

        Assert.Equal("x"u8.ToArray(), console.Sent);
    }

    [Theory]
    [InlineData(VirtioTransport.Legacy, 10), InlineData(VirtioTransport.Modern, 12)]
    public void A_frame_that_is_sent_is_received(VirtioTransport transport, int headerBytes)
    {
        var drivers = Begin(Slot(transport, new VirtioNet()));
        _memory.Write(Data + (ulong)headerBytes, "frame"u8);

        Assert.Null(drivers[0].Send((Data + 0x1000, 2000, true)));
        Assert.Equal(0u, drivers[1].Send((Data, (uint)headerBytes + 5, false)));

        Assert.Equal((uint)headerBytes + 5, drivers[0].Collect());
        Assert.Equal("frame"u8.ToArray(), Bytes(Data + 0x1000 + (ulong)headerBytes, 5));
    }

    public static TheoryData<string, Action<VirtioDriverHolder>> Ruins => new()
    {
        { "a loop", holder => { holder.Driver.Descriptor(0, Data, 16, 1, 1); holder.Driver.Descriptor(1, Data, 16, 1, 0); } },
        { "a loop of one", holder => holder.Driver.Descriptor(0, Data, 16, 1, 0) },
        { "a number outside", holder => holder.Driver.Descriptor(0, Data, 16, 1, 99) },
        { "a buffer outside of memory", holder => holder.Driver.Descriptor(0, 0x1000, 16, 0, 0) },
        { "a buffer that ends outside", holder => holder.Driver.Descriptor(0, Data, 0xffff_ffff, 0, 0) },
        { "a buffer at the end of all addresses", holder => holder.Driver.Descriptor(0, ulong.MaxValue - 3, 16, 0, 0) },
        { "writable before readable", holder => { holder.Driver.Descriptor(0, Data, 16, 3, 1); holder.Driver.Descriptor(1, Data, 16, 0, 0); } },
        { "an empty indirect table", holder => holder.Driver.Descriptor(0, Data, 0, 4, 0) },
        { "an indirect table of a broken length", holder => holder.Driver.Descriptor(0, Data, 17, 4, 0) },
        { "an indirect table outside", holder => holder.Driver.Descriptor(0, 64, 16, 4, 0) },
        { "a request without a header", holder => holder.Driver.Descriptor(0, Data, 8, 0, 0) },
    };

    [Theory]
    [MemberData(nameof(Ruins))]
    public void A_ruined_ring_makes_the_device_ask_for_its_reset(string ruin, Action<VirtioDriverHolder> make)
    {
        var driver = Disk(VirtioTransport.Modern, new byte[512]);
        make(new VirtioDriverHolder(driver));

        Assert.Null(driver.Offer(0));

        Assert.True((driver.Slot.Word(0x70) & 0x40) != 0, ruin);
        Assert.Equal(2u, driver.Slot.Word(0x60));
        VirtioDriver.Begin(driver.Slot);
        Assert.Equal(0u, driver.Slot.Word(0x70) & 0x40);
    }

    /// <summary>Lets xunit's theory carry a type that is not public.</summary>
    public sealed class VirtioDriverHolder
    {
        internal VirtioDriverHolder(VirtioDriver driver) => Driver = driver;

        internal VirtioDriver Driver { get; }
    }

    private VirtioMmio Slot(VirtioTransport transport, VirtioFunction? function) => new(0x1000_1000, 1, transport, function, _memory, _line);

    private VirtioDriver[] Begin(VirtioMmio slot)
    {
        VirtioDriver.Begin(slot);
        var drivers = Enumerable.Range(0, slot.Function!.QueueCount).Select(i => new VirtioDriver(slot, _memory, (uint)i)).ToArray();
        VirtioDriver.Go(slot);
        return drivers;
    }

    private VirtioDriver Disk(VirtioTransport transport, byte[] content) =>
        Begin(Slot(transport, new VirtioBlock(new CopyOnWriteImage(content, (ulong)content.Length))))[0];

    private (uint Written, byte Status) Request(VirtioDriver driver, uint kind, ulong sector, ulong data, uint lengthBytes, bool writable)
    {
        _memory.Write(Header, kind);
        _memory.Write(Header + 8, sector);
        _memory.Write(Status, (byte)0xee);
        var written = driver.Send((Header, 16, false), (data, lengthBytes, writable), (Status, 1, true));
        return (Assert.IsType<uint>(written), _memory.Read<byte>(Status));
    }

    private byte[] Bytes(ulong address, int count)
    {
        var bytes = new byte[count];
        _memory.Read(address, bytes);
        return bytes;
    }
}
