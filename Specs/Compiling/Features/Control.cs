namespace Verification.Specs.Compiling.Features;

public static class Control
{
    public static long Run_switch_on_numbers(long a, long b)
    {
        switch (a & 15)
        {
            case 0:
                return 1;
            case 1 or 2:
                b += 5;
                goto case 4;
            case 3:
                b -= 7;
                break;
            case 4:
                b *= 3;
                goto default;
            case 9 when b > 0:
                return -b;
            default:
                b ^= 1;
                break;
        }

        return b;
    }

    public static long Run_switch_on_text(long a, long b)
    {
        string word = (a & 3) switch { 0 => "boot", 1 => "halt", 2 => "", _ => "reset now" };
        return Command(word) + Bytes(word.Length > 3 ? "ping"u8 : "pong!"u8) + Letters(word) + (word == "halt" ? 1 : 0) + (word is "boot" or "" ? 10 : 20);
    }

    public static long Run_switch_over_many_values(long a, long b) => (int)(a & 31) switch
    {
        0 => 3, 1 => 1, 2 => 4, 3 => 1, 4 => 5, 5 => 9, 6 => 2, 7 => 6, 8 => 5, 9 => 3, 10 => 5, 11 => 8, 12 => 9, 20 => 7, 25 => 9, 30 => 3, _ => b,
    };

    public static long Run_switch_expression_without_a_match(long a, long b) => Strict((int)a);

    public static long Run_patterns(long a, long b)
    {
        Point p = new((int)a, (int)b);
        object? none = null;
        int kind = p switch
        {
            { X: 0, Y: 0 } => 1,
            (1, _) => 2,
            { X: > 0 and < 10, Y: var y } when y % 2 == 1 => 3 + y,
            (_, < 0) or { X: < -5 } => 4,
            not { X: 100 } => 5,
            _ => 6,
        };
        return kind + (a is > 0 and not 7 ? 10 : 20) + (none is null ? 100 : 200) + (b is 1 or 2 or >= 100 ? 1000 : 2000) + ((a, b) is (1, 2) ? 5000 : 0) + (p is (var x, _) ? x : 0);
    }

    public static long Run_list_patterns(long a, long b)
    {
        Span<byte> bytes = stackalloc byte[(3)];
        bytes[0] = (byte)a;
        bytes[2] = (byte)b;
        return Listed(bytes) + Listed(bytes[..1]) + Listed(bytes[..0]) + Listed("\u007fELF..."u8) + (bytes is [var first, .., var last] ? first - last : 0)
            + (bytes is [_, .. var rest] ? rest.Length : 0);
    }

    public static long Run_loops(long a, long b)
    {
        long sum = 0;
        for (int i = 0, j = 10; i < j; i++, j--) sum += i * j;
        int n = (int)(a & 31);
        while (n > 0)
        {
            n--;
            if (n == 13) continue;
            if (sum > 100000) break;
            sum += n;
        }

        do sum++;
        while ((sum & 3) != 0);
        for (uint u = 5; u < 6; u--)
        {
            sum += u;
            if (u == 0) break;
        }

        for (byte x = 250; x > 5; x++) sum += x;
        return sum + b;
    }

    public static long Run_goto(long a, long b)
    {
        int rounds = 0;
    again:
        rounds++;
        a = (a >>> 1) ^ b;
        if (rounds < 9 && (a & 1) == 0) goto again;
        for (int i = 0; i < 5; i++)
        {
            for (int j = 0; j < 5; j++)
            {
                if (i * j == 6) goto found;
            }
        }

        rounds = 100;
    found:
        return a + rounds;
    }

    public static long Run_try_and_finally(long a, long b)
    {
        int n = 0;
        try
        {
            n = 1;
            try
            {
                n = (n * 2) + (int)a;
                if (a == 7) return n;
                for (int i = 0; i < 4; i++)
                {
                    try
                    {
                        if (i == (int)b) continue;
                        if (i == 3) break;
                        n += i;
                    }
                    finally
                    {
                        n = (n * 3) + 1;
                    }
                }
            }
            finally
            {
                n += 100;
                try
                {
                    n ^= 5;
                }
                finally
                {
                    n++;
                }
            }
        }
        finally
        {
            n += 1000;
            Trace = n;
        }

        return n + Trace;
    }

    public static long Run_return_in_try(long a, long b) => Outer(a) + (Trace * 7);

    public static long Run_finally_changes_what_was_returned_not(long a, long b)
    {
        long x = a;
        return Once(ref x, b) + (x * 3);
    }

    public static long Run_using(long a, long b)
    {
        int count = 0;
        using (new Guard(ref count))
        {
            if (a > 5) return count * 100;
            count += 1;
        }

        using Guard second = new(ref count);
        using (Guard third = new(ref count)) count *= 2;
        return count;
    }

    public static long Run_disposal_order(long a, long b)
    {
        Trace = 0;
        Disposed(a > b);
        return Trace;
    }

    public static long Run_a_throw_in_try_panics_at_once(long a, long b)
    {
        try
        {
            if (a == 7) throw new InvalidOperationException("thrown in try");
            Trace = 3;
        }
        finally
        {
            Trace += 5;
        }

        return Trace;
    }

    public static long Run_throw_expressions(long a, long b)
    {
        long x = a >= 0 ? a : throw new ArgumentException();
        int? y = b > -5 ? (int)b : null;
        return x + (y ?? throw new InvalidOperationException("no b"));
    }

    public static long Run_foreach_by_pattern(long a, long b)
    {
        long sum = 0;
        foreach (int item in new Countdown((int)(a & 7))) sum = (sum * 10) + item;
        foreach ((int x, long y) in new Pairs(3)) sum += x * y;
        foreach (ref int cell in new Cells(stackalloc int[3])) cell = (int)b;
        foreach (char letter in "text") sum += letter;
        foreach (int number in 3) sum += number;
        return sum;
    }

    public static long Run_local_functions(long a, long b)
    {
        int count = (int)b;
        long Captured(int by)
        {
            count += by;
            return count + a;
        }

        static long Fibonacci(int n) => n < 2 ? n : Fibonacci(n - 1) + Fibonacci(n - 2);
        long Nested(int n)
        {
            long Inner() => count * n;
            count++;
            return Inner() + Captured(n);
        }

        T Generic<T>(T value)
            where T : INumber<T> => value + T.CreateTruncating(count);
        return Captured(3) + Fibonacci((int)(a & 15)) + Nested(4) + count + Generic(a) + Generic((byte)1);
    }

    public static long Run_deep_recursion(long a, long b) => Ackermann((int)(a & 1) + 1, (int)(b & 3)) + (IsEven((int)(a & 63)) ? 1 : 0);

    public static long Run_conditional_operators(long a, long b)
    {
        bool x = a > 0 && b / a > 1 || b == 3;
        bool y = !x ^ (a == b);
        long z = a > b ? a > 10 ? 1 : 2 : b > 10 ? 3 : 4;
        return (x ? 1 : 0) + (y ? 10 : 0) + (z * 100) + (a == b | Side(ref a) & Side(ref b) ? 1000 : 0) + a + b;
    }

    public static long Run_order_of_evaluation(long a, long b)
    {
        int i = 0;
        Span<int> items = [1, 2, 3, 4];
        items[i++] = items[i] + i++;
        items[i] += i++ * (i + 1);
        long x = a;
        x += (x = b) + x++;
        return items[0] + (items[1] * 10) + (items[2] * 100) + i + x + Order(i++, i++, --i);
    }

    public static long Run_caller_information(long a, long b) => Where() + Where() + Named(a + b) + nameof(Countdown).Length + nameof(System.Numerics).Length;

    private static long Trace;

    private static long Where([CallerLineNumber] int line = 0, [CallerMemberName] string member = "") => line + member.Length;

    private static long Named(long value, [CallerArgumentExpression(nameof(value))] string text = "") => text.Length + text[0];

    private static long Order(int x, int y, int z) => x + (y * 10) + (z * 100);

    private static bool Side(ref long x) => ++x > 3;

    private static int Ackermann(int m, int n) => m == 0 ? n + 1 : n == 0 ? Ackermann(m - 1, 1) : Ackermann(m - 1, Ackermann(m, n - 1));

    private static bool IsEven(int n) => n == 0 || IsOdd(n - 1);

    private static bool IsOdd(int n) => n != 0 && IsEven(n - 1);

    private static int Strict(int x) => x switch { 0 => 5, 1 => 6, 7 => 8 };

    private static int Command(string word)
    {
        switch (word)
        {
            case "boot":
                return 1;
            case "halt":
                return 2;
            case "reset now":
                return 3;
            case "a":
            case "b":
            case "cc":
            case "dd":
                return 4;
            default:
                return 5;
        }
    }

    private static int Bytes(ReadOnlySpan<byte> word)
    {
        if (word.SequenceEqual("ping"u8)) return 100;
        return word is [(byte)'p', (byte)'o', ..] ? 200 : 300;
    }

    private static int Letters(ReadOnlySpan<char> word) => word switch { "boot" => 1000, "halt" => 2000, "" => 3000, _ => 4000 };

    private static int Listed(ReadOnlySpan<byte> bytes) => bytes switch
    {
        [] => 1,
        [0] => 2,
        [var one] => 3 + one,
        [0x7f, (byte)'E', (byte)'L', (byte)'F', ..] => 4,
        [> 5, .., < 10] => 5,
        [_, .. { Length: 2 }] => 6,
        _ => 7,
    };

    private static long Outer(long a)
    {
        try
        {
            return Inner(a);
        }
        finally
        {
            Trace++;
        }
    }

    private static long Inner(long a)
    {
        Trace = 1;
        try
        {
            if (a > 0) return a;
            Trace = 10;
        }
        finally
        {
            Trace *= 2;
        }

        return -1;
    }

    private static long Once(ref long x, long b)
    {
        try
        {
            return x + b;
        }
        finally
        {
            x = b;
        }
    }

    private static void Disposed(bool early)
    {
        using Tracer one = new(1);
        using Tracer two = new(2);
        if (early) return;
        using Tracer three = new(3);
        Trace *= 5;
    }

    private readonly record struct Point(int X, int Y);

    private readonly struct Tracer(int digit) : IDisposable
    {
        public void Dispose() => Trace = (Trace * 10) + digit;
    }

    private readonly ref struct Guard
    {
        private readonly ref int _count;

        public Guard(ref int count)
        {
            _count = ref count;
            _count++;
        }

        public void Dispose() => _count += 10;
    }

    private readonly struct Countdown(int from)
    {
        public Enumerator GetEnumerator() => new() { Current = from + 1 };

        public struct Enumerator
        {
            public int Current { readonly get; set; }

            public bool MoveNext() => --Current > 0;
        }
    }

    private struct Pairs(int count)
    {
        private int _at = -1;

        public readonly Pairs GetEnumerator() => this;

        public readonly (int, long) Current => (_at, _at * 2L);

        public bool MoveNext() => ++_at < count;
    }

    private ref struct Cells(Span<int> cells)
    {
        private readonly Span<int> _cells = cells;
        private int _at = -1;

        public readonly Cells GetEnumerator() => this;

        public readonly ref int Current => ref _cells[_at];

        public bool MoveNext() => ++_at < _cells.Length;
    }
}

internal static class NumberExtensions
{
    public static Counter GetEnumerator(this int count) => new(count);

    public struct Counter(int count)
    {
        public int Current { readonly get; private set; }

        public bool MoveNext() => ++Current <= count;
    }
}
