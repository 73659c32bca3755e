using System.Buffers.Binary;
using System.Text;

namespace Verification.Machine.Devicetree;

/// <summary>
/// A name and its bytes. A property has no type of its own: what its bytes mean is the reader's knowledge, so the same value
/// answers as cells, as strings or as bytes (Devicetree Specification v0.4, section 2.2.4).
/// </summary>
public sealed class DevicetreeProperty
{
    private readonly byte[] value;

    /// <summary>A property; the bytes are kept, not copied.</summary>
    /// <param name="name">1 to 31 characters by the specification; longer ones exist and are taken.</param>
    /// <param name="value">The value, empty for a property that only says true.</param>
    public DevicetreeProperty(string name, byte[] value)
    {
        DevicetreeName.Require(name, "property");
        Name = name;
        this.value = value;
    }

    /// <summary>The name, as in <c>reg</c> or <c>#address-cells</c>.</summary>
    public string Name { get; }

    /// <summary>The value's bytes, big-endian where they are numbers.</summary>
    public ReadOnlySpan<byte> Value => value;

    /// <summary>Length of the value.</summary>
    public int SizeBytes => value.Length;

    /// <summary>The value as 32-bit cells.</summary>
    /// <exception cref="DevicetreeFormatException">The length is no multiple of 4.</exception>
    public IReadOnlyList<uint> Cells
    {
        get
        {
            if (value.Length % 4 != 0) throw Unfit("a list of 32-bit cells");
            var cells = new uint[value.Length / 4];
            for (var i = 0; i < cells.Length; i++) cells[i] = BinaryPrimitives.ReadUInt32BigEndian(value.AsSpan(4 * i));
            return cells;
        }
    }

    /// <summary>The value as exactly one 32-bit cell.</summary>
    /// <exception cref="DevicetreeFormatException">The length is not 4.</exception>
    public uint Cell => value.Length == 4 ? BinaryPrimitives.ReadUInt32BigEndian(value) : throw Unfit("one 32-bit cell");

    /// <summary>The value as one number of one or two cells.</summary>
    /// <exception cref="DevicetreeFormatException">The length is neither 4 nor 8.</exception>
    public ulong Number => value.Length switch
    {
        4 => BinaryPrimitives.ReadUInt32BigEndian(value),
        8 => BinaryPrimitives.ReadUInt64BigEndian(value),
        _ => throw Unfit("a number of one or two cells"),
    };

    /// <summary>The value as one string, without its ending NUL.</summary>
    /// <exception cref="DevicetreeFormatException">The value isn't one NUL-terminated string.</exception>
    public string Text => Texts is [var only] ? only : throw Unfit("one string");

    /// <summary>The value as a list of strings, as in <c>compatible</c>.</summary>
    /// <exception cref="DevicetreeFormatException">The value doesn't end with a NUL.</exception>
    public IReadOnlyList<string> Texts
    {
        get
        {
            if (value.Length == 0 || value[^1] != 0) throw Unfit("NUL-terminated strings");
            var texts = new List<string>();
            for (var start = 0; start < value.Length;)
            {
                var length = value.AsSpan(start).IndexOf((byte)0);
                texts.Add(Encoding.UTF8.GetString(value, start, length));
                start += length + 1;
            }

            return texts;
        }
    }

    /// <summary>Name and size, for debuggers.</summary>
    public override string ToString() => $"{Name} ({value.Length} bytes)";

    private DevicetreeFormatException Unfit(string wanted) =>
        new($"The property '{Name}' of {value.Length} bytes does not hold {wanted}");
}
