using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Verification.Specs.Benchmarks;

/// <summary>
/// CPU time where the host counts it (POSIX, Linux's numbering): on a busy computer it is steadier than the wall's. Elsewhere
/// the wall's time stands in. A thread's is exact, and includes what the system does for it; of other processes hosts count the
/// user's part in steps of some milliseconds.
/// </summary>
internal static unsafe partial class CpuTime
{
    private const int ChildrenThatEnded = -1;
    private const int ClockOfThread = 3;

    /// <summary>What this thread has used so far.</summary>
    public static TimeSpan OfThread
    {
        get
        {
            if (!OperatingSystem.IsLinux()) return OfWall;
            // struct timespec: seconds and nanoseconds.
            var time = stackalloc long[2];
            if (GetTime(ClockOfThread, time) != 0) throw new InvalidOperationException("clock_gettime tells nothing.");
            return TimeSpan.FromSeconds(time[0]) + TimeSpan.FromMicroseconds(time[1] / 1e3);
        }
    }

    /// <summary>What the processes that this one started, and that have ended, have used so far.</summary>
    public static TimeSpan OfChildren
    {
        get
        {
            if (!OperatingSystem.IsLinux()) return OfWall;
            // struct rusage begins with the user time's seconds and microseconds, and has 144 bytes.
            var usage = stackalloc long[18];
            if (GetUsage(ChildrenThatEnded, usage) != 0) throw new InvalidOperationException("getrusage tells nothing.");
            return TimeSpan.FromMicroseconds(usage[0] * 1_000_000 + usage[1]);
        }
    }

    private static TimeSpan OfWall => TimeSpan.FromSeconds((double)Stopwatch.GetTimestamp() / Stopwatch.Frequency);

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int GetTime(int clock, long* time);

    [LibraryImport("libc", EntryPoint = "getrusage")]
    private static partial int GetUsage(int who, long* usage);
}
