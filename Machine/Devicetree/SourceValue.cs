using System.Buffers.Binary;

namespace Verification.Machine.Devicetree;

/// <summary>A property's value while its text is read: bytes, and the places where a reference is still to be put in.</summary>
internal sealed class SourceValue
{
    private readonly List<byte> bytes = [];

    /// <summary>References by place, ascending.</summary>
    public List<(int Offset, string Target, bool IsPath, int Position)> References { get; } = [];

    public byte[] Bytes => [.. bytes];

    public static SourceValue Read(SourceScanner scanner)
    {
        var value = new SourceValue();
        do
        {
            while (scanner.AcceptLabel() is not null) { }
            value.ReadPart(scanner);
            while (scanner.AcceptLabel() is not null) { }
        }
        while (scanner.Accept(","));
        return value;
    }

    private void ReadPart(SourceScanner scanner)
    {
        switch (scanner.Peek())
        {
            case '"':
                bytes.AddRange(scanner.String());
                bytes.Add(0);
                break;
            case '<':
                ReadCells(scanner, 32);
                break;
            case '[':
                scanner.Expect("[");
                while (!scanner.Accept("]"))
                {
                    if (scanner.AcceptLabel() is null) bytes.Add(scanner.HexadecimalByte());
                }

                break;
            case '&':
                var at = scanner.Position;
                scanner.Expect("&");
                References.Add((bytes.Count, scanner.Reference(), true, at));
                break;
            default:
                if (!scanner.Accept("/bits/")) throw scanner.Bad("A property's value begins with a quotation mark, '<', '[', '&' or /bits/");
                var bitsAt = scanner.Position;
                var bits = scanner.Number();
                if (bits is not (8 or 16 or 32 or 64)) throw scanner.BadAt(bitsAt, $"Elements have 8, 16, 32 or 64 bits, not {bits}");
                ReadCells(scanner, (int)bits);
                break;
        }
    }

    private void ReadCells(SourceScanner scanner, int bits)
    {
        scanner.Expect("<");
        while (!scanner.Accept(">"))
        {
            if (scanner.AcceptLabel() is not null) continue;
            var at = scanner.Position;
            if (scanner.Accept("&"))
            {
                if (bits != 32) throw scanner.BadAt(at, "References stand in 32-bit cells only");
                References.Add((bytes.Count, scanner.Reference(), false, at));
                Add(0xffff_ffff, 32);
                continue;
            }

            var number = SourceExpression.Primary(scanner);
            // Negative numbers come as two's complement of 64 bits.
            if (bits < 64 && number >> bits != 0 && number >> bits != ulong.MaxValue >> bits)
                throw scanner.BadAt(at, $"0x{number:x} does not fit in {bits} bits");
            Add(number, bits);
        }
    }

    private void Add(ulong number, int bits)
    {
        Span<byte> target = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(target, number);
        bytes.AddRange(target[(8 - (bits / 8))..]);
    }
}
