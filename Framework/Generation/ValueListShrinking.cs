using Verification.Machine.State;

namespace Verification.Framework.Generation;

/// <summary>Lists with fewer or other elements.</summary>
internal static class ValueListShrinking
{
    private const int MostSingles = 64;

    /// <summary>The list without a half, then without each of its elements.</summary>
    public static IEnumerable<ValueList<T>> Without<T>(this ValueList<T> list)
    {
        if (list.Count == 0) yield break;
        for (var size = list.Count / 2; size > 1; size /= 2)
        {
            for (var start = 0; start < list.Count; start += size) yield return Cut(list, start, Math.Min(size, list.Count - start));
        }

        for (var i = 0; i < Math.Min(list.Count, MostSingles); i++) yield return Cut(list, i, 1);
    }

    /// <summary>The list with another element at a place.</summary>
    public static ValueList<T> With<T>(this ValueList<T> list, int index, T element)
    {
        var copy = list.AsSpan().ToArray();
        copy[index] = element;
        return ValueList.Create<T>(copy);
    }

    private static ValueList<T> Cut<T>(ValueList<T> list, int start, int count) =>
        ValueList.Create<T>([.. list.AsSpan()[..start], .. list.AsSpan()[(start + count)..]]);
}
