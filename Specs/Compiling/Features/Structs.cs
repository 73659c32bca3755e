namespace Verification.Specs.Compiling.Features;

public static unsafe class Structs
{
    public static long Run_hash_of_an_enumeration(long a, long b) => ((DayOfWeek)(a & 7)).GetHashCode() * 31 + (DayOfWeek.Monday | (DayOfWeek)(b & 3)).GetHashCode();

    public static long Run_record_structs(long a, long b)
    {
        Point p = new((int)a, b);
        Point q = p with { Y = b + 1 };
        Point r = q with { Y = b };
        (int x, long y) = q;
        return (p == q ? 1 : 0) + (p == r ? 2 : 0) + (p.Equals(r) ? 4 : 0) + x + y + (p != q ? 8 : 0) + (p.GetHashCode() == r.GetHashCode() ? 16 : 0);
    }

    public static long Run_explicit_layout(long a, long b)
    {
        Overlay o = default;
        o.Whole = (ulong)a;
        o.High = (uint)b;
        o.Middle = 0x1234;
        Overlay copy = o;
        copy.First ^= 0xff;
        return (long)(o.Whole ^ copy.Whole) + o.Low + sizeof(Overlay);
    }

    public static long Run_packed_layout(long a, long b)
    {
        Packed p = new() { A = (byte)a, B = b, C = (short)a };
        Packed* many = stackalloc Packed[3];
        many[1] = p;
        many[2].B = ~b;
        many[2].C = 5;
        return sizeof(Packed) + many[1].B + many[1].A + many[2].B + many[2].C + many[1].C;
    }

    public static long Run_fixed_buffers(long a, long b)
    {
        Buffered x = default;
        for (int i = 0; i < 16; i++) x.Bytes[i] = (byte)(a + i);
        x.Longs[(int)(b & 1)] = b;
        Buffered y = x;
        y.Bytes[3] = 9;
        long sum = 0;
        for (int i = 0; i < 16; i++) sum = (sum * 3) + x.Bytes[i] + y.Bytes[i];
        return sum + x.Longs[0] + y.Longs[1] + sizeof(Buffered);
    }

    public static long Run_inline_arrays(long a, long b)
    {
        Five f = default;
        for (int i = 0; i < 5; i++) f[i] = (int)a * i;
        f[^1] = (int)b;
        Span<int> slice = f[1..4];
        slice[0] += 5;
        int sum = 0;
        foreach (int item in f) sum = (sum * 3) + item;
        Five copy = f;
        copy[2] = 1;
        ReadOnlySpan<int> seen = copy;
        return sum + seen[2] + seen.Length + f[2] + f[(int)(b & 7)];
    }

    public static long Run_inline_arrays_of_structs(long a, long b)
    {
        Points points = default;
        points[1] = new Point((int)a, b);
        points[2].Deconstruct(out int x, out long y);
        points[2] = points[1] with { X = 5 };
        Nested nested = new() { Items = points, Tail = 3 };
        nested.Items[0] = new Point(1, 1);
        return nested.Items[0].Y + nested.Items[1].Y + points[0].X + points[2].X + x + y + nested.Tail;
    }

    public static long Run_nested_structs(long a, long b)
    {
        Outer o = new() { Left = new Inner { A = (byte)a, B = b }, Right = new Inner { A = 1 } };
        o.Right.B = o.Left.B + o.Left.A;
        o.Left = o.Right;
        o.Left.A++;
        Inner* p = &o.Left;
        p->B ^= 0x55;
        return o.Left.B + o.Right.B + o.Left.A + o.Right.A + Pass(o, 3).Right.B;
    }

    public static long Run_required_init_and_primary_constructors(long a, long b)
    {
        Settings s = new() { Size = (int)a, Name = b };
        Box box = new((int)a, b) { Extra = 4 };
        box.Grow(3);
        return s.Size + s.Name + box.Area + box.Extra + new Box().Area + default(Box).Area;
    }

    public static long Run_properties_and_the_field_keyword(long a, long b)
    {
        Limited l = new();
        l.Value = (int)a;
        l.Value += 5;
        l.Twice = (int)b;
        return l.Value + l.Twice + l[3] + (l[2] = 7) + l.Part;
    }

    public static long Run_operators(long a, long b)
    {
        Money m = a, n = new(b);
        m += n;
        m++;
        Money k = -m * 2;
        if (m > n) k = k + n;
        if (k) k -= new Money(1);
        return (long)k + (int)m + (m == n ? 1 : 0) + (m >= n ? 2 : 0) + (~n).Cents + (n << 2).Cents;
    }

    // C# wants Equals(object) beside the operators; what it tests for is never asked, or nothing.
    public static long Run_equality_with_an_object(long a, long b) => (new Celsius(a) == new Celsius(b) ? 1 : 2) + (new Celsius(a).Equals(null) ? 10 : 20) + (new Celsius(b) != new Celsius(4) ? 100 : 200);

    private readonly struct Celsius(long degrees)
    {
        private readonly long _degrees = degrees;

        public static bool operator ==(Celsius x, Celsius y) => x._degrees == y._degrees;

        public static bool operator !=(Celsius x, Celsius y) => !(x == y);

        public override bool Equals(object? other) => other is Celsius temperature && temperature == this;

        public override int GetHashCode() => _degrees.GetHashCode();
    }

    public static long Run_checked_operators(long a, long b)
    {
        Small x = new((sbyte)a), y = new((sbyte)b);
        return unchecked(x + y).Value + checked(x + y).Value + checked((byte)x);
    }

    public static long Run_compound_assignment_operators(long a, long b)
    {
        Accumulator c = default;
        c += a;
        c += b;
        c++;
        c -= 3;
        Accumulator copy = c;
        copy += 1000;
        return c.Total + c.Count + copy.Total;
    }

    public static long Run_volatile_readonly_and_const_members(long a, long b)
    {
        Device d = new(5) { Status = (int)a };
        while (d.Status > 100) d.Status >>= 3;
        return d.Status + d.Id + Device.Magic + Device.Ready + d.Describe();
    }

    public static long Run_large_structs_by_value(long a, long b)
    {
        Big big = default;
        big.A = a;
        big.J = b;
        Big other = Changed(big, 3);
        return big.A + big.J + other.A + other.E + other.J + Both(big, other);
    }

    public static long Run_file_local_types(long a, long b) => new Hidden { X = a }.X + Hidden.Y(b);

    public static long Run_structs_in_registers(long a, long b)
    {
        Pair p = Make(a, b);
        Tiny t = MakeTiny((byte)a, (short)b);
        Float2 f = new((float)(int)a, 2.5f);
        return p.X + (p.Y * 3) + t.A + t.B + Take(p, t, Make(b, a)) + (int)f.Sum();
    }

    public static long Run_nullable(long a, long b)
    {
        int? n = a > 0 ? (int)a : null;
        Point? p = b > 0 ? new Point(1, b) : null;
        n++;
        int? sum = n + (int)b;
        bool? both = n > 3;
        n ??= 4;
        return n.Value + (sum ?? -1) + (p?.Y ?? 7) + (p is { X: 1 } known ? known.Y : 9) + (both == true ? 1 : both is null ? 2 : 3) + sum.GetValueOrDefault(5) + (p.HasValue ? 1 : 0);
    }

    public static long Run_nullable_without_a_value(long a, long b)
    {
        long? n = a == b ? null : a;
        return n.Value;
    }

    public static long Run_tuples(long a, long b)
    {
        (int Low, long High) t = ((int)a, b);
        var (x, y) = t;
        (x, y) = ((int)y, x);
        (long, (int, byte)) nested = (a, (3, (byte)b));
        var (p, (q, r)) = nested;
        return x + y + t.Low + t.High + (t == (1, 2) ? 1 : 0) + (t != ((int)a, b) ? 2 : 0) + p + q + r + Swapped((1, a)).Item1 + (a, b, a, b, a, b, a, b, 9).Item9;
    }

    private static (long, int) Swapped((int, long) t) => (t.Item2, t.Item1);

    private static Outer Pass(Outer o, int by)
    {
        o.Right.B += by;
        return o;
    }

    private static Big Changed(Big big, int by)
    {
        big.A += by;
        big.E = big.A ^ by;
        return big;
    }

    private static long Both(Big x, in Big y) => x.A - y.E;

    private static Pair Make(long x, long y) => new() { X = x, Y = y };

    private static Tiny MakeTiny(byte a, short b) => new() { A = a, B = b };

    private static long Take(Pair p, Tiny t, Pair q) => p.X - q.Y + (t.A * t.B);

    private readonly record struct Point(int X, long Y);

    private struct Pair
    {
        public long X, Y;
    }

    private record struct Float2(float X, float Y)
    {
        public readonly float Sum() => X + Y;
    }

    private struct Big
    {
        public long A, B, C, D, E, F, G, H, I, J;
    }

    private struct Inner
    {
        public byte A;
        public long B;
    }

    private struct Outer
    {
        public Inner Left, Right;
    }

    private struct Nested
    {
        public Points Items;
        public byte Tail;
    }

    private struct Settings
    {
        public required int Size { get; init; }

        public required long Name { get; init; }
    }

    private struct Box(int width, long height)
    {
        public int Extra { get; init; } = 2;

        public readonly long Area => width * height;

        public void Grow(int by) => width += by;
    }

    // Where the compiler cannot see what an address is aligned to.
    public static long Run_fields_that_their_layout_does_not_align(long a, long b)
    {
        byte* bytes = stackalloc byte[96];
        Packed* packed = (Packed*)(bytes + 1);
        Odd* odd = (Odd*)(bytes + 32);
        FillMisplaced(ref *packed, ref *odd, a, b);
        Odd copy = *odd;
        return ReadMisplaced(in *packed, in copy) + ReadMisplaced(in packed[1], in *odd);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void FillMisplaced(ref Packed packed, ref Odd odd, long a, long b)
    {
        Unsafe.Add(ref packed, 1) = default;
        packed.A = (byte)a;
        packed.B = b;
        packed.C = (short)(a ^ b);
        odd.First = 7;
        odd.Middle = (ulong)a;
        odd.Inner.Y = (int)b;
        odd.Inner = odd.Inner with { X = b };
        odd.Last = 1.5;
        packed.B += (long)odd.Middle;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static long ReadMisplaced(in Packed packed, in Odd odd) =>
        packed.A + packed.B + packed.C + odd.First + (long)odd.Middle + odd.Inner.X + odd.Inner.Y + (long)(odd.Last * 2);

    [StructLayout(LayoutKind.Explicit)]
    private struct Odd
    {
        [FieldOffset(0)]
        public uint First;

        [FieldOffset(4)]
        public ulong Middle;

        [FieldOffset(12)]
        public (long X, int Y) Inner;

        [FieldOffset(29)]
        public double Last;
    }

    [StructLayout(LayoutKind.Explicit)]
    private struct Overlay
    {
        [FieldOffset(0)]
        public ulong Whole;
        [FieldOffset(0)]
        public uint Low;
        [FieldOffset(4)]
        public uint High;
        [FieldOffset(2)]
        public ushort Middle;
        [FieldOffset(0)]
        public byte First;
    }

    [StructLayout(LayoutKind.Sequential, Pack = 1)]
    private struct Packed
    {
        public byte A;
        public long B;
        public short C;
    }

    private struct Buffered
    {
        public fixed byte Bytes[16];
        public fixed long Longs[2];
    }

    [InlineArray(5)]
    private struct Five
    {
        private int _item;
    }

    [InlineArray(3)]
    private struct Points
    {
        private Point _item;
    }

    private partial struct Limited
    {
        public int Value
        {
            readonly get => field;
            set => field = value > 100 ? 100 : value;
        }

        public int Twice { readonly get; set => field = 2 * value; }

        public partial int Part { get; }

        public int this[int index]
        {
            readonly get => Value + index;
            set => Value = value * index;
        }
    }

    private partial struct Limited
    {
        public partial int Part => Value * 3;
    }

    private readonly struct Money(long cents)
    {
        public readonly long Cents = cents;

        public static implicit operator Money(long cents) => new(cents);

        public static explicit operator long(Money m) => m.Cents;

        public static explicit operator int(Money m) => (int)m.Cents;

        public static Money operator +(Money x, Money y) => new(x.Cents + y.Cents);

        public static Money operator -(Money x, Money y) => new(x.Cents - y.Cents);

        public static Money operator -(Money x) => new(-x.Cents);

        public static Money operator *(Money x, int by) => new(x.Cents * by);

        public static Money operator ++(Money x) => new(x.Cents + 1);

        public static Money operator ~(Money x) => new(~x.Cents);

        public static Money operator <<(Money x, int by) => new(x.Cents << by);

        public static bool operator >(Money x, Money y) => x.Cents > y.Cents;

        public static bool operator <(Money x, Money y) => x.Cents < y.Cents;

        public static bool operator >=(Money x, Money y) => x.Cents >= y.Cents;

        public static bool operator <=(Money x, Money y) => x.Cents <= y.Cents;

        public static bool operator ==(Money x, Money y) => x.Cents == y.Cents;

        public static bool operator !=(Money x, Money y) => !(x == y);

        public static bool operator true(Money x) => x.Cents != 0;

        public static bool operator false(Money x) => x.Cents == 0;

        public override bool Equals(object? other) => false;

        public override int GetHashCode() => 0;
    }

    private readonly struct Small(sbyte value)
    {
        public sbyte Value { get; } = value;

        public static Small operator +(Small x, Small y) => new((sbyte)(x.Value + y.Value));

        public static Small operator checked +(Small x, Small y) => new(checked((sbyte)(x.Value + y.Value)));

        public static explicit operator byte(Small x) => (byte)x.Value;

        public static explicit operator checked byte(Small x) => checked((byte)x.Value);
    }

    private struct Accumulator
    {
        public long Total;
        public int Count;

        public void operator +=(long by)
        {
            Total += by;
            Count++;
        }

        public void operator -=(long by) => Total -= by;

        public void operator ++() => Count += 100;
    }

    private struct Device(int id)
    {
        public const int Magic = 0x1234;
        public static readonly int Ready = Magic * 3;
        public volatile int Status;

        public readonly int Id => id;

        public readonly int Describe() => Id + 1;
    }

    private struct Tiny
    {
        public byte A;
        public short B;
    }
}

file struct Hidden
{
    public long X;

    public static long Y(long by) => by * 3;
}
