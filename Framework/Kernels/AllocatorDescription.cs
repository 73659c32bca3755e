namespace Verification.Framework.Kernels;

/// <summary>The page allocator's two functions: <c>take() -> page or 0</c> and <c>give(page)</c>.</summary>
/// <param name="TakeSymbol">Returns a page's address in <c>a0</c>, or 0 when there is none.</param>
/// <param name="GiveSymbol">Is handed the page's address in <see cref="GiveArgument"/>.</param>
/// <param name="PageSizeBytes">Size and alignment of a page.</param>
public sealed record AllocatorDescription(string TakeSymbol, string GiveSymbol, ulong PageSizeBytes = 4096)
{
    /// <summary>Argument values that go before the page (the allocator's own address, for a method of a struct).</summary>
    public IReadOnlyList<string> LeadingArguments { get; init; } = [];

    /// <summary>Number of the register that carries the page to <see cref="GiveSymbol"/>.</summary>
    public int GiveArgument => 10 + LeadingArguments.Count;
}
