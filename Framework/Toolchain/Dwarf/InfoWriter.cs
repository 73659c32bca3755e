namespace Verification.Toolchain.Dwarf;

/// <summary>
/// Writes a tree of entries as .debug_info, .debug_abbrev and .debug_str (DWARF 5, sections 7.5.1 to 7.5.3): one
/// compilation unit, 32-bit format, 8-byte addresses.
/// </summary>
internal sealed class InfoWriter
{
    private const ushort Version = 5;
    private const byte CompileUnit = 1;
    private const byte AddressSizeBytes = 8;

    private readonly ByteWriter _info = new();
    private readonly ByteWriter _abbreviations = new();
    private readonly ByteWriter _strings = new();
    private readonly Dictionary<string, int> _abbreviationNumbers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _stringOffsets = new(StringComparer.Ordinal);
    private readonly List<(int Place, Die Target)> _references = [];

    public InfoWriter(Die unit)
    {
        _info.U32(0);
        _info.U16(Version);
        _info.U8(CompileUnit);
        _info.U8(AddressSizeBytes);
        _info.U32(0);
        Write(unit);
        _info.PatchU32(0, (uint)(_info.Length - sizeof(uint)));
        foreach ((int place, Die target) in _references) _info.PatchU32(place, (uint)target.Offset);
        _abbreviations.U8(0);
    }

    public byte[] Info => _info.ToArray();

    public byte[] Abbreviations => _abbreviations.ToArray();

    public byte[] Strings => _strings.ToArray();

    private void Write(Die die)
    {
        die.Offset = _info.Length;
        _info.Unsigned((ulong)Abbreviation(die));
        foreach ((At _, Form form, object value) in die.Attributes) WriteValue(form, value);
        if (die.Children.Count == 0) return;
        foreach (Die child in die.Children) Write(child);
        _info.U8(0);
    }

    private void WriteValue(Form form, object value)
    {
        switch (form)
        {
            case Form.Addr:
                _info.U64((ulong)value);
                break;
            case Form.Strp:
                _info.U32((uint)StringOffset((string)value));
                break;
            case Form.Udata:
                _info.Unsigned((ulong)(long)value);
                break;
            case Form.Sdata:
                _info.Signed((long)value);
                break;
            case Form.Ref4:
                _references.Add((_info.Length, (Die)value));
                _info.U32(0);
                break;
            case Form.SecOffset:
                _info.U32((uint)(value is Func<int> later ? later() : (int)value));
                break;
            case Form.Exprloc:
                byte[] expression = (byte[])value;
                _info.Unsigned((ulong)expression.Length);
                _info.Bytes(expression);
                break;
        }
    }

    private int Abbreviation(Die die)
    {
        bool hasChildren = die.Children.Count > 0;
        string shape = $"{die.Tag} {hasChildren} {string.Join(' ', die.Attributes.Select(attribute => $"{attribute.Name}:{attribute.Form}"))}";
        if (_abbreviationNumbers.TryGetValue(shape, out int number)) return number;
        number = _abbreviationNumbers.Count + 1;
        _abbreviationNumbers.Add(shape, number);
        _abbreviations.Unsigned((ulong)number);
        _abbreviations.Unsigned((ulong)die.Tag);
        _abbreviations.U8(hasChildren ? (byte)1 : (byte)0);
        foreach ((At name, Form form, object _) in die.Attributes)
        {
            _abbreviations.Unsigned((ulong)name);
            _abbreviations.Unsigned((ulong)form);
        }

        _abbreviations.U8(0);
        _abbreviations.U8(0);
        return number;
    }

    private int StringOffset(string text)
    {
        if (_stringOffsets.TryGetValue(text, out int offset)) return offset;
        offset = _strings.Length;
        _stringOffsets.Add(text, offset);
        _strings.Text(text);
        return offset;
    }
}
