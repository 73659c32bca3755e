using System.Buffers.Binary;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;
using Verification.Toolchain.Il;
using Verification.Toolchain.Ir;

namespace Verification.Toolchain;

/// <summary>The data that compiled code refers to, in order of first reference.</summary>
internal sealed class StaticData
{
    // Reflection gives a field a new object now and then.
    private sealed record FieldKey(Module Module, int Token, Type Type);

    private readonly List<DataObject> _objects = [];
    private readonly Dictionary<string, int> _indexOf = [];
    private readonly Dictionary<string, string> _texts = [];
    private readonly Dictionary<string, string> _strings = [];
    private readonly Dictionary<string, string> _utf8 = [];
    private readonly Dictionary<FieldKey, string> _fields = [];
    private readonly Dictionary<string, int> _lengths = [];
    private readonly Dictionary<string, int[]> _tables = [];
    private readonly Dictionary<object, string> _heap = new(ReferenceEqualityComparer.Instance);

    /// <summary>All objects.</summary>
    public IReadOnlyList<DataObject> Objects => _objects;

    /// <summary>Symbols that the image keeps whether code refers to them or not.</summary>
    public List<string> Exported { get; } = [];

    /// <summary>Keeps a field in the image.</summary>
    public void Export(FieldInfo field) => Exported.Add(StaticField(field));

    /// <summary>The symbol of a static field, whose object is made at first reference.</summary>
    public string StaticField(FieldInfo field)
    {
        FieldKey key = new(field.Module, field.MetadataToken, field.DeclaringType!);
        if (_fields.TryGetValue(key, out string? symbol)) return symbol;
        if (field.Attributes.HasFlag(FieldAttributes.HasFieldRVA)) return RawField(field, 8).Symbol;
        if (field.IsDefined(typeof(ThreadStaticAttribute), false)) throw Refusal.ThreadStatic($"{SymbolNames.Of(field)}");
        if (typeof(Delegate).IsAssignableFrom(field.FieldType)) throw Refusal.Delegate(field.FieldType);
        if (field.FieldType.FullName?.StartsWith("System.Runtime.CompilerServices.CallSite", StringComparison.Ordinal) == true) throw Refusal.Dynamic();
        if (RuntimeState.IsRefused(field)) throw Refusal.RuntimeState(SymbolNames.Of(field));
        symbol = Unique(SymbolNames.Of(field));
        _fields.Add(key, symbol);
        TypeLayout layout = TypeLayout.Of(field.FieldType);
        int index = Reserve(symbol);
        byte[]? content = null;
        List<Relocation> relocations = [];
        if (StaticInitialiser.Exists(field.DeclaringType!))
        {
            object? value = StaticInitialiser.ValueOf(field);
            content = new byte[layout.SizeBytes];
            if (!RuntimeState.IsRandom(field)) Write(content, 0, field.FieldType, value, relocations);
            if (relocations.Count == 0 && !field.IsInitOnly && content.All(value => value == 0)) content = null;
        }

        _objects[index] = new DataObject(
            symbol, SymbolNames.Of(field), content, layout.SizeBytes, layout.Alignment, field.IsInitOnly && content is not null,
            relocations, field.FieldType)
        {
            Field = field,
        };
        return symbol;
    }

    /// <summary>The value of a read-only scalar field; null if it is no constant.</summary>
    public long? ConstantOf(FieldInfo field)
    {
        if (!field.IsInitOnly || TypeLayout.IsStruct(field.FieldType) || (!field.FieldType.IsValueType && !field.FieldType.IsPointer)) return null;
        if (IrTypes.IsFloat(IrTypes.Of(field.FieldType)) || field.FieldType.IsFunctionPointer || RuntimeState.IsRefused(field)) return null;
        byte[] content = new byte[8];
        if (StaticInitialiser.Exists(field.DeclaringType!))
        {
            object? value = StaticInitialiser.ValueOf(field);
            if (!RuntimeState.IsRandom(field)) Write(content, 0, field.FieldType, value, []);
        }

        return IrTypes.Memory(field.FieldType) switch
        {
            MemType.I8 => (sbyte)content[0],
            MemType.U8 => content[0],
            MemType.I16 => BinaryPrimitives.ReadInt16LittleEndian(content),
            MemType.U16 => BinaryPrimitives.ReadUInt16LittleEndian(content),
            MemType.I32 => BinaryPrimitives.ReadInt32LittleEndian(content),
            _ => BinaryPrimitives.ReadInt64LittleEndian(content),
        };
    }

    /// <summary>The symbol of the array or string that a read-only field refers to; null if it is no such field.</summary>
    public string? ReferenceOf(FieldInfo field)
    {
        if (!field.IsInitOnly || field.FieldType.IsValueType || field.FieldType.IsPointer || field.FieldType.IsFunctionPointer) return null;
        if (!StaticInitialiser.Exists(field.DeclaringType!)) return null;
        return StaticInitialiser.ValueOf(field) is { } value ? Heap(value) : null;
    }

    /// <summary>The bytes that the C# compiler put into the assembly for a literal or table.</summary>
    public (string Symbol, int SizeBytes) RawField(FieldInfo field, int alignment)
    {
        int size = TypeLayout.Of(field.FieldType).SizeBytes;
        string symbol = $"{SymbolNames.Of(field.DeclaringType!)}.{field.Name}";
        if (_indexOf.ContainsKey(symbol)) return (symbol, size);
        byte[] content = new byte[size];
        RuntimeHelpers.InitializeArray(content, field.FieldHandle);
        Add(new DataObject(symbol, "literal", content, size, Math.Max(alignment, 1), true, [], null));
        return (symbol, size);
    }

    /// <summary>A number in read-only data: loading it takes two instructions, making it may take eight.</summary>
    public string Number(long value)
    {
        string symbol = $"number.{value:x16}";
        if (_indexOf.ContainsKey(symbol)) return symbol;
        byte[] content = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(content, value);
        Add(new DataObject(symbol, "number", content, content.Length, 8, true, [], null));
        return symbol;
    }

    /// <summary>A byte that nothing can change; null if the symbol names no literal or the place is not within it.</summary>
    public byte? ByteOf(string symbol, long offset) =>
        _indexOf.TryGetValue(symbol, out int index) && _objects[index] is { IsReadOnly: true, Type: null, Content: { } content, Relocations.Count: 0 } &&
        offset >= 0 && offset < content.Length ? content[offset] : null;

    /// <summary>A string literal, laid out as the CLR's strings are.</summary>
    public string String(string text)
    {
        if (_strings.TryGetValue(text, out string? symbol)) return symbol;
        symbol = $"string.{_strings.Count}";
        _strings.Add(text, symbol);
        _texts.Add(symbol, text);
        byte[] content = new byte[Importer.StringOffset + (2 * text.Length) + 2];
        BinaryPrimitives.WriteInt32LittleEndian(content.AsSpan(Importer.LengthOffset), text.Length);
        Encoding.Unicode.GetBytes(text, content.AsSpan(Importer.StringOffset));
        Add(new DataObject(symbol, "string literal", content, content.Length, 8, true, [], null));
        return symbol;
    }

    /// <summary>The object of a class of the invariant culture: only its address is ever used.</summary>
    public string Invariant(Type type)
    {
        string symbol = $"{SymbolNames.Of(type)}.Invariant";
        if (!_indexOf.ContainsKey(symbol)) Add(new DataObject(symbol, "object", new byte[8], 8, 8, true, [], null));
        return symbol;
    }

    /// <summary>A string, or an array of values that nobody changes.</summary>
    public string Frozen(object value) => Heap(value, isReadOnly: true);

    /// <summary>True for the symbol of a string or an array, which is never null.</summary>
    public bool IsObject(string symbol) => LengthOf(symbol) is not null;

    /// <summary>The length of the array or string that a symbol names; null if it names neither.</summary>
    public int? LengthOf(string symbol) =>
        TextOf(symbol)?.Length ?? (_lengths.TryGetValue(symbol, out int length) ? length : null);

    /// <summary>The lengths of the array of several dimensions that a symbol names; null if it names none.</summary>
    public int[]? LengthsOf(string symbol) => _tables.GetValueOrDefault(symbol);

    /// <summary>The text of a string literal's symbol.</summary>
    public string? TextOf(string symbol) => _texts.GetValueOrDefault(symbol);

    /// <summary>The description of a place where code gives up, for the panic handler.</summary>
    public string PanicSite(Place? place, string message)
    {
        SourcePoint? point = place?.Nearest;
        Place? shown = place;
        while (shown is { Point: null, Caller: not null }) shown = shown.Caller;
        string function = shown is null ? "" : SymbolNames.Display(shown.Method);
        string file = point is null ? "" : FileName(point.File);
        int line = point?.Line ?? 0;
        string symbol = $"panic.{function}.{file}.{line}.{Utf8(message)}";
        if (_indexOf.ContainsKey(symbol)) return symbol;
        byte[] content = new byte[40];
        List<Relocation> relocations = [];
        int offset = 0;
        foreach (string text in (string[])[function, file, message])
        {
            relocations.Add(new Relocation(offset * 8, RelocationKind.Absolute64, Utf8(text), 0));
            BinaryPrimitives.WriteInt32LittleEndian(content.AsSpan(24 + (offset * 4)), Encoding.UTF8.GetByteCount(text));
            offset++;
        }

        BinaryPrimitives.WriteInt32LittleEndian(content.AsSpan(36), line);
        Add(new DataObject(symbol, "panic site", content, content.Length, 8, true, relocations, null));
        return symbol;
    }

    /// <summary>A table in read-only data.</summary>
    public void AddTable(string symbol, string typeName, byte[] content, List<Relocation> relocations) =>
        Add(new DataObject(symbol, typeName, content, content.Length, 8, true, relocations, null));

    // A path as another operating system wrote it is cut as well.
    private static string FileName(string path) => path[(path.LastIndexOfAny(['/', '\\']) + 1)..];

    private string Utf8(string text)
    {
        if (_utf8.TryGetValue(text, out string? symbol)) return symbol;
        symbol = $"text.{_utf8.Count}";
        _utf8.Add(text, symbol);
        byte[] content = Encoding.UTF8.GetBytes(text + "\0");
        Add(new DataObject(symbol, "text", content, content.Length, 1, true, [], null));
        return symbol;
    }

    private string Heap(object value, bool isReadOnly = false)
    {
        if (_heap.TryGetValue(value, out string? known)) return known;
        if (value is string text) return String(text);
        if (SearchMaps.Of(value) is { } map) return _heap[value] = Heap(map, isReadOnly: true);
        if (value is not Array array) throw Refusal.Object(value.GetType());
        Type element = array.GetType().GetElementType()!;
        int rank = array.Rank;
        int[] lengths = [.. Enumerable.Range(0, rank).Select(array.GetLength)];
        if (!array.GetType().IsSZArray && (rank == 1 || Enumerable.Range(0, rank).Any(index => array.GetLowerBound(index) != 0))) throw Refusal.Object(array.GetType());
        int size = TypeLayout.Of(element).SizeBytes;
        string symbol = $"array.{_heap.Count}";
        _heap.Add(value, symbol);
        _lengths.Add(symbol, array.Length);
        if (rank > 1) _tables.Add(symbol, lengths);
        int index = Reserve(symbol);
        int first = Importer.FirstElementOffset(rank);
        byte[] content = new byte[first + (size * array.Length)];
        BinaryPrimitives.WriteInt32LittleEndian(content.AsSpan(Importer.LengthOffset), array.Length);
        for (int dimension = 0; rank > 1 && dimension < rank; dimension++)
            BinaryPrimitives.WriteInt32LittleEndian(content.AsSpan(Importer.ArrayOffset + (4 * dimension)), lengths[dimension]);
        List<Relocation> relocations = [];
        int place = first;
        foreach (object? item in array)
        {
            Write(content, place, element, item, relocations);
            place += size;
        }

        _objects[index] = new DataObject(symbol, SymbolNames.Of(array.GetType()), content, content.Length, 16, isReadOnly, relocations, null);
        return symbol;
    }

    private void Write(byte[] content, int offset, Type type, object? value, List<Relocation> relocations)
    {
        if (value is null || (type.IsFunctionPointer && value is nint and 0)) return;
        if (type.IsFunctionPointer) throw Refusal.Object(type);
        if (type.IsEnum)
        {
            type = Enum.GetUnderlyingType(type);
            value = Convert.ChangeType(value, type, System.Globalization.CultureInfo.InvariantCulture);
        }

        if (Nullable.GetUnderlyingType(type) is { } present)
        {
            // Reflection gives the value itself; the flag comes before it.
            FieldInfo[] fields = TypeLayout.Of(type).Fields;
            content[offset + TypeLayout.Of(type).OffsetOf(fields[0])] = 1;
            Write(content, offset + TypeLayout.Of(type).OffsetOf(fields[1]), present, value, relocations);
            return;
        }

        Span<byte> place = content.AsSpan(offset);
        switch (value)
        {
            case bool flag: place[0] = flag ? (byte)1 : (byte)0; break;
            case sbyte number: place[0] = (byte)number; break;
            case byte number: place[0] = number; break;
            case char number: BinaryPrimitives.WriteUInt16LittleEndian(place, number); break;
            case short number: BinaryPrimitives.WriteInt16LittleEndian(place, number); break;
            case ushort number: BinaryPrimitives.WriteUInt16LittleEndian(place, number); break;
            case int number: BinaryPrimitives.WriteInt32LittleEndian(place, number); break;
            case uint number: BinaryPrimitives.WriteUInt32LittleEndian(place, number); break;
            case long number: BinaryPrimitives.WriteInt64LittleEndian(place, number); break;
            case ulong number: BinaryPrimitives.WriteUInt64LittleEndian(place, number); break;
            case nint number: BinaryPrimitives.WriteInt64LittleEndian(place, number); break;
            case nuint number: BinaryPrimitives.WriteUInt64LittleEndian(place, number); break;
            case float number: BinaryPrimitives.WriteSingleLittleEndian(place, number); break;
            case double number: BinaryPrimitives.WriteDoubleLittleEndian(place, number); break;
            case Pointer pointer: WritePointer(place, pointer); break;
            default:
                if (type.IsValueType) WriteStruct(content, offset, type, value, relocations);
                else relocations.Add(new Relocation(offset, RelocationKind.Absolute64, Heap(value), 0));
                break;
        }
    }

    private static unsafe void WritePointer(Span<byte> place, Pointer pointer) =>
        BinaryPrimitives.WriteUInt64LittleEndian(place, (ulong)Pointer.Unbox(pointer));

    private void WriteStruct(byte[] content, int offset, Type type, object value, List<Relocation> relocations)
    {
        TypeLayout layout = TypeLayout.Of(type);
        if (layout.Scalars.All(scalar => scalar.Type.IsPrimitive || scalar.Type.IsEnum || scalar.Type.IsPointer))
        {
            // Without references, the layout is the CLR's own.
            ref byte first = ref Unsafe.As<RawObject>(value).FirstByte;
            for (int index = 0; index < layout.SizeBytes; index++) content[offset + index] = Unsafe.Add(ref first, index);
            return;
        }

        // The value's own type is that of the copy in which initialisers run.
        foreach (FieldInfo field in TypeLayout.Of(value.GetType()).Fields)
            Write(content, offset + layout.OffsetOf(field), field.FieldType, field.GetValue(value), relocations);
    }

    private string Unique(string symbol)
    {
        string unique = symbol;
        for (int number = 2; _indexOf.ContainsKey(unique); number++) unique = $"{symbol}#{number}";
        return unique;
    }

    private int Reserve(string symbol)
    {
        _indexOf.Add(symbol, _objects.Count);
        _objects.Add(null!);
        return _objects.Count - 1;
    }

    private void Add(DataObject data)
    {
        int index = Reserve(data.Symbol);
        _objects[index] = data;
    }

    private sealed class RawObject
    {
        public byte FirstByte;
    }
}
