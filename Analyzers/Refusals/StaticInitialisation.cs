using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Verification.Analyzers.Refusals;

/// <summary>
/// Code that makes static data: initialisers of static fields, static constructors, and private methods that nothing else
/// calls. The compiler runs it itself, on .NET, where there are objects.
/// </summary>
internal static class StaticInitialisation
{
    /// <summary>Whether code of that symbol runs in the compiler only.</summary>
    public static bool Holds(ISymbol symbol, Compilation compilation, CancellationToken stop) => Holds(symbol, compilation, [], stop);

    private static bool Holds(ISymbol symbol, Compilation compilation, HashSet<string> seen, CancellationToken stop) => symbol switch
    {
        IMethodSymbol { MethodKind: MethodKind.StaticConstructor } => true,
        IMethodSymbol { MethodKind: MethodKind.LocalFunction or MethodKind.AnonymousFunction, ContainingSymbol: { } outer } => Holds(outer, compilation, seen, stop),
        IMethodSymbol { MethodKind: MethodKind.Ordinary, DeclaredAccessibility: Accessibility.Private, IsStatic: true } method =>
            seen.Add(method.Name) && IsCalledByInitialisersOnly(method, compilation, seen, stop),
        IFieldSymbol field => field.IsStatic,
        IPropertySymbol property => property.IsStatic,
        _ => false,
    };

    // By name within the type: another member of that name only makes the answer no.
    private static bool IsCalledByInitialisersOnly(IMethodSymbol method, Compilation compilation, HashSet<string> seen, CancellationToken stop)
    {
        var isCalled = false;
        foreach (var declaration in method.ContainingType.DeclaringSyntaxReferences)
        {
            foreach (var name in declaration.GetSyntax(stop).DescendantNodes().OfType<SimpleNameSyntax>().Where(name => name.Identifier.ValueText == method.Name))
            {
                isCalled = true;
                if (!IsInInitialiser(name, method, seen)) return false;
            }
        }

        return isCalled;
    }

    private static bool IsInInitialiser(SyntaxNode name, IMethodSymbol method, HashSet<string> seen)
    {
        var member = name.Ancestors().OfType<MemberDeclarationSyntax>().FirstOrDefault();
        return member switch
        {
            FieldDeclarationSyntax field => field.Modifiers.Any(SyntaxKind.StaticKeyword),
            ConstructorDeclarationSyntax constructor => constructor.Modifiers.Any(SyntaxKind.StaticKeyword),
            PropertyDeclarationSyntax { Initializer: { } initializer } property => property.Modifiers.Any(SyntaxKind.StaticKeyword) && initializer.Span.Contains(name.Span),
            // A call by itself, or by another such method, which is asked by name again.
            MethodDeclarationSyntax caller => caller.Identifier.ValueText == method.Name || OnlyHelps(caller, method.ContainingType, seen),
            _ => false,
        };
    }

    private static bool OnlyHelps(MethodDeclarationSyntax caller, INamedTypeSymbol type, HashSet<string> seen)
    {
        var method = type.GetMembers(caller.Identifier.ValueText).OfType<IMethodSymbol>().FirstOrDefault();
        if (method is not { DeclaredAccessibility: Accessibility.Private, IsStatic: true }) return false;
        if (!seen.Add(method.Name)) return true;
        return type.DeclaringSyntaxReferences.SelectMany(reference => reference.GetSyntax().DescendantNodes().OfType<SimpleNameSyntax>())
            .Where(name => name.Identifier.ValueText == method.Name).All(name => IsInInitialiser(name, method, seen));
    }
}
