using System.Buffers;
using System.Reflection;

namespace Verification.Toolchain;

/// <summary>
/// What a kernel has of <c>SearchValues</c>, an object of one of many classes on the CLR: an array of bits, one for each
/// character or byte up to the highest that is searched for.
/// </summary>
public static class SearchMaps
{
    /// <summary>The map of an object; null if it is no such object.</summary>
    internal static ulong[]? Of(object value)
    {
        if (value is not (SearchValues<char> or SearchValues<byte>)) return null;
        Array values = (Array)value.GetType().GetMethod("GetValues", BindingFlags.Instance | BindingFlags.NonPublic)!.Invoke(value, null)!;
        int[] numbers = [.. values.Cast<object>().Select(number => Convert.ToInt32(number, System.Globalization.CultureInfo.InvariantCulture))];
        ulong[] map = new ulong[numbers.Length == 0 ? 0 : (numbers.Max() / 64) + 1];
        foreach (int number in numbers) map[number / 64] |= 1UL << number;
        return map;
    }

    /// <summary>Whether a map holds a value.</summary>
    public static bool Contains<T>(ulong[] map, T value)
        where T : unmanaged
    {
        int number = typeof(T) == typeof(byte) ? (byte)(object)value : (char)(object)value;
        return number / 64 < map.Length && (map[number / 64] >> number & 1) != 0;
    }

    /// <summary>The first of the values that the map holds; -1 if there is none.</summary>
    public static int IndexOfAny<T>(ulong[] map, ReadOnlySpan<T> values)
        where T : unmanaged => First(map, values, isWanted: true);

    /// <summary>The first of the values that the map does not hold; -1 if there is none.</summary>
    public static int IndexOfAnyExcept<T>(ulong[] map, ReadOnlySpan<T> values)
        where T : unmanaged => First(map, values, isWanted: false);

    /// <summary>The last of the values that the map holds; -1 if there is none.</summary>
    public static int LastIndexOfAny<T>(ulong[] map, ReadOnlySpan<T> values)
        where T : unmanaged => Last(map, values, isWanted: true);

    /// <summary>The last of the values that the map does not hold; -1 if there is none.</summary>
    public static int LastIndexOfAnyExcept<T>(ulong[] map, ReadOnlySpan<T> values)
        where T : unmanaged => Last(map, values, isWanted: false);

    /// <summary>Whether the map holds any of the values.</summary>
    public static bool ContainsAny<T>(ulong[] map, ReadOnlySpan<T> values)
        where T : unmanaged => First(map, values, isWanted: true) >= 0;

    /// <summary>Whether the map does not hold all of the values.</summary>
    public static bool ContainsAnyExcept<T>(ulong[] map, ReadOnlySpan<T> values)
        where T : unmanaged => First(map, values, isWanted: false) >= 0;

    private static int First<T>(ulong[] map, ReadOnlySpan<T> values, bool isWanted)
        where T : unmanaged
    {
        for (int index = 0; index < values.Length; index++)
        {
            if (Contains(map, values[index]) == isWanted) return index;
        }

        return -1;
    }

    private static int Last<T>(ulong[] map, ReadOnlySpan<T> values, bool isWanted)
        where T : unmanaged
    {
        int index = values.Length - 1;
        while (index >= 0 && Contains(map, values[index]) != isWanted) index--;
        return index;
    }
}
