using System.Runtime.InteropServices;

namespace Verification.Toolchain;

/// <summary>Operations for which the base library asks an array of what type it is, in C# like the kernel itself: a copy for each type.</summary>
internal static class ArrayRoutines
{
    public static void Clear<T>(T[] array)
    {
        ArgumentNullException.ThrowIfNull(array);
        Items(array).Clear();
    }

    public static void Clear<T>(T[] array, int index, int length)
    {
        ArgumentNullException.ThrowIfNull(array);
        if (index < 0 || length < 0 || length > array.Length - index) throw new IndexOutOfRangeException();
        Items(array).Slice(index, length).Clear();
    }

    public static void Copy<T>(T[] source, T[] destination, int length) => Copy(source, 0, destination, 0, length);

    public static void Copy<T>(T[] source, int sourceIndex, T[] destination, int destinationIndex, int length)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(destination);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfNegative(sourceIndex);
        ArgumentOutOfRangeException.ThrowIfNegative(destinationIndex);
        if (length > source.Length - sourceIndex || length > destination.Length - destinationIndex) throw new ArgumentException(null);
        Items(source).Slice(sourceIndex, length).CopyTo(Items(destination)[destinationIndex..]);
    }

    private static Span<T> Items<T>(T[] array) => MemoryMarshal.CreateSpan(ref MemoryMarshal.GetArrayDataReference(array), array.Length);
}
