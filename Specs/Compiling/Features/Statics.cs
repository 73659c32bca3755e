namespace Verification.Specs.Compiling.Features;

public static unsafe class Statics
{
    private static readonly Guid s_id = new("00112233-4455-6677-8899-aabbccddeeff");

    public static long Run_parsed_initialiser(long a, long b) => MemoryMarshal.AsBytes(new ReadOnlySpan<Guid>(in s_id))[(int)(a & 15)] + s_id.GetHashCode();

    public static long Run_dates_and_empty_arrays(long a, long b) =>
        s_start.Ticks + s_start.AddSeconds(a & 0xffffff).Minute + (int)s_start.DayOfWeek + s_none.Length + Array.Empty<long>().Length + CountOf() + (Array.Empty<int>().Length == 0 ? 1 : 2);

    private static readonly DateTime s_start = new DateTime(2024, 2, 29).AddDays(400);

    private static readonly int[] s_none = [];

    private static int CountOf(params short[] items) => items.Length;

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

    public static long Run_tables_of_several_dimensions(long a, long b)
    {
        int x = (int)a & 3;
        long sum = Grids.Times[x, (int)b & 7] + (Grids.Cubes[1, x, 2] * 3) + Grids.Corners[x & 1, 1].Y;
        foreach (int item in Grids.Times) sum = (sum * 3) + item;
        Grids.Times[x, 2] += (int)a;
        Grids.Corners[1, 0] = new Point { X = (int)b, Y = 2 };
        ref byte cell = ref Grids.Cubes[0, 1, 1];
        cell ^= (byte)a;
        byte[,,] cubes = Grids.Cubes;
        for (int dimension = 0; dimension < cubes.Rank; dimension++) sum += cubes.GetLength(dimension) * cubes.GetUpperBound(dimension);
        return sum + Grids.Times[x, 2] + cubes[0, 1, 1] + Grids.Corners[1, 0].X + Grids.Times.Length + cubes[x & 1, (int)b & 1, 0];
    }

    public static long Run_tables_of_several_dimensions_out_of_bounds(long a, long b) => Grids.Times[(int)a, (int)b];

    public static long Run_tables_of_several_dimensions_by_wide_indices(long a, long b) => Grids.Times[a, b & 7] + Grids.Times[(nint)a << 32, (uint)b & 7];

    public static long Run_operations_on_arrays(long a, long b)
    {
        Array.Clear(Arrays.Texts, 0, 1);
        Array.Copy(Arrays.Numbers, (int)a & 1, Arrays.Others, 1, 2);
        Array.Fill(Arrays.Others, (short)b, 3, 1);
        Array.Sort(Arrays.Numbers);
        Array.Reverse(Arrays.Others);
        Array.Copy(Arrays.Days, 0, Arrays.Days, 1, 2);
        Array.Clear(a > 0 ? Arrays.Others : Arrays.Numbers, 0, 1);
        long sum = Array.IndexOf(Arrays.Numbers, (short)a) + Array.LastIndexOf(Arrays.Days, DayOfWeek.Friday) + Arrays.Others.LongLength;
        foreach (short number in Arrays.Numbers) sum = (sum * 31) + number;
        foreach (short number in Arrays.Others) sum = (sum * 31) + number;
        foreach (DayOfWeek day in Arrays.Days) sum = (sum * 31) + (int)day;
        Array.Clear(Arrays.Numbers);
        return sum + Arrays.Numbers[(int)b & 3] + (Arrays.Texts[0] is null ? 1 : 0) + Arrays.Texts[1].Length;
    }

    public static long Run_parts_of_arrays_out_of_bounds(long a, long b)
    {
        if (a > b) Array.Clear(Arrays.Numbers, (int)a, (int)b);
        Array.Copy(Arrays.Numbers, (int)a, Arrays.Others, (int)b, 2);
        Array.Clear(a == 0 ? Arrays.None! : Arrays.Numbers);
        return Arrays.Others[1];
    }

    public static long Run_a_dimension_that_there_is_not(long a, long b) => Grids.Times.GetLength((int)a) + (a > 5 ? Grids.None![(int)a, 0] : 0);

    public static long Run_initialisers_that_call_themselves(long a, long b) => Recursive.Moves[(int)a & 7] + Recursive.Deep + Recursive.Ackermann + Recursive.Caught + Recursive.Of<int>.Depth;

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

internal static class Arrays
{
    public static readonly short[] Numbers = [5, 1, 4, 2];
    public static readonly short[] Others = [9, 8, 7, 6, 5];
    public static readonly string[] Texts = ["one", "three"];
    public static readonly DayOfWeek[] Days = [DayOfWeek.Friday, DayOfWeek.Monday, DayOfWeek.Sunday];
    public static short[]? None;
}

internal static class Grids
{
    public static readonly int[,] Times = Multiply(4, 8);
    public static readonly byte[,,] Cubes = { { { 1, 2, 3 }, { 4, 5, 6 }, { 7, 8, 9 }, { 10, 11, 12 } }, { { 13, 14, 15 }, { 16, 17, 18 }, { 19, 20, 21 }, { 22, 23, 24 } } };
    public static readonly Point[,] Corners = { { new Point { X = 1, Y = 2 }, new Point { X = 3, Y = 4 } }, { new Point { X = 5, Y = 6 }, new Point { X = 7, Y = 8 } } };
    public static readonly int[,]? None;

    private static int[,] Multiply(int rows, int columns)
    {
        int[,] times = new int[rows, columns];
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++) times[row, column] = row * column;
        }

        return times;
    }
}

internal static class Recursive
{
    public static readonly long[] Moves = Make();
    public static readonly long Deep = Depth(5000);
    public static readonly long Ackermann = Grow(2, 7);
    public static readonly long Caught = Divide(7, 0);

    private static long[] Make()
    {
        long[] moves = new long[8];
        for (int discs = 0; discs < moves.Length; discs++) moves[discs] = Move(discs);
        return moves;
    }

    private static long Move(int discs) => discs == 0 ? 0 : (2 * Move(discs - 1)) + 1;

    private static long Depth(int n) => n == 0 ? 1 : 1 + Depth(n - 1);

    private static long Grow(long m, long n) => m == 0 ? n + 1 : n == 0 ? Grow(m - 1, 1) : Grow(m - 1, Grow(m, n - 1));

    private static long Divide(long x, long y)
    {
        Span<long> tried = stackalloc long[4];
        try
        {
            foreach (ref long item in tried) item = x / y--;
        }
        catch (DivideByZeroException)
        {
            return -1 - tried[0];
        }
        finally
        {
            tried.Clear();
        }

        switch (x)
        {
            case 1: return 5;
            case 2: return 6;
            case 3: return 7;
            case 4: return 8;
            default: return tried[3];
        }
    }

    public static class Of<T>
        where T : unmanaged
    {
        public static readonly long Depth = Size<T>(3);

        private static long Size<TItem>(int levels) => levels == 0 ? Unsafe.SizeOf<TItem>() : Size<TItem>(levels - 1) + Unsafe.SizeOf<T>();
    }
}
