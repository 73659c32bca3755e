namespace Verification.Toolchain.Linking;

/// <summary>
/// The most bytes that the boot path can use of its stack: frames summed along the deepest chain of calls from the
/// <c>[BootEntry]</c> methods that start on the boot stack. Traps have a stack of their own and don't count.
/// <para>
/// Algorithm: depth first over the compiler's call graph, each method's depth computed once; a tail call's frame
/// replaces the caller's, every other one adds. Known limits: recursion and calls of unknown target give no bound;
/// the frames of assembly stubs are taken as 0, so a stub that moves <c>sp</c> must not be called from the boot path.
/// </para>
/// </summary>
/// <param name="SizeBytes">The bound, rounded up to a multiple of 16; what is known of it if there is none.</param>
/// <param name="Chain">The methods of the deepest chain, entry first.</param>
/// <param name="Unresolved">Why there is no bound; null if there is one.</param>
public sealed record StackBound(int SizeBytes, IReadOnlyList<string> Chain, string? Unresolved)
{
    /// <summary>Computes the boot stack's bound.</summary>
    public static StackBound OfBootStack(CompiledProgram program)
    {
        Search search = new(program);
        Depth deepest = new(0, null, null);
        foreach (CompiledMethod method in program.Methods.Where(StartsOnBootStack))
        {
            Depth depth = search.DepthOf(method.Symbol);
            if (depth.SizeBytes > deepest.SizeBytes) deepest = depth;
        }

        int alignment = LinkerLayout.StackAlignmentBytes;
        int sizeBytes = Math.Max((deepest.SizeBytes + alignment - 1) / alignment * alignment, alignment);
        List<string> chain = [];
        for (Depth? link = deepest; link?.Method is not null; link = link.Next) chain.Add(link.Method.DisplayName);
        return new StackBound(sizeBytes, chain, search.Unresolved);
    }

    private static bool StartsOnBootStack(CompiledMethod method) => method.Method.GetCustomAttributesData().Any(attribute =>
        attribute.AttributeType.FullName == "Verification.Intrinsics.BootEntryAttribute"
        && attribute.NamedArguments.All(argument => argument is not { MemberName: "StackSizeBytes", TypedValue.Value: > 0 }));

    private sealed record Depth(int SizeBytes, CompiledMethod? Method, Depth? Next);

    private sealed class Search(CompiledProgram program)
    {
        private readonly Dictionary<string, CompiledMethod> _methods =
            program.Methods.ToDictionary(method => method.Symbol, StringComparer.Ordinal);

        private readonly Dictionary<string, Depth?> _depths = new(StringComparer.Ordinal);

        public string? Unresolved { get; private set; }

        public Depth DepthOf(string symbol)
        {
            if (_depths.TryGetValue(symbol, out Depth? known))
            {
                // An entry without a depth is under way: the chain has come back to it.
                if (known is null) Unresolved ??= $"{_methods[symbol].DisplayName} is recursive";
                return known ?? new Depth(0, null, null);
            }

            if (!_methods.TryGetValue(symbol, out CompiledMethod? method)) return new Depth(0, null, null);
            _depths[symbol] = null;
            Depth deepest = new(method.FrameSizeBytes, method, null);
            foreach (CallEdge call in method.Calls)
            {
                if (call.Targets.Count == 0) Unresolved ??= $"{method.DisplayName} makes a call of unknown target";
                int own = call.Kind == CallKind.Tail ? 0 : method.FrameSizeBytes;
                foreach (string target in call.Targets)
                {
                    Depth below = DepthOf(target);
                    if (own + below.SizeBytes > deepest.SizeBytes) deepest = new Depth(own + below.SizeBytes, method, below);
                }
            }

            _depths[symbol] = deepest;
            return deepest;
        }
    }
}
