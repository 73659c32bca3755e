using System;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Verification.Analyzers.Refusals;

/// <summary>KT0014: floating point, unless the build asks for it.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class FloatingPointRefusal : Refusal
{
    /// <summary>The build property that lets the compiler use the floating-point unit, made visible by <c>CompilerVisibleProperty</c>.</summary>
    private const string Property = "build_property.KernelFloatingPoint";

    private static readonly DiagnosticDescriptor Definition = Rule.Refusal(
        "KT0014", "A kernel switches the floating-point unit on before it uses it",
        "'{0}' is a floating-point number: set KernelFloatingPoint to true once the kernel switches the unit on and saves its registers");

    /// <inheritdoc/>
    protected override DiagnosticDescriptor Descriptor => Definition;

    /// <inheritdoc/>
    protected override void Register(AnalysisContext context) => Look(
        context, Value,
        OperationKind.Literal, OperationKind.Conversion, OperationKind.Binary, OperationKind.Unary, OperationKind.Invocation, OperationKind.LocalReference,
        OperationKind.ParameterReference, OperationKind.FieldReference, OperationKind.PropertyReference, OperationKind.CompoundAssignment, OperationKind.Increment);

    private void Value(OperationAnalysisContext context)
    {
        if (context.ContainingSymbol is IFieldSymbol { IsConst: true } || context.Operation.Type is not { } type || !IsFloat(type) || IsPartOfConstant(context.Operation) || IsAllowed(context)) return;
        Report(context, Name(type));
    }

    private static bool IsFloat(ITypeSymbol type) =>
        type.SpecialType is SpecialType.System_Single or SpecialType.System_Double || type is INamedTypeSymbol { Name: "Half", ContainingNamespace.Name: "System" };

    private static bool IsAllowed(OperationAnalysisContext context) =>
        context.Options.AnalyzerConfigOptionsProvider.GlobalOptions.TryGetValue(Property, out var text) && string.Equals(text.Trim(), "true", StringComparison.OrdinalIgnoreCase);

    // What the C# compiler computes itself is no work of the kernel's.
    private static bool IsPartOfConstant(IOperation operation)
    {
        for (var outer = operation.Parent; outer is not null; outer = outer.Parent)
            if (outer is Microsoft.CodeAnalysis.Operations.IVariableDeclaratorOperation { Symbol.IsConst: true } || (outer.ConstantValue.HasValue && outer.Type is { } type && !IsFloat(type))) return true;
        return false;
    }
}
