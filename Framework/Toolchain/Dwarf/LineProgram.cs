namespace Verification.Toolchain.Dwarf;

/// <summary>
/// .debug_line and .debug_line_str (DWARF 5, section 6.2): one sequence for each method and stub. Files are numbered in
/// the order in which they are first asked for; number 0 is the unit itself.
/// </summary>
internal sealed class LineProgram
{
    private const byte AdvancePc = 2;
    private const byte AdvanceLine = 3;
    private const byte SetFile = 4;
    private const byte SetColumn = 5;
    private const byte SetPrologueEnd = 10;
    private const byte ExtendedEndSequence = 1;
    private const byte ExtendedSetAddress = 2;
    private const int LineBase = -5;
    private const int LineRange = 14;
    private const int OpcodeBase = 13;

    // Content type codes and forms of the file tables (tables 7.27 and 7.6).
    private const int ContentPath = 1;
    private const int ContentDirectory = 2;
    private const int FormLineStrp = 0x1F;
    private const int FormUdata = 0x0F;

    private readonly string _unitName;
    private readonly string? _sourceRoot;
    private readonly List<string> _files = [];
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private readonly ByteWriter _program = new();

    public LineProgram(string unitName, string? sourceRoot)
    {
        _unitName = unitName;
        _sourceRoot = sourceRoot is null ? null : sourceRoot.Replace('\\', '/').TrimEnd('/') + "/";
    }

    /// <summary>The number of a source file.</summary>
    public int FileNumber(string path)
    {
        string name = path.Replace('\\', '/');
        if (_sourceRoot is not null && name.StartsWith(_sourceRoot, StringComparison.Ordinal)) name = name[_sourceRoot.Length..];
        if (_numbers.TryGetValue(name, out int number)) return number;
        _files.Add(name);
        _numbers.Add(name, _files.Count);
        return _files.Count;
    }

    /// <summary>Adds the rows of one piece of code.</summary>
    /// <param name="address">Its address.</param>
    /// <param name="lengthBytes">Its length.</param>
    /// <param name="rows">Its rows, ascending.</param>
    /// <param name="prologueEnd">
    /// Where a breakpoint on the code as a whole belongs, 0 for its first byte. That row is marked; and since debuggers take
    /// the second row of a function for its body's begin, the code in front has just one.
    /// </param>
    public void AddSequence(ulong address, int lengthBytes, IReadOnlyList<LineRow> rows, int prologueEnd)
    {
        if (rows.Count == 0 || lengthBytes == 0) return;
        Extended(ExtendedSetAddress, 9);
        _program.U64(address + (ulong)rows[0].Offset);
        int offset = rows[0].Offset;
        int line = 1;
        int file = 1;
        int column = 0;
        foreach (LineRow row in rows)
        {
            int rowFile = row.File.Length == 0 ? 0 : FileNumber(row.File);
            if (rowFile != file)
            {
                _program.U8(SetFile);
                _program.Unsigned((ulong)rowFile);
                file = rowFile;
            }

            if (row.Column != column)
            {
                _program.U8(SetColumn);
                _program.Unsigned((ulong)row.Column);
                column = row.Column;
            }

            if (prologueEnd > 0 && row.Offset == prologueEnd) _program.U8(SetPrologueEnd);
            Advance(row.Offset - offset, row.Line - line);
            (offset, line) = (row.Offset, row.Line);
        }

        _program.U8(AdvancePc);
        _program.Unsigned((ulong)(lengthBytes - offset));
        Extended(ExtendedEndSequence, 1);
    }

    /// <summary>Writes both sections.</summary>
    public (byte[] Line, byte[] Strings) Write()
    {
        ByteWriter strings = new();
        ByteWriter section = new();
        section.U32(0);
        section.U16(5);
        section.U8(8);
        section.U8(0);
        section.U32(0);
        int headerStart = section.Length;
        section.U8(1);
        section.U8(1);
        section.U8(1);
        section.U8(unchecked((byte)LineBase));
        section.U8(LineRange);
        section.U8(OpcodeBase);
        section.Bytes([0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1]);

        section.U8(1);
        section.Unsigned(ContentPath);
        section.Unsigned(FormLineStrp);
        section.Unsigned(1);
        section.U32((uint)strings.Length);
        strings.Text(".");

        section.U8(2);
        section.Unsigned(ContentPath);
        section.Unsigned(FormLineStrp);
        section.Unsigned(ContentDirectory);
        section.Unsigned(FormUdata);
        section.Unsigned((ulong)_files.Count + 1);
        foreach (string file in (string[])[_unitName, .. _files])
        {
            section.U32((uint)strings.Length);
            section.Unsigned(0);
            strings.Text(file);
        }

        section.PatchU32(headerStart - sizeof(uint), (uint)(section.Length - headerStart));
        section.Bytes(_program.ToArray());
        section.PatchU32(0, (uint)(section.Length - sizeof(uint)));
        return (section.ToArray(), strings.ToArray());
    }

    /// <summary>A new row: one special opcode where the distances allow (section 6.2.5.1).</summary>
    private void Advance(int addressDistance, int lineDistance)
    {
        if (lineDistance is < LineBase or >= LineBase + LineRange)
        {
            _program.U8(AdvanceLine);
            _program.Signed(lineDistance);
            lineDistance = 0;
        }

        int opcode = lineDistance - LineBase + LineRange * addressDistance + OpcodeBase;
        if (opcode > byte.MaxValue)
        {
            _program.U8(AdvancePc);
            _program.Unsigned((ulong)addressDistance);
            opcode = lineDistance - LineBase + OpcodeBase;
        }

        _program.U8((byte)opcode);
    }

    private void Extended(byte opcode, int lengthBytes)
    {
        _program.U8(0);
        _program.Unsigned((ulong)lengthBytes);
        _program.U8(opcode);
    }
}
