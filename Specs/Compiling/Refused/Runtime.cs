using System.Collections.Generic;
using System.Threading.Tasks;

namespace Verification.Specs.Compiling.Refused;

public static class Runtime
{
    public static long RunCatch(long a, long b)
    {
        try
        {
            return b / a;
        }
        catch (DivideByZeroException) { return 0; } // KT0006
    }

    public static long RunFilter(long a, long b)
    {
        try
        {
            return b / a;
        }
        catch (Exception) when (b > 3) { return 0; } // KT0006
    }

    public static long RunAsync(long a, long b)
    {
        Later();
        return a;
    }

    public static long RunIterator(long a, long b)
    {
        return Numbers() is null ? 1 : 2;
    }

    public static long RunConsole(long a, long b)
    {
        Console.WriteLine(); // KT0008
        return a;
    }

    public static long RunEnvironment(long a, long b)
    {
        return Environment.ProcessId; // KT0008
    }

    public static long RunThread(long a, long b)
    {
        Thread.Yield(); // KT0008
        return b;
    }

    public static long RunLock(long a, long b)
    {
        lock (Gate!) // KT0008
        {
            return a;
        }
    }

    public static long RunNativeMemory(long a, long b)
    {
        unsafe
        {
            return (long)NativeMemory.Alloc(16); // KT0008
        }
    }

    public static long RunCollection(long a, long b)
    {
        GC.Collect(); // KT0008
        return a;
    }

    public static long RunParse(long a, long b)
    {
        return DateTime.Parse("5").Ticks; // KT0008
    }

    public static long RunGuid(long a, long b)
    {
        Guid.TryParse("00112233-4455-6677-8899-aabbccddeeff", out Guid id); // KT0008
        return id.GetHashCode();
    }

    public static long RunTime(long a, long b)
    {
        Span<byte> text = stackalloc byte[32];
        new TimeSpan(a).TryFormat(text, out int written); // KT0008
        return written + System.Globalization.CultureInfo.CurrentCulture.LCID; // KT0008
    }

    public static long RunLockThatIsMade(long a, long b) => Held.Gate is null ? 2 : 1;

    private static class Held
    {
        public static readonly Lock Gate = new(); // KT0010
    }

    public static long RunDynamic(long a, long b)
    {
        dynamic? thing = Gate;
        return thing + 1; // KT0008
    }

    private static object? Gate;

    private static async void Later()
    {
        await Task.Yield(); // KT0007
    }

    public static long RunCountdown(long a, long b) => Countdown(a) is null ? 1 : 2;

    private static IEnumerable<long> Countdown(long from)
    {
        while (from > 0) // KT0007
        {
            yield return from--;
        }
    }

    private static IEnumerable<int> Numbers()
    {
        yield return 1; // KT0007
    }
}
