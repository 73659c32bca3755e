using System.Globalization;
using FsCheck.Xunit;
using Verification.Framework.Booting;
using Verification.Framework.Kernels;
using Verification.Machine;
using Xunit;
using KernelMemory = Verification.Kernel.KernelMemory;
using PageRegionTable = Verification.Kernel.PageRegionTable;

namespace Verification.Specs.Kernel;

/// <summary>What must hold when the kernel boots, whatever the machine.</summary>
[Properties(Arbitrary = [typeof(OurImage)], MaxTest = 60)]
public class BootProperties
{
    [Property]
    public void The_kernel_boots_on_every_machine(BoardConfiguration machine)
    {
        // Watched meanwhile: every stack, every lock, every page that is handed out.
        var result = KernelBoot.Run(OurImage.Safe, machine);

        Assert.Null(result.Failure);
        Assert.Equal(BootVerdict.Passed, result.Verdict);
    }

    [Property]
    public void The_kernel_sees_the_harts_that_the_machine_has(BoardConfiguration machine)
    {
        string[] lines = KernelBoot.Run(OurImage.Safe, machine).Console.Split('\n');
        var usable = machine.Harts.Where(h => h.Status == HartStatus.Okay).Select(h => h.Id).ToList();

        Assert.Contains($"harts: {usable.Count}", lines);
        Assert.Equal(usable.Order(), lines.Where(l => l.StartsWith("hart ", StringComparison.Ordinal))
            .Select(l => ulong.Parse(l.Split(' ', ':')[1], CultureInfo.InvariantCulture)).Order());
    }

    [Property]
    public void The_kernel_sees_the_memory_that_the_machine_has(BoardConfiguration machine)
    {
        string[] lines = KernelBoot.Run(OurImage.Safe, machine).Console.Split('\n');

        Assert.Equal(machine.Memory.Select(b => $"memory: 0x{b.BaseAddress:x} to 0x{b.EndAddress:x}").Order(StringComparer.Ordinal),
            lines.Where(l => l.StartsWith("memory: 0x", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    [Property]
    public void All_usable_pages_of_all_banks_are_free_taken_or_the_allocators_own(BoardConfiguration machine)
    {
        using var board = BootedKernel.On(OurImage.Safe, machine).Fork();
        var table = board.Read<PageRegionTable>(OurImage.Safe.Image, "PAGES");
        var memory = board.Read<KernelMemory>(OurImage.Safe.Image, "KMEM");

        ulong stackPages = 2 * ((ulong)machine.Harts.Count(h => h.Status == HartStatus.Okay) - 1);
        Assert.Equal(table.TotalPages, memory.Pages.FreePages + stackPages);
        Assert.Equal(UsableMemory.Of(OurImage.Safe, board).CountPages(4096), table.TotalPages + table.MetadataPages);
    }

    [Property]
    public void Every_lock_is_free_when_the_boot_is_done(BoardConfiguration machine)
    {
        using var board = BootedKernel.On(OurImage.Safe, machine).Fork();

        Assert.False(board.Read<KernelMemory>(OurImage.Safe.Image, "KMEM").PagesLock.IsHeld);
        Assert.False(board.Read<Verification.Kernel.SpinLock>(OurImage.Safe.Image, "Verification.Kernel.Console.s_lock").IsHeld);
    }

    [Property(MaxTest = 20)]
    public void Two_boots_with_the_same_choices_end_in_the_same_state(BoardConfiguration machine)
    {
        var (one, two) = (KernelBoot.Run(OurImage.Safe, machine), KernelBoot.Run(OurImage.Safe, machine));

        Assert.Equal((one.StateHash, one.Instructions, one.Console), (two.StateHash, two.Instructions, two.Console));
    }
}
