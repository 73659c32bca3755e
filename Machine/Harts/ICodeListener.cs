namespace Verification.Machine.Harts;

/// <summary>Told when the code of a board's page, in which instructions were decoded, changes.</summary>
internal interface ICodeListener
{
    /// <summary>Bytes of a physical page were written.</summary>
    /// <returns>Whether anything was derived from them: the block that writes them must end then.</returns>
    bool PageWritten(ulong number, int offset, int sizeBytes);

    /// <summary>A physical page has other content.</summary>
    void PageReplaced(ulong number);

    /// <summary>Any page may have other content.</summary>
    void AllReplaced();
}
