using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace Verification.Analyzers.StackDepth;

/// <summary>
/// Estimates one method instance's frame from its C# and finds what it calls.
/// </summary>
/// <remarks>
/// Algorithm: (1) every parameter and local counts with its layout, a scalar as one register or spill slot; (2) every
/// struct that an expression produces, copies or passes by value counts once as a temporary; (3) other intermediate
/// results share places, two each; (4) constant <c>stackalloc</c> counts in full; (5) the stack arguments of the widest
/// call are added.
/// Known limits: a temporary's place is never reused, so that large frames come out larger than the compiler's.
/// </remarks>
internal sealed class FrameEstimator
{
    private readonly MethodNode node;
    private readonly SemanticModel model;
    private readonly ConcurrentDictionary<ITypeSymbol, TypeLayout> layouts;
    private readonly CallSites calls;
    private readonly HashSet<ISymbol> variables = new(SymbolEqualityComparer.Default);
    private long memoryBytes;
    private long scalars;
    private long floats;
    private long results;
    private int operations;
    private int widestCall;

    private FrameEstimator(
        MethodNode node, SemanticModel model, ConcurrentDictionary<ITypeSymbol, TypeLayout> layouts, CallSites calls)
    {
        this.node = node;
        this.model = model;
        this.layouts = layouts;
        this.calls = calls;
    }

    /// <summary>Sets the node's own frame and hands every call to <paramref name="calls"/>.</summary>
    public static void Estimate(
        MethodNode node, IReadOnlyList<IOperation> bodies, SemanticModel model,
        ConcurrentDictionary<ITypeSymbol, TypeLayout> layouts, CallSites calls)
    {
        var estimator = new FrameEstimator(node, model, layouts, calls);
        if (!node.Method.IsStatic) estimator.scalars++;
        foreach (var parameter in node.Method.OriginalDefinition.Parameters) estimator.Variable(parameter, parameter.Type, parameter.RefKind);
        foreach (var body in bodies)
        {
            estimator.Visit(body);
            estimator.StackAllocations(body.Syntax);
        }
        node.OperationCount = estimator.operations;
        node.MemoryBytes = estimator.memoryBytes;
        node.OwnBytes = FrameModel.RoundUp(
            estimator.memoryBytes
            + FrameModel.RegisterBytes(estimator.scalars, estimator.floats, estimator.results)
            + FrameModel.OutgoingBytes(estimator.widestCall));
    }

    private void Visit(IOperation root)
    {
        // An explicit stack: a long chain of operators nests deeper than a host thread's stack would bear.
        var pending = new Stack<IOperation>();
        pending.Push(root);
        while (pending.Count > 0)
        {
            var operation = pending.Pop();
            if (operation is IAnonymousFunctionOperation) continue;
            if (operation is ILocalFunctionOperation && operation != root) continue;
            operations++;
            Count(operation);
            calls.Visit(operation);
            foreach (var child in operation.ChildOperations) pending.Push(child);
        }
    }

    private void Count(IOperation operation)
    {
        switch (operation)
        {
            case ILocalReferenceOperation local: Local(local.Local); break;
            case IVariableDeclaratorOperation declarator: Local(declarator.Symbol); break;
            case IDeclarationPatternOperation { DeclaredSymbol: ILocalSymbol declared }: Local(declared); break;
            case IRecursivePatternOperation { DeclaredSymbol: ILocalSymbol declared }: Local(declared); break;
            case IForEachLoopOperation loop: Enumerator(loop); break;
            case IInvocationOperation call: Widen(call.Arguments.Length + 2); Receiver(call.Instance, call.TargetMethod); break;
            case IPropertyReferenceOperation property: Receiver(property.Instance, property.Property.GetMethod); break;
            case IArgumentOperation { Parameter.RefKind: RefKind.None or RefKind.In, Value: { } value } when IsPlace(value):
                Temporary(value, "copy of an argument");
                break;
            case IReturnOperation { ReturnedValue: { } value } when IsPlace(value): Temporary(value, "returned value"); break;
            case ICollectionExpressionOperation collection: Elements(collection); break;
        }
        if (IsTemporary(operation) && !IsStoredInPlace(operation)) Temporary(operation, "temporary");
    }

    private void Local(ILocalSymbol local)
    {
        if (!local.IsConst) Variable(local, local.Type, local.RefKind);
    }

    private void Variable(ISymbol symbol, ITypeSymbol type, RefKind refKind)
    {
        if (!variables.Add(symbol)) return;
        if (refKind != RefKind.None)
        {
            scalars++;
            return;
        }
        var meant = node.Substitution.Apply(type);
        Reserve(meant, () => $"'{symbol.Name}' ({meant.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat)})");
    }

    private void Enumerator(IForEachLoopOperation loop)
    {
        if (loop.Syntax is not CommonForEachStatementSyntax syntax) return;
        var enumerator = model.GetForEachStatementInfo(syntax).GetEnumeratorMethod?.ReturnType;
        // Arrays, spans and strings are walked by index: the collection and the index.
        scalars += 3;
        if (enumerator is { IsValueType: true } or ITypeParameterSymbol)
            Reserve(node.Substitution.Apply(enumerator), () => "enumerator");
    }

    /// <summary>A method that may change its receiver is called on a copy where the receiver is read-only.</summary>
    private void Receiver(IOperation? instance, IMethodSymbol? method)
    {
        if (instance?.Type is null || method is null || method.IsStatic || method.IsReadOnly) return;
        var isReadOnly = instance switch
        {
            IFieldReferenceOperation field => field.Field.IsReadOnly,
            IParameterReferenceOperation parameter => parameter.Parameter.RefKind is RefKind.In or RefKind.RefReadOnlyParameter,
            ILocalReferenceOperation local => local.Local.RefKind == RefKind.RefReadOnly || local.Local.IsForEach || local.Local.IsUsing,
            _ => false,
        };
        if (isReadOnly) Temporary(instance, "copy of a read-only receiver");
    }

    private void Elements(ICollectionExpressionOperation collection)
    {
        if (node.Substitution.Apply(collection.Type!) is not INamedTypeSymbol { TypeArguments.Length: 1 } span) return;
        if (span.FullName() is not ("System.Span" or "System.ReadOnlySpan")) return;
        var element = TypeLayout.Of(node.Substitution.Apply(span.TypeArguments[0]), layouts);
        Memory("collection expression", Math.Max(8, element.SizeBytes) * collection.Elements.Length);
    }

    /// <summary>Whether a value is read from a variable, so that passing it on makes a copy not yet counted.</summary>
    private static bool IsPlace(IOperation value) => !IsTemporary(value) || IsStoredInPlace(value);

    private static bool IsTemporary(IOperation operation) => operation.Type is not null && operation
        is IInvocationOperation or IFunctionPointerInvocationOperation or IObjectCreationOperation
        or IDefaultValueOperation or IConditionalOperation or ISwitchExpressionOperation or IPropertyReferenceOperation
        or IWithOperation or ITupleOperation or IConversionOperation or ICoalesceOperation or IBinaryOperation
        or IUnaryOperation or ICompoundAssignmentOperation or IIncrementOrDecrementOperation
        or IImplicitIndexerReferenceOperation or IArrayElementReferenceOperation or IFieldReferenceOperation
        or IInlineArrayAccessOperation or ISimpleAssignmentOperation or ITypeParameterObjectCreationOperation
        or IInterpolatedStringHandlerCreationOperation or IRangeOperation or IAddressOfOperation
        && !operation.ConstantValue.HasValue;

    /// <summary>A new struct that becomes a variable's first value is built in the variable.</summary>
    private static bool IsStoredInPlace(IOperation operation) => operation switch
    {
        // A place, not a value: reading it is counted where it is copied.
        IFieldReferenceOperation or IArrayElementReferenceOperation or IInlineArrayAccessOperation or ISimpleAssignmentOperation =>
            operation.Type is { IsValueType: true, SpecialType: SpecialType.None, TypeKind: not TypeKind.Enum },
        IObjectCreationOperation => Consumer(operation) is IVariableInitializerOperation,
        IDefaultValueOperation => Consumer(operation) is IVariableInitializerOperation or ISimpleAssignmentOperation,
        // What doesn't change the value has no place of its own.
        IConversionOperation { OperatorMethod: null } conversion =>
            SymbolEqualityComparer.Default.Equals(conversion.Type, conversion.Operand.Type) || conversion.Operand is IDefaultValueOperation,
        _ => false,
    };

    private static IOperation? Consumer(IOperation operation)
    {
        var consumer = operation.Parent;
        while (consumer is IConversionOperation) consumer = consumer.Parent;
        return consumer;
    }

    private void Temporary(IOperation operation, string what)
    {
        if (operation.Type is null || operation.ConstantValue.HasValue) return;
        var type = node.Substitution.Apply(operation.Type);
        var layout = TypeLayout.Of(type, layouts);
        // Up to two registers carry a value between operations (psABI, "Integer Calling Convention"); a larger one lies in memory.
        if (layout.SizeBytes <= 16 && layout.Scalars <= 2) results += layout.Scalars;
        else if (layout.SizeBytes > 0)
            Memory($"{what} ({type.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat)})", layout.FrameBytes);
    }

    private void Reserve(ITypeSymbol type, Func<string> what)
    {
        var layout = TypeLayout.Of(type, layouts);
        if (!layout.IsScalar) Memory(what(), layout.FrameBytes);
        else if (type.SpecialType is SpecialType.System_Single or SpecialType.System_Double) floats++;
        else scalars++;
    }

    private void Memory(string what, long bytes)
    {
        memoryBytes += bytes;
        if (bytes > node.Largest.Bytes) node.Largest = (what, bytes);
    }

    private void Widen(int arguments) => widestCall = Math.Max(widestCall, arguments);

    // No public operation stands for stackalloc, so its syntax is read.
    private void StackAllocations(SyntaxNode body)
    {
        var all = body.DescendantNodes(inner => inner == body || inner is not (LocalFunctionStatementSyntax or AnonymousFunctionExpressionSyntax));
        foreach (var syntax in all)
        {
            if (syntax is StackAllocArrayCreationExpressionSyntax { Type: ArrayTypeSyntax array } allocation)
                StackAllocation(syntax, model.GetTypeInfo(array.ElementType).Type, Length(array, allocation.Initializer));
            else if (syntax is ImplicitStackAllocArrayCreationExpressionSyntax implicitly)
                StackAllocation(syntax, ElementOf(model.GetTypeInfo(syntax)), implicitly.Initializer.Expressions.Count);
        }
    }

    private long? Length(ArrayTypeSyntax array, InitializerExpressionSyntax? initializer)
    {
        var size = array.RankSpecifiers.FirstOrDefault()?.Sizes.FirstOrDefault();
        if (size is null or OmittedArraySizeExpressionSyntax) return initializer?.Expressions.Count;
        return model.GetConstantValue(size) is { HasValue: true, Value: { } value } ? Convert.ToInt64(value) : null;
    }

    private static ITypeSymbol? ElementOf(TypeInfo type) => (type.Type ?? type.ConvertedType) switch
    {
        IPointerTypeSymbol pointer => pointer.PointedAtType,
        INamedTypeSymbol { TypeArguments.Length: 1 } span => span.TypeArguments[0],
        _ => null,
    };

    private void StackAllocation(SyntaxNode syntax, ITypeSymbol? element, long? length)
    {
        if (element is null || length is null)
            node.Unresolved.Add(new(UnresolvedKind.Allocation, "the length is not a constant", syntax.GetLocation()));
        else if (IsRepeated(syntax))
            node.Unresolved.Add(new(UnresolvedKind.Allocation, "it stands in a loop", syntax.GetLocation()));
        if (element is null) return;
        var bytes = TypeLayout.Of(node.Substitution.Apply(element), layouts).SizeBytes * (length ?? 1);
        Memory("stackalloc", (bytes + 15) / 16 * 16);
    }

    private static bool IsRepeated(SyntaxNode syntax)
    {
        foreach (var outer in syntax.Ancestors())
        {
            switch (outer)
            {
                case ForStatementSyntax or WhileStatementSyntax or DoStatementSyntax: return true;
                case CommonForEachStatementSyntax loop when !loop.Expression.Span.Contains(syntax.Span): return true;
                // A jump back makes a loop that no statement shows.
                case BlockSyntax block when block.Statements.Any(statement => statement.IsKind(SyntaxKind.LabeledStatement)): return true;
                case MemberDeclarationSyntax or LocalFunctionStatementSyntax: return false;
            }
        }
        return false;
    }
}
