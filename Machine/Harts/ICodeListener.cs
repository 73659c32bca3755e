namespace Verification.Machine.Harts;

/// <summary>Told when the code of a board's page, in which instructions were decoded, changes.</summary>
internal interface ICodeListener
{
    /// <summary>Bytes of a physical page were written.</summary>
    /// <returns>Whether anything was derived from them: the block that writes them must end then.</returns>
    bool PageWritten(ulong number, int offset, int sizeBytes);

    /// <summary>Adds the words of a physical page that something was derived from to a filter; <see cref="CodeCache.Cover"/> is told of more.</summary>
    /// <returns>False where every store to the page must be told.</returns>
    bool TryCover(ulong number, ref StoreFilter filter);

    /// <summary>A physical page has other content.</summary>
    void PageReplaced(ulong number);

    /// <summary>Any page may have other content.</summary>
    void AllReplaced();
}
