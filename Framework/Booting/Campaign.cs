using System.Collections.Concurrent;
using Verification.Framework.Kernels;
using Verification.Machine;

namespace Verification.Framework.Booting;

/// <summary>
/// Boots a kernel on many machines, spread over the host's cores. Results come in the machines' order, and are the same
/// on any number of cores: the first failure is that of the lowest number.
/// </summary>
/// <param name="kernel">The kernel.</param>
/// <param name="machine">The machine with a number, from 0: a pure function.</param>
/// <param name="limits">How long one boot may go on.</param>
public sealed class Campaign(KernelDescription kernel, Func<int, BoardConfiguration> machine, BootLimits limits)
{
    private const int MachinesOfGroup = 32;

    /// <summary>How many boots run at the same time; has no influence on any result.</summary>
    public int ParallelBoots { get; init; } = Environment.ProcessorCount;

    /// <summary>Boots machines 0 up to <paramref name="count"/> - 1, or up to the first that does not pass.</summary>
    /// <param name="count">How many machines.</param>
    /// <param name="progress">Told the results in order, from the calling thread.</param>
    public CampaignResult Run(int count, Action<CampaignResult>? progress = null)
    {
        var result = CampaignResult.Empty;
        var groups = new ConcurrentDictionary<int, Lazy<MachineGroup>>();
        using var boots = new BootsAhead(count, ParallelBoots, Boot);
        for (int number = 0; number < count; number++)
        {
            // What is wrong with a description or an image is told for the first machine, on any number of cores.
            result = result.With(boots.Take());
            if (result.Failure is not null) return result;
            if ((number + 1) % MachinesOfGroup != 0 && number + 1 != count) continue;
            groups.TryRemove(number / MachinesOfGroup, out _);
            progress?.Invoke(result);
        }

        return result;

        BootResult Boot(int number) => groups
            .GetOrAdd(number / MachinesOfGroup, group => new(() => Group(group * MachinesOfGroup, Math.Min(MachinesOfGroup, count - group * MachinesOfGroup))))
            .Value.Boot(number % MachinesOfGroup);
    }

    /// <summary>Makes a failing machine as simple as the failure allows.</summary>
    /// <param name="failing">A boot that did not pass.</param>
    /// <param name="simpler">Simpler machines than one, the simplest first.</param>
    /// <param name="mostBoots">How many boots may be spent.</param>
    /// <returns>The boot of the simplest machine that fails in the same way.</returns>
    public BootResult Shrink(BootResult failing, Func<BoardConfiguration, IEnumerable<BoardConfiguration>> simpler, int mostBoots = 500)
    {
        var current = failing;
        int spent = 0;
        while (spent < mostBoots)
        {
            BootResult? next = null;
            foreach (var chunk in simpler(current.Machine).Chunk(ParallelBoots))
            {
                spent += chunk.Length;
                // A simpler machine may be impossible for this image; then it shows nothing.
                next = InParallel(chunk).FirstOrDefault(b => b is not null && FailsAlike(b, failing));
                if (next is not null || spent >= mostBoots) break;
            }

            if (next is null) return current;
            current = next;
        }

        return current;
    }

    private MachineGroup Group(int first, int count) => new(kernel, [.. Enumerable.Range(first, count).Select(machine)], limits);

    private BootResult?[] InParallel(BoardConfiguration[] machines)
    {
        var group = new MachineGroup(kernel, machines, limits);
        var boots = new BootResult?[machines.Length];
        Parallel.For(0, machines.Length, new ParallelOptions { MaxDegreeOfParallelism = ParallelBoots }, i => boots[i] = Try(group, i));
        return boots;
    }

    private static BootResult? Try(MachineGroup group, int index)
    {
        try
        {
            return group.Boot(index);
        }
        catch (Exception e) when (e is KernelDescriptionException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>The same kind of failure, of the same thing: otherwise shrinking would wander to another bug.</summary>
    private static bool FailsAlike(BootResult one, BootResult other) => (one.Failure, other.Failure) switch
    {
        (null, _) or (_, null) => false,
        (BootFailure.OutOfStack a, BootFailure.OutOfStack b) =>
            a.Breach.Kind == b.Breach.Kind && a.Breach.Stack?.Name == b.Breach.Stack?.Name,
        (BootFailure.Lock a, BootFailure.Lock b) => a.Breach.Rule == b.Breach.Rule && a.Breach.Lock == b.Breach.Lock,
        (BootFailure.Page a, BootFailure.Page b) => a.Breach.Rule == b.Breach.Rule,
        var (a, b) => a.GetType() == b.GetType() && one.Verdict == other.Verdict,
    };
}
