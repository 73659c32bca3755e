using System.Reflection;

namespace Verification.Toolchain.Il;

/// <summary>Which method a call through an interface, or of a method of <c>object</c>, reaches on a known struct.</summary>
internal static class ConstrainedCalls
{
    /// <summary>
    /// The method, and the struct to compile it for where it is a default method of the interface itself.
    /// </summary>
    /// <exception cref="Refusal">The method is the runtime's own (<c>ValueType.Equals</c> and the like).</exception>
    public static (MethodBase Method, Type? Self) Resolve(Type type, MethodBase method)
    {
        Type owner = method.DeclaringType!;
        if (owner == type || (type.IsEnum && owner == Enum.GetUnderlyingType(type))) return (method, null);
        if (owner.IsInterface) return ResolveInterface(type, owner, (MethodInfo)method);
        if (!method.IsVirtual) return (method, null);
        Type holder = type.IsEnum ? Enum.GetUnderlyingType(type) : type;
        MethodInfo? found = holder.GetMethod(
            method.Name,
            BindingFlags.Instance | BindingFlags.Public | BindingFlags.DeclaredOnly,
            [.. method.GetParameters().Select(parameter => parameter.ParameterType)]);
        return found is not null ? (found, null) : throw Refusal.Boxing(type);
    }

    private static (MethodBase Method, Type? Self) ResolveInterface(Type type, Type contract, MethodInfo method)
    {
        if (!contract.IsAssignableFrom(type)) throw Refusal.Virtual(SymbolNames.Display(method));
        MethodInfo definition = method.IsGenericMethod ? method.GetGenericMethodDefinition() : method;
        InterfaceMapping map = type.GetInterfaceMap(contract);
        for (int index = 0; index < map.InterfaceMethods.Length; index++)
        {
            MethodInfo candidate = map.InterfaceMethods[index];
            if (candidate.MetadataToken != definition.MetadataToken || candidate.Module != definition.Module) continue;
            MethodInfo? target = map.TargetMethods[index];
            if (target is null) break;
            if (method.IsGenericMethod)
            {
                if (!target.IsGenericMethodDefinition) target = target.GetGenericMethodDefinition();
                target = target.MakeGenericMethod(method.GetGenericArguments());
            }

            bool isDefault = target.DeclaringType!.IsInterface && !target.IsStatic;
            return (target, isDefault ? type : null);
        }

        throw Refusal.Virtual(SymbolNames.Display(method));
    }
}
