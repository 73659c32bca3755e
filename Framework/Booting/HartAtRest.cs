using Verification.Machine.Harts;

namespace Verification.Framework.Booting;

/// <summary>Where a hart stood when a run ended.</summary>
/// <param name="HartId">The hart.</param>
/// <param name="State">What it was doing.</param>
/// <param name="Pc">Its next instruction.</param>
/// <param name="Retired">Instructions that it had retired.</param>
public sealed record HartAtRest(ulong HartId, HartRunState State, ulong Pc, ulong Retired);
