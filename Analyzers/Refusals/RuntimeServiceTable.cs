using System.Collections.Generic;

namespace Verification.Analyzers.Refusals;

/// <summary>
/// Which types and members of the base library are services of the .NET runtime, and not code that a kernel can take
/// along. One table for the analyzers and for the kernel compiler, which this file is a part of as well.
/// </summary>
internal static class RuntimeServiceTable
{
    private const string Heap = "a heap";
    private const string Threads = "threads";
    private const string System = "an operating system";
    private const string Culture = "the texts of a culture";

    private static readonly Dictionary<string, string> Types = new()
    {
        ["System.Console"] = "standard input and output",
        ["System.GC"] = "garbage collection",
        ["System.Environment"] = System,
        ["System.AppContext"] = System,
        ["System.AppDomain"] = System,
        ["System.OperatingSystem"] = System,
        ["System.Random"] = System,
        ["System.TimeZoneInfo"] = System,
        ["System.TimeProvider"] = System,
        ["System.Text.StringBuilder"] = Heap,
        ["System.Text.Encoding"] = "encodings as objects",
        ["System.Buffers.ArrayPool"] = Heap,
        ["System.Buffers.MemoryPool"] = Heap,
        ["System.Lazy"] = "delegates",
        ["System.Array"] = Heap,
        ["System.Diagnostics.Process"] = System,
        ["System.Diagnostics.Stopwatch"] = System,
        ["System.Runtime.InteropServices.NativeMemory"] = Heap,
        ["System.Runtime.InteropServices.Marshal"] = System,
        ["System.Runtime.InteropServices.NativeLibrary"] = System,
        ["System.Runtime.InteropServices.GCHandle"] = "garbage collection",
    };

    private static readonly Dictionary<string, string> Namespaces = new()
    {
        ["System.Threading"] = Threads,
        ["System.Threading.Tasks"] = Threads,
        ["System.Reflection"] = "reflection",
        ["System.Reflection.Emit"] = "reflection",
        ["System.Linq"] = "delegates",
        ["System.Linq.Expressions"] = "reflection",
        ["System.IO"] = "files",
        ["System.Net"] = System,
        ["System.Net.Sockets"] = System,
        ["System.Collections"] = Heap,
        ["System.Collections.Generic"] = Heap,
        ["System.Collections.Concurrent"] = Heap,
        ["System.Collections.Immutable"] = Heap,
        ["System.Globalization"] = Culture,
        ["System.Text.RegularExpressions"] = Heap,
        ["System.Text.Json"] = "reflection",
    };

    // Their texts come from tables of the culture, or need buffers of any size.
    private static readonly HashSet<string> Dates = ["DateTime", "DateTimeOffset", "TimeSpan", "DateOnly", "TimeOnly"];

    // What of a date the time zone or the clock decides.
    private static readonly HashSet<string> LocalTime = ["Now", "UtcNow", "Today", "ToLocalTime", "ToUniversalTime", "IsDaylightSavingTime", "FromFileTime", "ToFileTime", "FromBinary"];

    // What the host's processor or its C library computes.
    private static readonly HashSet<string> Mathematics =
    [
        "Acos", "Acosh", "AcosPi", "Asin", "Asinh", "AsinPi", "Atan", "Atan2", "Atan2Pi", "AtanPi", "Atanh", "Cbrt", "Cos", "Cosh", "Exp", "Exp10", "Exp10M1",
        "Exp2", "Exp2M1", "ExpM1", "Log", "Log10", "Log10P1", "Log2", "Log2P1", "LogP1", "Pow", "ReciprocalEstimate", "ReciprocalSqrtEstimate", "RootN", "Sin", "SinCos", "Sinh", "Tan", "Tanh",
    ];

    // Single instructions and comparisons, whatever else their type or namespace holds.
    private static readonly HashSet<string> Code =
    [
        "System.Threading.Interlocked", "System.Threading.Volatile", "System.Threading.Thread.SpinWait", "System.Threading.Thread.MemoryBarrier",
        "System.GC.KeepAlive", "System.Collections.Generic.EqualityComparer",
        "System.Collections.Generic.Comparer.Default", "System.Collections.Generic.Comparer.Compare", "System.Array.Empty", "System.Array.Length", "System.Array.GetLength",
        "System.Array.GetUpperBound", "System.Array.GetLowerBound", "System.Array.Rank", "System.Array.LongLength", "System.Array.Fill", "System.Array.Clear",
        "System.Array.Copy", "System.Array.IndexOf", "System.Array.LastIndexOf", "System.Array.Sort", "System.Array.Reverse",
        "System.Globalization.CultureInfo.InvariantCulture", "System.Globalization.NumberFormatInfo.InvariantInfo",
    ];

    /// <summary>What of the runtime a member needs, in a few words; null if nothing is known against it.</summary>
    /// <param name="space">Namespace of its type.</param>
    /// <param name="type">Name of its type, without type arguments.</param>
    /// <param name="member">Its name; that of a property without get and set.</param>
    public static string? Reason(string space, string type, string member)
    {
        var full = space + "." + type;
        if (Code.Contains(full) || Code.Contains(full + "." + member)) return null;
        if (Types.TryGetValue(full, out var reason) || Namespaces.TryGetValue(space, out reason)) return reason;
        if (full == "System.Buffers.SearchValues" && member == "Create") return Heap;
        if (space != "System") return null;
        if (type == "DateTime" && LocalTime.Contains(member) || (type == "Guid" && member.StartsWith("New", global::System.StringComparison.Ordinal)) || member == "CreateVersion7") return System;
        if (type is "Math" or "MathF" or "Double" or "Single" or "Half" && Mathematics.Contains(member)) return "the C library's mathematics";
        if (type == "Guid") return member is "Parse" or "TryParse" ? Heap : null;
        return Dates.Contains(type) && member is "Parse" or "TryParse" or "TryFormat" or "ParseExact" or "TryParseExact" ? Culture : null;
    }

    /// <summary>Whether what a member says depends on the machine that it runs on: its clock, time zone, culture and the like.</summary>
    /// <param name="space">Namespace of its type.</param>
    /// <param name="type">Name of its type, without type arguments.</param>
    /// <param name="member">Its name; that of a property without get and set.</param>
    public static bool DependsOnHost(string space, string type, string member) => Reason(space, type, member) is System or Culture;
}
