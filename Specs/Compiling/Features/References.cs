namespace Verification.Specs.Compiling.Features;

public static unsafe class References
{
    public static long Run_pointers(long a, long b)
    {
        long* cells = stackalloc long[4];
        long* p = cells;
        *p++ = a;
        *p = b;
        p[1] = *p - p[-1];
        *(p + 2) = p - cells;
        int* halves = (int*)cells;
        halves[1] ^= 0x55;
        ((byte*)cells)[3] = 7;
        return cells[0] ^ cells[1] ^ cells[2] ^ cells[3] ^ (p > cells ? 1 : 0) ^ (p == null ? 2 : 0) ^ (long)(&cells[3] - p);
    }

    public static long Run_pointers_to_structs(long a, long b)
    {
        Node first = new() { Value = a }, second = new() { Value = b, Next = &first };
        Node* at = &second;
        long sum = 0;
        while (at != null)
        {
            sum = (sum * 3) + at->Value++;
            at = at->Next;
        }

        Node** indirect = &at;
        *indirect = &first;
        (*indirect)->Value += 5;
        return sum + first.Value + second.Value;
    }

    public static long Run_ref_in_and_out(long a, long b)
    {
        long x = a, y = b;
        Swap(ref x, ref y);
        Halve(in x, out long half, out _);
        return (x * 5) + y + half + Sum(in y, 3) + Sum(a + 1, (int)b);
    }

    public static long Run_ref_locals_and_returns(long a, long b)
    {
        Span<long> items = stackalloc long[4];
        ref long chosen = ref Choose(items, (int)(a & 3));
        chosen = b;
        chosen += 7;
        ref long other = ref a > b ? ref items[0] : ref items[3];
        other -= a;
        chosen = ref items[1];
        chosen++;
        ref readonly long seen = ref items[2];
        return items[0] + (items[1] * 3) + (seen * 5) + (items[3] * 7);
    }

    public static long Run_ref_fields(long a, long b)
    {
        long total = a;
        Counter counter = new(ref total);
        counter.Add(b);
        counter.Add(3);
        Counter copy = counter;
        copy.Add(1);
        copy.Rebind(ref b);
        copy.Add(10);
        return total + (b * 2) + copy.Value;
    }

    public static long Run_scoped_and_readonly_refs(long a, long b)
    {
        Large large = new() { A = a, B = b, C = a ^ b };
        ref readonly Large seen = ref Same(in large);
        Large copy = seen;
        copy.A++;
        return Total(in seen) + Total(copy) + Total(new Large { A = 1, C = b });
    }

    public static long Run_function_pointers(long a, long b)
    {
        delegate*<long, long, long> f = a > b ? &Plus : &Minus;
        delegate* unmanaged<int, int> native = &Native;
        delegate*<ref long, void> by = &Increment;
        by(ref a);
        void* untyped = f;
        return f(a, b) + native((int)b) + ((delegate*<long, long, long>)untyped)(b, 1) + (f == (delegate*<long, long, long>)&Plus ? 1 : 0) + Apply(&Twice<int>, 4) + Apply(&Twice<byte>, 200);
    }

    public static long Run_function_pointers_in_tables(long a, long b)
    {
        Operations table = new() { First = &Plus, Second = &Minus };
        Operations* at = &table;
        return at->First(a, b) ^ table.Second(a, b);
    }

    public static long Run_fixed(long a, long b)
    {
        Span<int> items = [(int)a, (int)b, 3];
        long sum = 0;
        fixed (int* p = items)
        {
            for (int i = 0; i < items.Length; i++) sum = (sum * 7) + p[i];
            p[1] = 9;
        }

        fixed (byte* text = "abc"u8) sum += text[1];
        fixed (char* text = "xyz") sum += text[2];
        fixed (int* p = &Held.Value) *p = (int)a;
        return sum + items[1] + Held.Value;
    }

    public static long Run_address_of_parameters(long a, long b)
    {
        Bump(&a);
        Bump(&b);
        int narrow = (int)a;
        *(short*)&narrow = 5;
        return a + (b * 3) + narrow;
    }

    public static long Run_void_pointers_and_sizes(long a, long b)
    {
        void* p = &a;
        nuint address = (nuint)p;
        return *(int*)p + sizeof(Large) + sizeof(Node) + sizeof(nint) + sizeof(char) + sizeof(Int128) + ((byte*)address)[0] + (long)((byte*)p + 8 - (byte*)p) + sizeof(decimal);
    }

    private struct Node
    {
        public long Value;
        public Node* Next;
    }

    private static Pinned Held;

    private struct Pinned
    {
        public int Value;
    }

    private struct Large
    {
        public long A, B, C;
    }

    private struct Operations
    {
        public delegate*<long, long, long> First;
        public delegate*<long, long, long> Second;
    }

    private ref struct Counter
    {
        private ref long _total;

        public Counter(ref long total) => _total = ref total;

        public readonly long Value => _total;

        public readonly void Add(long by) => _total += by;

        public void Rebind(ref long other) => _total = ref other;
    }

    private static void Swap(ref long x, ref long y) => (x, y) = (y, x);

    private static void Halve(in long x, out long half, out int rest)
    {
        half = x / 2;
        rest = (int)(x % 2);
    }

    private static long Sum(in long x, int y) => x + y;

    private static ref long Choose(Span<long> items, int index) => ref items[index];

    private static ref readonly Large Same(in Large large) => ref large;

    private static long Total(in Large large) => large.A + (large.B * 3) + (large.C * 5);

    private static long Plus(long x, long y) => x + y;

    private static long Minus(long x, long y) => x - y;

    private static void Increment(ref long x) => x++;

    private static void Bump(long* x) => *x += 3;

    private static int Twice<T>(int x) => unchecked(2 * x * sizeof(int) / Unsafe.SizeOf<T>());

    private static int Apply(delegate*<int, int> f, int x) => f(x);

    [UnmanagedCallersOnly]
    private static int Native(int x) => x * 3;
}
