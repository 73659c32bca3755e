using System.Reflection;

namespace Verification.Toolchain.Il;

/// <summary>
/// Static fields of the base library that say something of the process that runs the compiler: the image must not depend
/// on it. Tables and constants of the base library are none.
/// </summary>
internal static class RuntimeState
{
    private static readonly string[] Types =
    [
        "System.Environment", "System.AppContext", "System.LocalAppContextSwitches",
        "System.Diagnostics", "System.TimeZoneInfo", "System.Random", "System.GC", "System.Threading",
        "System.Globalization.CultureInfo", "System.Globalization.CultureData", "System.DateTime", "System.TimeProvider",
    ];

    // Hash codes are seeded anew by each process; a kernel's seed is 0.
    private static readonly string[] Seeds = ["System.HashCode.s_seed", "System.Marvin.<DefaultSeed>k__BackingField", "System.Marvin.DefaultSeed"];

    /// <summary>True for a seed of hash codes, which is 0 in a kernel.</summary>
    public static bool IsRandom(FieldInfo field) =>
        IsOfBaseLibrary(field) && Seeds.Contains($"{field.DeclaringType!.FullName}.{field.Name}");

    /// <summary>True for a variable of the base library that has a history, and for what is read from the environment.</summary>
    public static bool IsRefused(FieldInfo field)
    {
        if (!IsOfBaseLibrary(field)) return false;
        string owner = field.DeclaringType!.FullName ?? "";
        bool isOfEnvironment = Types.Any(type => owner == type || owner.StartsWith(type + "+", StringComparison.Ordinal) || owner.StartsWith(type + ".", StringComparison.Ordinal));
        bool isVariable = !field.IsInitOnly && !field.Attributes.HasFlag(FieldAttributes.HasFieldRVA) && field.DeclaringType.TypeInitializer is not null;
        return isVariable || (isOfEnvironment && field.FieldType.IsValueType);
    }

    private static bool IsOfBaseLibrary(FieldInfo field) => field.Module.Assembly == typeof(object).Assembly;
}
