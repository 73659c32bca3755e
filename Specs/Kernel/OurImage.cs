using FsCheck;
using Verification.Framework.Cli;
using Verification.Framework.Generation;
using Verification.Framework.Kernels;
using Verification.Machine;
using Verification.Machine.Images;

namespace Verification.Specs.Kernel;

/// <summary>The repository's kernel as its build left it beside the specs, and the machines that fit it.</summary>
public static class OurImage
{
    private static readonly Lazy<KernelDescription> _safe = new(() => Load("default"));
    private static readonly Lazy<KernelDescription> _story = new(() => Load("story"));

    /// <summary>The kernel that must boot everywhere.</summary>
    public static KernelDescription Safe => _safe.Value;

    /// <summary>The build that the project began with.</summary>
    public static KernelDescription Story => _story.Value;

    /// <summary>Machines that the kernel must boot on.</summary>
    public static MachineSpace Space => MachineSpace.For(Safe.Image);

    /// <summary>For FsCheck.</summary>
    public static Arbitrary<BoardConfiguration> Machines() => MachineArbitrary.For(Space);

    private static KernelDescription Load(string variant) =>
        OurKernel.Describe("The kernel", KernelImage.Read(File.ReadAllBytes(OurKernel.PathOf(variant))));
}
