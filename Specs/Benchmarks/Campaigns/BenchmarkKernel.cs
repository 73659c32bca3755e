using Verification.Framework.Cli;
using Verification.Framework.Generation;
using Verification.Framework.Kernels;
using Verification.Machine;
using Verification.Machine.Images;
using Verification.Machine.Memory;
using Verification.Machine.Schedule;
using Verification.Machine.State;

namespace Verification.Specs.Benchmarks.Campaigns;

/// <summary>The repository's kernel, and the machines that it is booted on here.</summary>
internal static class BenchmarkKernel
{
    public static string ImagePath => OurKernel.PathOf("default");

    public static KernelDescription Description { get; } =
        OurKernel.Describe("The kernel", KernelImage.Read(File.ReadAllBytes(ImagePath)));

    public static MachineSpace Space { get; } = MachineSpace.For(Description.Image);

    /// <summary>A machine of QEMU's default shape, in a default schedule, whose devicetree no other number has.</summary>
    public static BoardConfiguration Machine(int number, int harts = 4, ulong memoryBytes = 128UL << 20)
    {
        var drawn = MachineGenerator.Generate(Space, seed: 1, number);
        return new BoardConfiguration
        {
            Harts = Enumerable.Range(0, harts).Select(id => new HartConfiguration((ulong)id)).ToValueList(),
            Memory = [new MemoryBank(0x8000_0000, memoryBytes)],
            Append = drawn.Append,
            Devicetree = new DevicetreeChoices { ExtraSource = drawn.Devicetree.ExtraSource, BlobForm = drawn.Devicetree.BlobForm },
            Schedule = new ScheduleChoice.Interleaved((ulong)number, 1_000, 20_000),
        };
    }
}
