namespace Verification.Machine.Memory;

/// <summary>Why stores to a page must take the slow path.</summary>
[Flags]
internal enum PageMarks : byte
{
    /// <summary>No reason.</summary>
    None = 0,

    /// <summary>Decoded or translated instructions come from the page.</summary>
    Code = 1,

    /// <summary>A page-table walk that is cached read an entry of the page.</summary>
    Table = 2,

    /// <summary>A word of the page is watched, such as <c>tohost</c>.</summary>
    Watched = 4,

    /// <summary>A hart that is not executing holds a reservation in the page.</summary>
    Reserved = 8,

    /// <summary>An observer must be told of stores to the page.</summary>
    Observed = 16,

    /// <summary>Bytes of the page differ between machines that have been the same so far: reads take the slow path too.</summary>
    Choice = 32,
}

