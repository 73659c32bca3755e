using System.Reflection;
using System.Runtime.CompilerServices;

namespace Verification.Toolchain;

/// <summary>
/// The attributes of the kernel's own API, recognised by full name: the kernel's assembly is loaded apart from this one,
/// so its attribute types are not the same objects.
/// </summary>
public static class Attributes
{
    private const string Prefix = "Verification.Intrinsics.";

    // Asked for at every call; reading them anew takes microseconds.
    private static readonly ConditionalWeakTable<MemberInfo, CustomAttributeData[]> Known = [];

    /// <summary>True if the member carries <c>Verification.Intrinsics.{name}Attribute</c>.</summary>
    public static bool Has(MemberInfo member, string name) => Find(member, name) is not null;

    /// <summary>The symbol that <c>[Export]</c> gives, if any.</summary>
    public static string? ExportName(MemberInfo member) => FirstText(member, "Export");

    /// <summary>The symbol that <c>[LinkerSymbol]</c> names, on the member or, for a getter, on its property.</summary>
    public static string? LinkerSymbol(MemberInfo member)
    {
        if (FirstText(member, "LinkerSymbol") is { } name) return name;
        if (member is not MethodInfo { IsSpecialName: true } getter || !getter.Name.StartsWith("get_", StringComparison.Ordinal))
            return null;
        PropertyInfo? property = getter.DeclaringType!.GetProperty(
            getter.Name[4..], BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic);
        return property is null ? null : FirstText(property, "LinkerSymbol");
    }

    /// <summary>The text of <c>[Assembly]</c>, if any.</summary>
    public static string? AssemblyText(MemberInfo member) => FirstText(member, "Assembly");

    /// <summary>
    /// Size of the stack that a method starts on, as <c>[BootEntry]</c> says: 0 for the boot stack; null for a method that is
    /// no entry.
    /// </summary>
    public static int? EntryStackBytes(MethodBase method) => Find(method, "BootEntry") is not { } entry ? null
        : entry.NamedArguments.Where(argument => argument.MemberName == "StackSizeBytes").Select(argument => argument.TypedValue.Value)
            .OfType<int>().FirstOrDefault();

    private static string? FirstText(MemberInfo member, string name) =>
        Find(member, name) is { ConstructorArguments: [{ Value: string text }, ..] } ? text : null;

    private static CustomAttributeData? Find(MemberInfo member, string name)
    {
        foreach (CustomAttributeData attribute in Known.GetValue(member, Own))
        {
            string own = attribute.AttributeType.Name;
            if (own.Length == name.Length + "Attribute".Length && own.StartsWith(name, StringComparison.Ordinal)) return attribute;
        }

        return null;
    }

    private static CustomAttributeData[] Own(MemberInfo member) =>
        [.. member.GetCustomAttributesData().Where(attribute => attribute.AttributeType.FullName?.StartsWith(Prefix, StringComparison.Ordinal) == true)];
}
