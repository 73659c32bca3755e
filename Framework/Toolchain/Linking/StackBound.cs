namespace Verification.Toolchain.Linking;

/// <summary>
/// The most bytes that code can use of a stack: frames summed along the deepest chain of calls.
/// <para>
/// Algorithm: depth first over the compiler's call graph, assembly stubs included, each function's depth computed once; a
/// tail call's frame replaces the caller's, every other one adds. A trap adds what its stub takes of the interrupted stack:
/// nothing if it changes to a stack of its own first, else its frame and the handler's bound, once for each trap that may
/// interrupt another. Known limits: recursion and calls of unknown target give no bound.
/// </para>
/// </summary>
/// <param name="SizeBytes">The bound, rounded up to a multiple of 16; what is known of it if there is none.</param>
/// <param name="Chain">The functions of the deepest chain, entry first.</param>
/// <param name="Unresolved">Why there is no bound, and where; null if there is one.</param>
public sealed record StackBound(int SizeBytes, IReadOnlyList<string> Chain, Diagnostic? Unresolved)
{
    /// <summary>The boot stack's bound: the boot path, and traps if they use its stack.</summary>
    /// <param name="program">The program.</param>
    /// <param name="stubs">Its assembly stubs; without them, a call of one has no bound.</param>
    /// <param name="nestedTraps">How many traps may be under way on one hart.</param>
    public static StackBound OfBootStack(CompiledProgram program, IReadOnlyList<StubCode>? stubs = null, int nestedTraps = 1)
    {
        Search search = new(program, stubs ?? []);
        Depth deepest = Deepest(program.Methods.Where(method => Attributes.EntryStackBytes(method.Method) == 0).Select(method => search.DepthOf(method.Symbol)));
        Depth trap = Deepest(TrapFunctions(stubs ?? []).Select(function => search.OnEntryStack(function)));
        if (trap.SizeBytes > 0) deepest = new Depth(deepest.SizeBytes + nestedTraps * trap.SizeBytes, deepest.Name, deepest.Next, trap);
        return search.Bound(deepest);
    }

    /// <summary>The bound of a stack that traps change to: the stub's frame and the handler's.</summary>
    public static StackBound OfTrapStack(CompiledProgram program, IReadOnlyList<StubCode> stubs, int nestedTraps = 1)
    {
        Search search = new(program, stubs);
        Depth trap = Deepest(TrapFunctions(stubs).Select(function => search.DepthOf(function.Symbol)));
        return search.Bound(trap with { SizeBytes = nestedTraps * trap.SizeBytes });
    }

    /// <summary>
    /// The entries that start on a stack of a size that the program itself declares, by <c>[BootEntry(StackSizeBytes = ...)]</c>,
    /// each with its bound. A trap handler's is that of the stub that calls it.
    /// </summary>
    public static IReadOnlyList<(CompiledMethod Entry, int DeclaredSizeBytes, StackBound Bound)> OfDeclaredStacks(
        CompiledProgram program, IReadOnlyList<StubCode> stubs)
    {
        List<(CompiledMethod, int, StackBound)> bounds = [];
        foreach (CompiledMethod method in program.Methods)
        {
            if (Attributes.EntryStackBytes(method.Method) is not (> 0 and var sizeBytes)) continue;
            Search search = new(program, stubs);
            IEnumerable<Depth> callers = TrapFunctions(stubs)
                .Where(function => function.Calls.Any(call => call.Targets.Contains(method.Symbol)))
                .Select(function => search.DepthOf(function.Symbol));
            bounds.Add((method, sizeBytes, search.Bound(Deepest([search.DepthOf(method.Symbol), .. callers]))));
        }

        return bounds;
    }

    private static IEnumerable<StubFunction> TrapFunctions(IReadOnlyList<StubCode> stubs) =>
        stubs.Where(stub => stub.Unwind.Frame == StubFrame.Trap).SelectMany(stub => stub.Functions);

    private static Depth Deepest(IEnumerable<Depth> depths) =>
        depths.Aggregate(new Depth(0, null, null), (deepest, depth) => depth.SizeBytes > deepest.SizeBytes ? depth : deepest);

    private sealed record Depth(int SizeBytes, string? Name, Depth? Next, Depth? Trap = null);

    private sealed class Search
    {
        private readonly Dictionary<string, CompiledMethod> _methods;
        private readonly Dictionary<string, (StubFunction Function, StubCode Stub)> _stubs = new(StringComparer.Ordinal);
        private readonly Dictionary<string, Depth?> _depths = new(StringComparer.Ordinal);

        public Search(CompiledProgram program, IReadOnlyList<StubCode> stubs)
        {
            _methods = program.Methods.ToDictionary(method => method.Symbol, StringComparer.Ordinal);
            foreach (StubCode stub in stubs)
            {
                foreach (StubFunction function in stub.Functions) _stubs[function.Symbol] = (function, stub);
            }
        }

        private Diagnostic? Unresolved { get; set; }

        public StackBound Bound(Depth deepest)
        {
            int alignment = LinkerLayout.StackAlignmentBytes;
            int sizeBytes = Math.Max((deepest.SizeBytes + alignment - 1) / alignment * alignment, alignment);
            return new StackBound(sizeBytes, [.. Names(deepest), .. Names(deepest.Trap)], Unresolved);
        }

        public Depth DepthOf(string symbol)
        {
            if (_depths.TryGetValue(symbol, out Depth? known))
            {
                // An entry without a depth is under way: the chain has come back to it.
                if (known is null) Unresolve(symbol, 0, $"{NameOf(symbol)} is recursive");
                return known ?? new Depth(0, null, null);
            }

            _depths[symbol] = null;
            Depth depth = _methods.TryGetValue(symbol, out CompiledMethod? method) ? OfMethod(method)
                : _stubs.TryGetValue(symbol, out (StubFunction Function, StubCode Stub) stub) ? OfStub(stub.Function)
                : Unknown(symbol);
            _depths[symbol] = depth;
            return depth;
        }

        /// <summary>What a stub takes of the stack on which it is entered.</summary>
        public Depth OnEntryStack(StubFunction function) => Deepest(
        [
            new Depth(function.EntryFrameSizeBytes, function.Symbol, null),
            .. Calls(function.Symbol, function.Symbol, [.. function.Calls.Where(call => call.IsOnEntryStack)
                .Select(call => (call.Offset, call.Targets, call.FrameSizeBytes))]),
        ]);

        private Depth OfMethod(CompiledMethod method) => Deepest(
        [
            new Depth(method.FrameSizeBytes, method.DisplayName, null),
            .. Calls(method.Symbol, method.DisplayName, [.. method.Calls
                .Select(call => (call.Offset, call.Targets, call.Kind == CallKind.Tail ? 0 : method.FrameSizeBytes))]),
        ]);

        private Depth OfStub(StubFunction function) => Deepest(
        [
            new Depth(function.FrameSizeBytes, function.Symbol, null),
            .. Calls(function.Symbol, function.Symbol, [.. function.Calls.Select(call => (call.Offset, call.Targets, call.FrameSizeBytes))]),
        ]);

        private IEnumerable<Depth> Calls(string symbol, string name, IReadOnlyList<(int Offset, IReadOnlyList<string> Targets, int OwnBytes)> calls)
        {
            foreach ((int offset, IReadOnlyList<string> targets, int ownBytes) in calls)
            {
                if (targets.Count == 0) Unresolve(symbol, offset, $"{name} makes a call of unknown target");
                foreach (string target in targets)
                {
                    Depth below = DepthOf(target);
                    yield return new Depth(ownBytes + below.SizeBytes, name, below);
                }
            }
        }

        private Depth Unknown(string symbol)
        {
            Unresolve(symbol, 0, $"nothing is known of the frame of {symbol}");
            return new Depth(0, symbol, null);
        }

        private void Unresolve(string symbol, int offset, string sentence)
        {
            LineRow place = default;
            IReadOnlyList<LineRow>? lines = _methods.TryGetValue(symbol, out CompiledMethod? method) ? method.Lines
                : _stubs.TryGetValue(symbol, out (StubFunction Function, StubCode Stub) stub) ? stub.Stub.Lines : null;
            foreach (LineRow row in lines ?? [])
            {
                if (row.Offset <= offset || place.Line == 0) place = row;
            }

            Unresolved ??= new Diagnostic(
                "KT0912", DiagnosticSeverity.Error, place.File ?? "", place.Line, place.Column, $"the stack can't be sized: {sentence}");
        }

        private string NameOf(string symbol) => _methods.TryGetValue(symbol, out CompiledMethod? method) ? method.DisplayName : symbol;

        private static IEnumerable<string> Names(Depth? depth)
        {
            for (; depth?.Name is not null; depth = depth.Next) yield return depth.Name;
        }
    }
}
