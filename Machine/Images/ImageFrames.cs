using Verification.Machine.Memory;
using Verification.Machine.State;

namespace Verification.Machine.Images;

/// <summary>
/// The pages that an image fills wholly, as frames that every machine of the process shares until it writes to them: loading
/// costs a look-up a page, and what is decoded and translated from them is decoded and translated once.
/// </summary>
internal sealed class ImageFrames
{
    private ImageFrames(IReadOnlyList<(ulong Page, Frame Frame)> pages) => Pages = pages;

    /// <summary>The pages, in ascending order.</summary>
    internal IReadOnlyList<(ulong Page, Frame Frame)> Pages { get; }

    /// <summary>The frames of an image's segments.</summary>
    internal static ImageFrames Of(IReadOnlyList<ImageSegment> segments)
    {
        var pages = new List<(ulong, Frame)>();
        foreach (var (start, end) in Runs(segments))
            for (var page = (start + 4095) >> 12; page < end >> 12; page++) pages.Add((page, FrameOf(page, segments)));
        return new ImageFrames(pages);
    }

    /// <summary>Ranges without a gap, of segments that touch.</summary>
    private static IEnumerable<(ulong Start, ulong End)> Runs(IReadOnlyList<ImageSegment> segments)
    {
        var (start, end) = (0UL, 0UL);
        foreach (var segment in segments)
        {
            if (segment.PhysicalAddress != end)
            {
                if (end > start) yield return (start, end);
                start = segment.PhysicalAddress;
            }
            end = segment.PhysicalEnd;
        }
        if (end > start) yield return (start, end);
    }

    private static Frame FrameOf(ulong page, IReadOnlyList<ImageSegment> segments)
    {
        Frame? frame = null;
        foreach (var segment in segments)
        {
            var from = Math.Max(segment.PhysicalAddress, page << 12);
            var to = Math.Min(segment.PhysicalAddress + (ulong)segment.Content.Length, (page + 1) << 12);
            if (from >= to) continue;
            if (frame is null) (frame = new Frame()).Bytes.Clear();
            segment.Content.Span.Slice((int)(from - segment.PhysicalAddress), (int)(to - from)).CopyTo(frame.Bytes[(int)(from & 4095)..]);
        }
        frame ??= ZeroFrame.Instance.Alias();
        frame.Digest = StateHasher.Mix(StateHasher.Digest(page, frame.Bytes));
        return frame;
    }
}
