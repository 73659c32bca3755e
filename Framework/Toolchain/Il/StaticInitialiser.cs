using System.Reflection;
using System.Runtime.CompilerServices;

namespace Verification.Toolchain.Il;

/// <summary>
/// Static constructors, run at compile time on the CLR. Only one that computes from constants gives the same result there
/// as on the board: whatever takes an address, reads another type's variables, or asks the environment is refused.
/// </summary>
internal static class StaticInitialiser
{
    private static readonly string[] PureNamespaces =
        ["System.Numerics", "System.Buffers.Binary", "System.Runtime.CompilerServices", "System.Runtime.InteropServices", "System.Text"];

    private static readonly Type[] ImpureTypes =
        [typeof(Environment), typeof(GC), typeof(Random), typeof(DateTime), typeof(DateTimeOffset), typeof(Guid), typeof(Console), typeof(TimeZoneInfo), typeof(AppContext), typeof(Activator)];

    /// <summary>True if the type has a static constructor.</summary>
    public static bool Exists(Type type) => type.TypeInitializer is not null;

    /// <summary>Runs it, unless it has run.</summary>
    /// <exception cref="Refusal">It cannot be run at compile time.</exception>
    public static void Run(Type type)
    {
        if (type.Module.Assembly != typeof(object).Assembly) CheckPure(type, type.TypeInitializer!, []);
        try
        {
            RuntimeHelpers.RunClassConstructor(type.TypeHandle);
        }
        catch (TypeInitializationException failure)
        {
            throw Refusal.Initialiser(SymbolNames.Of(type), failure.InnerException?.Message ?? failure.Message);
        }
    }

    private static void CheckPure(Type type, MethodBase method, HashSet<MethodBase> seen)
    {
        if (!seen.Add(method)) return;
        if (method.GetMethodBody() is not { } body)
        {
            throw Refusal.Initialiser(SymbolNames.Of(type), $"it calls '{SymbolNames.Display(method)}', which has no body.");
        }

        if (body.LocalVariables.Any(local => local.IsPinned))
            throw Refusal.Initialiser(SymbolNames.Of(type), "it takes the address of a variable.");
        Type[] typeArguments = method.DeclaringType!.GetGenericArguments();
        Type[] methodArguments = method.IsGenericMethod ? method.GetGenericArguments() : [];
        foreach (IlInstruction instruction in IlDecoder.Decode(body.GetILAsByteArray()!))
        {
            switch (instruction.Code)
            {
                case IlOp.Ldftn or IlOp.Ldvirtftn:
                    throw Refusal.Initialiser(SymbolNames.Of(type), "it takes the address of a method.");
                case IlOp.Ldsflda or IlOp.Ldsfld:
                    FieldInfo field = method.Module.ResolveField((int)instruction.Operand, typeArguments, methodArguments)!;
                    CheckField(type, field, instruction.Code);
                    break;
                case IlOp.Call or IlOp.Callvirt or IlOp.Newobj:
                    MethodBase callee = method.Module.ResolveMethod((int)instruction.Operand, typeArguments, methodArguments)!;
                    CheckCall(type, callee, seen);
                    break;
            }
        }
    }

    private static void CheckField(Type type, FieldInfo field, IlOp code)
    {
        if (field.Attributes.HasFlag(FieldAttributes.HasFieldRVA)) return;
        if (code == IlOp.Ldsflda && !field.FieldType.IsValueType)
            throw Refusal.Initialiser(SymbolNames.Of(type), $"it takes the address of '{SymbolNames.Of(field)}'.");
        if (!field.IsInitOnly && field.DeclaringType != type && field.DeclaringType!.Module.Assembly != typeof(object).Assembly)
            throw Refusal.Initialiser(SymbolNames.Of(type), $"it reads the variable '{SymbolNames.Of(field)}' of another type.");
    }

    private static void CheckCall(Type type, MethodBase callee, HashSet<MethodBase> seen)
    {
        Type owner = callee.DeclaringType!;
        if (!Compilation.IsKernelCode(callee))
        {
            bool isPure = owner.Namespace == "System" ? !ImpureTypes.Contains(owner)
                : PureNamespaces.Any(name => owner.Namespace == name);
            if (!isPure || callee.Name == "AsPointer")
                throw Refusal.Initialiser(SymbolNames.Of(type), $"it calls '{SymbolNames.Display(callee)}'.");
            return;
        }

        if (owner.Namespace == "Verification.Intrinsics")
            throw Refusal.Initialiser(SymbolNames.Of(type), $"it calls '{SymbolNames.Display(callee)}', which only the board can.");
        CheckPure(type, callee, seen);
    }
}
