namespace Verification.Machine.Memory;

/// <summary>Who remembers things about pages - host addresses, permissions, decoded code - and must know when they change.</summary>
internal interface IPageWatcher
{
    /// <summary>Bytes of a marked page were written.</summary>
    void PageWritten(ulong address, int sizeBytes, PageMarks marks);

    /// <summary>A marked page is about to get other content as a whole.</summary>
    void PageReplaced(ulong page, PageMarks marks, ReadOnlySpan<byte> oldContent, ReadOnlySpan<byte> newContent);

    /// <summary>The page has another host address; the old one is given.</summary>
    void PageMoved(ulong page, nint oldAddress);

    /// <summary>Any page may have another host address.</summary>
    void AllMoved();

    /// <summary>No page may be written any more without asking <see cref="PhysicalMemory.FrameForWrite"/> first.</summary>
    void WritesRevoked();
}
