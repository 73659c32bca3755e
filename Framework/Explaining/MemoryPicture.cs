using System.Globalization;
using Verification.Framework.Booting;
using Verification.Framework.Observing;
using Verification.Machine.Images;

namespace Verification.Framework.Explaining;

/// <summary>Memory as a column of addresses: sections, the stack that was left, and what was hit.</summary>
internal static class MemoryPicture
{
    /// <summary>The lines, lowest address first.</summary>
    public static IEnumerable<string> Of(Explanation explanation, CodePlaces places)
    {
        var image = explanation.Result.Kernel.Image;
        var marks = new List<(ulong Address, int Rank, string Text)>();
        foreach (var section in image.Elf?.Sections.Where(s => s.IsInMemory && s.SizeBytes > 0) ?? [])
            marks.Add((section.Address, 0, $"{section.Name,-28}{section.SizeBytes,14:N0} bytes"));
        if (image.Elf is not null) marks.Add((image.Extent.EndAddress, 3, "end of the image"));
        var breached = (explanation.Result.Failure as BootFailure.OutOfStack)?.Breach;
        foreach (var depth in explanation.Result.Stacks.Where(d => d.Stack.Origin != StackOrigin.Anonymous && d.Stack != breached?.Stack))
            AddStack(marks, depth);
        if (breached is { Stack: { } left } breach) AddBreach(marks, breach, left, explanation, places);
        foreach (var line in marks.OrderBy(m => m.Address).ThenBy(m => m.Rank))
            yield return string.Create(CultureInfo.InvariantCulture, $"0x{line.Address:x8}  {line.Text}");
    }

    private static void AddStack(List<(ulong Address, int Rank, string Text)> marks, StackDepth depth)
    {
        var stack = depth.Stack;
        marks.Add((stack.LowAddress, 1, $"end of {stack.Name}"));
        marks.Add((stack.HighAddress, 2, string.Create(CultureInfo.InvariantCulture,
            $"{"top of " + stack.Name,-28}{stack.SizeBytes,14:N0} bytes, {depth.DeepestBytes:N0} used")));
    }

    private static void AddBreach(List<(ulong Address, int Rank, string Text)> marks, StackBreach breach, StackRange stack,
        Explanation explanation, CodePlaces places)
    {
        AddStack(marks, new StackDepth(stack, Math.Max(stack.SizeBytes,
            stack.HighAddress - Math.Min(breach.StackPointer, stack.HighAddress))));
        if (breach.Address < stack.LowAddress)
            marks.Add((breach.StackPointer < stack.LowAddress ? breach.StackPointer : breach.Address, 4, string.Create(CultureInfo.InvariantCulture,
                $"{(breach.Kind == BreachKind.PointerBelow ? "sp" : "the access"),-28}{stack.LowAddress - breach.Address,14:N0} bytes below the end  <--")));
        var hit = explanation.Evidence.Damages
            .Select(d => places.Object(d.Address)?.Symbol).OfType<Symbol>().DistinctBy(s => s.Address);
        foreach (var symbol in hit)
            marks.Add((symbol.Address, 1, string.Create(CultureInfo.InvariantCulture,
                $"{symbol.Name,-28}{symbol.SizeBytes,14:N0} bytes  <-- overwritten")));
    }
}
