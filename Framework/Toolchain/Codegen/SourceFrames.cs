using System.Reflection;
using Verification.Toolchain.Ir;

namespace Verification.Toolchain.Codegen;

/// <summary>
/// Which code belongs to which inlined call and to which scope of local variables. Code without a place of its own goes
/// with what stands before it.
/// </summary>
internal sealed class SourceFrames
{
    private sealed record Run(Place? Place, int Start, int End);

    private sealed record ScopeKey(int Call, int Start, int End);

    private const int Whole = int.MaxValue;

    private readonly List<Run> _runs = [];
    private readonly Dictionary<Place, int> _calls = new(ReferenceEqualityComparer.Instance);
    private readonly List<InlinedCall> _inlined = [];
    private readonly List<VariableScope> _scopes = [];
    private readonly Dictionary<ScopeKey, int> _scopeOf = [];

    /// <summary>Reads the places of a method's code.</summary>
    public SourceFrames(IEnumerable<CodeItem> items)
    {
        Place? place = null;
        foreach (CodeItem item in items)
        {
            if (item.SizeBytes == 0) continue;
            place = item.Place ?? place;
            if (_runs.Count > 0 && ReferenceEquals(_runs[^1].Place, place)) _runs[^1] = _runs[^1] with { End = item.Offset + item.SizeBytes };
            else _runs.Add(new Run(place, item.Offset, item.Offset + item.SizeBytes));
        }

        foreach (Place call in _runs.SelectMany(run => Chain(run.Place)).Where(link => link.Caller is not null).Select(link => link.Caller!)) Enter(call);
    }

    /// <summary>The calls of the kernel's own methods that were inlined, outer ones first.</summary>
    public IReadOnlyList<InlinedCall> Inlined => _inlined;

    /// <summary>The scopes that variables were asked for, outer ones first.</summary>
    public IReadOnlyList<VariableScope> Scopes => _scopes;

    /// <summary>The names under which a variable is known, each with its call (-1: the method itself) and scope (-1: all of it).</summary>
    public IEnumerable<(string Name, int Call, int Scope)> NamesOf(Variable variable)
    {
        int call = -1;
        if (variable.Inlined is { } site && !_calls.TryGetValue(site, out call)) yield break;
        if (variable.Inlined is not null && call < 0) yield break;
        foreach (ScopedName name in variable.Names)
            yield return (name.Name, call, variable.Parameter >= 0 ? -1 : Scope(call, variable.Inlined, name));
    }

    // From the innermost place to the outermost.
    private static IEnumerable<Place> Chain(Place? place)
    {
        for (; place is not null; place = place.Caller) yield return place;
    }

    /// <summary>Enters an inlined call, after the ones that it lies in; -1 for the base library's, which has no source here.</summary>
    private int Enter(Place call)
    {
        if (_calls.TryGetValue(call, out int known)) return known;
        int parent = call.Caller is { } outer ? Enter(outer) : -1;
        Place inside = _runs.SelectMany(run => Chain(run.Place)).First(link => ReferenceEquals(link.Caller, call));
        // What the base library does belongs to the line that calls it; what it calls back of the kernel's does not.
        if (!Compilation.IsKernelCode(inside.Method))
        {
            _calls.Add(call, -1);
            return -1;
        }

        for (Place? link = call.Caller; parent < 0 && link is not null; link = link.Caller) parent = _calls.GetValueOrDefault(link, -1);
        Il.SourcePoint? point = call.Nearest;
        _inlined.Add(new InlinedCall(
            inside.Method, RangesWhere(place => Chain(place).Any(link => ReferenceEquals(link.Caller, call))),
            point?.File ?? "", point?.Line ?? 0, point?.Column ?? 0, parent));
        _calls.Add(call, _inlined.Count - 1);
        return _inlined.Count - 1;
    }

    private int Scope(int call, Place? site, ScopedName name)
    {
        if (name.Start == 0 && name.End == Whole) return -1;
        ScopeKey key = new(call, name.Start, name.End);
        if (_scopeOf.TryGetValue(key, out int known)) return known;
        _scopes.Add(new VariableScope(call, RangesWhere(place => Chain(place).FirstOrDefault(
            link => ReferenceEquals(link.Caller, site)) is { } own && own.Offset >= name.Start && own.Offset < name.End)));
        _scopeOf.Add(key, _scopes.Count - 1);
        return _scopes.Count - 1;
    }

    private List<CodeRange> RangesWhere(Func<Place?, bool> holds)
    {
        List<CodeRange> ranges = [];
        foreach ((Place? place, int start, int end) in _runs)
        {
            if (!holds(place)) continue;
            if (ranges.Count > 0 && ranges[^1].EndOffset == start) ranges[^1] = new CodeRange(ranges[^1].StartOffset, end);
            else ranges.Add(new CodeRange(start, end));
        }

        return ranges;
    }
}
