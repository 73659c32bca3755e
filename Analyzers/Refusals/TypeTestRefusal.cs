using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Verification.Analyzers.Refusals;

/// <summary>KT0015: casts and tests of objects, whose types nothing keeps at run time.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class TypeTestRefusal : Refusal
{
    private static readonly DiagnosticDescriptor Definition = Rule.Refusal(
        "KT0015", "A kernel's objects don't know their type",
        "A cast or test for '{0}' needs types of objects at run time, which a kernel does not keep");

    /// <inheritdoc/>
    protected override DiagnosticDescriptor Descriptor => Definition;

    /// <inheritdoc/>
    protected override void Register(AnalysisContext context)
    {
        Look(context, Conversion, OperationKind.Conversion);
        Look(context, Test, OperationKind.IsType);
        Look(context, Pattern, OperationKind.DeclarationPattern, OperationKind.TypePattern, OperationKind.RecursivePattern);
    }

    // Up to a base is no test; and what has just been boxed is still known.
    private void Conversion(OperationAnalysisContext context)
    {
        var conversion = (IConversionOperation)context.Operation;
        var isDown = conversion is { OperatorMethod: null, IsImplicit: false, Operand.ConstantValue.HasValue: false, Operand.Type: { IsReferenceType: true, TypeKind: not TypeKind.Dynamic } }
            && !IsBoxing(conversion.Operand) && !IsOwnStruct(conversion) && conversion.Type is { } to && !IsBaseOf(context, conversion.Operand.Type, to);
        if (isDown) Report(context, Name(conversion.Type));
    }

    private void Test(OperationAnalysisContext context)
    {
        var test = (IIsTypeOperation)context.Operation;
        if (!IsEqualsOf(context, test.TypeOperand) && test.ValueOperand.Type is { IsReferenceType: true } from && !IsBaseOf(context, from, test.TypeOperand)) Report(context, Name(test.TypeOperand));
    }

    private void Pattern(OperationAnalysisContext context)
    {
        var pattern = (IPatternOperation)context.Operation;
        if (!IsEqualsOf(context, pattern.NarrowedType) && pattern.InputType.IsReferenceType && !IsBaseOf(context, pattern.InputType, pattern.NarrowedType)) Report(context, Name(pattern.NarrowedType));
    }

    // C# asks that a struct with operators overrides Equals(object): no box is ever given to it, so that nothing is its equal.
    private static bool IsEqualsOf(OperationAnalysisContext context, ITypeSymbol type) =>
        context.ContainingSymbol is IMethodSymbol { Name: "Equals", IsOverride: true, ContainingType: { IsValueType: true } own, Parameters.Length: 1 } && SymbolEqualityComparer.Default.Equals(own, type);

    // In a default method of an interface, this is the struct that it was called on.
    private static bool IsOwnStruct(IConversionOperation conversion)
    {
        var operand = conversion.Operand;
        while (operand is IConversionOperation inner) operand = inner.Operand;
        return conversion.Type is { TypeKind: TypeKind.TypeParameter or TypeKind.Interface } && operand is IInstanceReferenceOperation { Type.TypeKind: TypeKind.Interface };
    }

    private static bool IsBoxing(IOperation operand) => operand is IConversionOperation { Operand.Type: { IsReferenceType: false } };

    private static bool IsBaseOf(OperationAnalysisContext context, ITypeSymbol from, ITypeSymbol to)
    {
        var conversion = context.Compilation.ClassifyCommonConversion(from, to);
        return conversion.IsIdentity || (conversion.IsImplicit && conversion.IsReference);
    }
}
