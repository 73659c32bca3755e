using Verification.Machine.Harts;
using Verification.Machine.Isa;

namespace Verification.Machine.Translation;

/// <summary>
/// The translations of one page's content at one virtual address. It holds nothing of a machine: all machines that have
/// this content there share it, until one of them writes to the page and goes on with a <see cref="TranslatedPage"/> of
/// its own.
/// </summary>
/// <param name="virtualAddress">Address of the page as the code sees it.</param>
/// <param name="extensions">What the instructions are decoded for.</param>
/// <param name="content">The page's 4096 bytes; of a page that isn't shared, as they are now.</param>
/// <param name="isShared">Whether other machines may use it.</param>
internal sealed class TranslatedPage(ulong virtualAddress, IsaExtensions extensions, byte[] content, bool isShared)
{
    internal const int SizeBytes = 4096;

    private TranslatedPage? _tails;

    internal bool IsShared { get; } = isShared;

    /// <summary>The offsets of the bytes that all have who share the page, and what is translated; the rest of the content is 0.</summary>
    internal (int Start, int End) Known { get; init; } = (0, SizeBytes);

    internal ulong VirtualAddress { get; } = virtualAddress;

    internal IsaExtensions Extensions { get; } = extensions;

    /// <summary>What an observer is told of the code; null where nobody observes.</summary>
    internal CodeInterests? Interests { get; init; }

    internal byte[] Content { get; } = content;

    /// <summary>What translations were made from.</summary>
    internal PageCoverage Covered { get; private init; } = new();

    /// <summary>
    /// Translations of the same instructions for the end of a turn: they pay for one at a time, so that they stop anywhere.
    /// </summary>
    internal TranslatedPage Tails => _tails ??= new(VirtualAddress, Extensions, Content, IsShared)
    {
        Interests = Interests,
        Covered = Covered,
        Known = Known,
        Patience = Patience,
        PendingJumps = PendingTails,
        IsTail = true,
    };

    /// <summary>The entries of <see cref="Tails"/>, if there are any.</summary>
    internal int[]? TailEntries => _tails?.Entries;

    /// <summary>Whether this is another page's <see cref="Tails"/>.</summary>
    internal bool IsTail { get; private init; }

    /// <summary>How often code is asked for before it is translated, times this: pages that are rewritten often wait.</summary>
    internal int Patience { get; init; } = 1;

    /// <summary>Arena position of each halfword's translation, 0 where there is none.</summary>
    internal int[] Entries { get; } = new int[SizeBytes / 2];

    /// <summary>How often the interpreter was asked to execute from each halfword.</summary>
    internal ushort[] Visits { get; } = new ushort[SizeBytes / 2];

    /// <summary>Instructions that turned out to be the interpreter's while they were translated.</summary>
    internal HashSet<int> Refused { get; } = [];

    /// <summary>Displacements of jumps to code that has no translation yet, by target's offset.</summary>
    internal Dictionary<int, List<int>> PendingJumps { get; private init; } = [];

    /// <summary>Displacements of jumps to <see cref="Tails"/> that have no translation yet, by target's offset.</summary>
    internal Dictionary<int, List<int>> PendingTails { get; } = [];
}
