using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Verification.Analyzers.Refusals;

/// <summary>KT0005: a virtual or interface call that the type of the receiver leaves open.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class VirtualCallRefusal : Refusal
{
    private static readonly DiagnosticDescriptor Definition = Rule.Refusal(
        "KT0005", "A kernel can't call through a class or an interface",
        "'{0}' is dispatched at run time on '{1}': call it on a struct, or through a type parameter with a struct constraint");

    /// <inheritdoc/>
    protected override DiagnosticDescriptor Descriptor => Definition;

    /// <inheritdoc/>
    protected override void Register(AnalysisContext context)
    {
        Look(context, Call, OperationKind.Invocation);
        Look(context, Property, OperationKind.PropertyReference);
        Look(context, Loop, OperationKind.Loop);
        Look(context, Copy, OperationKind.With);
    }

    // A foreach over an interface calls through it, though nothing of that is written.
    private void Loop(OperationAnalysisContext context)
    {
        if (context.Operation is not IForEachLoopOperation { Syntax: CommonForEachStatementSyntax syntax, SemanticModel: { } model } loop) return;
        if (model.GetForEachStatementInfo(syntax).GetEnumeratorMethod is not { ContainingType: { TypeKind: TypeKind.Interface } contract } method || loop.IsAsynchronous) return;
        var collection = model.GetTypeInfo(syntax.Expression, context.CancellationToken).Type;
        if (collection is { IsReferenceType: true } and not IArrayTypeSymbol) Report(context, Name(method), Name(contract));
    }

    // A record's copy is made by a method that records derived from it override.
    private void Copy(OperationAnalysisContext context)
    {
        if (context.Operation is IWithOperation { Operand.Type: { IsReferenceType: true, IsRecord: true, IsSealed: false } record, CloneMethod: { } method }) Report(context, Name(method), Name(record));
    }

    private void Call(OperationAnalysisContext context)
    {
        var call = (IInvocationOperation)context.Operation;
        if (call.TargetMethod.MethodKind == MethodKind.DelegateInvoke || IsKnown(call.Instance) || RuntimeServices.Reason(call.TargetMethod) is not null) return;
        if (call.IsVirtual && call.Instance?.Type is { IsReferenceType: true } receiver) Report(context, Name(call.TargetMethod), Name(receiver));
    }

    private void Property(OperationAnalysisContext context)
    {
        var reference = (IPropertyReferenceOperation)context.Operation;
        var property = reference.Property;
        var isVirtual = property.IsAbstract || property.IsVirtual || (property.IsOverride && !property.IsSealed);
        if (isVirtual && !IsKnown(reference.Instance) && RuntimeServices.Reason(property) is null && reference.Instance?.Type is { IsReferenceType: true, IsSealed: false } receiver) Report(context, Name(property), Name(receiver));
    }

    // A default method of an interface runs on the struct that it was called on; equality and order are what a type's own methods say.
    private static bool IsKnown(IOperation? receiver) =>
        receiver is ITypeOfOperation or IInstanceReferenceOperation { Type.TypeKind: TypeKind.Interface }
        || receiver?.Type is INamedTypeSymbol comparer && comparer.FullName() is "System.Collections.Generic.EqualityComparer" or "System.Collections.Generic.Comparer";
}
