using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace Verification.Analyzers.StackDepth;

/// <summary>
/// Finds every method that an operation calls, those that C# calls without showing it too: accessors, operators,
/// enumerators, <c>Dispose</c>, <c>Deconstruct</c>, slices.
/// </summary>
internal sealed class CallSites(MethodNode node, SemanticModel model, Func<IMethodSymbol, Substitution?, MethodNode?> resolve)
{
    /// <summary>Adds the operation's calls to the node.</summary>
    public void Visit(IOperation operation)
    {
        switch (operation)
        {
            case IInvocationOperation call:
                if (call.TargetMethod.MethodKind == MethodKind.DelegateInvoke) Unknown(operation, "a delegate is invoked");
                else Call(operation, call.TargetMethod, call.Instance, call.ConstrainedToType, call.IsVirtual);
                break;
            case IFunctionPointerInvocationOperation:
                Unknown(operation, "a function pointer is called");
                break;
            case IDynamicInvocationOperation or IDynamicMemberReferenceOperation or IDynamicObjectCreationOperation:
                Unknown(operation, "the call is bound at run time");
                break;
            case IObjectCreationOperation { Constructor: { } constructor }:
                // An exception is not constructed: throw ends in the panic handler.
                if (!IsThrown(operation)) Call(operation, constructor, null, null, false);
                break;
            case IPropertyReferenceOperation property: Property(property); break;
            case IImplicitIndexerReferenceOperation indexer: ImplicitIndexer(indexer); break;
            case IBinaryOperation { OperatorMethod: { } method } binary: Call(operation, method, null, binary.ConstrainedToType, false); break;
            case IUnaryOperation { OperatorMethod: { } method } unary: Call(operation, method, null, unary.ConstrainedToType, false); break;
            case IConversionOperation { OperatorMethod: { } method } conversion: Call(operation, method, null, conversion.ConstrainedToType, false); break;
            case IIncrementOrDecrementOperation { OperatorMethod: { } method } step: Call(operation, method, null, step.ConstrainedToType, false); break;
            case ICompoundAssignmentOperation { OperatorMethod: { } method } compound: Call(operation, method, null, compound.ConstrainedToType, false); break;
            case IRecursivePatternOperation { DeconstructSymbol: IMethodSymbol method }: Call(operation, method, null, null, false); break;
            case IDeconstructionAssignmentOperation { Syntax: AssignmentExpressionSyntax syntax }: Deconstruct(operation, model.GetDeconstructionInfo(syntax)); break;
            case IForEachLoopOperation { Syntax: CommonForEachStatementSyntax syntax }: Enumerate(operation, syntax); break;
            case IUsingOperation { Resources: { } resources } use: Dispose(operation, resources); break;
            case IUsingDeclarationOperation declaration: Dispose(operation, declaration.DeclarationGroup); break;
            case ITypeParameterObjectCreationOperation { Type: { } type }: Create(operation, node.Substitution.Apply(type)); break;
            case IEventAssignmentOperation or IAwaitOperation or ILockOperation: Unknown(operation, "the run-time library is called"); break;
        }
    }

    private void Call(IOperation at, IMethodSymbol target, IOperation? instance, ITypeSymbol? constrainedTo, bool isVirtual)
    {
        // An operation's target is the static form already, of an extension method too.
        var method = node.Substitution.Apply(target);
        var receiver = constrainedTo ?? instance?.Type;
        if (receiver is not null) receiver = node.Substitution.Apply(receiver);
        if (method.IsAbstract || isVirtual || (method.IsVirtual || method.IsOverride) && receiver is { IsValueType: true })
        {
            var resolved = receiver is null ? null : Implementation(method, receiver);
            if (resolved is null && (method.IsAbstract || isVirtual))
            {
                Unknown(at, $"'{method.ToDisplayString(SymbolDisplayFormat.CSharpShortErrorMessageFormat)}' is dispatched at run time");
                return;
            }
            method = resolved ?? method;
        }
        Edge(at, method);
    }

    /// <summary>The method that a call on exactly this type reaches; null where the type leaves it open.</summary>
    private static IMethodSymbol? Implementation(IMethodSymbol method, ITypeSymbol receiver)
    {
        if (receiver.TypeKind is TypeKind.Interface or TypeKind.TypeParameter or TypeKind.Dynamic) return null;
        if (method.ContainingType.TypeKind == TypeKind.Interface)
        {
            if (!receiver.IsValueType && !receiver.IsSealed) return null;
            var found = receiver.FindImplementationForInterfaceMember(method.ConstructedFrom) as IMethodSymbol;
            if (found is null) return method.IsAbstract ? null : method;
            return found.Arity > 0 && found.Arity == method.Arity ? found.ConstructedFrom.Construct(method.TypeArguments.ToArray()) : found;
        }
        if (!receiver.IsValueType && !receiver.IsSealed && !method.IsSealed) return null;
        for (var type = receiver; type is not null; type = type.BaseType)
        {
            foreach (var candidate in type.GetMembers(method.Name).OfType<IMethodSymbol>())
                for (var at = candidate; at is not null; at = at.OverriddenMethod)
                    if (SymbolEqualityComparer.Default.Equals(at.OriginalDefinition, method.OriginalDefinition)) return candidate;
        }
        return null;
    }

    private void Edge(IOperation at, IMethodSymbol method)
    {
        if (resolve(method, method.MethodKind == MethodKind.LocalFunction ? node.Substitution : null) is { } callee)
            node.Calls.Add(callee);
        else if (method.HasForeignBody() && StubFrames.MovesStack(method))
            Unknown(at, $"the assembly text of '{method.ToDisplayString(SymbolDisplayFormat.CSharpShortErrorMessageFormat)}' moves sp or calls on");
        else if (KnownCalls.Of(method) is { } bytes)
            node.ForeignBytes = Math.Max(node.ForeignBytes, bytes);
        else if (!IsEmptyConstructor(method))
            Unknown(at, $"nothing is known of '{method.ToDisplayString(SymbolDisplayFormat.CSharpShortErrorMessageFormat)}'");
    }

    private static bool IsEmptyConstructor(IMethodSymbol method) =>
        method is { MethodKind: MethodKind.Constructor, IsImplicitlyDeclared: true, Parameters.Length: 0 };

    private void Property(IPropertyReferenceOperation reference)
    {
        var (reads, writes) = Use(reference);
        var property = reference.Property;
        if (property.RefKind != RefKind.None) (reads, writes) = (true, false);
        var isVirtual = (property.IsVirtual || property.IsAbstract || property.IsOverride) && !property.IsSealed
            && reference.Instance is { Type.IsReferenceType: true } and not IInstanceReferenceOperation { Syntax: BaseExpressionSyntax };
        if (reads && Accessor(property, p => p.GetMethod) is { } getter) Call(reference, getter, reference.Instance, reference.ConstrainedToType, isVirtual);
        if (writes && Accessor(property, p => p.SetMethod) is { } setter) Call(reference, setter, reference.Instance, reference.ConstrainedToType, isVirtual);
    }

    private static IMethodSymbol? Accessor(IPropertySymbol property, Func<IPropertySymbol, IMethodSymbol?> choose)
    {
        for (var at = property; at is not null; at = at.OverriddenProperty)
            if (choose(at) is { } accessor) return accessor;
        return null;
    }

    private static (bool Reads, bool Writes) Use(IOperation reference) => reference.Parent switch
    {
        ISimpleAssignmentOperation assignment when assignment.Target == reference => (false, true),
        ICompoundAssignmentOperation assignment when assignment.Target == reference => (true, true),
        ICoalesceAssignmentOperation assignment when assignment.Target == reference => (true, true),
        IIncrementOrDecrementOperation => (true, true),
        ITupleOperation => (true, true),
        _ => (true, false),
    };

    private void ImplicitIndexer(IImplicitIndexerReferenceOperation indexer)
    {
        if (indexer.LengthSymbol is IPropertySymbol { GetMethod: { } length }) Call(indexer, length, indexer.Instance, null, false);
        if (indexer.IndexerSymbol is IMethodSymbol slice) Call(indexer, slice, indexer.Instance, null, false);
        if (indexer.IndexerSymbol is IPropertySymbol property)
        {
            if (property.GetMethod is { } getter) Call(indexer, getter, indexer.Instance, null, false);
            if (property.SetMethod is { } setter) Call(indexer, setter, indexer.Instance, null, false);
        }
    }

    private void Deconstruct(IOperation at, DeconstructionInfo info)
    {
        if (info.Method is not null) Call(at, info.Method, null, null, false);
        foreach (var nested in info.Nested) Deconstruct(at, nested);
    }

    private void Enumerate(IOperation at, CommonForEachStatementSyntax syntax)
    {
        var info = model.GetForEachStatementInfo(syntax);
        var collection = model.GetTypeInfo(syntax.Expression).ConvertedType;
        if (collection is IArrayTypeSymbol || collection?.SpecialType == SpecialType.System_String) return;
        foreach (var method in new[] { info.GetEnumeratorMethod, info.MoveNextMethod, info.CurrentProperty?.GetMethod, info.DisposeMethod })
        {
            if (method is null) continue;
            // Each is called on the enumerator's own type, a struct's without dispatch.
            var receiver = method.Equals(info.GetEnumeratorMethod, SymbolEqualityComparer.Default) ? collection : info.GetEnumeratorMethod?.ReturnType;
            var isOpen = receiver is not { IsValueType: true } && (method.IsAbstract || method.IsVirtual);
            Call(at, method, null, receiver, isOpen);
        }
    }

    private void Dispose(IOperation at, IOperation resources)
    {
        foreach (var type in ResourceTypes(resources))
        {
            var meant = node.Substitution.Apply(type);
            var dispose = meant.GetMembers("Dispose").OfType<IMethodSymbol>().FirstOrDefault(method => method.Parameters.Length == 0 && !method.IsStatic)
                ?? meant.AllInterfaces.Where(i => i.SpecialType == SpecialType.System_IDisposable).SelectMany(i => i.GetMembers("Dispose"))
                    .Select(meant.FindImplementationForInterfaceMember).OfType<IMethodSymbol>().FirstOrDefault();
            if (dispose is null || (!meant.IsValueType && dispose is { IsAbstract: true } or { IsVirtual: true })) Unknown(at, "what Dispose does is not known");
            else Edge(at, dispose);
        }
    }

    private static IEnumerable<ITypeSymbol> ResourceTypes(IOperation resources) => resources is IVariableDeclarationGroupOperation group
        ? group.Declarations.SelectMany(declaration => declaration.Declarators).Select(declarator => declarator.Symbol.Type)
        : resources.Type is { } type ? [type] : [];

    private void Create(IOperation at, ITypeSymbol type)
    {
        var constructor = (type as INamedTypeSymbol)?.InstanceConstructors.FirstOrDefault(candidate => candidate.Parameters.Length == 0);
        if (constructor is not null) Edge(at, constructor);
    }

    private static bool IsThrown(IOperation operation)
    {
        var parent = operation.Parent;
        while (parent is IConversionOperation) parent = parent.Parent;
        return parent is IThrowOperation;
    }

    private void Unknown(IOperation at, string what) =>
        node.Unresolved.Add(new(UnresolvedKind.Call, what, at.Syntax.GetLocation()));
}
