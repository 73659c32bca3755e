using Verification.Framework.Booting;
using Verification.Framework.Kernels;
using Verification.Framework.Observing;
using Verification.Machine;
using Verification.Machine.Devices;
using Verification.Specs.Booting;
using Xunit;

namespace Verification.Specs.Observing;

public class PageWatchSpecs
{
    // take returns what stands in FLAG; give does nothing.
    private const string Allocator = """

        take:
            la t0, FLAG
            ld a0, 0(t0)
            ret
        give:
            ret
        next:
            la t0, FLAG
            sd a0, 0(t0)
            ret
        """;

    private static BootResult Run(string code, BoardConfiguration? machine = null) => KernelBoot.Run(
        AssemblyKernel.Of(code + "\n j done" + Allocator) with { Allocator = new AllocatorDescription("take", "give") }, machine ?? new());

    private static PageRule Rule(BootResult result) => Assert.IsType<BootFailure.Page>(result.Failure).Breach.Rule;

    private static string TakePage(ulong page) => $"li a0, 0x{page:x}\n call next\n call take\n";

    [Fact]
    public void Different_pages_may_be_handed_out() =>
        Assert.Equal(BootVerdict.Passed, Run(TakePage(0x8100_0000) + TakePage(0x8100_1000)).Verdict);

    [Fact]
    public void A_page_that_was_given_back_may_be_handed_out_again() =>
        Assert.Equal(BootVerdict.Passed, Run(TakePage(0x8100_0000) + "call give\n" + TakePage(0x8100_0000)).Verdict);

    [Fact]
    public void No_page_at_all_may_be_answered_any_number_of_times() =>
        Assert.Equal(BootVerdict.Passed, Run(TakePage(0) + TakePage(0)).Verdict);

    [Fact]
    public void A_page_that_is_out_must_not_be_handed_out() =>
        Assert.Equal(PageRule.TakenTwice, Rule(Run(TakePage(0x8100_0000) + TakePage(0x8100_0000))));

    [Fact]
    public void Half_a_page_is_none() => Assert.Equal(PageRule.Misaligned, Rule(Run(TakePage(0x8100_0800))));

    [Theory]
    [InlineData(0x8020_0000ul)]
    [InlineData(0x8800_0000ul)]
    [InlineData(0x1000_0000ul)]
    [InlineData(0x8300_0000ul)]
    public void The_image_reserved_memory_devices_and_nothing_are_no_pages(ulong page)
    {
        var machine = new BoardConfiguration
        {
            Devicetree = new DevicetreeChoices { HeaderReservations = [new AddressRange(0x8300_0800, 16)] },
        };

        Assert.Equal(PageRule.Unusable, Rule(Run(TakePage(page), machine)));
    }

    [Fact]
    public void The_devicetree_blob_is_no_page() =>
        Assert.Equal(PageRule.Unusable, Rule(Run("li t0, 0xfff\n not t0, t0\n and a0, a1, t0\n call next\n call take")));
}
