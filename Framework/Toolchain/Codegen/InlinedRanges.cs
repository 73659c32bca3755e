using Verification.Toolchain.Il;
using Verification.Toolchain.Ir;

namespace Verification.Toolchain.Codegen;

/// <summary>Which code comes from which inlined call: runs of instructions that share a chain of calls.</summary>
internal static class InlinedRanges
{
    /// <summary>Ranges, outer before inner.</summary>
    public static List<InlinedRange> Of(List<CodeItem> items, int codeSize)
    {
        List<InlinedRange> ranges = [];
        List<(Place Place, int Start)> open = [];
        foreach (CodeItem item in items)
        {
            if (item.SizeBytes == 0) continue;
            List<Place> chain = Chain(item.Place);
            int same = 0;
            while (same < open.Count && same < chain.Count && IsSameCall(open[same].Place, chain[same])) same++;
            Close(ranges, open, same, item.Offset);
            for (int depth = same; depth < chain.Count; depth++) open.Add((chain[depth], item.Offset));
        }

        Close(ranges, open, 0, codeSize);
        return [.. ranges.OrderBy(range => range.StartOffset).ThenBy(range => range.Depth)];
    }

    // From the outermost inlined call to the innermost; the method itself is none of them.
    private static List<Place> Chain(Place? place)
    {
        List<Place> chain = [];
        for (; place?.Caller is not null; place = place.Caller) chain.Insert(0, place);
        return chain;
    }

    private static bool IsSameCall(Place left, Place right) =>
        left.Method == right.Method && (ReferenceEquals(left.Caller, right.Caller) || left.Caller == right.Caller);

    private static void Close(List<InlinedRange> ranges, List<(Place Place, int Start)> open, int count, int offset)
    {
        while (open.Count > count)
        {
            (Place place, int start) = open[^1];
            open.RemoveAt(open.Count - 1);
            // The base library's own code has no source here: what it does belongs to the line that calls it.
            if (!Compilation.IsKernelCode(place.Method)) continue;
            SourcePoint? call = place.Caller!.Nearest;
            int depth = open.Count(outer => Compilation.IsKernelCode(outer.Place.Method));
            ranges.Add(new InlinedRange(place.Method, start, offset, call?.File ?? "", call?.Line ?? 0, depth));
        }
    }
}
