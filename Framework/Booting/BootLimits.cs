namespace Verification.Framework.Booting;

/// <summary>How long a boot may go on, in the guest's own measure.</summary>
public sealed record BootLimits
{
    /// <summary>Instructions of all harts together until a boot that has not ended did not finish.</summary>
    public ulong BudgetInstructions { get; init; } = 200_000_000;

    /// <summary>Instructions that a kernel which has printed its marker is watched for afterwards, when it goes on.</summary>
    public ulong AfterMarkerInstructions { get; init; } = 200_000;

    /// <summary>Instructions that a kernel may take to print its message once it panics.</summary>
    public ulong AfterPanicInstructions { get; init; } = 200_000;
}
