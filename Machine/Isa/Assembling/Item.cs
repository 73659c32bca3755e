namespace Verification.Machine.Isa.Assembling;

/// <summary>Something with a size in a section.</summary>
internal abstract class Item(int line)
{
    internal int Line { get; } = line;

    internal long Offset { get; set; }

    internal abstract long SizeAt(long offset);

    /// <summary>Grows where its target is out of reach.</summary>
    /// <returns>Whether the size changed.</returns>
    internal virtual bool Relax(Resolver resolver) => false;

    /// <summary>Writes the bytes, and what waits for symbols.</summary>
    internal abstract void Emit(Resolver resolver, List<byte> bytes, List<Relocation> relocations);
}

/// <summary>Bytes as they are.</summary>
internal sealed class BytesItem(int line, byte[] content) : Item(line)
{
    internal override long SizeAt(long offset) => content.Length;

    internal override void Emit(Resolver resolver, List<byte> bytes, List<Relocation> relocations) =>
        bytes.AddRange(content);
}

/// <summary>The same byte many times.</summary>
internal sealed class FillItem(int line, long sizeBytes, byte fill) : Item(line)
{
    internal override long SizeAt(long offset) => sizeBytes;

    internal override void Emit(Resolver resolver, List<byte> bytes, List<Relocation> relocations)
    {
        var start = bytes.Count;
        System.Runtime.InteropServices.CollectionsMarshal.SetCount(bytes, start + (int)sizeBytes);
        System.Runtime.InteropServices.CollectionsMarshal.AsSpan(bytes)[start..].Fill(fill);
    }
}

/// <summary>Room up to the next multiple of a power of two, filled with <c>nop</c> in code.</summary>
internal sealed class AlignItem(int line, long alignmentBytes, byte? fill, long mostBytes) : Item(line)
{
    internal override long SizeAt(long offset)
    {
        var size = -offset & (alignmentBytes - 1);
        return size <= mostBytes ? size : 0;
    }

    internal override void Emit(Resolver resolver, List<byte> bytes, List<Relocation> relocations)
    {
        var rest = SizeAt(Offset);
        if (fill is { } value)
        {
            for (; rest > 0; rest--)
                bytes.Add(value);
            return;
        }

        for (; rest % 2 != 0; rest--)
            bytes.Add(0);
        if (rest % 4 != 0)
        {
            bytes.AddRange([0x01, 0x00]);
            rest -= 2;
        }

        for (; rest > 0; rest -= 4)
            bytes.AddRange([0x13, 0x00, 0x00, 0x00]);
    }
}

/// <summary>A number of <c>.word</c> and its kind, that may wait for a symbol.</summary>
internal sealed class DataItem(int line, Expression expression, int sizeBytes) : Item(line)
{
    internal override long SizeAt(long offset) => sizeBytes;

    internal override void Emit(Resolver resolver, List<byte> bytes, List<Relocation> relocations)
    {
        var value = resolver.Evaluate(expression, Line);
        var place = (int)Offset;
        if (value.Subtracted is { } subtracted)
        {
            if (value.Symbol is { } symbol)
                relocations.Add(new(place, Pick(RelocationKind.Add8, RelocationKind.Add16, RelocationKind.Add32, RelocationKind.Add64), symbol, value.Number));
            relocations.Add(new(place, Pick(RelocationKind.Subtract8, RelocationKind.Subtract16, RelocationKind.Subtract32, RelocationKind.Subtract64), subtracted, 0));
            value = default;
        }
        else if (value.Symbol is { } symbol)
        {
            var kind = Pick(RelocationKind.None, RelocationKind.None, RelocationKind.Absolute32, RelocationKind.Absolute64);
            if (kind == RelocationKind.None)
                throw new AssemblyException(Line, $"The address of «{symbol}» does not fit {sizeBytes} bytes.");
            relocations.Add(new(place, kind, symbol, value.Number));
            value = default;
        }
        else if (sizeBytes < 8 && value.Number >> (8 * sizeBytes) is not (0 or -1))
        {
            throw new AssemblyException(Line, $"{value.Number} does not fit {sizeBytes} bytes.");
        }

        for (var i = 0; i < sizeBytes; i++)
            bytes.Add((byte)(value.Number >> (8 * i)));
    }

    private RelocationKind Pick(RelocationKind one, RelocationKind two, RelocationKind four, RelocationKind eight) =>
        sizeBytes switch { 1 => one, 2 => two, 4 => four, _ => eight };
}
