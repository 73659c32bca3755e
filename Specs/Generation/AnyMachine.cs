using FsCheck;
using Verification.Framework.Generation;
using Verification.Machine;
using Verification.Machine.Images;

namespace Verification.Specs.Generation;

/// <summary>Machines for a kernel that lies where most do.</summary>
public static class AnyMachine
{
    /// <summary>Of SHA-256, the first digits, over the first hundred machines of seed 1.</summary>
    public const string StreamDigest = "A8BE8BD022D5D43E";

    public static MachineSpace Space { get; } = new(new KernelExtent(0x8020_0000, 0x8020_ed00));

    public static Arbitrary<BoardConfiguration> Machines() => MachineArbitrary.For(Space);
}
