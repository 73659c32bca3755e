using System.Text;
using Verification.Machine.Memory;

namespace Verification.Framework.Generation;

/// <summary>Writes values of a configuration as bytes: see <see cref="ValueShape"/>.</summary>
internal sealed class ValueWriter
{
    private readonly List<byte> _bytes = [];

    /// <summary>What was written.</summary>
    public byte[] ToArray() => [.. _bytes];

    /// <summary>Writes a value of a declared type.</summary>
    public void Write(Type type, object? value)
    {
        if (Nullable.GetUnderlyingType(type) is { } inner) type = inner;
        else if (type.IsValueType)
        {
            WriteValue(type, value!);
            return;
        }

        Number(value is null ? 0u : 1u);
        if (value is not null) WriteValue(type, value);
    }

    private void WriteValue(Type type, object value)
    {
        if (type.IsEnum) Number(Convert.ToUInt64(value));
        else if (value is bool flag) Number(flag ? 1u : 0u);
        else if (value is int or long) Number((ulong)(Convert.ToInt64(value) << 1 ^ Convert.ToInt64(value) >> 63));
        else if (value is byte or ushort or uint or ulong) Number(Convert.ToUInt64(value));
        else if (value is string text) Bytes(Encoding.UTF8.GetBytes(text));
        else if (value is MemoryFill fill) Bytes(Encoding.UTF8.GetBytes(fill.ToString()));
        else if (ValueShape.ElementOf(type) is { } element) WriteList(element, (System.Collections.IEnumerable)value);
        else if (ValueShape.CasesOf(type) is { Length: > 0 } cases)
        {
            Number((ulong)Array.IndexOf(cases, value.GetType()));
            WriteRecord(value.GetType(), value);
        }
        else WriteRecord(type, value);
    }

    private void WriteList(Type element, System.Collections.IEnumerable list)
    {
        var items = list.Cast<object>().ToList();
        Number((ulong)items.Count);
        foreach (object item in items) Write(element, item);
    }

    private void WriteRecord(Type type, object value)
    {
        foreach (var property in ValueShape.PropertiesOf(type)) Write(property.PropertyType, property.GetValue(value));
    }

    private void Bytes(byte[] bytes)
    {
        Number((ulong)bytes.Length);
        _bytes.AddRange(bytes);
    }

    /// <summary>Seven bits a byte, lowest first (LEB128).</summary>
    private void Number(ulong value)
    {
        for (; value >= 0x80; value >>= 7) _bytes.Add((byte)(value | 0x80));
        _bytes.Add((byte)value);
    }
}
