namespace Verification.Framework.Kernels;

/// <summary>Addresses of a kernel's objects and functions.</summary>
public static class KernelSymbols
{
    /// <summary>The address of <c>SYMBOL</c>, or of <c>SYMBOL+OFFSET</c> with the offset in decimal.</summary>
    /// <exception cref="KernelDescriptionException">There is no such symbol.</exception>
    public static ulong AddressOf(KernelDescription kernel, string place)
    {
        int plus = place.LastIndexOf('+');
        ulong offset = 0;
        bool hasOffset = plus > 0 && ulong.TryParse(place.AsSpan(plus + 1), out offset);
        string name = hasOffset ? place[..plus] : place;
        var symbol = kernel.Image.Symbols.Find(name)
            ?? throw new KernelDescriptionException($"the image has no symbol '{name}'");
        return symbol.Address + (hasOffset ? offset : 0);
    }
}
