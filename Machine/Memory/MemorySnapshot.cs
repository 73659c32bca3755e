namespace Verification.Machine.Memory;

/// <summary>The content of memory at an instant: immutable, shared by page with whatever descends from it.</summary>
public sealed class MemorySnapshot
{
    private readonly MemoryBank[] _banks;

    internal MemorySnapshot(PhysicalMemory memory, PageTree tree, ulong digest)
    {
        _banks = memory.Banks.ToArray();
        (Fill, Tree, Digest) = (memory.Fill, tree, digest);
    }

    /// <summary>The banks.</summary>
    public IReadOnlyList<MemoryBank> Banks => _banks;

    /// <summary>What untouched pages hold.</summary>
    public MemoryFill Fill { get; }

    internal PageTree Tree { get; }

    internal ulong Digest { get; }

    internal bool Fits(ReadOnlySpan<MemoryBank> banks, MemoryFill fill) => fill == Fill && banks.SequenceEqual(_banks);
}
