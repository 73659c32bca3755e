namespace Verification.Framework.DebugInfo;

/// <summary>A place in a source text.</summary>
/// <param name="File">Path as the compiler noted it, with its directory.</param>
/// <param name="Line">Line, from 1.</param>
/// <param name="Column">Column, from 1; 0 where the compiler didn't tell.</param>
public sealed record SourcePlace(string File, int Line, int Column)
{
    /// <summary>The file's name without its directories.</summary>
    public string FileName => File[(File.LastIndexOfAny(['/', '\\']) + 1)..];

    /// <summary>As in <c>Main.cs:42</c>.</summary>
    public override string ToString() => $"{FileName}:{Line}";
}

/// <summary>From an address on: a place in a file of the program's table, or the end of a sequence.</summary>
internal readonly record struct LineEntry(ulong Address, int File, int Line, int Column, bool EndsSequence);

/// <summary>
/// The line number program of a unit, run: DWARF 5, section 6.2, and the older forms of its header (versions 2 to 4).
/// </summary>
internal sealed class LineProgram
{
    private readonly List<string> directories = [];
    private readonly List<string> files = [];

    private LineProgram(int version) => Version = version;

    public int Version { get; }

    public List<LineEntry> Rows { get; } = [];

    /// <summary>The path of a file by its number; null for numbers that name none.</summary>
    public string? File(int number)
    {
        var index = Version >= 5 ? number : number - 1;
        return index >= 0 && index < files.Count ? files[index] : null;
    }

    /// <summary>Reads the program at the cursor, which stands behind it afterwards.</summary>
    public static LineProgram Read(DwarfCursor section, DwarfSections sections, string? compilationDirectory)
    {
        var (length, is64) = section.InitialLength();
        var cursor = section.Part((ulong)length);
        int version = cursor.U16();
        if (version is < 2 or > 5) throw new DwarfFormatException($"a line table has the unknown version {version}");
        var addressBytes = 8;
        if (version >= 5)
        {
            addressBytes = cursor.U8();
            cursor.U8();
        }

        var headerLength = cursor.Offset(is64);
        var start = cursor.Position;
        var program = new LineProgram(version);
        var minimumLength = cursor.U8();
        if (version >= 4) cursor.U8();
        cursor.U8();
        var lineBase = (sbyte)cursor.U8();
        int lineRange = cursor.U8();
        int opcodeBase = cursor.U8();
        if (opcodeBase == 0) throw new DwarfFormatException("a line table has no opcodes");
        var operands = new byte[opcodeBase];
        for (var i = 1; i < opcodeBase; i++) operands[i] = cursor.U8();
        if (version >= 5) program.ReadTables(cursor, sections, is64, addressBytes);
        else program.ReadOldTables(cursor, compilationDirectory);

        var body = new DwarfCursor(sections.Lines, start, cursor.End);
        body.Skip(headerLength);
        program.Run(body, minimumLength, lineBase, lineRange, operands, addressBytes);
        return program;
    }

    private void ReadOldTables(DwarfCursor cursor, string? compilationDirectory)
    {
        directories.Add(compilationDirectory ?? "");
        while (cursor.Text() is { Length: > 0 } directory) directories.Add(Join(directories[0], directory));
        while (cursor.Text() is { Length: > 0 } name) AddFile(name, cursor);

        void AddFile(string name, DwarfCursor entry)
        {
            var directory = entry.Uleb();
            entry.Uleb();
            entry.Uleb();
            files.Add(Path(directory, name));
        }
    }

    private void ReadTables(DwarfCursor cursor, DwarfSections sections, bool is64, int addressBytes)
    {
        var unit = new DwarfUnit(0, 5, is64, addressBytes, sections);
        foreach (var (name, _) in ReadEntries(cursor, unit)) directories.Add(directories.Count == 0 ? name : Join(directories[0], name));
        foreach (var (name, directory) in ReadEntries(cursor, unit)) files.Add(Path(directory, name));
    }

    private static List<(string Name, ulong Directory)> ReadEntries(DwarfCursor cursor, DwarfUnit unit)
    {
        var format = new (ulong Content, ulong Form)[cursor.U8()];
        for (var i = 0; i < format.Length; i++) format[i] = (cursor.Uleb(), cursor.Uleb());
        var count = cursor.Uleb();
        if (format.Length == 0 && count > 0) throw new DwarfFormatException("a line table lists files without saying how");
        var entries = new List<(string, ulong)>();
        for (var i = 0ul; i < count; i++)
        {
            var before = cursor.Position;
            var name = "";
            var directory = 0ul;
            foreach (var (content, form) in format)
            {
                var value = form == 0x08 ? default : DwarfForm.Read(cursor, form, unit, 0);
                if (form == 0x08)
                {
                    var text = cursor.Text();
                    if (content == 1) name = text;
                }
                else if (content == 1)
                {
                    name = unit.Text(value) ?? "";
                }
                else if (content == 2)
                {
                    directory = value.Number;
                }
            }

            if (cursor.Position == before) throw new DwarfFormatException("a line table lists files that take no room");
            entries.Add((name, directory));
        }

        return entries;
    }

    private string Path(ulong directory, string name) => directory < (ulong)directories.Count ? Join(directories[(int)directory], name) : name;

    private static string Join(string directory, string name)
    {
        if (name.StartsWith('/') || (name.Length > 1 && name[1] == ':') || directory.Length == 0) return name;
        return directory.EndsWith('/') ? directory + name : $"{directory}/{name}";
    }

    private void Run(DwarfCursor cursor, byte minimumLength, sbyte lineBase, int lineRange, byte[] operands, int addressBytes)
    {
        var state = new LineEntry(0, 1, 1, 0, false);
        while (!cursor.AtEnd)
        {
            int opcode = cursor.U8();
            if (opcode >= operands.Length)
            {
                if (lineRange == 0) throw new DwarfFormatException("a line table has an empty range of lines");
                var adjusted = opcode - operands.Length;
                state = state with { Address = state.Address + (ulong)(adjusted / lineRange * minimumLength), Line = state.Line + lineBase + (adjusted % lineRange) };
                Rows.Add(state);
                continue;
            }

            switch (opcode)
            {
                case 0: state = Extended(cursor, state, addressBytes); break;
                case 1: Rows.Add(state); break;
                case 2: state = state with { Address = state.Address + (cursor.Uleb() * minimumLength) }; break;
                case 3: state = state with { Line = (int)(state.Line + cursor.Sleb()) }; break;
                case 4: state = state with { File = (int)Math.Min(int.MaxValue, cursor.Uleb()) }; break;
                case 5: state = state with { Column = (int)Math.Min(int.MaxValue, cursor.Uleb()) }; break;
                case 8 when lineRange > 0: state = state with { Address = state.Address + (ulong)((255 - operands.Length) / lineRange * minimumLength) }; break;
                case 9: state = state with { Address = state.Address + cursor.U16() }; break;
                default:
                    for (var i = 0; i < operands[opcode]; i++) cursor.Uleb();
                    break;
            }
        }
    }

    private LineEntry Extended(DwarfCursor cursor, LineEntry state, int addressBytes)
    {
        var length = cursor.Uleb();
        if (length == 0) return state;
        var part = cursor.Part(length);
        switch (part.U8())
        {
            case 1:
                Rows.Add(state with { EndsSequence = true });
                return new LineEntry(0, 1, 1, 0, false);
            case 2:
                return state with { Address = part.Unsigned((int)Math.Min(length - 1, (ulong)addressBytes)) };
            case 3 when Version < 5:
                var name = part.Text();
                files.Add(Path(part.Uleb(), name));
                return state;
            default:
                return state;
        }
    }
}
