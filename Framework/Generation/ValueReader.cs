using System.Globalization;
using System.Reflection;
using System.Text;
using Verification.Machine.Memory;
using Verification.Machine.State;

namespace Verification.Framework.Generation;

/// <summary>Reads what a <see cref="ValueWriter"/> wrote, and trusts none of it.</summary>
internal sealed class ValueReader(byte[] bytes)
{
    private int _position;

    /// <summary>Whether all was read.</summary>
    public bool IsAtEnd => _position == bytes.Length;

    /// <summary>Reads a value of a declared type.</summary>
    /// <exception cref="FormatException">The bytes are none.</exception>
    public object? Read(Type type)
    {
        if (Nullable.GetUnderlyingType(type) is { } inner) return Number() == 0 ? null : ReadValue(inner);
        if (type.IsValueType) return ReadValue(type);
        return Number() == 0 ? null : ReadValue(type);
    }

    private object ReadValue(Type type)
    {
        if (type.IsEnum) return ReadEnum(type);
        if (type == typeof(bool)) return Number() != 0;
        if (type == typeof(int)) return checked((int)Signed());
        if (type == typeof(long)) return Signed();
        if (type == typeof(byte)) return checked((byte)Number());
        if (type == typeof(ushort)) return checked((ushort)Number());
        if (type == typeof(uint)) return checked((uint)Number());
        if (type == typeof(ulong)) return Number();
        if (type == typeof(string)) return Encoding.UTF8.GetString(Bytes());
        if (type == typeof(MemoryFill)) return Fill(Encoding.UTF8.GetString(Bytes()));
        if (ValueShape.ElementOf(type) is { } element) return ReadList(element);
        if (ValueShape.CasesOf(type) is not { Length: > 0 } cases) return ReadRecord(type);
        ulong number = Number();
        return number < (ulong)cases.Length ? ReadRecord(cases[number]) : throw new FormatException();
    }

    private object ReadEnum(Type type)
    {
        object value = Enum.ToObject(type, Number());
        return Enum.IsDefined(type, value) || type.IsDefined(typeof(FlagsAttribute), inherit: false) ? value : throw new FormatException();
    }

    private object ReadList(Type element)
    {
        int count = Count();
        var items = Array.CreateInstance(element, count);
        for (int i = 0; i < count; i++) items.SetValue(Read(element), i);
        var make = typeof(ValueList).GetMethods().Single(m => m.Name == nameof(ValueList.ToValueList)).MakeGenericMethod(element);
        return make.Invoke(null, [items])!;
    }

    private object ReadRecord(Type type)
    {
        var properties = ValueShape.PropertiesOf(type);
        try
        {
            return ValueShape.Make(type, properties, [.. properties.Select(p => Read(p.PropertyType))]);
        }
        catch (TargetInvocationException e) when (e.InnerException is ArgumentException)
        {
            throw new FormatException();
        }
    }

    /// <summary>The text of <see cref="MemoryFill"/>, whose seed has no other face.</summary>
    private static MemoryFill Fill(string text)
    {
        const string noise = "noise:0x";
        if (text == MemoryFill.Zero.ToString()) return MemoryFill.Zero;
        return text.StartsWith(noise, StringComparison.Ordinal)
            ? MemoryFill.Noise(ulong.Parse(text.AsSpan(noise.Length), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture))
            : throw new FormatException();
    }

    private byte[] Bytes()
    {
        int count = Count();
        byte[] read = bytes.AsSpan(_position, count).ToArray();
        _position += count;
        return read;
    }

    /// <summary>Each item takes at least a byte, so that no count can ask for more than was sent.</summary>
    private int Count() => Number() is var count && count <= (ulong)(bytes.Length - _position) ? (int)count : throw new FormatException();

    private long Signed() => Number() is var value ? (long)(value >> 1) ^ -(long)(value & 1) : 0;

    private ulong Number()
    {
        ulong value = 0;
        for (int shift = 0; ; shift += 7)
        {
            if (_position == bytes.Length || shift > 63) throw new FormatException();
            byte next = bytes[_position++];
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80) return value;
        }
    }
}
