using Verification.Machine.Isa;

namespace Verification.Machine.Harts;

/// <summary>What a hart is built from.</summary>
/// <param name="Extensions">Instructions, registers and translation features that it has.</param>
/// <param name="TrapsMisaligned">Whether misaligned loads and stores trap.</param>
internal sealed record HartOptions(IsaExtensions Extensions, bool TrapsMisaligned)
{
    internal bool Has(IsaExtensions extensions) => (Extensions & extensions) == extensions;
}
