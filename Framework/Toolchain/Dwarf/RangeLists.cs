namespace Verification.Toolchain.Dwarf;

/// <summary>.debug_rnglists: the unit's code, and code that does not lie in one piece (DWARF 5, sections 2.17.3 and 7.28).</summary>
internal sealed class RangeLists
{
    private const byte EndOfList = 0x00;
    private const byte StartLength = 0x07;

    private readonly ByteWriter _section = new();

    public RangeLists()
    {
        _section.U32(0);
        _section.U16(5);
        _section.U8(8);
        _section.U8(0);
        _section.U32(0);
    }

    /// <summary>Adds a list of a method's code; its offset in the section.</summary>
    public int Add(IReadOnlyList<CodeRange> code, ulong address)
    {
        int offset = _section.Length;
        foreach (CodeRange range in code) Entry(address + (ulong)range.StartOffset, (ulong)(range.EndOffset - range.StartOffset));
        _section.U8(EndOfList);
        return offset;
    }

    /// <summary>Adds a list of pieces in ascending order of addresses; neighbours become one range.</summary>
    public int Add(IReadOnlyList<(ulong Address, int LengthBytes)> pieces)
    {
        int offset = _section.Length;
        ulong start = 0;
        ulong end = 0;
        foreach ((ulong address, int lengthBytes) in pieces)
        {
            // Code is aligned to 4 bytes: between neighbours lies no more than padding.
            if (end == 0 || address - end >= 4)
            {
                if (end > start) Entry(start, end - start);
                start = address;
            }

            end = address + (ulong)lengthBytes;
        }

        if (end > start) Entry(start, end - start);
        _section.U8(EndOfList);
        return offset;
    }

    public byte[] ToArray()
    {
        _section.PatchU32(0, (uint)(_section.Length - sizeof(uint)));
        return _section.ToArray();
    }

    private void Entry(ulong start, ulong length)
    {
        _section.U8(StartLength);
        _section.U64(start);
        _section.Unsigned(length);
    }
}
