using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Verification.Analyzers.Refusals;

/// <summary>KT0003: a value type is converted to a reference type.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class BoxingRefusal : Refusal
{
    private static readonly DiagnosticDescriptor Definition = Rule.Refusal(
        "KT0003", "A kernel can't box a value",
        "'{0}' is boxed to '{1}', which needs a heap");

    /// <inheritdoc/>
    protected override DiagnosticDescriptor Descriptor => Definition;

    /// <inheritdoc/>
    protected override void Register(AnalysisContext context)
    {
        Look(context, Conversion, OperationKind.Conversion);
        Look(context, Call, OperationKind.Invocation);
    }

    private void Conversion(OperationAnalysisContext context)
    {
        var conversion = (IConversionOperation)context.Operation;
        if (conversion.Operand.Type is { IsValueType: true } from && conversion.Type is { IsReferenceType: true } to
            && !IsOfDynamicOperation(conversion)
            && conversion.OperatorMethod is null && !IsOfText(conversion) && !IsUndoneAtOnce(conversion))
            Report(context, Name(from), Name(to));
    }

    /// <summary>A method that a struct only inherits is called on its box. What a type parameter stands for, only the compiler knows.</summary>
    private void Call(OperationAnalysisContext context)
    {
        var call = (IInvocationOperation)context.Operation;
        // The hash code of an enumeration is its number's.
        var isNumbers = call.TargetMethod.Name == "GetHashCode" && call.Instance?.Type is { TypeKind: TypeKind.Enum };
        // Its text is a string, which is refused as such (KT0011).
        var isText = call.TargetMethod.Name == "ToString" && call.Instance?.Type is { TypeKind: TypeKind.Enum };
        if (!IsHasFlag(call) && !isNumbers && !isText && call.TargetMethod.Name != "GetType"
            && call.Instance?.Type is { IsValueType: true, TypeKind: not TypeKind.TypeParameter } receiver && call.TargetMethod.ContainingType is { IsReferenceType: true, TypeKind: TypeKind.Class } inherited)
            Report(context, Name(receiver), Name(inherited));
    }

    // An operation on dynamic is refused as such (KT0008), whatever it is given.
    private static bool IsOfDynamicOperation(IConversionOperation conversion) => conversion.Type?.TypeKind == TypeKind.Dynamic
        && conversion.Parent is not (IVariableInitializerOperation or ISimpleAssignmentOperation or IReturnOperation);

    // A string is refused already (KT0011), and with it what it is made of; HasFlag is a comparison of bits.
    private static bool IsOfText(IOperation operation) =>
        operation.Parent is IInterpolationOperation or IBinaryOperation { Type.SpecialType: SpecialType.System_String }
        || (operation.Parent is IArgumentOperation { Parent: IInvocationOperation call } && (call.Type?.SpecialType == SpecialType.System_String || IsHasFlag(call)));

    private static bool IsHasFlag(IInvocationOperation call) =>
        call.TargetMethod is { Name: "HasFlag", ContainingType.SpecialType: SpecialType.System_Enum };

    // How generic code asks what its type parameter is: the compiler answers, and no box is made.
    private static bool IsUndoneAtOnce(IOperation box) =>
        box.Parent is IConversionOperation { Type: { } back } && (back.IsValueType || back.TypeKind == TypeKind.TypeParameter);
}
