using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;

namespace Verification.Analyzers.StackDepth;

/// <summary>
/// The type arguments that one instance of a generic method is compiled for: turns what its source says in type
/// parameters into what that instance means.
/// </summary>
internal sealed class Substitution
{
    private readonly ImmutableDictionary<ITypeParameterSymbol, ITypeSymbol> arguments;

    private Substitution(ImmutableDictionary<ITypeParameterSymbol, ITypeSymbol> arguments) => this.arguments = arguments;

    /// <summary>The arguments of a constructed method, of its containing types and, for a local function, methods.</summary>
    public static Substitution Of(IMethodSymbol method, Substitution? outer)
    {
        var arguments = outer?.arguments
            ?? ImmutableDictionary<ITypeParameterSymbol, ITypeSymbol>.Empty.WithComparers(SymbolEqualityComparer.Default);
        for (var type = method.ContainingType; type is not null; type = type.ContainingType)
            arguments = Add(arguments, type.OriginalDefinition.TypeParameters, type.TypeArguments);
        return new(Add(arguments, method.OriginalDefinition.TypeParameters, method.TypeArguments));
    }

    private static ImmutableDictionary<ITypeParameterSymbol, ITypeSymbol> Add(
        ImmutableDictionary<ITypeParameterSymbol, ITypeSymbol> map,
        ImmutableArray<ITypeParameterSymbol> parameters, ImmutableArray<ITypeSymbol> arguments)
    {
        for (var i = 0; i < parameters.Length; i++)
            if (!SymbolEqualityComparer.Default.Equals(parameters[i], arguments[i])) map = map.SetItem(parameters[i], arguments[i]);
        return map;
    }

    /// <summary>The type as this instance means it.</summary>
    public ITypeSymbol Apply(ITypeSymbol type) => arguments.IsEmpty ? type : type switch
    {
        ITypeParameterSymbol parameter => arguments.TryGetValue(parameter, out var argument) ? argument : type,
        INamedTypeSymbol named => Apply(named),
        _ => type,
    };

    private INamedTypeSymbol Apply(INamedTypeSymbol type)
    {
        if (arguments.IsEmpty || !type.IsGenericType) return type;
        var definition = type.OriginalDefinition;
        if (type.ContainingType is { IsGenericType: true } container)
            definition = Apply(container).GetTypeMembers(type.Name, type.Arity).FirstOrDefault() ?? definition;
        return type.Arity == 0 ? definition : definition.Construct(type.TypeArguments.Select(Apply).ToArray());
    }

    /// <summary>The method as this instance means it: type parameters of container and method replaced.</summary>
    public IMethodSymbol Apply(IMethodSymbol method)
    {
        if (arguments.IsEmpty || method.MethodKind == MethodKind.LocalFunction) return Construct(method, method);
        if (method.ContainingType is not { IsGenericType: true } container) return Construct(method, method.OriginalDefinition);
        var substituted = Apply(container).GetMembers(method.Name).OfType<IMethodSymbol>()
            .FirstOrDefault(member => SymbolEqualityComparer.Default.Equals(member.OriginalDefinition, method.OriginalDefinition));
        return Construct(method, substituted ?? method);
    }

    private IMethodSymbol Construct(IMethodSymbol from, IMethodSymbol definition) =>
        from.Arity == 0 || arguments.IsEmpty
            ? from.Arity == 0 ? definition : from
            : definition.ConstructedFrom.Construct(from.TypeArguments.Select(Apply).ToArray());
}
