using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Verification.Analyzers.Refusals;

/// <summary>KT0010: static initialisers that ask the machine, or make what can't lie in an image.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class StaticInitialisationRefusal : Refusal
{
    private static readonly DiagnosticDescriptor Definition = Rule.Refusal(
        "KT0010", "Static data is made when the kernel is compiled",
        "'{0}' initialises static data with '{1}', which is not known when the kernel is compiled: the compiler evaluates static constructors itself");

    private static readonly string[] PureNamespaces =
        ["System", "System.Numerics", "System.Buffers.Binary", "System.Runtime.CompilerServices", "System.Runtime.InteropServices", "System.Text"];

    /// <inheritdoc/>
    protected override DiagnosticDescriptor Descriptor => Definition;

    /// <inheritdoc/>
    protected override void Register(AnalysisContext context)
    {
        LookAtInitialisers(context, at => Member(at, ((IInvocationOperation)at.Operation).TargetMethod), OperationKind.Invocation);
        LookAtInitialisers(context, at => Member(at, ((IPropertyReferenceOperation)at.Operation).Property), OperationKind.PropertyReference);
        LookAtInitialisers(context, at => Member(at, ((IObjectCreationOperation)at.Operation).Constructor), OperationKind.ObjectCreation);
        LookAtInitialisers(context, at => Report(at, Name(at.ContainingSymbol), Name(at.Operation.Type)), OperationKind.DelegateCreation);
    }

    private void Member(OperationAnalysisContext context, ISymbol? member)
    {
        if (member is null) return;
        var isIntrinsic = member.HasForeignBody() || member.ContainingType?.ContainingNamespace?.ToDisplayString() == KernelNames.Namespace;
        var isForeign = !SymbolEqualityComparer.Default.Equals(member.ContainingAssembly, context.Compilation.Assembly);
        var isUnknown = isForeign && member.ContainingType is { TypeKind: not TypeKind.Array } type
            && ((!PureNamespaces.Contains(type.ContainingNamespace.ToDisplayString()) && type.FullName() != "System.Buffers.SearchValues") || RuntimeServices.DependsOnHost(member) || type is { Name: "DateTimeOffset", ContainingNamespace.Name: "System" });
        if (isIntrinsic || isUnknown) Report(context, Name(context.ContainingSymbol), Name(member));
    }
}
