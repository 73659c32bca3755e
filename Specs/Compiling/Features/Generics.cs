using System.Collections.Generic;

namespace Verification.Specs.Compiling.Features;

public static unsafe class Generics
{
    public static long Run_comparison_of_tuples(long a, long b) =>
        (a, (int)b).CompareTo((b, (int)a)) + 10 * HashOf(a);

    private static int HashOf<T>(T value)
        where T : unmanaged => value.GetHashCode() & 0xff;

    public static long Run_interface_constraints(long a, long b) => Measure(new Square { Side = (int)a }) + Measure(new Box { Width = (int)a, Height = (int)b }) + Twice<Square>((int)b);

    public static long Run_static_abstract_members(long a, long b) =>
        Zero<Square>() + Zero<Box>() + Add(new Meters(a), new Meters(b)).Value + Fold<Meters, Meters>(new Meters(a), new Meters(3)).Value + Parse<Square>("7").Side;

    public static long Run_default_interface_methods(long a, long b)
    {
        Square square = new() { Side = (int)a };
        Box box = new() { Width = (int)b, Height = 2 };
        return Describe(ref square) + Describe(ref box) + square.Side + box.Width;
    }

    public static long Run_generic_structs(long a, long b)
    {
        Stack<long, Eight> stack = default;
        stack.Push(a);
        stack.Push(b);
        stack.Push(a + b);
        long top = stack.Pop();
        Pair<int, Pair<byte, long>> nested = new((int)a, new((byte)b, b));
        Pair<Pair<byte, long>, int> swapped = nested.Swap();
        return top + stack.Count + stack.Pop() + swapped.First.Second + swapped.Second + nested.Second.First + Pair<int, long>.Size + Unsafe.SizeOf<Pair<byte, Pair<byte, short>>>();
    }

    public static long Run_a_full_stack(long a, long b)
    {
        Stack<int, Eight> stack = default;
        for (long i = 0; i < (a & 15); i++) stack.Push((int)i);
        return stack.Count;
    }

    public static long Run_comparing_types(long a, long b) => Kind<int>(5) + Kind<byte>(7) + Kind<Meters>(new Meters(a)) + Kind(b) + (typeof(Square) == typeof(Box) ? 1 : 2) + Width<ushort>() + Width<Box>();

    public static long Run_testing_values_of_type_parameters(long a, long b) => Test1(a) + Test1((int)b) + Test1(new Square { Side = 3 }) + (Is<IDepth, Wrap<int>>(default) ? 1 : 0) + (Is<IComparable<int>, int>(0) ? 2 : 0);

    public static long Run_generic_statics(long a, long b)
    {
        Counter<int>.Value += (int)a;
        Counter<long>.Value += b;
        Counter<int>.Value++;
        return Counter<int>.Value + Counter<long>.Value + Counter<byte>.Value + Counter<int>.Table[1] + Counter<long>.Table[2];
    }

    public static long Run_equality_and_comparison(long a, long b) =>
        (Same(a, b) ? 1 : 0) + (Same((byte)a, (byte)b) ? 2 : 0) + (Same(new Meters(a), new Meters(b)) ? 4 : 0) + Greatest(stackalloc int[] { (int)a, 3, (int)b })
        + (EqualityComparer<int>.Default.Equals((int)a, (int)b) ? 8 : 0) + Comparer((short)a, (short)b);

    public static long Run_default_comparers(long a, long b) =>
        Order(a, b) + 3 * Order((DayOfWeek)(int)a, (DayOfWeek)(int)b) + 5 * Order<int?>(a > 3 ? (int)a : null, (int)b) + 7 * Order((a, (byte)b), (b, (byte)a)) + 11 * Order((Small)a, (Small)b)
        + (Alike(new Shape { Size = (int)a }, new Shape { Size = (int)b }) ? 100 : 200) + (Alike<int?>((int)a, null) ? 1000 : 2000) + (Alike("one", a > 3 ? "one" : "two") ? 1 : 2)
        + (new Drawn("x", new Shape { Weight = a }, (float)1) == new Drawn("x", new Shape { Weight = b }, 1) ? 7 : 8);

    private enum Small : byte;

    private struct Shape
    {
        public int Size;
        public decimal Weight;
        public (byte, DayOfWeek) Kind;
    }

    private record struct Drawn(string Name, Shape Shape, float? Scale);

    private static int Order<T>(T x, T y) => System.Collections.Generic.Comparer<T>.Default.Compare(x, y);

    private static bool Alike<T>(T x, T y) => EqualityComparer<T>.Default.Equals(x, y);

    public static long Run_this_as_the_struct_that_it_is(long a, long b) => Powered(new Doubling(a), (int)(b & 63)).Value;

    private interface IGroup<T>
        where T : struct, IGroup<T>
    {
        static abstract T operator +(T x, T y);

        T Times(int count)
        {
            T sum = default;
            for (T term = (T)this; count > 0; count >>= 1, term += term) sum = (count & 1) != 0 ? sum + term : sum;
            return sum + (T)(object)this;
        }
    }

    private readonly record struct Doubling(long Value) : IGroup<Doubling>
    {
        public static Doubling operator +(Doubling x, Doubling y) => new((x.Value * 3) + y.Value);
    }

    private static T Powered<T>(T value, int count)
        where T : struct, IGroup<T> => value.Times(count);

    public static long Run_new_of_a_type_parameter(long a, long b) => Make<Counted>().Value + Make<int>() + Make<Square>().Side;

    public static long Run_generic_function_pointers(long a, long b)
    {
        delegate*<long, long> f = &Identity<long>;
        delegate*<int, int> g = &Identity<int>;
        return f(a) + g((int)b) + Map(&Negate<int>, (int)a) + Map(&Negate<short>, (short)b);
    }

    public static long Run_unmanaged_constraint(long a, long b)
    {
        Box box = new() { Width = (int)a, Height = (int)b };
        return Bytes(a) + Bytes(box) + Bytes((short)b) + Reinterpreted<Box, long>(box) + Reinterpreted<long, ulong>(b).GetHashCode();
    }

    public static long Run_allows_ref_struct(long a, long b)
    {
        Window window = new(stackalloc byte[] { 1, (byte)a, (byte)b });
        return Total(window) + Total(new Range(3));
    }

    public static long Run_recursive_generics(long a, long b) => Depth<Wrap<Wrap<Wrap<Square>>>>() + Nested<Pair<int, long>>.Inner<byte>.Width;

    private static T Parse<T>(ReadOnlySpan<char> text)
        where T : struct, IShape => (T)(object)new Square { Side = text[0] - '0' };

    private interface IShape
    {
        static abstract int Zero { get; }

        static virtual int Sides => 4;

        int Area();

        int Doubled() => Area() * 2;

        void Grow(int by)
        {
            for (int i = 0; i < by; i++) Step();
        }

        void Step();
    }

    private struct Square : IShape
    {
        public int Side;

        public static int Zero => 5;

        public readonly int Area() => Side * Side;

        public void Step() => Side++;
    }

    private struct Box : IShape
    {
        public int Width, Height;

        public static int Zero => 6;

        public static int Sides => 12;

        public readonly int Area() => Width * Height;

        public readonly int Doubled() => -Area();

        void IShape.Step() => Width += 2;
    }

    private static long Measure<T>(T shape)
        where T : struct, IShape => shape.Area() + shape.Doubled() + T.Zero + T.Sides;

    private static long Twice<T>(int size)
        where T : struct, IShape
    {
        T shape = default;
        shape.Step();
        shape.Step();
        return shape.Area() * size;
    }

    private static long Describe<T>(ref T shape)
        where T : struct, IShape
    {
        shape.Grow(3);
        shape.Step();
        return shape.Area();
    }

    private static int Zero<T>()
        where T : IShape => T.Zero;

    private readonly record struct Meters(long Value) : IAdditionOperators<Meters, Meters, Meters>, IComparable<Meters>
    {
        public static Meters operator +(Meters x, Meters y) => new(x.Value + y.Value);

        public int CompareTo(Meters other) => Value.CompareTo(other.Value);
    }

    private static T Add<T>(T x, T y)
        where T : IAdditionOperators<T, T, T> => x + y;

    private static T Fold<T, TOther>(T x, TOther y)
        where T : IAdditionOperators<T, TOther, T> => x + y + y;

    private interface ICapacity
    {
        static abstract int Items { get; }
    }

    private struct Eight : ICapacity
    {
        public static int Items => 8;
    }

    [InlineArray(8)]
    private struct Cells<T>
    {
        private T _item;
    }

    private struct Stack<T, TCapacity>
        where T : unmanaged
        where TCapacity : ICapacity
    {
        private Cells<T> _cells;
        private int _count;

        public readonly int Count => _count;

        public void Push(T item)
        {
            if (_count == TCapacity.Items) throw new InvalidOperationException("stack is full");
            _cells[_count++] = item;
        }

        public T Pop() => _cells[--_count];
    }

    private readonly record struct Pair<TFirst, TSecond>(TFirst First, TSecond Second)
    {
        public static int Size => Unsafe.SizeOf<Pair<TFirst, TSecond>>();

        public Pair<TSecond, TFirst> Swap() => new(Second, First);
    }

    private static long Kind<T>(T value)
    {
        if (typeof(T) == typeof(int)) return 1 + (int)(object)value!;
        if (typeof(T) == typeof(byte)) return 20;
        return typeof(T).IsValueType ? 300 : 4000;
    }

    private static int Width<T>()
        where T : unmanaged => sizeof(T) switch { 1 => 10, 2 => 20, _ => sizeof(T) };

    private static long Test1<T>(T value) => value is int number ? number + 1 : value is long wide ? wide + 2 : value is IShape ? 3 : 4;

    private static bool Is<TWanted, T>(T value) => value is TWanted;

    private static class Counter<T>
    {
        public static T? Value;
        public static readonly int[] Table = [1, Unsafe.SizeOf<T>(), 3 * Unsafe.SizeOf<T>()];
    }

    private static bool Same<T>(T x, T y)
        where T : IEquatable<T> => x.Equals(y);

    private static int Comparer<T>(T x, T y)
        where T : IComparable<T> => x.CompareTo(y) < 0 ? 100 : 200;

    private static T Greatest<T>(Span<T> items)
        where T : IComparable<T>
    {
        T best = items[0];
        foreach (T item in items)
        {
            if (item.CompareTo(best) > 0) best = item;
        }

        return best;
    }

    private struct Counted
    {
        public int Value = 9;

        public Counted()
        {
        }
    }

    private static T Make<T>()
        where T : new() => new();

    private static T Identity<T>(T value) => value;

    private static T Negate<T>(T value)
        where T : ISignedNumber<T> => -value;

    private static T Map<T>(delegate*<T, T> f, T value) => f(f(f(value)));

    private static long Bytes<T>(T value)
        where T : unmanaged
    {
        byte* p = (byte*)&value;
        long sum = 0;
        for (int i = 0; i < sizeof(T); i++) sum = (sum * 5) + p[i];
        return sum;
    }

    private static TTo Reinterpreted<TFrom, TTo>(TFrom value)
        where TFrom : unmanaged
        where TTo : unmanaged => *(TTo*)&value;

    private interface IWindow
    {
        int Length { get; }

        int this[int index] { get; }
    }

    private readonly ref struct Window(ReadOnlySpan<byte> bytes) : IWindow
    {
        private readonly ReadOnlySpan<byte> _bytes = bytes;

        public int Length => _bytes.Length;

        public int this[int index] => _bytes[index];
    }

    private readonly struct Range(int count) : IWindow
    {
        public int Length => count;

        public int this[int index] => index;
    }

    private static long Total<T>(T window)
        where T : IWindow, allows ref struct
    {
        long sum = 0;
        for (int i = 0; i < window.Length; i++) sum = (sum * 10) + window[i];
        return sum;
    }

    private interface IDepth
    {
        int Depth => 0;
    }

    private struct Wrap<T> : IDepth
    {
        public readonly int Depth => 1 + Unsafe.SizeOf<T>();
    }

    private static int Depth<T>()
        where T : struct, IDepth => default(T).Depth;

    private static class Nested<T>
    {
        public static class Inner<TOther>
        {
            public static int Width => Unsafe.SizeOf<T>() + Unsafe.SizeOf<TOther>();
        }
    }
}
