using System.Runtime.CompilerServices;
using Verification.Machine.State;

namespace Verification.Machine.Harts;

/// <summary>
/// An observer that need not see everything: translated code runs on as long as nothing happens that interests it, and the
/// observed interpreter executes the instructions at which something does.
/// </summary>
public interface ISelectiveObserver : IObserver
{
    /// <summary>What it must be told; the same object as long as it observes the same run.</summary>
    Interests Interests { get; }
}

/// <summary>
/// What a <see cref="ISelectiveObserver"/> must be told of a run. It may be told more; traps and calls of the firmware always
/// are. What is not named here - fetches, loads, branches, control registers - it must not depend on.
/// </summary>
public sealed class Interests
{
    private readonly HashSet<ulong> _targets;
    private readonly HashSet<ulong> _returns = [];
    private readonly Dictionary<ulong, StoreFilter[]> _filters;

    /// <summary>Interests that do not change, but for <see cref="AddReturn"/>.</summary>
    /// <param name="stack">How closely stack pointers are followed.</param>
    /// <param name="targets">Addresses: every call or jump there is told.</param>
    /// <param name="stores">Physical addresses and sizes: every store or atomic that touches one is told.</param>
    public Interests(StackInterest stack, IEnumerable<ulong> targets, IEnumerable<(ulong Address, int SizeBytes)> stores)
    {
        Stack = stack;
        _targets = [.. targets];
        _filters = FiltersOf(stores);
        Code = new CodeInterests(stack != StackInterest.None, _targets.Order().ToValueList());
    }

    private Interests(Interests other)
    {
        (_targets, Stack, _filters, Code) = (other._targets, other.Stack, other._filters, other.Code);
        _returns.UnionWith(other._returns);
    }

    /// <summary>The same interests, to be added to on their own.</summary>
    public Interests Fork() => new(this);

    /// <summary>How closely stack pointers are followed: see <see cref="Hart.GuardStack"/>.</summary>
    public StackInterest Stack { get; }

    /// <summary>Pages whose stores must be looked at.</summary>
    internal IEnumerable<ulong> StorePages => _filters.Keys;

    /// <summary>What translations depend on.</summary>
    internal CodeInterests Code { get; }

    /// <summary>Grows when something was added.</summary>
    internal int Version { get; private set; }

    /// <summary>From now on every return to this address is told.</summary>
    public void AddReturn(ulong address)
    {
        if (_returns.Add(address)) Version++;
    }

    /// <summary>Which stores to a page must be told, at a fixed address; null where none.</summary>
    internal unsafe StoreFilter* FilterOf(ulong page) =>
        _filters.TryGetValue(page, out var filter) ? StoreFilter.AddressOf(filter) : null;

    /// <summary>Whether computed jumps to an address are told.</summary>
    internal bool IsTold(ulong target) => _targets.Contains(target) || _returns.Contains(target);

    private static Dictionary<ulong, StoreFilter[]> FiltersOf(IEnumerable<(ulong Address, int SizeBytes)> stores)
    {
        var filters = new Dictionary<ulong, StoreFilter[]>();
        foreach (var (address, sizeBytes) in stores)
        {
            for (var page = address >> 12; page <= (address + (ulong)sizeBytes - 1) >> 12; page++)
            {
                if (!filters.TryGetValue(page, out var filter))
                    filters.Add(page, filter = StoreFilter.New());
                filter[0].Add(page, address, sizeBytes);
            }
        }

        return filters;
    }
}

/// <summary>In which modes writes of <c>sp</c>, and accesses through <c>sp</c> or <c>s0</c>, are told where a guard does not let them pass.</summary>
public enum StackInterest
{
    /// <summary>In none.</summary>
    None,

    /// <summary>In S-mode: M-mode is someone else's.</summary>
    Supervisor,

    /// <summary>In S- and M-mode.</summary>
    Privileged,
}

/// <summary>The part of <see cref="Interests"/> that is compiled into code, by value: equal ones share their translations.</summary>
/// <param name="FollowsStack">Whether guards are asked.</param>
/// <param name="Targets">Where no jump may lead untold.</param>
internal sealed record CodeInterests(bool FollowsStack, ValueList<ulong> Targets);
