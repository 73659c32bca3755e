namespace Verification.Specs.Compiling.Features;

public static unsafe class Statics
{
    public static long Run_tables(long a, long b) =>
        Tables.Primes[(int)(a & 7)] + Tables.Crc[(int)(b & 255)] + Tables.Points[1].Y + Tables.Jagged[1][2] + Tables.Words[(int)(a & 1)].Length + Tables.Primes.Length + (Tables.Flags[2] ? 1 : 0);

    public static long Run_tables_by_foreach(long a, long b)
    {
        long sum = 0;
        foreach (int prime in Tables.Primes) sum = (sum * 3) + prime;
        foreach (string word in Tables.Words) sum += word[0];
        foreach (ref readonly Point point in Tables.Points.AsSpan()) sum += point.X * a;
        ReadOnlySpan<uint> crc = Tables.Crc;
        return sum + crc[^1] + crc[..5].Length;
    }

    public static long Run_constants_from_constructors(long a, long b) => Tables.Magic + Tables.Origin.Y + Constructed.Sum + Constructed.Text.Length + (long)Constructed.Big + Constructed.Limit.Value + a;

    public static long Run_variables(long a, long b)
    {
        Variables.Count += (int)a;
        Variables.Count++;
        Variables.Cells[1] = b;
        ref long cell = ref Variables.Cells[2];
        cell = a;
        Variables.State.Left = (byte)b;
        Variables.State.Inner.Depth++;
        Variables.Buffer.Bytes[3] = (byte)a;
        return Variables.Count + Variables.Cells[0] + Variables.Cells[1] + cell + Variables.State.Left + Variables.State.Inner.Depth + Variables.Buffer.Bytes[3] + Variables.Preset + Variables.Where;
    }

    public static long Run_properties(long a, long b)
    {
        Variables.Level = (int)a;
        Variables.Level += 3;
        return Variables.Level + Variables.Twice;
    }

    public static long Run_volatile_statics(long a, long b)
    {
        Variables.Ready = (int)a;
        while (Variables.Ready > 1000) Variables.Ready >>= 2;
        return Variables.Ready;
    }

    public static long Run_atomics(long a, long b)
    {
        int v = 5;
        int old = Interlocked.CompareExchange(ref v, (int)a, 5);
        old += Interlocked.Add(ref v, 3) + Interlocked.Increment(ref v) + Interlocked.Decrement(ref v);
        old += Interlocked.Exchange(ref v, (int)b) + Interlocked.And(ref v, 0xff) + Interlocked.Or(ref v, 0x100);
        long w = a;
        w = Interlocked.Increment(ref w) + Interlocked.Exchange(ref w, b) + Interlocked.Read(ref w) + Interlocked.CompareExchange(ref w, a, b);
        Interlocked.MemoryBarrier();
        Volatile.Write(ref v, v + 1);
        nint pointer = (nint)a;
        Interlocked.CompareExchange(ref pointer, 7, (nint)a);
        uint u = (uint)b;
        return (old * 1000L) + v + w + Volatile.Read(ref w) + pointer + Interlocked.Or(ref u, 3) + u;
    }

    public static long Run_atomics_on_parts_of_words(long a, long b)
    {
        Parts parts = new() { A = (byte)a, B = (byte)b, C = (ushort)a, D = -1, F = 2.5f, E = true };
        long sum = Interlocked.Exchange(ref parts.B, 200) + Interlocked.CompareExchange(ref parts.A, 9, (byte)a) + Interlocked.CompareExchange(ref parts.A, 10, 8);
        sum = (sum * 3) + Interlocked.Exchange(ref parts.C, 4711) + Interlocked.CompareExchange(ref parts.D, 5, -1) + (Interlocked.Exchange(ref parts.E, false) ? 1 : 0);
        sum += (long)Interlocked.Exchange(ref parts.F, 8.5f) + (long)parts.F + (int)Interlocked.Exchange(ref parts.K, Kind.Second);
        return (sum * 5) + parts.A + parts.B + parts.C + parts.D + (parts.E ? 1 : 2) + (int)parts.K;
    }

    public static long Run_a_spin_lock(long a, long b)
    {
        SpinLocked locked = default;
        locked.Add(a);
        locked.Add(b);
        return locked.Total;
    }

    public static long Run_strings(long a, long b)
    {
        string text = a > b ? "first of two" : "second";
        long sum = text.Length + text[3] + text[^1];
        foreach (char letter in text) sum = (sum * 3) + letter;
        ReadOnlySpan<char> part = text.AsSpan(2, 3);
        return sum + part[1] + (text == "second" ? 1 : 2) + text.IndexOf('s') + (text.AsSpan().StartsWith("fir") ? 10 : 20) + (text.Contains('o') ? 1 : 0) + string.CompareOrdinal(text, "g")
            + (string.IsNullOrEmpty(text) ? 5 : 6) + text.LastIndexOf('e') + Greeting.Length;
    }

    public static long Run_a_null_string(long a, long b)
    {
        string? text = a == 7 ? null : "seven";
        return text!.Length;
    }

    public static long Run_a_null_array(long a, long b)
    {
        int[]? items = a == 7 ? null : Tables.Primes;
        return items![1];
    }

    public static long Run_an_interpolated_string_handler(long a, long b)
    {
        Span<byte> buffer = stackalloc byte[64];
        Text text = new(buffer);
        text.Append($"a is {a}, b is {(int)b:x}{(a > 0 ? "!" : "")} {'c'}");
        text.Append($"none");
        return text.Hash();
    }

    private const string Greeting = "good " + "day";

    private enum Kind
    {
        First,
        Second,
    }

    private struct Parts
    {
        public byte A, B;
        public ushort C;
        public short D;
        public bool E;
        public float F;
        public Kind K;
    }

    private struct SpinLocked
    {
        private int _lock;
        private long _total;

        public readonly long Total => _total;

        public void Add(long by)
        {
            while (Interlocked.CompareExchange(ref _lock, 1, 0) != 0) Thread.SpinWait(1);
            _total += by;
            Volatile.Write(ref _lock, 0);
        }
    }
}

internal readonly record struct Point(int X, long Y);

internal static class Tables
{
    public static readonly int[] Primes = [2, 3, 5, 7, 11];
    public static readonly bool[] Flags = [true, false, true];
    public static readonly uint[] Crc = Make();
    public static readonly Point[] Points = [new(1, 2), new(3, 4)];
    public static readonly int[][] Jagged = [[1], [2, 3, 4]];
    public static readonly string[] Words = ["zero", "eleven"];
    public static readonly long Magic = 0x1234_5678_9L * 3;
    public static readonly Point Origin = new(3, 4);

    private static uint[] Make()
    {
        uint[] table = new uint[256];
        for (uint i = 0; i < 256; i++)
        {
            uint c = i;
            for (int k = 0; k < 8; k++) c = (c & 1) != 0 ? 0xEDB88320 ^ (c >> 1) : c >> 1;
            table[i] = c;
        }

        return table;
    }
}

internal static class Constructed
{
    public static readonly long Sum;
    public static readonly string Text;
    public static readonly Int128 Big = (Int128)5 << 40;
    public static readonly int? Limit = 12;

    static Constructed()
    {
        for (int i = 0; i < 10; i++) Sum += i * i;
        Text = string.Concat("made ", "here ", Sum.ToString());
        if (Sum < 0) throw new InvalidOperationException();
    }
}

internal static unsafe class Variables
{
    public static int Count = 3;
    public static long Preset = 0x77;
    public static Cells Cells;
    public static State State = new() { Left = 5 };
    public static ByteBuffer Buffer;
    public static volatile int Ready;
    public static readonly int Where = Tables.Primes[3];

    public static int Level { get; set; } = 4;

    public static int Twice => Level * 2;
}

[InlineArray(4)]
internal struct Cells
{
    private long _item;
}

internal struct State
{
    public byte Left;
    public Level Inner;
}

internal struct Level
{
    private int _depth;

    public int Depth { readonly get => _depth; set => _depth = value * 2; }
}

internal unsafe struct ByteBuffer
{
    public fixed byte Bytes[8];
}

internal ref struct Text(Span<byte> buffer)
{
    private readonly Span<byte> _buffer = buffer;
    private int _length;

    public void Append([InterpolatedStringHandlerArgument("")] ref Handler handler) => _length = handler.Length;

    public readonly long Hash()
    {
        long hash = _length;
        foreach (byte item in _buffer[.._length]) hash = (hash * 31) + item;
        return hash;
    }

    [InterpolatedStringHandler]
    public ref struct Handler
    {
        private readonly Span<byte> _buffer;

        public Handler(int literalLength, int formattedCount, Text text)
        {
            _buffer = text._buffer;
            Length = text._length;
        }

        public int Length { get; private set; }

        public void AppendLiteral(string text)
        {
            foreach (char letter in text) Put((byte)letter);
        }

        public void AppendFormatted(string text) => AppendLiteral(text);

        public void AppendFormatted(char letter) => Put((byte)letter);

        public void AppendFormatted(long value)
        {
            if (value < 0) Put((byte)'-');
            ulong rest = value < 0 ? (ulong)-value : (ulong)value;
            int start = Length;
            do
            {
                Put((byte)('0' + (rest % 10)));
                rest /= 10;
            }
            while (rest != 0);
            _buffer[start..Length].Reverse();
        }

        public void AppendFormatted(int value, string format)
        {
            for (int shift = 28; shift >= 0; shift -= 4) Put("0123456789abcdef"u8[(value >> shift) & 15]);
            if (format != "x") Put((byte)'?');
        }

        private void Put(byte value) => _buffer[Length++] = value;
    }
}
