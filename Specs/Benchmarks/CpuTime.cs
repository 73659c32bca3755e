using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Verification.Specs.Benchmarks;

/// <summary>
/// User CPU time where the host counts it (POSIX getrusage, Linux's numbering): on a busy computer it is steadier than
/// the wall's. Elsewhere the wall's time stands in.
/// </summary>
internal static unsafe partial class CpuTime
{
    private const int ChildrenThatEnded = -1;
    private const int ThisThread = 1;

    /// <summary>What this thread has used so far.</summary>
    public static TimeSpan OfThread => Of(ThisThread);

    /// <summary>What the processes that this one started, and that have ended, have used so far.</summary>
    public static TimeSpan OfChildren => Of(ChildrenThatEnded);

    private static TimeSpan Of(int who)
    {
        if (!OperatingSystem.IsLinux()) return TimeSpan.FromSeconds((double)Stopwatch.GetTimestamp() / Stopwatch.Frequency);
        // struct rusage begins with the user time's seconds and microseconds, and has 144 bytes.
        var usage = stackalloc long[18];
        if (GetUsage(who, usage) != 0) throw new InvalidOperationException("getrusage tells nothing.");
        return TimeSpan.FromMicroseconds(usage[0] * 1_000_000 + usage[1]);
    }

    [LibraryImport("libc", EntryPoint = "getrusage")]
    private static partial int GetUsage(int who, long* usage);
}
