using Verification.Machine.Devices;
using Verification.Machine.Memory;
using Xunit;

namespace Verification.Specs.Devices;

/// <summary>Who is at the other end of the network card's cable.</summary>
public class NetworkPeerSpecs
{
    private const ulong Sent = VirtioDriver.Buffers, Received = VirtioDriver.Buffers + 0x1000;
    private const int HeaderBytes = 12;

    private readonly PhysicalMemory _memory = VirtioDriver.NewMemory();
    private readonly ManualClock _clock = new();

    [Fact]
    public void A_script_answers_the_frames_that_fit_its_pattern_after_its_delay()
    {
        var (drivers, _) = Card([new("ff ff .. 06", [1, 2, 3], 5), new("ff", [9])]);
        drivers[0].Send((Received, 100, true));
        Send(drivers[1], 0xff, 0xff, 7, 6, 5);

        Assert.Equal(HeaderBytes + 1u, drivers[0].Collect());
        Assert.Equal(9, _memory.Read<byte>(Received + HeaderBytes));
        Assert.Null(drivers[0].Send((Received, 100, true)));
        _clock.TurnTo(5);
        Assert.Equal(HeaderBytes + 3u, drivers[0].Collect());
        Assert.Equal(2, _memory.Read<byte>(Received + HeaderBytes + 1));
    }

    [Fact]
    public void What_has_no_pattern_is_sent_once_and_unasked()
    {
        var (drivers, _) = Card([new("", [4, 4], 3)]);
        Assert.Null(drivers[0].Send((Received, 100, true)));
        _clock.TurnTo(3);
        Assert.Equal(HeaderBytes + 2u, drivers[0].Collect());
        Assert.Null(drivers[0].Send((Received, 100, true)));
        _clock.TurnTo(100);
        Assert.Null(drivers[0].Collect());
    }

    [Fact]
    public void The_host_reads_what_was_sent_and_lets_frames_arrive()
    {
        var (drivers, card) = Card([]);
        card.Arrive([1, 1, 1]);
        Send(drivers[1], 3, 4);

        Assert.Equal([[3, 4]], card.Sent);
        Assert.Equal(HeaderBytes + 3u, drivers[0].Send((Received, 100, true)));
    }

    [Fact]
    public void Frames_that_wait_outlive_a_snapshot()
    {
        var (drivers, card) = Card([new("05", [6, 6, 6, 6], 10)]);
        Send(drivers[1], 5);
        var copy = new VirtioNet(new NetworkPeer.Scripted([new("05", [6, 6, 6, 6], 10)]));
        var slot = new VirtioMmio(0, 1, VirtioTransport.Modern, copy, _memory, Access.Wire(), _clock);
        slot.Restore(drivers[0].Slot.Save());

        Assert.Equal(drivers[0].Slot.Save(), slot.Save());
        Assert.Equal(card.Sent, copy.Sent);
        _clock.TurnTo(10);
        Assert.Equal(drivers[0].Slot.Save(), slot.Save());
    }

    [Fact]
    public void No_more_frames_wait_than_a_wire_would_hold()
    {
        var (_, card) = Card([]);
        for (var i = 0; i < 10 * VirtioNet.WaitingFramesMaximum; i++) card.Arrive([1]);

        Assert.InRange(card.Save().Length, 1, VirtioNet.WaitingFramesMaximum * 8);
    }

    [Theory]
    [InlineData("abc"), InlineData("zz")]
    public void A_pattern_that_is_none_is_refused_in_a_sentence(string pattern) =>
        Assert.StartsWith($"The frame pattern «{pattern}»", Assert.Throws<ArgumentException>(() => new NetworkExchange(pattern, [])).Message);

    private (VirtioDriver[] Drivers, VirtioNet Card) Card(NetworkExchange[] exchanges)
    {
        var card = new VirtioNet(new NetworkPeer.Scripted([.. exchanges]));
        var slot = new VirtioMmio(0, 1, VirtioTransport.Modern, card, _memory, Access.Wire(), _clock);
        VirtioDriver.Begin(slot);
        var drivers = new[] { new VirtioDriver(slot, _memory, 0), new VirtioDriver(slot, _memory, 1) };
        VirtioDriver.Go(slot);
        return (drivers, card);
    }

    private void Send(VirtioDriver transmitter, params byte[] frame)
    {
        _memory.Write(Sent + HeaderBytes, frame);
        transmitter.Send((Sent, HeaderBytes + (uint)frame.Length, false));
    }
}
