using Verification.Framework.Booting;
using Verification.Framework.Explaining;
using Verification.Framework.Generation;
using Verification.Framework.Kernels;
using Verification.Framework.Observing;
using Verification.Machine;
using Verification.Machine.Images;
using Verification.Specs.Kernel;
using Xunit;

namespace Verification.Specs.Story;

/// <summary>
/// The story that started it: kmain parses the devicetree on a boot stack of 4096 bytes directly above .bss, the stack
/// grows over the lock KMEM, and the kernel hangs in it.
/// </summary>
public class StorySpecs
{
    private const int Machines = 40;
    private const ulong Seed = 1;

    // Machines on which there is room for either build.
    private static MachineSpace Space => new(new KernelExtent(OurImage.Safe.Image.Extent.BaseAddress,
        Math.Max(OurImage.Safe.Image.Extent.EndAddress, OurImage.Story.Image.Extent.EndAddress)));

    private static BoardConfiguration Machine(int number) => MachineGenerator.Generate(Space, Seed, number);

    [Fact]
    public void The_storys_build_overflows_its_boot_stack_on_every_machine()
    {
        foreach (int number in Enumerable.Range(0, Machines))
        {
            var breach = Assert.IsType<BootFailure.OutOfStack>(KernelBoot.Run(OurImage.Story, Machine(number)).Failure).Breach;

            Assert.Equal((BreachKind.PointerBelow, "boot_stack", 4096ul), (breach.Kind, breach.Stack!.Name, breach.Stack.SizeBytes));
        }
    }

    [Fact]
    public void The_safe_build_passes_on_the_same_machines()
    {
        foreach (int number in Enumerable.Range(0, Machines))
            Assert.Equal(BootVerdict.Passed, KernelBoot.Run(OurImage.Safe, Machine(number)).Verdict);
    }

    [Fact]
    public void Unobserved_the_storys_build_hangs_in_the_lock_that_its_stack_has_overwritten()
    {
        // The same kernel, but nobody says where its boot stack ends: the lock lies in what is taken for the stack.
        var unaware = OurImage.Story with
        {
            Stacks = [StackDescription.Between("__image_start", "boot_stack_top"), .. OurImage.Story.Stacks.Skip(1)],
            Locks = [],
        };

        var result = KernelBoot.Run(unaware, Space.Simplest);

        var loop = Assert.IsType<BootFailure.Hang>(result.Failure).Finding.Loops[0];
        var lockWord = OurImage.Story.Image.Symbols.Find("KMEM")!;
        Assert.Contains(loop.Reads, read => lockWord.Contains(read.PhysicalAddress));
    }

    [Fact]
    public Task The_report_names_the_function_the_line_KMEM_and_the_bytes_below_the_stacks_end()
    {
        var campaign = new Campaign(OurImage.Story, Machine, new BootLimits());
        var shrunk = campaign.Shrink(campaign.Run(Machines).Failure!, machine => MachineShrinker.Simpler(Space, machine));

        Assert.Equal(Space.Simplest, shrunk.Machine);
        string replay = $"dotnet run --project Framework/Cli -- check --variant story --replay {MachineToken.Print(shrunk.Machine)}";
        return Verifier.Verify(FailureReport.Of(shrunk, replay, "kernel.elf"));
    }
}
