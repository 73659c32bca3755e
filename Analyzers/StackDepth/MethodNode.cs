using System.Collections.Generic;
using Microsoft.CodeAnalysis;

namespace Verification.Analyzers.StackDepth;

/// <summary>One compiled instance of a method in the call graph, with what its source says of its frame.</summary>
internal sealed class MethodNode(IMethodSymbol method, Substitution substitution)
{
    /// <summary>The method with its type arguments.</summary>
    public IMethodSymbol Method { get; } = method;

    /// <summary>What the type parameters stand for in it.</summary>
    public Substitution Substitution { get; } = substitution;

    /// <summary>The frame alone, in bytes, before callees are inlined into it.</summary>
    public long OwnBytes { get; set; }

    /// <summary>The part of <see cref="OwnBytes"/> that is structs, buffers and stack allocations.</summary>
    public long MemoryBytes { get; set; }

    /// <summary>At how many places the method is called.</summary>
    public int CallSites { get; set; }

    /// <summary>
    /// What the method adds to a caller's frame if it is compiled into it; 0 if it never is. On a path through both
    /// it then counts there and not again.
    /// </summary>
    public long InlinedBytes { get; set; }

    /// <summary>The frame in bytes: own, and what inlined callees may add.</summary>
    public long FrameBytes { get; set; }

    /// <summary>The bytes that the deepest known call into an assembly without source adds below the frame.</summary>
    public long ForeignBytes { get; set; }

    /// <summary>The panic handler, which a failure in such a call ends in; null for what the handler itself reaches.</summary>
    public MethodNode? PanicHandler { get; set; }

    /// <summary>What such a call takes in the worst case: it fails when it is deepest.</summary>
    public long ForeignDepthBytes => ForeignBytes == 0 ? 0 : ForeignBytes + (PanicHandler is { } handler ? KnownCalls.FailureBytes + handler.DepthBelowCaller : 0);

    /// <summary>The largest single contribution, for the message: text and bytes.</summary>
    public (string Text, long Bytes) Largest { get; set; } = ("", 0);

    /// <summary>How much code the method is, in operations: small ones may be inlined.</summary>
    public int OperationCount { get; set; }

    /// <summary>Whether the source demands or forbids inlining; null: the compiler decides.</summary>
    public bool? DemandsInlining { get; set; }

    /// <summary>Direct calls, one entry a call site.</summary>
    public List<MethodNode> Calls { get; } = [];

    /// <summary>What could not be accounted for, each at its place.</summary>
    public List<Unresolved> Unresolved { get; } = [];

    /// <summary>Deepest stack from this method's entry on; set once the graph is complete.</summary>
    public long DepthBytes { get; set; }

    /// <summary>The callee on the deepest path.</summary>
    public MethodNode? Deepest { get; set; }

    /// <summary>What the method adds to the depth below a caller of it, whose frame counts what may be inlined.</summary>
    public long DepthBelowCaller => DepthBytes - InlinedBytes;

    /// <summary>Whether the method can reach itself.</summary>
    public bool IsRecursive { get; set; }

    /// <summary>The name in messages: type and method, with type arguments.</summary>
    public string Name => Method.MethodKind == MethodKind.LocalFunction
        ? Method.Name
        : Method.ToDisplayString(NameFormat);

    private static readonly SymbolDisplayFormat NameFormat = new(
        typeQualificationStyle: SymbolDisplayTypeQualificationStyle.NameAndContainingTypes,
        genericsOptions: SymbolDisplayGenericsOptions.IncludeTypeParameters,
        memberOptions: SymbolDisplayMemberOptions.IncludeContainingType,
        miscellaneousOptions: SymbolDisplayMiscellaneousOptions.UseSpecialTypes);
}

/// <summary>What kind of stack use no number can be given for.</summary>
internal enum UnresolvedKind
{
    /// <summary>A call whose target is not known: KV0003.</summary>
    Call,

    /// <summary>A stack allocation without a constant bound: KV0004.</summary>
    Allocation,

    /// <summary>A cycle of calls: KV0002.</summary>
    Recursion,
}

/// <summary>A stack use that was not counted: the depth is then "at least".</summary>
internal sealed record Unresolved(UnresolvedKind Kind, string Text, Location Location);
