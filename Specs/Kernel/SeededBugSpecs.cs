using Verification.Framework.Booting;
using Verification.Framework.Generation;
using Verification.Framework.Kernels;
using Verification.Framework.Observing;
using Verification.Machine;
using Xunit;

namespace Verification.Specs.Kernel;

/// <summary>
/// Bugs that allocators and locks of kernels really have, seeded into ours: each is found on random machines, and shrunk to
/// a machine that shows it. The twin, built in the same way without a bug, is silent.
/// </summary>
public class SeededBugSpecs
{
    private const int Machines = 1000;
    private const ulong Seed = 0;

    private static BootResult Find(KernelDescription kernel)
    {
        var space = MachineSpace.For(kernel.Image);
        var campaign = new Campaign(kernel, number => MachineGenerator.Generate(space, Seed, number), new BootLimits());
        var failure = campaign.Run(Machines).Failure;
        Assert.NotNull(failure);
        var shrunk = campaign.Shrink(failure, machine => MachineShrinker.Simpler(space, machine), mostBoots: 150);
        return shrunk;
    }

    [Fact]
    public void The_twin_without_a_bug_is_silent()
    {
        var kernel = SeededKernel.With();
        var space = MachineSpace.For(kernel.Image);

        Assert.Null(new Campaign(kernel, number => MachineGenerator.Generate(space, Seed, number), new BootLimits()).Run(60).Failure);
    }

    [Fact]
    public void A_page_that_is_handed_out_twice_is_found()
    {
        var shrunk = Find(SeededKernel.With(
            ("PageAllocator.cs", "if (page != null) FreeList = *(byte**)page;", "if (page != null) { if (FreePages % 3 != 0) FreeList = *(byte**)page; }"),
            ("PageAllocator.cs", "if (bit < 0 || Table->IsTaken(bit)) throw new KernelPanic(\"the free list is damaged\");", "")));

        Assert.Equal(PageRule.TakenTwice, Assert.IsType<BootFailure.Page>(shrunk.Failure).Breach.Rule);
        Assert.Single(shrunk.Machine.Harts);
    }

    [Fact]
    public void A_devicetree_that_is_not_reserved_is_found()
    {
        var shrunk = Find(SeededKernel.With(
            ("Main.cs", "survey.AddReserved(MemoryRange.FromSize((ulong)devicetree, (ulong)sizeBytes));", "")));

        var breach = Assert.IsType<BootFailure.Page>(shrunk.Failure).Breach;
        Assert.Equal(PageRule.Unusable, breach.Rule);
        Assert.Contains("devicetree", breach.Detail);
    }

    [Fact]
    public void A_last_partial_page_that_is_handed_out_is_found()
    {
        var shrunk = Find(SeededKernel.With(
            ("PageRegionTable.cs", "ulong end = range.End & ~(PageSizeBytes - 1);", "ulong end = (range.End + PageSizeBytes - 1) & ~(PageSizeBytes - 1);")));

        Assert.Equal(PageRule.Unusable, Assert.IsType<BootFailure.Page>(shrunk.Failure).Breach.Rule);
    }

    [Fact]
    public void Memory_of_which_only_the_first_bank_is_used_is_found()
    {
        var shrunk = Find(SeededKernel.With(
            ("MemoryMap.cs", "for (int index = 0; index < banks.Length; index++)", "for (int index = 0; index < 1; index++)")));

        // With a first bank that is too small the kernel itself finds out that it has no memory.
        Assert.True(shrunk.Failure is BootFailure.Incomplete or BootFailure.Panic, $"{shrunk.Failure}");
        Assert.True(shrunk.Machine.Memory.Count > 1);
    }

    [Fact]
    public void A_lock_that_one_path_does_not_release_is_found()
    {
        var shrunk = Find(SeededKernel.With(
            ("PageWork.cs", "using (KernelMemory.KMEM.Lock()) KernelMemory.KMEM.Pages.Free(page);",
                "LockGuard guard = KernelMemory.KMEM.Lock(); KernelMemory.KMEM.Pages.Free(page); if (HeldPages != 3) guard.Dispose();")));

        Assert.True(shrunk.Failure is BootFailure.Panic or BootFailure.Hang, $"{shrunk.Failure}");
    }

    [Fact]
    public void A_lock_that_is_taken_twice_is_found_though_the_kernel_does_not_look()
    {
        var shrunk = Find(SeededKernel.With(
            ("PageWork.cs", "using (KernelMemory.KMEM.Lock()) KernelMemory.KMEM.Pages.Free(page);",
                "using (KernelMemory.KMEM.Lock()) using (KernelMemory.KMEM.Lock()) KernelMemory.KMEM.Pages.Free(page);"),
            ("SpinLock.cs", "if (Volatile.Read(ref Holder) == self) throw new KernelPanic(\"this hart holds the lock already\");", "")));

        Assert.True(shrunk.Failure is BootFailure.Hang or BootFailure.Lock, $"{shrunk.Failure}");
        Assert.Single(shrunk.Machine.Harts);
    }
}
