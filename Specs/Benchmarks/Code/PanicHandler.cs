using Verification.Intrinsics;

namespace Verification.Specs.Benchmarks.Code;

/// <summary>Where a kernel's failed check ends: the run does not return, and the benchmark says so.</summary>
internal static unsafe class PanicHandler
{
    /// <summary>Its symbol.</summary>
    public const string Symbol = "Verification.Specs.Benchmarks.Code.PanicHandler.At(Verification.Intrinsics.PanicSite*)";

    [PanicHandler]
    public static void At(PanicSite* site)
    {
        while (true)
        {
        }
    }
}
