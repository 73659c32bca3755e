using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Verification.Framework.Booting;
using Verification.Framework.Kernels;
using Verification.Machine;
using Verification.Machine.Memory;
using Xunit;
using KernelMemory = Verification.Kernel.KernelMemory;

namespace Verification.Specs.Kernel;

/// <summary>The page allocator's laws, on the machine code, driven beyond what a boot does.</summary>
public class AllocatorProperties
{
    private static string Take => OurImage.Safe.Allocator!.TakeSymbol;

    private static string Free => OurImage.Safe.Allocator!.GiveSymbol;

    /// <summary>Machines with some hundred pages in two banks of odd sizes.</summary>
    public static Arbitrary<BoardConfiguration> SmallMachines() => (
        from harts in Gen.Choose(1, 4)
        from first in Gen.Choose(70, 300)
        from second in Gen.Choose(1, 200)
        from odd in Gen.Choose(0, 4095)
        from noise in Gen.Choose(0, 1000)
        let end = OurImage.Safe.Image.Extent.EndAddress
        select OurImage.Space.Simplest with
        {
            Harts = [.. Enumerable.Range(0, harts).Select(i => new HartConfiguration((ulong)i))],
            Memory =
            [
                new MemoryBank(0x8000_0000, end - 0x8000_0000 + (ulong)((first + harts * 20) * 4096)),
                new MemoryBank(0x9000_0000 + (ulong)odd, (ulong)(second * 4096)),
            ],
            Fill = MemoryFill.Noise((ulong)noise),
        }).ToArbitrary();

    [Property(Arbitrary = [typeof(AllocatorProperties)], MaxTest = 10)]
    public void Taking_everything_gives_each_usable_page_once_and_then_null(BoardConfiguration machine)
    {
        var kernel = BootedKernel.On(OurImage.Safe, machine);
        using var board = kernel.Fork();
        var calls = new GuestCalls(kernel, board);
        ulong allocator = kernel.AddressOf("KMEM+8");
        ulong free = board.Read<KernelMemory>(OurImage.Safe.Image, "KMEM").Pages.FreePages;
        var usable = UsablePages.Of(OurImage.Safe, board);

        var taken = new HashSet<ulong>();
        while (calls.Call(Take, allocator) is GuestReturn.Value { A0: not 0 and var page })
        {
            Assert.Contains(page, usable);
            Assert.True(taken.Add(page), $"0x{page:x} was handed out twice");
        }

        Assert.Equal(free, (ulong)taken.Count);
        Assert.Equal(new GuestReturn.Value(0), calls.Call(Take, allocator));
        Assert.Equal(0ul, board.Read<KernelMemory>(OurImage.Safe.Image, "KMEM").Pages.FreePages);

        foreach (ulong page in taken) Assert.IsType<GuestReturn.Value>(calls.Call(Free, allocator, page));
        Assert.Equal(free, board.Read<KernelMemory>(OurImage.Safe.Image, "KMEM").Pages.FreePages);
    }

    [Property(MaxTest = 20)]
    public void A_boot_that_runs_out_of_pages_still_ends_well(byte pages, byte harts)
    {
        var machine = OurImage.Space.Simplest with
        {
            Harts = [.. Enumerable.Range(0, 1 + harts % 6).Select(i => new HartConfiguration((ulong)i))],
            Memory = [new MemoryBank(0x8000_0000, OurImage.Safe.Image.Extent.EndAddress - 0x8000_0000 + (ulong)(16 + pages % 64) * 4096)],
        };

        Assert.Null(KernelBoot.Run(OurImage.Safe, machine).Failure);
    }

    [Property(Arbitrary = [typeof(AllocatorProperties)], MaxTest = 10)]
    public void Any_sequence_of_takes_and_frees_keeps_free_and_taken_together_all(BoardConfiguration machine, bool[] takes)
    {
        var kernel = BootedKernel.On(OurImage.Safe, machine);
        using var board = kernel.Fork();
        var calls = new GuestCalls(kernel, board);
        ulong allocator = kernel.AddressOf("KMEM+8");
        ulong free = board.Read<KernelMemory>(OurImage.Safe.Image, "KMEM").Pages.FreePages;

        var taken = new Stack<ulong>();
        foreach (bool take in takes)
        {
            if (!take && taken.TryPop(out ulong page)) Assert.IsType<GuestReturn.Value>(calls.Call(Free, allocator, page));
            else if (calls.Call(Take, allocator) is GuestReturn.Value { A0: not 0 and var fresh })
            {
                Assert.DoesNotContain(fresh, taken);
                taken.Push(fresh);
            }

            Assert.Equal(free, board.Read<KernelMemory>(OurImage.Safe.Image, "KMEM").Pages.FreePages + (ulong)taken.Count);
        }
    }

    [Fact]
    public void Freeing_a_page_twice_panics()
    {
        var kernel = BootedKernel.On(OurImage.Safe, OurImage.Space.Simplest);
        using var board = kernel.Fork();
        var calls = new GuestCalls(kernel, board);
        ulong allocator = kernel.AddressOf("KMEM+8");

        ulong page = Assert.IsType<GuestReturn.Value>(calls.Call(Take, allocator)).A0;
        Assert.IsType<GuestReturn.Value>(calls.Call(Free, allocator, page));

        Assert.Contains("double free", Assert.IsType<GuestReturn.Panic>(calls.Call(Free, allocator, page)).Text);
    }

    [Theory]
    [InlineData(0x8020_0000ul, "never handed out")]
    [InlineData(0x1000_0000ul, "never handed out")]
    [InlineData(0x8100_0008ul, "not the address of a page")]
    public void Freeing_what_is_no_page_of_the_allocators_panics(ulong address, string message)
    {
        var kernel = BootedKernel.On(OurImage.Safe, OurImage.Space.Simplest);
        using var board = kernel.Fork();

        var answer = new GuestCalls(kernel, board).Call(Free, kernel.AddressOf("KMEM+8"), address);

        Assert.Contains(message, Assert.IsType<GuestReturn.Panic>(answer).Text);
    }
}
