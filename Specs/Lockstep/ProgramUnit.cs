using Verification.Machine.Isa;

namespace Verification.Specs.Lockstep;

/// <summary>What of a word is known only where the unit lies.</summary>
internal enum PatchKind
{
    /// <summary>A branch or jump to the unit.</summary>
    Branch,

    /// <summary>An <c>addi</c>: the distance of the unit from the word before.</summary>
    Distance,

    /// <summary>A <c>lui</c> and the <c>addi</c> after it: the unit's address in the low window, sign-extended.</summary>
    LowAddress,

    /// <summary>A <c>lui</c> and the <c>addi</c> after it: the unit's address in the high window.</summary>
    HighAddress,
}

/// <summary>A word to complete: <paramref name="Target"/> is another unit's number, or the next one that there still is.</summary>
internal readonly record struct Patch(int Word, PatchKind Kind, int Target);

/// <summary>
/// Some instructions that belong together, such as a load and what aims its address: programs shrink by whole units.
/// </summary>
/// <param name="Number">Its name among the program's units, ascending.</param>
/// <param name="Words">The instructions, 16 or 32 bits each.</param>
/// <param name="Patches">What depends on the place.</param>
internal sealed record ProgramUnit(int Number, IReadOnlyList<uint> Words, IReadOnlyList<Patch> Patches)
{
    public int SizeBytes => Words.Sum(word => Decoder.SizeBytes(word));
}
