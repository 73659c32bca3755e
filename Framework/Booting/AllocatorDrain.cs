using System.Globalization;
using Verification.Framework.Kernels;
using Verification.Machine;
using Verification.Machine.Harts;

namespace Verification.Framework.Booting;

/// <summary>
/// Takes all pages that a booted kernel has, by calling its allocator on the boot hart until it answers null: each must be
/// usable, aligned and handed out once, which the watch sees to, and together they must be nearly all of the usable memory,
/// in every bank.
/// </summary>
/// <remarks>
/// Known limits. Machines with more usable pages than <see cref="MostPages"/> are let off, for the sake of speed. An
/// allocator may keep some pages for itself: fewer than <see cref="MissingAllowed"/> missing are not complained of.
/// </remarks>
internal sealed class AllocatorDrain<TObserver>(KernelDescription kernel, Board board, BootWatch watch, TObserver observer)
    where TObserver : struct, IObserver
{
    /// <summary>The most usable pages of a machine that is drained.</summary>
    public const ulong MostPages = 4096;

    private const ulong BudgetOfACall = 1_000_000;

    /// <summary>How many of the usable pages an allocator may keep for its own tables.</summary>
    public static ulong MissingAllowed(ulong usablePages) => 16 + usablePages / 256;

    /// <summary>Drains the allocator.</summary>
    /// <returns>What is wrong with it; nothing when all is well, or when the machine is let off.</returns>
    public object? Run()
    {
        if (kernel.Allocator is not { } allocator || watch.Pages is not { } pages) return null;
        var usable = UsableMemory.Of(kernel, board);
        ulong expected = usable.CountPages(allocator.PageSizeBytes);
        if (expected > MostPages || board.FindHart(board.Configuration.BootHartId) is not { } hart) return null;

        ulong take = KernelSymbols.AddressOf(kernel, allocator.TakeSymbol);
        ulong[] arguments = [.. allocator.LeadingArguments.Select(a => KernelSymbols.AddressOf(kernel, a))];
        // No kernel returns to its own entry, so that a return to there can only be ours.
        watch.ReturnAddress = kernel.Image.EntryAddress;
        hart.Start(PrivilegeMode.Supervisor, take, 0, 0);
        while (true)
        {
            Begin(hart, take, arguments);
            var reason = board.Run(BudgetOfACall, observer);
            if (reason is not StopReason.ObserverStop stop)
                return new BootFailure.Incomplete("its page allocator, called once more after the boot, does not return");
            if (stop.Finding is not ReturnedToCaller) return stop.Finding;
            if (hart.GetRegister(10) == 0) break;
        }

        ulong found = (ulong)pages.Taken.Count;
        if (found + MissingAllowed(expected) >= expected) return null;
        return new BootFailure.Incomplete(string.Create(CultureInfo.InvariantCulture,
            $"its page allocator has handed out {found:N0} pages when it says that there are no more, and {expected:N0} are usable{Unused(pages.Taken.Keys)}"));
    }

    /// <summary>The next call begins where the last one returned: the hart is in S-mode, untranslated, uninterrupted.</summary>
    private void Begin(Hart hart, ulong take, ulong[] arguments)
    {
        hart.Pc = take;
        hart.SetRegister(10, 0);
        hart.SetRegister(11, 0);
        for (int i = 0; i < arguments.Length; i++) hart.SetRegister(10 + i, arguments[i]);
        hart.SetRegister(1, kernel.Image.EntryAddress);
        watch.Pages!.BeginTake(hart);
    }

    /// <summary>Names the banks of which no page was ever seen.</summary>
    private string Unused(IEnumerable<ulong> taken)
    {
        var banks = board.Configuration.Memory.Where(b => b.SizeBytes >= 64 * 4096 && !taken.Any(p => b.Contains(p, 1))).ToList();
        return banks.Count == 0 ? "" : "; none of them lies in the memory at " + string.Join(", ", banks.Select(b => $"0x{b.BaseAddress:x}"));
    }
}

/// <summary>A function that the framework called has returned.</summary>
/// <param name="HartId">On which hart.</param>
internal sealed record ReturnedToCaller(ulong HartId);
