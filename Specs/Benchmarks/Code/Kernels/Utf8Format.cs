namespace Verification.Specs.Benchmarks.Code.Kernels;

/// <summary>Formats log lines as UTF-8: texts, decimal and hexadecimal numbers, padded columns, characters.</summary>
internal static unsafe class Utf8Format
{
    private ref struct Writer(Span<byte> buffer)
    {
        private readonly Span<byte> _buffer = buffer;
        private int _length = 0;

        public readonly int Length => _length;

        public void Text(scoped ReadOnlySpan<byte> text)
        {
            foreach (byte value in text) Byte(value);
        }

        public void Byte(byte value)
        {
            if (_length < _buffer.Length) _buffer[_length++] = value;
        }

        public void Decimal(ulong value, int width)
        {
            Span<byte> digits = stackalloc byte[20];
            int first = digits.Length;
            do
            {
                (value, ulong digit) = Math.DivRem(value, 10);
                digits[--first] = (byte)('0' + digit);
            }
            while (value != 0);
            for (int padding = width - (digits.Length - first); padding > 0; padding--) Byte((byte)' ');
            Text(digits[first..]);
        }

        public void Hexadecimal(ulong value)
        {
            Text("0x"u8);
            int shift = 60;
            while (shift > 0 && value >> shift == 0) shift -= 4;
            for (; shift >= 0; shift -= 4) Byte("0123456789abcdef"u8[(int)(value >> shift) & 15]);
        }

        public void Character(uint scalar)
        {
            if (scalar < 0x80)
            {
                Byte((byte)scalar);
            }
            else if (scalar < 0x800)
            {
                Byte((byte)(0xc0 | scalar >> 6));
                Byte((byte)(0x80 | (scalar & 0x3f)));
            }
            else if (scalar < 0x10000)
            {
                Byte((byte)(0xe0 | scalar >> 12));
                Byte((byte)(0x80 | (scalar >> 6 & 0x3f)));
                Byte((byte)(0x80 | (scalar & 0x3f)));
            }
            else
            {
                Byte((byte)(0xf0 | scalar >> 18));
                Byte((byte)(0x80 | (scalar >> 12 & 0x3f)));
                Byte((byte)(0x80 | (scalar >> 6 & 0x3f)));
                Byte((byte)(0x80 | (scalar & 0x3f)));
            }
        }
    }

    public static ulong Run(byte* memory, int sizeBytes)
    {
        Writer writer = new(new Span<byte>(memory, sizeBytes));
        ulong state = 1;
        for (int line = 0; line < 50; line++)
        {
            state = (state * 6364136223846793005) + 1442695040888963407;
            writer.Text("hart "u8);
            writer.Decimal((ulong)line, 3);
            writer.Text(": page "u8);
            writer.Hexadecimal(state >> (line & 63));
            writer.Text(", "u8);
            writer.Decimal(state >> 32, 0);
            writer.Text(" bytes "u8);
            writer.Character((uint)(state >> 44));
            writer.Byte((byte)'\n');
        }

        return (ulong)writer.Length;
    }
}
