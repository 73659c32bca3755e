using System.Buffers.Binary;

namespace Verification.Kernel;

/// <summary>
/// Goes through a structure block token by token. It holds an offset and the current token's extent, nothing of the
/// tree: whatever the tree's size and depth, it costs the stack the same few words.
/// </summary>
public ref struct DevicetreeCursor
{
    private const uint Nop = 4;

    private readonly ReadOnlySpan<byte> _structure;
    private readonly ReadOnlySpan<byte> _strings;
    private int _next;

    /// <summary>A cursor before the first token.</summary>
    public DevicetreeCursor(ReadOnlySpan<byte> blob, scoped in DevicetreeHeader header)
    {
        _structure = blob.Slice(header.StructureOffset, header.StructureSizeBytes);
        _strings = blob.Slice(header.StringsOffset, header.StringsSizeBytes);
        _next = 0;
        Depth = 0;
        Error = DevicetreeError.None;
        Name = default;
        Value = default;
        Offset = 0;
    }

    /// <summary>How many nodes are open: 1 inside the root.</summary>
    public int Depth { get; private set; }

    /// <summary>What is wrong, once <see cref="Read"/> has returned <see cref="DevicetreeToken.Invalid"/>.</summary>
    public DevicetreeError Error { get; private set; }

    /// <summary>The name of the node that began, unit address included, or of the property.</summary>
    public ReadOnlySpan<byte> Name { get; private set; }

    /// <summary>The property's value.</summary>
    public ReadOnlySpan<byte> Value { get; private set; }

    /// <summary>The current token's offset in the structure block.</summary>
    public int Offset { get; private set; }

    /// <summary>Goes to the next token.</summary>
    public DevicetreeToken Read()
    {
        while (true)
        {
            Offset = _next;
            if (!TryWord(out uint token)) return Fail(DevicetreeError.Truncated);
            switch (token)
            {
                case (uint)DevicetreeToken.BeginNode:
                    return ReadNodeName();
                case (uint)DevicetreeToken.EndNode:
                    if (Depth == 0) return Fail(DevicetreeError.BadStructure);
                    Depth--;
                    return DevicetreeToken.EndNode;
                case (uint)DevicetreeToken.Property:
                    return Depth == 0 ? Fail(DevicetreeError.BadStructure) : ReadProperty();
                case Nop:
                    continue;
                case (uint)DevicetreeToken.End:
                    return Depth == 0 ? DevicetreeToken.End : Fail(DevicetreeError.BadStructure);
                default:
                    return Fail(DevicetreeError.BadStructure);
            }
        }
    }

    private DevicetreeToken ReadNodeName()
    {
        int length = Words.LengthOf(_structure.Slice(_next));
        if (length < 0) return Fail(DevicetreeError.Truncated);
        Name = _structure.Slice(_next, length);
        Depth++;
        return Skip(length + 1) ? DevicetreeToken.BeginNode : Fail(DevicetreeError.Truncated);
    }

    private DevicetreeToken ReadProperty()
    {
        if (!TryWord(out uint length) || !TryWord(out uint nameOffset)) return Fail(DevicetreeError.Truncated);
        if (length > (uint)(_structure.Length - _next) || nameOffset >= (uint)_strings.Length)
            return Fail(DevicetreeError.Truncated);

        ReadOnlySpan<byte> name = _strings.Slice((int)nameOffset);
        int nameLength = Words.LengthOf(name);
        if (nameLength < 0) return Fail(DevicetreeError.Truncated);
        Name = name.Slice(0, nameLength);
        Value = _structure.Slice(_next, (int)length);
        return Skip((int)length) ? DevicetreeToken.Property : Fail(DevicetreeError.Truncated);
    }

    private bool TryWord(out uint word)
    {
        word = 0;
        if (_structure.Length - _next < sizeof(uint)) return false;
        word = BinaryPrimitives.ReadUInt32BigEndian(_structure.Slice(_next));
        _next += sizeof(uint);
        return true;
    }

    /// <summary>Steps over bytes and the padding behind them, up to the next multiple of 4.</summary>
    private bool Skip(int lengthBytes)
    {
        long next = ((long)_next + lengthBytes + 3) & ~3L;
        if (next > _structure.Length) return false;
        _next = (int)next;
        return true;
    }

    private DevicetreeToken Fail(DevicetreeError error)
    {
        Error = error;
        return DevicetreeToken.Invalid;
    }
}
