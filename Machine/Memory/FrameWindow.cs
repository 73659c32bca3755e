using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Verification.Machine.State;

namespace Verification.Machine.Memory;

/// <summary>
/// Host memory for the first 128 MiB of a bank, in which each page has a place at its own distance from the start: pages
/// that lie in their places are all the same displacement away from the guest's addresses. Only what is touched exists.
/// </summary>
/// <remarks>
/// A window serves one memory at a time. When snapshots have frames of it, it lives as long as they do; else it is kept
/// for the next machine.
/// </remarks>
internal sealed unsafe class FrameWindow
{
    internal const int PageCount = 1 << 15;

    private const int PagesOfPart = 512;
    private const int PagesOfPressure = 64;

    // Machines touch places of their own: a window in which many more have been touched than the last one needed holds memory for nobody.
    private const int MostIdle = 2048, MostTimesUsed = 4;

    private static readonly Spares<FrameWindow> s_spares = new(16);

    private readonly Frame?[]?[] _parts = new Frame?[PageCount / PagesOfPart][];
    private readonly List<Frame> _placed = [];
    private int _frames;

    internal FrameWindow() => Data = (byte*)NativeMemory.AlignedAlloc((nuint)PageCount * Frame.SizeBytes, Frame.SizeBytes);

    /// <summary>Goes with the last frame.</summary>
    ~FrameWindow()
    {
        NativeMemory.AlignedFree(Data);
        for (; _frames >= PagesOfPressure; _frames -= PagesOfPressure) GC.RemoveMemoryPressure(PagesOfPressure * Frame.SizeBytes);
    }

    /// <summary>The place of its first page.</summary>
    internal byte* Data { get; }

    /// <summary>One with all places free.</summary>
    internal static FrameWindow Take() => s_spares.TryTake() ?? new FrameWindow();

    /// <summary>Keeps one that no frame in use is of.</summary>
    internal static void Release(FrameWindow window)
    {
        if (window.Clear()) s_spares.Keep(window);
    }

    /// <summary>Frees all places.</summary>
    /// <returns>Whether it is worth keeping: not where it holds much more memory than has been used of it.</returns>
    internal bool Clear()
    {
        var isWide = _frames > MostIdle + (MostTimesUsed * _placed.Count);
        foreach (var frame in _placed) (frame.IsPlaced, frame.Owner, frame.Derived) = (false, null, null);
        _placed.Clear();
        return !isWide;
    }

    /// <summary>The frame at a page's place, with any content; null while somebody has it.</summary>
    internal Frame? TryTake(int page)
    {
        var frame = TryPlace(page);
        if (frame is not null) frame.CopyOf = null;
        return frame;
    }

    /// <summary>A copy at a page's place of what nobody may change, to be read only. It stays for whoever has the window next.</summary>
    /// <param name="page">The place.</param>
    /// <param name="original">The content.</param>
    /// <param name="mayCopy">It may be made now.</param>
    /// <returns>Null where it is not there, and may not be made or the place is somebody's.</returns>
    internal Frame? TryCopy(int page, Frame original, bool mayCopy)
    {
        if (!mayCopy && _parts[page / PagesOfPart]?[page % PagesOfPart]?.CopyOf != original) return null;
        if (TryPlace(page) is not { } frame) return null;
        if (frame.CopyOf == original) return frame;
        Unsafe.CopyBlock(frame.Data, original.Data, Frame.SizeBytes);
        frame.CopyOf = original;
        return frame;
    }

    private Frame? TryPlace(int page)
    {
        var part = _parts[page / PagesOfPart] ??= new Frame?[PagesOfPart];
        ref var frame = ref part[page % PagesOfPart];
        if (frame is null)
        {
            frame = new Frame(this, Data + ((nint)page * Frame.SizeBytes));
            if (++_frames % PagesOfPressure == 0) GC.AddMemoryPressure(PagesOfPressure * Frame.SizeBytes);
        }

        if (frame.IsPlaced) return frame.Owner is null ? frame : null;
        frame.IsPlaced = true;
        _placed.Add(frame);
        return frame;
    }
}
