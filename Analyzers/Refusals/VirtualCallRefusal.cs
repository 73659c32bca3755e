using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Verification.Analyzers.Refusals;

/// <summary>KV0105: a virtual or interface call that the type of the receiver leaves open.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class VirtualCallRefusal : Refusal
{
    private static readonly DiagnosticDescriptor Definition = Rule.Refusal(
        "KV0105", "A kernel can't call through a class or an interface",
        "'{0}' is dispatched at run time on '{1}': call it on a struct, or through a type parameter with a struct constraint");

    /// <inheritdoc/>
    protected override DiagnosticDescriptor Descriptor => Definition;

    /// <inheritdoc/>
    protected override void Register(AnalysisContext context)
    {
        Look(context, Call, OperationKind.Invocation);
        Look(context, Property, OperationKind.PropertyReference);
    }

    private void Call(OperationAnalysisContext context)
    {
        var call = (IInvocationOperation)context.Operation;
        if (call.TargetMethod.MethodKind == MethodKind.DelegateInvoke) return;
        if (call.IsVirtual && call.Instance?.Type is { IsReferenceType: true } receiver) Report(context, Name(call.TargetMethod), Name(receiver));
    }

    private void Property(OperationAnalysisContext context)
    {
        var reference = (IPropertyReferenceOperation)context.Operation;
        var property = reference.Property;
        var isVirtual = property.IsAbstract || property.IsVirtual || (property.IsOverride && !property.IsSealed);
        if (isVirtual && reference.Instance?.Type is { IsReferenceType: true, IsSealed: false } receiver) Report(context, Name(property), Name(receiver));
    }
}
