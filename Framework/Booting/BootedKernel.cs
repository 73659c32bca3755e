using Verification.Framework.Kernels;
using Verification.Machine;

namespace Verification.Framework.Booting;

/// <summary>
/// A kernel at the end of a good boot, one instruction before it switches the machine off: its functions can be called
/// on forks, each as if it were the first after the boot.
/// </summary>
public sealed class BootedKernel
{
    private readonly BoardSnapshot _snapshot;

    private BootedKernel(KernelDescription kernel, BootResult boot, BoardSnapshot snapshot) =>
        (Kernel, Result, _snapshot) = (kernel, boot, snapshot);

    /// <summary>The kernel.</summary>
    public KernelDescription Kernel { get; }

    /// <summary>The boot.</summary>
    public BootResult Result { get; }

    /// <summary>Boots the kernel on a machine.</summary>
    /// <exception cref="InvalidOperationException">The boot does not pass; the message says how it failed.</exception>
    public static BootedKernel On(KernelDescription kernel, BoardConfiguration machine, BootLimits? limits = null)
    {
        var result = KernelBoot.Run(kernel, machine, limits);
        if (result.Verdict != BootVerdict.Passed)
            throw new InvalidOperationException($"{kernel.Name} does not boot on this machine: {result.Failure}");
        using var board = KernelBoot.Start(kernel, machine);
        board.Run(result.Instructions - 1);
        return new BootedKernel(kernel, result, board.Save());
    }

    /// <summary>The machine after the boot, to be done with as one likes.</summary>
    public Board Fork()
    {
        var board = KernelBoot.Start(Kernel, Result.Machine);
        board.Restore(_snapshot);
        return board;
    }

    /// <summary>The address of an object or function of the kernel, as <c>SYMBOL</c> or <c>SYMBOL+OFFSET</c>.</summary>
    /// <exception cref="KernelDescriptionException">There is no such symbol.</exception>
    public ulong AddressOf(string place) => KernelSymbols.AddressOf(Kernel, place);
}
