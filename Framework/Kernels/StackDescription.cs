namespace Verification.Framework.Kernels;

/// <summary>Where a stack lies, said by symbols of the kernel's image. A stack grows towards lower addresses.</summary>
public abstract record StackDescription
{
    private StackDescription()
    {
    }

    /// <summary>A stack from the address of one symbol up to the address of another.</summary>
    /// <param name="lowSymbol">Its end: the lowest address that it may use.</param>
    /// <param name="highSymbol">Its top: the value of <c>sp</c> while it is empty.</param>
    public static StackDescription Between(string lowSymbol, string highSymbol) => new Pair(lowSymbol, highSymbol);

    /// <summary>
    /// A stack of <paramref name="sizeBytes"/> at a symbol. An object that is a multiple of that size holds one stack per
    /// hart; a bare label is taken for the stack's top or its end, whichever <c>sp</c>'s first value says.
    /// </summary>
    /// <param name="symbol">An object, or a label at the stack's top or end.</param>
    /// <param name="sizeBytes">Bytes of one stack.</param>
    public static StackDescription At(string symbol, ulong sizeBytes) => new Sized(symbol, sizeBytes);

    /// <summary>
    /// Any stack outside the image that fills an aligned block of <paramref name="sizeBytes"/>: a page that the kernel's
    /// allocator handed out, for instance.
    /// </summary>
    /// <param name="sizeBytes">Bytes and alignment of one stack: a power of two.</param>
    public static StackDescription Aligned(ulong sizeBytes) => new Block(sizeBytes);

    /// <summary>Reads the command line's <c>SYMBOL:BYTES</c> or <c>LOW..HIGH</c>.</summary>
    /// <exception cref="FormatException">The text is neither; the message says so in one sentence.</exception>
    public static StackDescription Parse(string text)
    {
        if (text.Split("..") is [{ Length: > 0 } low, { Length: > 0 } high]) return Between(low, high);
        if (text.Split(':') is [{ Length: > 0 } symbol, var bytes] && ByteCount.TryParse(bytes, out ulong sizeBytes) && sizeBytes > 0)
            return At(symbol, sizeBytes);
        throw new FormatException($"a stack is written SYMBOL:BYTES or LOW_SYMBOL..HIGH_SYMBOL, not '{text}'");
    }

    /// <summary>The description as <see cref="Parse"/> reads it.</summary>
    public string ToWords() => this switch
    {
        Pair pair => $"{pair.LowSymbol}..{pair.HighSymbol}",
        Sized sized => $"{sized.Symbol}:{sized.SizeBytes}",
        _ => throw new NotSupportedException("only stacks at symbols can be written as words"),
    };

    /// <summary>See <see cref="Between"/>.</summary>
    public sealed record Pair(string LowSymbol, string HighSymbol) : StackDescription;

    /// <summary>See <see cref="At"/>.</summary>
    public sealed record Sized(string Symbol, ulong SizeBytes) : StackDescription;

    /// <summary>See <see cref="Aligned"/>.</summary>
    public sealed record Block(ulong SizeBytes) : StackDescription;
}
