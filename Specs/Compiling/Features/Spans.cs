using System.Buffers.Text;
using System.Collections.Generic;
using System.Text;

namespace Verification.Specs.Compiling.Features;

public static unsafe class Spans
{
    private static ReadOnlySpan<byte> Digits => "0123456789abcdef"u8;

    private static ReadOnlySpan<int> Numbers => [5, -3, 8, 1, 9, -7, 2, 6];

    public static long Run_stackalloc_of_sizes(long a, long b) => Sizes<int>(a) + Sizes<Int128>(b) + Sizes<byte>(a + b);

    public static long Run_stackalloc_that_comes_once(long a, long b)
    {
        for (int round = 0; round < 10; round++)
        {
            if (round != (a & 15)) continue;
            Span<long> words = stackalloc long[4];
            words[round & 3] = b;
            return words[(int)(b & 3)] + round;
        }

        do
        {
            Span<byte> bytes = stackalloc byte["text".Length + s_extra];
            bytes[^1] = (byte)a;
            if (b > 5) return bytes[^1];
        }
        while (false);

        return -1;
    }

    private static readonly int s_extra = 3 * 4;

    private static unsafe long Sizes<T>(long value)
        where T : unmanaged
    {
        Span<byte> bytes = stackalloc byte[32 + sizeof(T)];
        Span<T> items = stackalloc T[checked(2 * Unsafe.SizeOf<T>() - 1)];
        byte* raw = stackalloc byte[(int)(sizeof(T) << 1) | 1];
        bytes[^1] = (byte)value;
        raw[sizeof(T)] = (byte)(value >> 3);
        return bytes.Length + items.Length * 100 + bytes[31 + sizeof(T)] + raw[sizeof(T)] * 7;
    }

    public static long Run_slices_ranges_and_indices(long a, long b)
    {
        ReadOnlySpan<byte> text = Digits;
        Index last = ^1;
        Range middle = 2..^3;
        ReadOnlySpan<byte> part = text[middle];
        return text[last] + part.Length + part[^2] + text[..5][4] + text[10..][0] + text.Slice(3, 4)[1] + text[(int)(a & 15)] + text[(int)(b & 7)..].Length;
    }

    public static long Run_a_slice_out_of_range(long a, long b) => Digits.Slice((int)(a & 31), (int)(b & 15)).Length;

    public static long Run_an_index_out_of_range(long a, long b) => Numbers[(int)a & 15] + Numbers[^(int)(1 + (b & 15))];

    public static long Run_stackalloc(long a, long b)
    {
        Span<byte> bytes = stackalloc byte[24];
        Span<long> longs = stackalloc long[] { a, b, 3 };
        Span<Cell> cells = stackalloc Cell[4];
        bytes[(int)(a & 15)] = (byte)b;
        cells[1].Value = longs[1];
        cells[2] = cells[1];
        cells[2].Tag++;
        longs[2] ^= cells[2].Value;
        int* raw = stackalloc int[4];
        raw[3] = (int)a;
        long sum = 0;
        foreach (byte item in bytes) sum = (sum * 3) + item;
        foreach (ref Cell cell in cells)
        {
            cell.Tag += 2;
            sum += cell.Tag + cell.Value;
        }

        return sum + longs[0] + longs[2] + raw[3] + raw[0];
    }

    public static long Run_stackalloc_in_an_expression(long a, long b)
    {
        Span<int> chosen = a > b ? stackalloc int[3] : stackalloc int[5];
        chosen[2] = 7;
        return chosen.Length + chosen[2] + Sum(stackalloc int[] { (int)a, 2, (int)b });
    }

    [SkipLocalsInit]
    public static long Run_without_zeroed_locals(long a, long b)
    {
        Span<long> cells = stackalloc long[8];
        cells.Fill(a);
        cells[3] = b;
        return Sum(cells);
    }

    public static long Run_collection_expressions(long a, long b)
    {
        Span<long> items = [a, b, 1, 2, (long)a ^ b];
        ReadOnlySpan<char> letters = ['a', 'b', (char)('c' + (b & 3))];
        ReadOnlySpan<uint> table = [1, 2, 4, 8];
        Span<byte> none = [];
        return Sum(items) + letters[2] + table[(int)(a & 3)] + none.Length + Count(1, 2, 3) + Count((int)a) + Count();
    }

    public static long Run_copying_and_filling(long a, long b)
    {
        Span<byte> bytes = stackalloc byte[40];
        bytes.Fill((byte)a);
        Digits.CopyTo(bytes[8..]);
        bytes[3..30].CopyTo(bytes[(int)(b & 7)..]);
        bytes[20..].Clear();
        Span<byte> tail = bytes[30..];
        bool copied = Digits.TryCopyTo(tail);
        bytes[..10].Reverse();
        return Hash(bytes) + (copied ? 1 : 0) + tail.Length;
    }

    public static long Run_copying_too_much(long a, long b)
    {
        Span<byte> bytes = stackalloc byte[8];
        Digits[..(int)(a & 15)].CopyTo(bytes);
        return bytes[7];
    }

    public static long Run_searching(long a, long b)
    {
        Span<int> numbers = stackalloc int[8];
        Numbers.CopyTo(numbers);
        numbers[(int)(a & 7)] = (int)b;
        return numbers.IndexOf(9) + (numbers.LastIndexOf(2) * 10) + (numbers.Contains(6) ? 100 : 0) + (Digits.IndexOf("89"u8) * 1000) + Digits.IndexOfAny((byte)'b', (byte)'e')
            + Digits.IndexOfAnyExcept((byte)'0') + (Digits.StartsWith("012"u8) ? 7 : 8) + (Digits.EndsWith("ef"u8) ? 7 : 8) + Digits.SequenceCompareTo("0123x"u8)
            + (numbers.SequenceEqual(Numbers) ? 5 : 6) + numbers.Count(1) + Digits.IndexOfAnyInRange((byte)'a', (byte)'c') + numbers.CommonPrefixLength(Numbers);
    }

    public static long Run_sorting(long a, long b)
    {
        Span<int> numbers = stackalloc int[8];
        Numbers.CopyTo(numbers);
        numbers[3] = (int)a;
        numbers[5] = (int)b;
        Sort(numbers);
        return Sum(numbers[..4]) * 31 + numbers[4] + (numbers.BinarySearch(8) >= 0 ? 3 : 4);
    }

    public static long Run_sorting_by_the_base_library(long a, long b)
    {
        Span<int> numbers = stackalloc int[40];
        Scatter(numbers, a, b);
        numbers.Sort();
        long sum = Sum(numbers);
        Scatter(numbers, b, a);
        Span<byte> places = stackalloc byte[40];
        for (int i = 0; i < places.Length; i++) places[i] = (byte)i;
        numbers.Sort(places);
        Span<UInt128> wide = [(ulong)b, (UInt128)(ulong)a << 70, 3, UInt128.MaxValue];
        wide.Sort(Comparer<UInt128>.Default);
        Span<DayOfWeek> days = [(DayOfWeek)(a & 7), DayOfWeek.Friday, (DayOfWeek)(b & 7)];
        days.Sort();
        Span<int?> some = [(int)a, null, (int)b, null];
        some.Sort();
        return sum ^ Hash(places) ^ (long)wide[1] ^ Sum(numbers) ^ (int)days[0] ^ ((int)days[2] << 3) ^ some[2]!.Value ^ (some[1] is null ? 1 : 2);
    }

    public static long Run_sorting_by_a_struct_that_compares(long a, long b)
    {
        Span<int> numbers = stackalloc int[50];
        Scatter(numbers, a, b);
        Span<Cell> cells = stackalloc Cell[50];
        for (int i = 0; i < cells.Length; i++) cells[i] = new Cell { Tag = i % 4, Value = numbers[i] };
        // Many are equal: where they come to lie the algorithm decides.
        cells.Sort(new ByTag());
        numbers.Sort(cells, new Downwards());
        long sum = Sum(numbers);
        foreach (Cell cell in cells) sum = (sum * 3) + cell.Value + cell.Tag;
        return sum + numbers.BinarySearch((int)a, new Downwards());
    }

    public static long Run_searching_for_values_without_equality_of_their_own(long a, long b)
    {
        Span<DayOfWeek> days = [(DayOfWeek)(a & 7), DayOfWeek.Friday, (DayOfWeek)(b & 7)];
        Span<int?> some = [(int)a, null, (int)b];
        return days.IndexOf(DayOfWeek.Friday) + (days.Contains((DayOfWeek)9) ? 10 : 20) + some.LastIndexOf((int?)null) + some.Count((int)b) + (some.SequenceEqual([null, 1, 2]) ? 100 : 200);
    }

    private static void Scatter(Span<int> numbers, long a, long b)
    {
        ulong state = ((ulong)a * 6364136223846793005) ^ (ulong)b ^ 1442695040888963407;
        foreach (ref int number in numbers)
        {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            number = (int)(state >> 40) % 100;
        }
    }

    private struct ByTag : IComparer<Cell>
    {
        private long _comparisons;

        // Later comparisons say otherwise: there is one comparer for all of them.
        public int Compare(Cell x, Cell y) => ++_comparisons > 300 ? y.Value.CompareTo(x.Value) : x.Tag.CompareTo(y.Tag);
    }

    private readonly struct Downwards : IComparer<int>
    {
        public int Compare(int x, int y) => y.CompareTo(x);
    }

    public static long Run_seeing_memory_as_another_type(long a, long b)
    {
        Span<long> longs = [a, b];
        Span<byte> bytes = MemoryMarshal.AsBytes(longs);
        Span<ushort> shorts = MemoryMarshal.Cast<byte, ushort>(bytes[2..]);
        shorts[1] = 0x1234;
        ref int first = ref MemoryMarshal.GetReference(MemoryMarshal.Cast<long, int>(longs));
        Unsafe.Add(ref first, 2) ^= 5;
        Cell cell = MemoryMarshal.Read<Cell>(bytes);
        MemoryMarshal.Write(bytes, in cell);
        Span<int> one = MemoryMarshal.CreateSpan(ref first, 1);
        return longs[0] ^ longs[1] ^ cell.Value ^ one[0] ^ shorts.Length ^ Unsafe.ReadUnaligned<int>(ref bytes[3]) ^ Unsafe.As<long, double>(ref longs[0]).GetHashCode();
    }

    public static long Run_big_and_little_endian(long a, long b)
    {
        Span<byte> bytes = stackalloc byte[40];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, (ulong)a);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[9..], (uint)b);
        BinaryPrimitives.WriteInt16BigEndian(bytes[15..], (short)a);
        BinaryPrimitives.WriteInt128LittleEndian(bytes[18..], (Int128)a * b);
        return BinaryPrimitives.ReadInt64LittleEndian(bytes) ^ BinaryPrimitives.ReadUInt16BigEndian(bytes[13..]) ^ BinaryPrimitives.ReadInt32BigEndian(bytes[7..])
            ^ BinaryPrimitives.ReverseEndianness(b) ^ BinaryPrimitives.ReverseEndianness((ushort)a) ^ (long)(BinaryPrimitives.ReadUInt128BigEndian(bytes[17..]) >> 50)
            ^ (BinaryPrimitives.TryReadInt32LittleEndian(bytes[38..], out int rest) ? 1 : 2) ^ rest ^ BitConverter.ToInt32(bytes[5..]);
    }

    public static long Run_parsing_and_formatting(long a, long b)
    {
        Span<byte> text = stackalloc byte[96];
        int length = 0;
        Digits[..(int)(a & 15)].CopyTo(text);
        length += (int)(a & 15);
        Utf8Formatter.TryFormat(b > 0, text[length..], out int written);
        length += written;
        bool parsed = Utf8Parser.TryParse(text[..length], out long back, out int used);
        return Hash(text[..length]) + (parsed ? back : -1) + used;
    }

    public static long Run_utf_8_and_utf_16(long a, long b)
    {
        ReadOnlySpan<char> text = "Grüße, Welt €";
        Span<byte> bytes = stackalloc byte[64];
        OperationOutcome(System.Text.Unicode.Utf8.FromUtf16(text, bytes, out int read, out int written), out int status);
        Rune.DecodeFromUtf8(bytes[2..], out Rune rune, out int taken);
        return status + read + (written * 100) + rune.Value + taken + (Ascii.IsValid(bytes[..2]) ? 1 : 0) + text.IndexOf('W') + (char.IsAsciiLetterUpper((char)('a' + (a & 7))) ? 1 : 2);
    }

    public static long Run_moving_memory(long a, long b)
    {
        byte* memory = stackalloc byte[64];
        for (int i = 0; i < 64; i++) memory[i] = (byte)(i * 7);
        Buffer.MemoryCopy(memory, memory + 5, 59, 40);
        Unsafe.CopyBlockUnaligned(memory + 1, memory + 30, (uint)(a & 31));
        Unsafe.InitBlockUnaligned(memory + 50, (byte)b, 9);
        new Span<byte>(memory, 64).Slice(8, 20).CopyTo(new Span<byte>(memory + 10, 54));
        return Hash(new ReadOnlySpan<byte>(memory, 64));
    }

    public static long Run_hash_codes(long a, long b) =>
        // Seeds are a process's own: only that equal values agree is the same everywhere.
        (HashCode.Combine(a, b) == HashCode.Combine(a, b) ? 1 : 0) + (a, (int)b).Equals((a, (int)b)).GetHashCode() + a.GetHashCode() + ((int)b).GetHashCode() + (byte)a.CompareTo(b) + 'x'.GetHashCode();

    private struct Cell
    {
        // As wide as the value: what padding holds is nobody's business.
        public long Tag;
        public long Value;
    }

    private static void OperationOutcome(System.Buffers.OperationStatus status, out int number) => number = (int)status;

    private static int Count(params ReadOnlySpan<int> items)
    {
        int sum = items.Length;
        foreach (int item in items) sum += item;
        return sum;
    }

    private static long Sum(ReadOnlySpan<long> items)
    {
        long sum = 0;
        foreach (long item in items) sum = (sum * 3) + item;
        return sum;
    }

    private static long Sum(ReadOnlySpan<int> items)
    {
        long sum = 0;
        for (int i = items.Length - 1; i >= 0; i--) sum = (sum * 3) + items[i];
        return sum;
    }

    private static long Hash(ReadOnlySpan<byte> bytes)
    {
        ulong hash = 14695981039346656037;
        foreach (byte item in bytes) hash = (hash ^ item) * 1099511628211;
        return (long)hash;
    }

    private static void Sort<T>(Span<T> items)
        where T : IComparable<T>
    {
        for (int i = 1; i < items.Length; i++)
        {
            T item = items[i];
            int j = i - 1;
            for (; j >= 0 && items[j].CompareTo(item) > 0; j--) items[j + 1] = items[j];
            items[j + 1] = item;
        }
    }
}
