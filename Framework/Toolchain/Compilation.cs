using System.Reflection;
using Verification.Toolchain.Il;
using Verification.Toolchain.Ir;

namespace Verification.Toolchain;

/// <summary>One run of the compiler: what has been reached, what has been imported, what was refused.</summary>
internal sealed class Compilation(CompilerOptions options) : IDisposable
{
    private sealed record Origin(MethodKey? From, Place? Place);

    private readonly Dictionary<MethodKey, string> _symbols = [];
    private readonly Dictionary<string, MethodKey> _owners = [];
    private readonly Dictionary<MethodKey, Origin> _origins = [];
    private readonly Dictionary<MethodKey, Function?> _functions = [];
    private readonly Dictionary<MethodKey, int> _callCounts = [];
    private readonly HashSet<MethodKey> _inlined = [];
    private readonly HashSet<MethodKey> _inProgress = [];
    private readonly HashSet<(string, int, string)> _reported = [];
    private readonly Dictionary<Module, SequencePoints> _sequencePoints = [];
    private readonly List<StubReference> _stubs = [];
    private readonly List<(string Symbol, CallTarget Target)> _addressTaken = [];
    private readonly List<Diagnostic> _diagnostics = [];
    private readonly Stack<MethodKey> _current = new();
    private readonly Dictionary<MethodKey, string> _refusedLibrary = [];
    private (Refusal Refusal, Place Place)? _withheld;

    /// <summary>Choices of this compilation.</summary>
    public CompilerOptions Options { get; } = options;

    /// <summary>Static fields, literals, tables.</summary>
    public StaticData Data { get; } = new();

    /// <summary>Calls of the base library's methods that may fail.</summary>
    public Codegen.PanicCalls PanicCalls => field ??= new Codegen.PanicCalls(this);

    /// <summary>Methods reached, in order.</summary>
    public Queue<MethodKey> Work { get; } = new();

    /// <summary>What was refused so far.</summary>
    public IReadOnlyList<Diagnostic> Diagnostics => _diagnostics;

    /// <summary>Assembly stubs that were referred to.</summary>
    public IReadOnlyList<StubReference> Stubs => _stubs;

    /// <summary>The panic handler's symbol; null if the kernel has none.</summary>
    public string? PanicSymbol { get; set; }

    /// <summary>True for code that is neither the base library's nor the compiler's own.</summary>
    public static bool IsKernelCode(MethodBase method) => IsKernelCode(method.Module.Assembly);

    /// <summary>True for an assembly that is neither the base library's nor the compiler's own.</summary>
    public static bool IsKernelCode(Assembly assembly) =>
        assembly != typeof(object).Assembly && assembly != typeof(Compilation).Assembly &&
        assembly.FullName?.StartsWith("System.", StringComparison.Ordinal) != true;

    /// <summary>The symbol of a method that code refers to; the method will be compiled.</summary>
    public string Reference(MethodKey key, Place? place)
    {
        if (_symbols.TryGetValue(key, out string? symbol)) return symbol;
        symbol = key.Symbol;
        for (int number = 2; !_owners.TryAdd(symbol, key); number++) symbol = $"{key.Symbol}#{number}";
        _symbols.Add(key, symbol);
        _origins.Add(key, new Origin(_current.TryPeek(out MethodKey? from) ? from : null, place));
        if (Attributes.AssemblyText(key.Method) is not null) _stubs.Add(new StubReference(symbol, key.Method));
        else Work.Enqueue(key);
        return symbol;
    }

    /// <summary>The method that a symbol names; null for data and assembly.</summary>
    public MethodKey? KeyOf(string symbol) =>
        _owners.TryGetValue(symbol, out MethodKey? key) && Attributes.AssemblyText(key.Method) is null ? key : null;

    /// <summary>The symbol of a method whose address code takes.</summary>
    public string AddressTaken(MethodBase method, Place place)
    {
        string symbol = Reference(new MethodKey(method, null), place);
        Type result = method is MethodInfo info ? info.ReturnType : typeof(void);
        Type[] parameters = [.. method.GetParameters().Select(parameter => parameter.ParameterType)];
        if (_addressTaken.All(taken => taken.Symbol != symbol))
            _addressTaken.Add((symbol, new CallTarget(null, symbol, result, parameters)));
        return symbol;
    }

    /// <summary>Methods that a call through a pointer of that signature may reach.</summary>
    public IReadOnlyList<string> IndirectTargets(CallTarget call) =>
        [.. _addressTaken.Where(taken => taken.Target.Signature == call.Signature).Select(taken => taken.Symbol)];

    /// <summary>Imports a method and takes its variables out of memory. Null if it was refused.</summary>
    public Function? Import(MethodKey key)
    {
        if (_functions.TryGetValue(key, out Function? function)) return function;
        _current.Push(key);
        try
        {
            function = Importer.Import(this, key);
            Optimise.Pipeline.CleanUp(function);
            CountCalls(function);
        }
        catch (Refusal refusal) when (refusal.IsTold)
        {
            function = null;
            Report(refusal, new Place(key.Method, FirstPoint(key.Method), null));
        }
        finally
        {
            _current.Pop();
        }

        _functions[key] = function;
        return function;
    }

    /// <summary>
    /// A method's code with its calls inlined, callees before callers. Null while it is being made, which happens in
    /// recursion, and if it was refused.
    /// </summary>
    public Function? Inlined(MethodKey key)
    {
        if (!_functions.TryGetValue(key, out Function? function) || function is null) return null;
        if (_inlined.Contains(key)) return function;
        if (!_inProgress.Add(key)) return null;
        Optimise.Pipeline.Inline(this, function);
        _inProgress.Remove(key);
        _inlined.Add(key);
        return function;
    }

    /// <summary>How many calls of a method stand in the program.</summary>
    public int CallCount(MethodKey key) =>
        _addressTaken.Any(taken => taken.Symbol == _symbols[key]) ? int.MaxValue : _callCounts.GetValueOrDefault(key);

    private void CountCalls(Function function)
    {
        foreach (Block block in function.Blocks)
        {
            foreach (Instr instr in block.Body)
            {
                if (instr is { Op: Op.Call, Reference: CallTarget { Callee: { } callee } })
                    _callCounts[callee] = _callCounts.GetValueOrDefault(callee) + 1;
            }
        }
    }

    /// <summary>Sequence points of the assembly that a method lies in.</summary>
    public SequencePoints Symbols(MethodBase method)
    {
        if (_sequencePoints.TryGetValue(method.Module, out SequencePoints? points)) return points;
        bool wanted = IsKernelCode(method);
        points = new SequencePoints(wanted ? KernelAssembly.SymbolsOf(method.Module.Assembly) : null);
        _sequencePoints.Add(method.Module, points);
        return points;
    }

    /// <summary>Notes a refusal at the nearest place in the kernel's own source.</summary>
    public void Report(Refusal refusal, Place place)
    {
        (SourcePoint? point, string through) = refusal.Point is { } own ? (own, "") : Locate(place);
        string message = through.Length == 0 || refusal.Message.Contains($"'{through}'", StringComparison.Ordinal) ? refusal.Message : $"{refusal.Message} (reached through {through})";
        // Floating point is asked for by the kernel's own build, wherever it is used.
        bool isInLibrary = through.Length > 0 && place.Nearest is null && refusal.Id != "KT0014" && !IsKernelCode(place.Method);
        if (isInLibrary && _current.TryPeek(out MethodKey? refused)) _refusedLibrary.TryAdd(refused, message);
        if (isInLibrary) (refusal, message) = (Refusal.Library(message), Refusal.Library(message).Message);
        Report(new Diagnostic(
            refusal.Id, DiagnosticSeverity.Error, point?.File ?? "", point?.Line ?? 0, point?.Column ?? 0, message));
    }

    /// <summary>Notes that something was refused for a reason that another refusal will give.</summary>
    public void Withhold(Refusal refusal, Place place) => _withheld ??= (refusal, place);

    /// <summary>
    /// Looks, once everything has been imported, for calls in the kernel's own code that come through the base library to
    /// something refused: each is told at its own line, not the first alone.
    /// </summary>
    public void ReportCallersOfRefused()
    {
        if (_diagnostics.Count == 0 && _withheld is { } withheld) Report(withheld.Refusal, withheld.Place);
        bool grows = _refusedLibrary.Count > 0;
        while (grows)
        {
            grows = false;
            foreach ((MethodKey key, Function? function) in _functions)
            {
                if (function is null || IsKernelCode(key.Method) || _refusedLibrary.ContainsKey(key)) continue;
                if (Calls(function).FirstOrDefault(call => _refusedLibrary.ContainsKey(call.Callee)) is not { Instr: not null } found) continue;
                _refusedLibrary[key] = _refusedLibrary[found.Callee];
                grows = true;
            }
        }

        foreach (Function function in _functions.Values.OfType<Function>().Where(function => IsKernelCode(function.Key.Method)).ToList())
        {
            foreach ((Instr? instr, MethodKey callee) in Calls(function))
            {
                if (instr?.Place?.Nearest is not { } point || !_refusedLibrary.TryGetValue(callee, out string? message)) continue;
                Refusal refusal = Refusal.Library(message);
                Report(new Diagnostic(refusal.Id, DiagnosticSeverity.Error, point.File, point.Line, point.Column, refusal.Message));
            }
        }
    }

    private static IEnumerable<(Instr? Instr, MethodKey Callee)> Calls(Function function) =>
        from block in function.Blocks
        from instr in block.Body
        where instr is { Op: Op.Call, Reference: CallTarget { Callee: not null } }
        select ((Instr?)instr, ((CallTarget)instr.Reference!).Callee!);

    /// <summary>Notes a diagnostic, once per place and id.</summary>
    public void Report(Diagnostic diagnostic)
    {
        string place = $"{diagnostic.Id}:{diagnostic.File}:{diagnostic.Column}";
        if (_reported.Add((place, diagnostic.Line, diagnostic.Line == 0 ? diagnostic.Message : ""))) _diagnostics.Add(diagnostic);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (SequencePoints points in _sequencePoints.Values) points.Dispose();
        TypeLayout.Forget();
    }

    private (SourcePoint? Point, string Through) Locate(Place place)
    {
        if (place.Nearest is { } own) return (own, "");
        List<string> through = [SymbolNames.Display(place.Method)];
        _current.TryPeek(out MethodKey? key);
        while (key is { } step && _origins.TryGetValue(step, out Origin? origin))
        {
            if (origin.Place?.Nearest is { } point)
            {
                through.Reverse();
                return (point, string.Join(", ", through.Distinct()));
            }

            if (origin.From is { } from) through.Add(SymbolNames.Display(from.Method));
            key = origin.From;
        }

        return (null, "");
    }

    private SourcePoint? FirstPoint(MethodBase method)
    {
        (int Offset, SourcePoint Point)[] points = Symbols(method).Of(method);
        return points.Length == 0 ? null : points[0].Point;
    }
}
