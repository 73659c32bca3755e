using Verification.Framework.Kernels;
using Verification.Framework.Observing;
using Verification.Machine;

namespace Verification.Framework.Booting;

/// <summary>What one boot of one kernel on one machine came to: a pure function of kernel, machine and limits.</summary>
public sealed record BootResult
{
    private readonly ulong? _stateHash;

    /// <summary>The kernel.</summary>
    public required KernelDescription Kernel { get; init; }

    /// <summary>The machine.</summary>
    public required BoardConfiguration Machine { get; init; }

    /// <summary>How long it might go on.</summary>
    public required BootLimits Limits { get; init; }

    /// <summary>Passed, failed, or did not finish.</summary>
    public required BootVerdict Verdict { get; init; }

    /// <summary>What went wrong; none when it passed.</summary>
    public BootFailure? Failure { get; init; }

    /// <summary>All that the guest printed.</summary>
    public required string Console { get; init; }

    /// <summary>Instructions of all harts.</summary>
    public required ulong Instructions { get; init; }

    /// <summary>Virtual time at the end, in ticks of the 10 MHz timebase.</summary>
    public required ulong Ticks { get; init; }

    /// <summary>The stacks that were used, and how deep.</summary>
    public required IReadOnlyList<StackDepth> Stacks { get; init; }

    /// <summary>Where each hart stood at the end.</summary>
    public required IReadOnlyList<HartAtRest> Harts { get; init; }

    /// <summary>Digest of the machine's state at the end. A good boot of a campaign is booted once more for it, when somebody asks.</summary>
    public ulong StateHash
    {
        get => _stateHash ?? KernelBoot.Run(Kernel, Machine, Limits).StateHash;
        init => _stateHash = value;
    }
}
