using System.Buffers.Binary;
using System.Buffers.Text;
using System.Numerics;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Unicode;
using Verification.Toolchain;
using Xunit;

namespace Verification.Specs.Compiling;

/// <summary>
/// The base library's functions of numbers and spans do in the model what they do on the CLR, called with random
/// arguments; those that the compiler refuses stand in a list.
/// </summary>
public sealed class BaseLibrarySpecs
{
    private const int CallsPerFunction = 16;

    private static readonly Type[] Types =
    [
        typeof(BitOperations), typeof(Math), typeof(BinaryPrimitives), typeof(BitConverter), typeof(Interlocked), typeof(Volatile),
        typeof(MemoryMarshal), typeof(MemoryExtensions), typeof(Utf8Formatter), typeof(Utf8Parser), typeof(Base64), typeof(Convert), typeof(Ascii), typeof(Utf8),
        typeof(bool), typeof(char), typeof(sbyte), typeof(byte), typeof(short), typeof(ushort), typeof(int), typeof(uint), typeof(long), typeof(ulong),
        typeof(Int128), typeof(UInt128), typeof(decimal), typeof(double), typeof(float), typeof(Half), typeof(Span<int>), typeof(ReadOnlySpan<byte>),
    ];

    private static readonly string[] Mathematics =
    [
        "Acos", "Acosh", "Asin", "Asinh", "Atan", "Atan2", "Atanh", "Cbrt", "Cos", "Cosh", "Exp", "Log", "Log10", "Log2", "Pow", "ReciprocalEstimate",
        "ReciprocalSqrtEstimate", "Sin", "Sinh", "Tan", "Tanh",
    ];

    private static readonly string[] MoreMathematics =
        ["AcosPi", "AsinPi", "Atan2Pi", "AtanPi", "Exp10", "Exp10M1", "Exp2", "Exp2M1", "ExpM1", "Log10P1", "Log2P1", "LogP1", "RootN", "ConvertToIntegerNative"];

    // Some of these have overloads that are taken.
    private static readonly string[] Refused =
    [
        // Comparisons of which only the running program knows whether they need a culture.
        "MemoryExtensions.CompareTo", "MemoryExtensions.Contains", "MemoryExtensions.EndsWith", "MemoryExtensions.Equals", "MemoryExtensions.IndexOf",
        "MemoryExtensions.LastIndexOf", "MemoryExtensions.StartsWith",
        // Takes as much of the stack as it finds letters.
        "Base64.DecodeFromUtf8InPlace",
        // The host's mathematical library, and its instructions for estimates and conversions.
        .. Mathematics.Select(name => $"Math.{name}"),
        .. Mathematics.Concat(MoreMathematics).SelectMany(name => (string[])[$"Double.{name}", $"Single.{name}"]),
    ];

    // What these answer differs from host to host, too: by the process's seed, by what lies behind a variable, and, where the
    // lower bound is the higher one, by the width of the host's vectors. ConvertToInteger to a narrow type has no bounds on an x64
    // host, where the CLR takes an instruction for it; its IL, which runs here, has those of its documentation.
    private static readonly string[] Unspecified = ["GetHashCode", "CreateSpan", "CreateReadOnlySpan", "InRange", "ConvertToInteger"];

    [Fact]
    public void A_function_does_in_the_model_what_it_does_on_the_CLR()
    {
        List<(string Name, MethodBase Method)> functions = [.. Functions()];
        List<string> refused = [];
        HashSet<string> files;
        using (GuestProgram all = Compile(functions))
        {
            files = [.. all.Program.Diagnostics.Select(diagnostic => diagnostic.File)];
            refused.AddRange(functions.Where((_, index) => files.Contains($"F{index}.cs")).Select(function => function.Name));
            Assert.All(all.Program.Diagnostics, diagnostic => Assert.NotEqual("KT0999", diagnostic.Id));
        }

        Assert.True(refused.Distinct().Order(StringComparer.Ordinal).SequenceEqual(Refused.Order(StringComparer.Ordinal)), $"refused, but not in the list: {string.Join(", ", refused.Distinct().Except(Refused))}\nin the list, but taken: {string.Join(", ", Refused.Except(refused))}");
        List<(string Name, MethodBase Method)> taken = [.. functions.Where((_, index) => !files.Contains($"F{index}.cs"))];
        using GuestProgram program = Compile(taken);
        Assert.True(program.Program.IsComplete, string.Join("\n", program.Program.Diagnostics));
        List<string> differences = [];
        for (int index = 0; index < taken.Count; index++)
        {
            for (int call = 0; call < CallsPerFunction; call++)
            {
                Outcome expected = program.RunOnClr(index, call, $"F{index}.Test.Run");
                Outcome actual = program.RunInModel(index, call, $"F{index}.Test.Run");
                if (expected.Value == actual.Value && expected.Panic == actual.Panic) continue;
                differences.Add($"{taken[index].Method}, call {call}: the CLR says {expected}, the model {actual}\n{CallWriter.Write($"F{index}", taken[index].Method).Text}");
                break;
            }
        }

        Assert.True(differences.Count == 0, string.Join("\n", differences));
    }

    private static GuestProgram Compile(IEnumerable<(string Name, MethodBase Method)> functions) =>
        new(
            [CallWriter.KitOf([.. ((string[])["0", "-1", "4294967296", "true", "12:30", "0x1f", "1,234.5e6"]).Select(System.Text.Encoding.UTF8.GetBytes)]),
                .. functions.Select((function, index) => CallWriter.Write($"F{index}", function.Method))],
            new CompilerOptions { FloatingPoint = true, VariableLocations = false })
        { NeedsFreshVariables = false };

    private static IEnumerable<(string Name, MethodBase Method)> Functions() =>
        from type in Types
        from method in type.GetMethods(BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.DeclaredOnly)
        where !method.IsDefined(typeof(ObsoleteAttribute)) && !method.IsDefined(typeof(System.Runtime.Versioning.RequiresPreviewFeaturesAttribute))
        from closed in Closed(method)
        where CallWriter.CanCall(closed) && !Unspecified.Any(name => closed.Name.EndsWith(name, StringComparison.Ordinal)) && !closed.Name.StartsWith("op_", StringComparison.Ordinal)
        orderby $"{type}.{closed}"
        select ($"{type.Name}.{method.Name}", (MethodBase)closed);

    private static IEnumerable<MethodInfo> Closed(MethodInfo method)
    {
        if (!method.IsGenericMethodDefinition) return [method];
        return ((Type[])[typeof(byte), typeof(int)]).Select(argument => Close(method, argument)).OfType<MethodInfo>();
    }

    private static MethodInfo? Close(MethodInfo method, Type argument)
    {
        try
        {
            return method.MakeGenericMethod([.. method.GetGenericArguments().Select(_ => argument)]);
        }
        catch (ArgumentException)
        {
            return null; // its constraints ask for another
        }
    }
}
