using System.Diagnostics;

namespace Verification.Specs.Benchmarks.Campaigns;

/// <summary>How long something takes, by turns: medians of CPU time, so that a busy computer disturbs little.</summary>
internal static class Timing
{
    /// <summary>Microseconds of this thread for each of several actions, measured in turns: medians over the turns.</summary>
    /// <param name="turns">How many turns, after one that warms up.</param>
    /// <param name="count">How often an action is done in a turn.</param>
    /// <param name="actions">Told the number of the call.</param>
    public static double[] MicrosecondsOf(int turns, int count, params Action<int>[] actions)
    {
        var times = actions.Select(_ => new List<double>()).ToArray();
        for (var turn = -1; turn < turns; turn++)
        {
            for (var i = 0; i < actions.Length; i++)
            {
                var before = CpuTime.OfThread;
                for (var call = 0; call < count; call++) actions[i](call);
                if (turn >= 0) times[i].Add((CpuTime.OfThread - before).TotalMicroseconds / count);
            }
        }

        return [.. times.Select(Median)];
    }

    /// <summary>The median, and the 99th percentile, of single calls by the wall.</summary>
    /// <param name="count">How many calls, after a tenth as many that warm up.</param>
    /// <param name="prepare">Done before each call, unmeasured.</param>
    /// <param name="action">What is measured.</param>
    public static (double Median, double Percentile99) SingleCalls(int count, Action prepare, Action action)
    {
        var times = new List<double>();
        for (var call = -count / 10; call < count; call++)
        {
            prepare();
            var start = Stopwatch.GetTimestamp();
            action();
            var time = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
            if (call >= 0) times.Add(time);
        }

        times.Sort();
        return (times[times.Count / 2], times[times.Count * 99 / 100]);
    }

    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted[sorted.Count / 2];
    }
}
