namespace Verification.Specs.Benchmarks.Code.Kernels;

/// <summary>Sorts memory ranges by their start: quicksort, insertion sort where few are left; generic over the order.</summary>
internal static unsafe class Sort
{
    private struct MemoryRange
    {
        public ulong Start { readonly get; set; }

        public ulong SizeBytes { readonly get; set; }
    }

    private interface IOrder<T>
    {
        static abstract bool IsBefore(in T left, in T right);
    }

    private struct ByStart : IOrder<MemoryRange>
    {
        public static bool IsBefore(in MemoryRange left, in MemoryRange right) => left.Start < right.Start;
    }

    public static ulong Run(byte* memory, int sizeBytes)
    {
        Span<MemoryRange> ranges = new(memory, sizeBytes / sizeof(MemoryRange));
        Quick<MemoryRange, ByStart>(ranges);
        ulong result = 0;
        foreach (ref readonly MemoryRange range in ranges) result = (result * 31) + range.Start + range.SizeBytes;
        return result;
    }

    private static void Quick<T, TOrder>(Span<T> items)
        where T : struct
        where TOrder : struct, IOrder<T>
    {
        while (items.Length > 8)
        {
            T pivot = items[items.Length / 2];
            int low = 0;
            int high = items.Length - 1;
            while (low <= high)
            {
                while (TOrder.IsBefore(items[low], pivot)) low++;
                while (TOrder.IsBefore(pivot, items[high])) high--;
                if (low > high) break;
                (items[low], items[high]) = (items[high], items[low]);
                low++;
                high--;
            }

            Quick<T, TOrder>(items[..(high + 1)]);
            items = items[low..];
        }

        Insertion<T, TOrder>(items);
    }

    private static void Insertion<T, TOrder>(Span<T> items)
        where T : struct
        where TOrder : struct, IOrder<T>
    {
        for (int index = 1; index < items.Length; index++)
        {
            T item = items[index];
            int place = index;
            while (place > 0 && TOrder.IsBefore(item, items[place - 1]))
            {
                items[place] = items[place - 1];
                place--;
            }

            items[place] = item;
        }
    }
}
