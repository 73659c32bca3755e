using Verification.Machine.Devices;
using Verification.Machine.Harts;
using Xunit;

namespace Verification.Specs.Devices;

public class FinisherSpecs
{
    private readonly List<StopReason> _stops = [];
    private readonly Finisher _finisher;

    public FinisherSpecs() => _finisher = new Finisher(0x0010_0000, _stops.Add);

    [Fact]
    public void Its_three_words_pass_fail_and_reset()
    {
        _finisher.Word(0, 0x5555);
        _finisher.Word(0, 42u << 16 | 0x3333);
        _finisher.Word(0, 0x7777);

        Assert.Equal([new StopReason.PowerOff(0), new StopReason.PowerOff(42), new StopReason.Reset()], _stops);
    }

    [Fact]
    public void Other_words_and_places_do_nothing()
    {
        _finisher.Word(0, 0x1234);
        _finisher.Word(8, 0x5555);

        Assert.Empty(_stops);
        Assert.False(_finisher.Write(0, 1, 0x55));
        Assert.False(_finisher.Write(0, 8, 0x5555));
    }
}
