using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Verification.Analyzers.Refusals;

/// <summary>KT0011: strings that are made at run time.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class StringRefusal : Refusal
{
    private static readonly DiagnosticDescriptor Definition = Rule.Refusal(
        "KT0011", "A kernel has no strings but literals",
        "{0} makes a string on a heap, which a kernel does not have: use UTF-8 literals and spans");

    /// <inheritdoc/>
    protected override DiagnosticDescriptor Descriptor => Definition;

    /// <inheritdoc/>
    protected override void Register(AnalysisContext context)
    {
        Look(context, Interpolation, OperationKind.InterpolatedString);
        Look(context, Concatenation, OperationKind.Binary, OperationKind.CompoundAssignment);
        Look(context, Call, OperationKind.Invocation);
        Look(context, Creation, OperationKind.ObjectCreation);
    }

    private void Interpolation(OperationAnalysisContext context)
    {
        var isText = context.Operation.Type?.SpecialType == SpecialType.System_String;
        // A handler struct takes the parts without making a string.
        if (isText && !context.Operation.ConstantValue.HasValue && context.Operation.Parent is not IInterpolatedStringHandlerCreationOperation)
            Report(context, "An interpolated string");
    }

    private void Concatenation(OperationAnalysisContext context)
    {
        var isText = context.Operation.Type?.SpecialType == SpecialType.System_String;
        if (isText && !context.Operation.ConstantValue.HasValue && context.Operation.Parent is not IBinaryOperation { Type.SpecialType: SpecialType.System_String })
            Report(context, "A concatenation");
    }

    private void Call(OperationAnalysisContext context)
    {
        var call = (IInvocationOperation)context.Operation;
        var method = call.TargetMethod;
        var isForeign = !SymbolEqualityComparer.Default.Equals(method.ContainingAssembly, context.Compilation.Assembly);
        if (!isForeign || method.ReturnType.SpecialType != SpecialType.System_String) return;
        // Refused for another reason first: a call on a box, a virtual one, a service of the runtime.
        var isOnBox = call.Instance?.Type is { IsValueType: true, TypeKind: not TypeKind.Enum } && method.ContainingType.IsReferenceType;
        var isOpen = call.IsVirtual && call.Instance?.Type is { IsReferenceType: true, IsSealed: false };
        if (!isOnBox && !isOpen && RuntimeServices.Reason(method) is null) Report(context, $"'{Name(method)}'");
    }

    private void Creation(OperationAnalysisContext context)
    {
        if (context.Operation.Type?.SpecialType == SpecialType.System_String) Report(context, "'new string'");
    }
}
