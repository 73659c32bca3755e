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

    private static void Take(FrameWindow window, int first, int count)
    {
        for (var page = first; page < first + count; page++) Assert.NotNull(window.TryTake(page));
    }
}
