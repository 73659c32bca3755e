using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Verification.Analyzers.Refusals;

/// <summary>KV0110: static initialisers that ask the machine.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class StaticInitialisationRefusal : Refusal
{
    private static readonly DiagnosticDescriptor Definition = Rule.Refusal(
        "KV0110", "Static data is made when the kernel is compiled",
        "'{0}' initialises static data with '{1}', which only the running machine can answer: the compiler evaluates static constructors itself");

    /// <inheritdoc/>
    protected override DiagnosticDescriptor Descriptor => Definition;

    /// <inheritdoc/>
    protected override void Register(AnalysisContext context)
    {
        Look(context, at => Member(at, ((IInvocationOperation)at.Operation).TargetMethod), OperationKind.Invocation);
        Look(context, at => Member(at, ((IPropertyReferenceOperation)at.Operation).Property), OperationKind.PropertyReference);
    }

    private void Member(OperationAnalysisContext context, ISymbol member)
    {
        var isIntrinsic = member.HasForeignBody() || member.ContainingType?.ContainingNamespace?.ToDisplayString() == KernelNames.Namespace;
        if (isIntrinsic && IsStaticInitialisation(context)) Report(context, Name(context.ContainingSymbol), Name(member));
    }

    private static bool IsStaticInitialisation(OperationAnalysisContext context) => context.ContainingSymbol switch
    {
        IMethodSymbol method => method.MethodKind == MethodKind.StaticConstructor,
        IFieldSymbol field => field.IsStatic,
        IPropertySymbol property => property.IsStatic,
        _ => false,
    };
}
