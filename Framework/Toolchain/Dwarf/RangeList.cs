namespace Verification.Toolchain.Dwarf;

/// <summary>.debug_rnglists with one list: the unit's code (DWARF 5, sections 2.17.3 and 7.28).</summary>
internal sealed class RangeList
{
    /// <summary>Where the list begins: behind the table's header.</summary>
    public const int FirstListOffset = 12;

    private const byte EndOfList = 0x00;
    private const byte StartLength = 0x07;

    private readonly ByteWriter _section = new();
    private ulong _start;
    private ulong _end;

    public RangeList()
    {
        _section.U32(0);
        _section.U16(5);
        _section.U8(8);
        _section.U8(0);
        _section.U32(0);
    }

    /// <summary>Adds code, in ascending order of addresses; neighbours become one range.</summary>
    public void Add(ulong address, int lengthBytes)
    {
        if (lengthBytes == 0) return;
        if (_end != 0 && address >= _end && address - _end < 4)
        {
            _end = address + (ulong)lengthBytes;
            return;
        }

        Flush();
        (_start, _end) = (address, address + (ulong)lengthBytes);
    }

    public byte[] ToArray()
    {
        Flush();
        _section.U8(EndOfList);
        _section.PatchU32(0, (uint)(_section.Length - sizeof(uint)));
        return _section.ToArray();
    }

    private void Flush()
    {
        if (_end == _start) return;
        _section.U8(StartLength);
        _section.U64(_start);
        _section.Unsigned(_end - _start);
        _start = _end = 0;
    }
}
