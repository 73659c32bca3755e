using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Verification.Analyzers.Refusals;

/// <summary>KV0109: types are looked at while the kernel runs.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ReflectionRefusal : Refusal
{
    private static readonly DiagnosticDescriptor Definition = Rule.Refusal(
        "KV0109", "A kernel has no reflection", "'{0}' needs the types' descriptions at run time, which a kernel does not have");

    /// <inheritdoc/>
    protected override DiagnosticDescriptor Descriptor => Definition;

    /// <inheritdoc/>
    protected override void Register(AnalysisContext context) => Look(context, TypeOf, OperationKind.TypeOf);

    /// <summary>Comparing two types is decided when the kernel is compiled; any other use of a type is reflection.</summary>
    private void TypeOf(OperationAnalysisContext context)
    {
        var use = context.Operation.Parent;
        if (use is not IBinaryOperation { OperatorKind: BinaryOperatorKind.Equals or BinaryOperatorKind.NotEquals }) Report(context, "typeof");
    }
}
