using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Verification.Machine.Images;

namespace Verification.Framework.DebugInfo;

/// <summary>The most that code can use of a stack, read from an image.</summary>
/// <param name="SizeBytes">The bound; what is known of it if there is none.</param>
/// <param name="Chain">Addresses of the functions of the deepest chain, the first one first.</param>
/// <param name="Unresolved">Why there is no bound; null if there is one.</param>
public sealed record ImageStackBound(ulong SizeBytes, IReadOnlyList<ulong> Chain, string? Unresolved);

/// <summary>
/// The frames and calls that the C# toolchain tells of in .stack_sizes and .verification.callgraph, and the bounds that
/// follow from them.
/// <para>
/// Algorithm: depth first over the calls, each function's depth computed once; a tail call's frame replaces the caller's,
/// every other one adds. Known limits: recursion and calls of unknown target give no bound; nor does a function without
/// an entry in .stack_sizes. Never is one of them counted as 0.
/// </para>
/// </summary>
public sealed class StackBounds
{
    private readonly SortedList<ulong, ulong> _frames = [];
    private readonly SortedList<ulong, (string Kind, ulong[] Targets)> _calls = [];
    private readonly Dictionary<ulong, (ulong Bytes, ulong? Next)?> _depths = [];
    private readonly SymbolTable _symbols;
    private string? _unresolved;

    private StackBounds(KernelImage image) => _symbols = image.Symbols;

    /// <summary>Reads an image; null if it has not both sections.</summary>
    /// <exception cref="FormatException">A section is damaged.</exception>
    public static StackBounds? Read(KernelImage image)
    {
        if (image.Elf is not { } elf) return null;
        ReadOnlySpan<byte> sizes = elf.Content(".stack_sizes").Span;
        ReadOnlySpan<byte> graph = elf.Content(".verification.callgraph").Span;
        if (sizes.IsEmpty || graph.IsEmpty) return null;
        StackBounds bounds = new(image);
        bounds.ReadSizes(sizes);
        bounds.ReadGraph(Encoding.UTF8.GetString(graph));
        return bounds;
    }

    /// <summary>Roots with the size of the stack that they start on, 0 for the boot stack.</summary>
    public SortedList<ulong, ulong> Entries { get; } = [];

    /// <summary>Frame sizes by address.</summary>
    public IReadOnlyDictionary<ulong, ulong> Frames => _frames;

    /// <summary>Where the call, jump or panic at an address may go; null if the graph has none there, empty if nobody knows.</summary>
    public IReadOnlyList<ulong>? TargetsOf(ulong site) => _calls.TryGetValue(site, out (string Kind, ulong[] Targets) call) ? call.Targets : null;

    /// <summary>The bound of a function and all that it calls.</summary>
    public ImageStackBound Of(ulong address)
    {
        _unresolved = null;
        _depths.Clear();
        ulong bytes = Depth(address);
        List<ulong> chain = [];
        for (ulong? link = address; link is { } place && chain.Count < 10_000; link = _depths.GetValueOrDefault(place)?.Next) chain.Add(place);
        return new ImageStackBound(bytes, chain, _unresolved);
    }

    private ulong Depth(ulong address)
    {
        if (_depths.TryGetValue(address, out (ulong Bytes, ulong? Next)? known))
        {
            if (known is null) _unresolved ??= $"{Name(address)} is recursive";
            return known?.Bytes ?? 0;
        }

        if (!_frames.TryGetValue(address, out ulong frame))
        {
            _unresolved ??= $"nothing is known of the frame of {Name(address)}";
            return 0;
        }

        _depths[address] = null;
        (ulong deepest, ulong? next) = (frame, (ulong?)null);
        ulong end = _symbols.FindFunction(address) is { } place ? address + place.Symbol.SizeBytes : address;
        foreach ((ulong site, (string kind, ulong[] targets)) in _calls)
        {
            if (site < address || site >= end) continue;
            if (targets.Length == 0) _unresolved ??= $"{Name(address)} makes a call of unknown target at 0x{site:x}";
            foreach (ulong target in targets)
            {
                ulong below = Depth(target) + (kind == "tail" ? 0 : frame);
                if (below > deepest) (deepest, next) = (below, target);
            }
        }

        _depths[address] = (deepest, next);
        return deepest;
    }

    private string Name(ulong address) => _symbols.FindFunction(address)?.Symbol.Name ?? $"0x{address:x}";

    private void ReadSizes(ReadOnlySpan<byte> section)
    {
        while (section.Length > 0)
        {
            if (section.Length < 9) throw new FormatException(".stack_sizes ends within an entry.");
            ulong address = BinaryPrimitives.ReadUInt64LittleEndian(section);
            section = section[8..];
            ulong size = 0;
            for (int shift = 0; ; shift += 7)
            {
                if (section.IsEmpty || shift > 56) throw new FormatException(".stack_sizes ends within a number.");
                byte part = section[0];
                section = section[1..];
                size |= (ulong)(part & 0x7F) << shift;
                if (part < 0x80) break;
            }

            _frames[address] = size;
        }
    }

    private void ReadGraph(string text)
    {
        string[] lines = text.Split('\0', StringSplitOptions.RemoveEmptyEntries);
        if (lines.Length == 0 || lines[0] != "verification.callgraph 1")
            throw new FormatException(".verification.callgraph is not of version 1.");
        foreach (string line in lines.Skip(1))
        {
            string[] words = line.Split(' ');
            if (words.Length < 2 || !TryAddress(words[1], out ulong place)) throw new FormatException($".verification.callgraph has the line '{line}'.");
            switch (words[0])
            {
                case "entry" when words.Length == 3 && ulong.TryParse(words[2], CultureInfo.InvariantCulture, out ulong size):
                    Entries[place] = size;
                    break;
                case "call" or "tail" or "stop":
                    _calls[place] = (words[0], [.. words.Skip(2).Select(word => TryAddress(word, out ulong target)
                        ? target : throw new FormatException($".verification.callgraph has the line '{line}'."))]);
                    break;
            }
        }
    }

    private static bool TryAddress(string word, out ulong address) =>
        ulong.TryParse(word, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out address);
}
