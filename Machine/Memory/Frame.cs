using System.Runtime.CompilerServices;
using Verification.Machine.State;

namespace Verification.Machine.Memory;

/// <summary>
/// The content of one 4 KiB page, at a fixed host address. Boards and snapshots share frames; only the memory that is the
/// owner may change one, and it gives up ownership with each snapshot. The garbage collector frees frames that nothing
/// shares any more, so there are no reference counts.
/// </summary>
internal sealed unsafe class Frame
{
    internal const int SizeBytes = 4096;

    private static readonly Spares<Frame> s_spares = new(2048);

    private readonly object _content;

    internal Frame() : this(GC.AllocateUninitializedArray<byte>(SizeBytes, pinned: true))
    {
    }

    private Frame(byte[] content) : this(content, (byte*)Unsafe.AsPointer(ref content[0]))
    {
    }

    /// <summary>A frame with content of somebody else's, whom it keeps alive.</summary>
    internal Frame(object holder, byte* data)
    {
        _content = holder;
        Data = data;
    }

    /// <summary>A frame that nobody will ever write, with the content of another such frame.</summary>
    internal Frame Alias() => new(_content, Data);

    /// <summary>A frame with any content.</summary>
    internal static Frame Take() => s_spares.TryTake() ?? new Frame();

    /// <summary>Keeps a frame that nothing refers to for the next machine.</summary>
    internal static void Release(Frame frame)
    {
        (frame.Owner, frame.Derived) = (null, null);
        s_spares.Keep(frame);
    }

    /// <summary>Where the content lies; valid as long as the frame is reachable.</summary>
    internal byte* Data { get; }

    /// <summary>It lies at its place in a <see cref="FrameWindow"/>, which a memory has.</summary>
    internal bool IsPlaced;

    /// <summary>The frame of another's content that it holds a copy of, to be read in its place.</summary>
    internal Frame? CopyOf;

    /// <summary>Who may write: compared with the memory's current owner.</summary>
    internal object? Owner;

    /// <summary>Written since the last restore or snapshot: it stands in the dirty list.</summary>
    internal bool IsDirty;

    /// <summary>Written since its digest was taken: it stands in the stale list.</summary>
    internal bool IsStale;

    /// <summary>What the page adds to the state hash: 0 where the content is the fill's.</summary>
    internal ulong Digest;

    /// <summary>Whatever an engine derived from content that can never change again, for all boards that share the frame.</summary>
    internal object? Derived;

    internal Span<byte> Bytes => new(Data, SizeBytes);
}
