using Verification.Machine.Memory;
using Xunit;

namespace Verification.Specs.Memory;

/// <summary>What machines leave to each other does not grow with what all of them have ever touched.</summary>
public class FrameWindowSpecs
{
    [Fact]
    public void A_window_in_which_others_have_touched_much_more_is_not_kept()
    {
        var window = new FrameWindow();
        Take(window, 0, 5_000);
        Assert.True(window.Clear(), "A machine has used all of it.");
        Take(window, 0, 10);
        Assert.False(window.Clear(), "The next one has used ten pages of it.");
    }

    [Fact]
    public void Small_machines_that_touch_the_same_pages_keep_their_window()
    {
        var window = new FrameWindow();
        for (var machine = 0; machine < 1_000; machine++)
        {
            Take(window, 0, 100);
            Take(window, 1_000 + machine, 1);
            Assert.True(window.Clear());
        }
    }

    [Fact]
    public void A_copy_stays_in_its_place_until_somebody_writes_there()
    {
        var (window, one, other) = (new FrameWindow(), new Frame(), new Frame());
        one.Bytes.Fill(1);
        other.Bytes.Fill(2);
        Assert.Null(window.TryCopy(7, one, mayCopy: false));
        Assert.Equal(1, window.TryCopy(7, one, mayCopy: true)!.Bytes[0]);
        window.Clear();
        Assert.Equal(1, window.TryCopy(7, one, mayCopy: false)!.Bytes[0]);
        Assert.Null(window.TryCopy(7, other, mayCopy: false));
        Assert.Equal(2, window.TryCopy(7, other, mayCopy: true)!.Bytes[0]);
        var taken = window.TryTake(7)!;
        (taken.Owner, taken.Bytes[0]) = (this, 3);
        Assert.Null(window.TryCopy(7, other, mayCopy: true));
        window.Clear();
        Assert.Null(window.TryCopy(7, other, mayCopy: false));
        Assert.Equal(2, window.TryCopy(7, other, mayCopy: true)!.Bytes[0]);
    }

    private static void Take(FrameWindow window, int first, int count)
    {
        for (var page = first; page < first + count; page++) Assert.NotNull(window.TryTake(page));
    }
}
