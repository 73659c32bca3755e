using Verification.Machine.Harts;

namespace Verification.Machine.Translation;

/// <summary>A place where translated code may leave, and what the engine does then.</summary>
/// <param name="Kind">Why it leaves.</param>
/// <param name="Pc">Address of the guest's instruction that comes next.</param>
/// <param name="Refund">Instructions that the block had paid for and did not execute.</param>
/// <param name="Resume">Where in the arena the code goes on once the cause is mended; only for <see cref="ExitKind.Miss"/>.</param>
/// <param name="Access">What the missed access is.</param>
/// <param name="Reload">Code that loads the registers of a loop and then goes on at <paramref name="Resume"/>; 0 outside of loops.</param>
internal readonly record struct ExitSite(
    ExitKind Kind, ulong Pc, int Refund, int Resume = 0, AccessKind Access = AccessKind.Load, int Reload = 0);

/// <summary>Why translated code left.</summary>
internal enum ExitKind
{
    /// <summary>The target was computed, or lies in another page, and the jump cache does not know it.</summary>
    Lookup,

    /// <summary>The budget ends within the block.</summary>
    Budget,

    /// <summary>The next instruction is the interpreter's.</summary>
    Interpret,

    /// <summary>The page of an access is not in the translation buffer.</summary>
    Miss,

    /// <summary>The next block has no translation yet.</summary>
    Untranslated,
}
