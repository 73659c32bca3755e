using FsCheck;
using FsCheck.Fluent;
using Verification.Machine;

namespace Verification.Framework.Generation;

/// <summary>Machines for FsCheck: the generator and the shrinker of a space as one arbitrary.</summary>
public static class MachineArbitrary
{
    /// <summary>The arbitrary. FsCheck's seed determines the machine; its size does not, since a kernel must boot on all of
    /// them from the first case on.</summary>
    public static Arbitrary<BoardConfiguration> For(MachineSpace space) =>
        Arb.From(Generator(space), machine => MachineShrinker.Simpler(space, machine));

    /// <summary>The generator alone.</summary>
    public static Gen<BoardConfiguration> Generator(MachineSpace space) =>
        from high in Gen.Choose(int.MinValue, int.MaxValue)
        from low in Gen.Choose(int.MinValue, int.MaxValue)
        select MachineGenerator.Generate(space, ((ulong)(uint)high << 32) | (uint)low);
}
