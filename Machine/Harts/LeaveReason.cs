namespace Verification.Machine.Harts;

/// <summary>Why a block must end after the instruction being executed.</summary>
[Flags]
internal enum LeaveReason : uint
{
    /// <summary>It need not.</summary>
    None = 0,

    /// <summary>A trap or a return from one has set where to go on, in the middle of the block.</summary>
    Redirect = 1,

    /// <summary>An interrupt may have become possible.</summary>
    Interrupts = 2,

    /// <summary>Decoded instructions, translations or permissions have changed.</summary>
    Code = 4,

    /// <summary>The slice ends here: the hart stopped or waits, a deadline moved, or a stop was requested.</summary>
    Slice = 8,
}
