using System.Collections.Concurrent;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;
using Verification.Analyzers.StackDepth;

namespace Verification.Analyzers.Refusals;

/// <summary>KT0012: a stackalloc whose size the frame can't know.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class StackAllocationRefusal : Refusal
{
    private const long MostBytes = 1 << 20;

    private static readonly DiagnosticDescriptor Definition = Rule.Refusal(
        "KT0012", "A stackalloc has a constant size, and runs once",
        "This stackalloc {0}, so the size of the stack frame is not known at compile time");

    /// <inheritdoc/>
    protected override DiagnosticDescriptor Descriptor => Definition;

    /// <inheritdoc/>
    protected override void Register(AnalysisContext context) =>
        context.RegisterSyntaxNodeAction(Allocation, SyntaxKind.StackAllocArrayCreationExpression, SyntaxKind.ImplicitStackAllocArrayCreationExpression);

    private static void Allocation(SyntaxNodeAnalysisContext context)
    {
        if (context.ContainingSymbol is not { } owner || owner.HasForeignBody() || StaticInitialisation.Holds(owner, context.Compilation, context.CancellationToken)) return;
        var type = (context.Node as StackAllocArrayCreationExpressionSyntax)?.Type as ArrayTypeSyntax;
        var size = type?.RankSpecifiers.FirstOrDefault()?.Sizes.FirstOrDefault();
        if (size is null or OmittedArraySizeExpressionSyntax) size = null;
        // Parentheses and the like are no operations.
        while (size is ParenthesizedExpressionSyntax or CheckedExpressionSyntax) size = (size as ParenthesizedExpressionSyntax)?.Expression ?? ((CheckedExpressionSyntax)size).Expression;
        if (size is not null && !IsKnown(context.SemanticModel.GetOperation(size, context.CancellationToken)))
            Report(context, "has a size that is not a constant");
        else if (size is not null && IsTooLarge(context, type!, size))
            Report(context, "is larger than a megabyte");
        else if (AllocationFlow.ComesBack(context.SemanticModel, context.Node, context.CancellationToken))
            Report(context, "stands in a loop and takes more at each round");
    }

    // What the compiler has as a number when it lays out the frame: constants, sizes of types, lengths of literals, tables of
    // constants, and what is computed of them.
    private static bool IsKnown(IOperation? size) => size switch
    {
        null => false,
        { ConstantValue.HasValue: true } or ISizeOfOperation => true,
        IParenthesizedOperation inner => IsKnown(inner.Operand),
        IConversionOperation { OperatorMethod: null } conversion => IsInteger(conversion.Type) && IsKnown(conversion.Operand),
        IUnaryOperation { OperatorMethod: null } unary => IsInteger(unary.Type) && IsKnown(unary.Operand),
        IBinaryOperation { OperatorMethod: null } binary => IsInteger(binary.Type) && IsKnown(binary.LeftOperand) && IsKnown(binary.RightOperand)
            && binary.OperatorKind is not (BinaryOperatorKind.Divide or BinaryOperatorKind.Remainder),
        IInvocationOperation { TargetMethod: { Name: "SizeOf", ContainingType.Name: "Unsafe" } } => true,
        IPropertyReferenceOperation { Property: { Name: "Length", ContainingType.SpecialType: SpecialType.System_String }, Instance.ConstantValue.HasValue: true } => true,
        IFieldReferenceOperation { Field: { IsStatic: true, IsReadOnly: true } field } => IsInteger(field.Type),
        _ => false,
    };

    private static bool IsInteger(ITypeSymbol? type) =>
        type is { SpecialType: >= SpecialType.System_SByte and <= SpecialType.System_UInt64 or SpecialType.System_IntPtr or SpecialType.System_UIntPtr or SpecialType.System_Char }
        || type is { TypeKind: TypeKind.Enum };

    private static bool IsTooLarge(SyntaxNodeAnalysisContext context, ArrayTypeSyntax type, ExpressionSyntax size)
    {
        if (context.SemanticModel.GetConstantValue(size, context.CancellationToken).Value is not int count) return false;
        if (context.SemanticModel.GetTypeInfo(type.ElementType, context.CancellationToken).Type is not { } element || element.TypeKind == TypeKind.TypeParameter) return false;
        return count * TypeLayout.Of(element, new ConcurrentDictionary<ITypeSymbol, TypeLayout>(SymbolEqualityComparer.Default)).SizeBytes > MostBytes;
    }

    private static void Report(SyntaxNodeAnalysisContext context, string why) =>
        context.ReportDiagnostic(Diagnostic.Create(Definition, context.Node.GetLocation(), why));
}
