using Verification.Framework.Kernels;
using Verification.Machine.Harts;

namespace Verification.Framework.Observing;

/// <summary>
/// Follows the pages that the allocator hands out and takes back: each goes to one taker at a time, is aligned, and lies
/// in memory that is free to use.
/// </summary>
public sealed class PageWatch
{
    private readonly AllocatorDescription _allocator;
    private readonly ulong _take;
    private readonly ulong _give;
    private readonly Func<ulong, string?> _whyUnusable;
    private readonly Dictionary<ulong, PageEvent> _taken = [];
    private readonly Dictionary<ulong, Stack<(ulong ReturnAddress, ulong StackPointer)>> _takes = [];

    /// <summary>Watches the allocator of a kernel.</summary>
    /// <param name="kernel">Its description must name the allocator.</param>
    /// <param name="whyUnusable">Says what a page lies in, when it must not be handed out.</param>
    /// <exception cref="KernelDescriptionException">A symbol is not in the image.</exception>
    public PageWatch(KernelDescription kernel, Func<ulong, string?> whyUnusable)
    {
        _allocator = kernel.Allocator ?? throw new KernelDescriptionException($"{kernel.Name} describes no allocator");
        _take = Named(kernel, _allocator.TakeSymbol);
        _give = Named(kernel, _allocator.GiveSymbol);
        _whyUnusable = whyUnusable;
    }

    private PageWatch(PageWatch other)
    {
        (_allocator, _take, _give, _whyUnusable) = (other._allocator, other._take, other._give, other._whyUnusable);
        (Breach, Takes) = (other.Breach, other.Takes);
        foreach (var (page, taken) in other._taken) _taken.Add(page, taken);
        foreach (var (hartId, takes) in other._takes) _takes.Add(hartId, new(takes.Reverse()));
    }

    /// <summary>A watch of its own that knows the same; returns that are expected already are told anew.</summary>
    internal PageWatch Fork(Action<ulong> returnExpected)
    {
        foreach (var take in _takes.Values.SelectMany(t => t)) returnExpected(take.ReturnAddress);
        return new(this) { ReturnExpected = returnExpected };
    }

    /// <summary>The first rule that was broken.</summary>
    public PageBreach? Breach { get; private set; }

    /// <summary>Pages that are out, with those who took them.</summary>
    public IReadOnlyDictionary<ulong, PageEvent> Taken => _taken;

    /// <summary>How many pages were ever handed out.</summary>
    public long Takes { get; private set; }

    /// <summary>Told each address at which the allocator is about to return: <see cref="Transfer"/> must be called for it.</summary>
    internal Action<ulong>? ReturnExpected { get; init; }

    /// <summary>The two functions: <see cref="Transfer"/> must be called for each call or jump there.</summary>
    internal IEnumerable<ulong> Functions => [_take, _give];

    /// <summary>To be called for every jump and call to the allocator, and every return from it.</summary>
    public void Transfer(Hart hart, ulong from, ulong to, TransferKind kind)
    {
        if (kind == TransferKind.Return)
        {
            if (_takes.TryGetValue(hart.Id, out var open) && open.TryPeek(out var take)
                && take.ReturnAddress == to && take.StackPointer == hart.GetRegister(2))
            {
                open.Pop();
                Took(hart, from, hart.GetRegister(10));
            }
        }
        else if (to == _take && kind is (TransferKind.Call or TransferKind.Jump))
        {
            BeginTake(hart);
        }
        else if (to == _give && kind is (TransferKind.Call or TransferKind.Jump))
        {
            _taken.Remove(hart.GetRegister(_allocator.GiveArgument));
        }
    }

    /// <summary>The hart is at the beginning of the function that takes a page.</summary>
    public void BeginTake(Hart hart)
    {
        ReturnExpected?.Invoke(hart.GetRegister(1));
        if (!_takes.TryGetValue(hart.Id, out var open)) _takes.Add(hart.Id, open = new());
        open.Push((hart.GetRegister(1), hart.GetRegister(2)));
    }

    private void Took(Hart hart, ulong pc, ulong page)
    {
        if (page == 0) return;
        Takes++;
        var happened = new PageEvent(page, hart.Id, hart.Retired, pc);
        if (page % _allocator.PageSizeBytes != 0) Report(hart, happened, PageRule.Misaligned, null);
        else if (_taken.TryGetValue(page, out var earlier)) Report(hart, happened, PageRule.TakenTwice, $"hart {earlier.HartId} has it already");
        else if (_whyUnusable(page) is { } reason) Report(hart, happened, PageRule.Unusable, reason);
        _taken[page] = happened;
    }

    private void Report(Hart hart, PageEvent happened, PageRule rule, string? detail)
    {
        if (Breach is not null) return;
        Breach = new PageBreach(happened, rule, detail);
        hart.RequestStop(Breach);
    }

    private static ulong Named(KernelDescription kernel, string name) => kernel.Image.Symbols.Find(name)?.Address
        ?? throw new KernelDescriptionException($"the image has no allocator function '{name}'");
}

/// <summary>A page that was handed out.</summary>
/// <param name="Page">Its address.</param>
/// <param name="HartId">To whom.</param>
/// <param name="Retired">Instructions that the hart had retired then.</param>
/// <param name="Pc">The allocator's return.</param>
public readonly record struct PageEvent(ulong Page, ulong HartId, ulong Retired, ulong Pc);

/// <summary>A rule of the page allocator that was broken.</summary>
/// <param name="Page">The page and who got it.</param>
/// <param name="Rule">The rule.</param>
/// <param name="Detail">What the page lies in, or who has it already.</param>
public sealed record PageBreach(PageEvent Page, PageRule Rule, string? Detail);

/// <summary>Rules of a page allocator, named by their breach.</summary>
public enum PageRule
{
    /// <summary>The page is out already.</summary>
    TakenTwice,

    /// <summary>The address is no page's.</summary>
    Misaligned,

    /// <summary>The page lies in the image, the devicetree, reserved memory, or in no memory.</summary>
    Unusable,
}
