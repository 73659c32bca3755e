using Verification.Machine.Images;

namespace Verification.Framework.Kernels;

/// <summary>
/// A description of a kernel that nobody described: what its symbols and its texts tell. Guesses are made only where a
/// wrong one could not hide a failure.
/// </summary>
public static class KernelGuess
{
    private const string UsualMarker = "kmain done";

    // Functions that are entered only when a kernel gives up: C's habit, and Rust's panic handler.
    private static readonly string[] PanicSymbols = ["panic", "kpanic", "rust_begin_unwind"];
    private static readonly string[] PanicTexts = ["panic:", "kernel panic", "panicked at", "assertion failed"];

    /// <summary>Describes an image by what stands in it.</summary>
    /// <param name="name">What reports shall call it.</param>
    /// <param name="image">The image.</param>
    public static KernelDescription From(string name, KernelImage image) => new()
    {
        Name = name,
        Image = image,
        Marker = Holds(image, UsualMarker) ? UsualMarker : null,
        PanicSymbols = [.. PanicSymbols.Where(s => image.Symbols.Find(s) is not null)],
        PanicTexts = PanicTexts,
    };

    private static bool Holds(KernelImage image, string text)
    {
        byte[] bytes = System.Text.Encoding.ASCII.GetBytes(text);
        return image.Segments.Any(s => s.Content.Span.IndexOf(bytes) >= 0);
    }
}
