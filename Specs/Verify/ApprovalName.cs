using System.Globalization;
using System.Reflection;
using System.Text;
using VerifyTests;

namespace Verification.Specs.Verify;

/// <summary>Where an approved text lies: <c>{Type}.{Method}[_param=value]</c> beside the spec's source file.</summary>
internal static class ApprovalName
{
    // What Windows forbids in a file name: the names must be the same on every system.
    private const string Forbidden = "\"<>|:*?\\/";

    /// <summary>The full path without its ending <c>.verified.txt</c>.</summary>
    public static string Of(MethodInfo spec, VerifySettings settings, string sourceFile)
    {
        var folder = Path.GetDirectoryName(sourceFile)!;
        if (settings.Directory is not null) folder = Path.Combine(folder, settings.Directory);
        var name = settings.FileName
            ?? $"{settings.TypeName ?? TypeName(spec.ReflectedType!)}.{settings.MethodName ?? spec.Name}{Parameters(spec, settings)}";
        return Path.Combine(folder, Legal(name));
    }

    private static string TypeName(Type type) =>
        type.DeclaringType is null ? type.Name : $"{TypeName(type.DeclaringType)}.{type.Name}";

    private static string Parameters(MethodInfo spec, VerifySettings settings)
    {
        if (settings.ParametersText is not null) return "_" + settings.ParametersText;
        var parameters = spec.GetParameters();
        if (settings.Parameters is null)
        {
            return parameters.Length == 0
                ? ""
                : throw new InvalidOperationException($"{spec.Name} has parameters: tell them with UseParameters.");
        }
        var text = new StringBuilder();
        for (var i = 0; i < settings.Parameters.Count; i++)
            text.Append('_').Append(parameters[i].Name).Append('=').Append(Value(settings.Parameters[i]));
        return text.ToString();
    }

    private static string Value(object? value) => value switch
    {
        null => "null",
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "null",
    };

    private static string Legal(string name) =>
        string.Concat(name.Select(c => c < ' ' || Forbidden.Contains(c) ? '-' : c));
}
