using FsCheck;
using Verification.Framework.Generation;
using Verification.Machine;
using Verification.Machine.Images;
using Verification.Machine.Isa;

namespace Verification.Specs.Generation;

/// <summary>Machines for a kernel that lies where most do.</summary>
public static class AnyMachine
{
    /// <summary>Of SHA-256, the first digits, over the first hundred machines of seed 1.</summary>
    public const string StreamDigest = "D3D73662BFF61768";

    public static MachineSpace Space { get; } = new(new KernelExtent(0x8020_0000, 0x8020_ed00)) { Required = IsaExtensions.G | IsaExtensions.C };

    public static Arbitrary<BoardConfiguration> Machines() => MachineArbitrary.For(Space);
}
