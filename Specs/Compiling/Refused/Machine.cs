namespace Verification.Specs.Compiling.Refused;

public static class Machine
{
    public static long RunVariableStackalloc(long a, long b)
    {
        Span<byte> bytes = stackalloc byte[(int)a]; // KT0012
        return bytes.Length;
    }

    public static long RunStackallocInALoop(long a, long b)
    {
        long sum = 0;
        for (int i = 0; i < a; i++)
        {
            Span<byte> bytes = stackalloc byte[8]; // KT0012
            sum += bytes[i & 7];
        }

        return sum;
    }

    public static long RunLargeStackalloc(long a, long b)
    {
        Span<long> words = stackalloc long[200_000]; // KT0012
        return words.Length;
    }

    public static long RunStackallocOfAVariable(long a, long b)
    {
        int size = a > b ? 8 : 16;
        Span<byte> bytes = stackalloc byte[4 + size * sizeof(int)]; // KT0012
        return bytes.Length + Math.Max(4, 8);
    }

    public static long RunStackallocBehindALabel(long a, long b)
    {
        long sum = 0;
    again:
        Span<byte> bytes = stackalloc byte[4]; // KT0012
        bytes[(int)sum] = 1;
        if (++sum < 3) goto again;
        foreach (char letter in "ab") sum += Inner(letter);
        return sum;

        static long Inner(int count)
        {
            long all = 0;
            do
            {
                Span<int> item = stackalloc[] { 1, 2, 3 }; // KT0012
                all += item[1];
            }
            while (--count > 0);
            return all;
        }
    }

    public static long RunExtern(long a, long b)
    {
        long first = Foreign(a); // KT0013
        return first + Foreign(b); // KT0013
    }

    public static long RunDouble(long a, long b)
    {
        double d = a; // KT0014
        return (long)(d * 1.5); // KT0014
    }

    public static long RunSingle(long a, long b)
    {
        const double scale = 2.5;
        long folded = (long)(scale * 2);
        return folded + (Weight > 3 ? 1 : 0); // KT0014
    }

    public static long RunTypedReference(long a, long b)
    {
        TypedReference reference = __makeref(a); // KT0017
        return b;
    }

    public static long RunCsr(long a, long b)
    {
        ulong status = Verification.Intrinsics.Csr.Read((ushort)b); // KT0018
        return (long)status;
    }

    private static float Weight;

    [DllImport("nothing")]
    private static extern long Foreign(long a);
}
