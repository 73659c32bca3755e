using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Verification.Analyzers.Refusals;

/// <summary>KT0016: a use of a thread-static field.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ThreadStaticRefusal : Refusal
{
    private static readonly DiagnosticDescriptor Definition = Rule.Refusal(
        "KT0016", "A kernel has no threads of the .NET runtime",
        "'{0}' is thread-static, and a kernel has no threads of the runtime: keep it in the hart's own record");

    /// <inheritdoc/>
    protected override DiagnosticDescriptor Descriptor => Definition;

    /// <inheritdoc/>
    protected override void Register(AnalysisContext context) => Look(context, Field, OperationKind.FieldReference);

    private void Field(OperationAnalysisContext context)
    {
        var field = ((IFieldReferenceOperation)context.Operation).Field;
        if (field.GetAttributes().Any(attribute => attribute.AttributeClass?.FullName() == "System.ThreadStaticAttribute")) Report(context, Name(field));
    }
}
