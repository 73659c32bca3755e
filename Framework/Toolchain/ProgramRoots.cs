using System.Reflection;
using Verification.Toolchain.Il;
using Verification.Toolchain.Ir;

namespace Verification.Toolchain;

/// <summary>The methods that a program starts from, and the fields that assembly code may know by name.</summary>
internal static class ProgramRoots
{
    private const BindingFlags All = BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public |
                                     BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    /// <summary>Finds them in order of declaration and refers to each.</summary>
    public static List<MethodKey> Find(Compilation unit, Assembly kernel)
    {
        List<MethodKey> roots = [];
        Type[] types = kernel.GetTypes();
        Array.Sort(types, (left, right) => left.MetadataToken.CompareTo(right.MetadataToken));
        foreach (Type type in types)
        {
            if (type.IsGenericTypeDefinition) continue;
            MethodInfo[] methods = type.GetMethods(All);
            Array.Sort(methods, (left, right) => left.MetadataToken.CompareTo(right.MetadataToken));
            foreach (MethodInfo method in methods)
            {
                if (!IsRoot(method)) continue;
                MethodKey key = new(method, null);
                string symbol = unit.Reference(key, null);
                if (Attributes.AssemblyText(method) is null) roots.Add(key);
                if (Attributes.Has(method, "PanicHandler")) unit.PanicSymbol = symbol;
            }

            FieldInfo[] fields = type.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly);
            Array.Sort(fields, (left, right) => left.MetadataToken.CompareTo(right.MetadataToken));
            foreach (FieldInfo field in fields)
            {
                if (Attributes.ExportName(field) is not null) unit.Data.Export(field);
            }
        }

        foreach (MethodBase method in unit.Options.AdditionalRoots)
        {
            MethodKey key = new(method, null);
            unit.Reference(key, null);
            roots.Add(key);
        }

        return roots;
    }

    private static bool IsRoot(MethodInfo method) =>
        !method.IsGenericMethodDefinition &&
        (Attributes.Has(method, "BootEntry") || Attributes.Has(method, "Export") || Attributes.Has(method, "PanicHandler"));
}
