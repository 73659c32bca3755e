using System.Text.RegularExpressions;
using Verification.Toolchain;
using Xunit;

namespace Verification.Specs.Compiling;

/// <summary>
/// The language, feature by feature: each method of the files in Features gives on the board what it gives on the CLR,
/// and panics where that throws.
/// </summary>
public sealed partial class LanguageSpecs : IClassFixture<LanguageSpecs.Guest>
{
    // Small and large numbers, both signs, and bit patterns of floating-point numbers at the edges of the integers.
    private static readonly (long A, long B)[] Inputs =
    [
        (0, 0), (1, 2), (7, 3), (-1, 5), (3, -3), (4, 4), (100, -7), (-300, 0xfc00), (long.MinValue, -1), (123456789, 987654321),
        (0x3ff8000000000000, unchecked((long)0xc04edd2f1a9fbe77)), (0x7ff8000000000000, 0x7ff0000000000000), (0x41dfffffffc00000, 0x3f8ccccd),
        (unchecked((long)0xc1e0000000200000), 0x4f800000), (0x43e0000000000000, 255),
    ];

    private readonly Guest _guest;

    public LanguageSpecs(Guest guest) => _guest = guest;

    public static TheoryData<string> Methods
    {
        get
        {
            TheoryData<string> names = [];
            foreach (SourceFile file in GuestSources.Of("Features"))
            {
                string type = $"{typeof(LanguageSpecs).Namespace}.Features.{Path.GetFileNameWithoutExtension(file.Name)}";
                foreach (Match method in MethodOf().Matches(file.Text)) names.Add($"{type}.{method.Groups[1].Value}");
            }

            return names;
        }
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void A_method_does_on_the_board_what_it_does_on_the_CLR(string method)
    {
        foreach ((long a, long b) in Inputs)
        {
            Outcome expected = _guest.Program.RunOnClr(a, b, method);
            Outcome actual = _guest.Program.RunInModel(a, b, method);
            Assert.True(
                expected.Value == actual.Value && expected.Panic == actual.Panic,
                $"{method}({a}, {b}): the CLR says {expected}, the board {actual}");
        }
    }

    [Fact]
    public void Compiling_twice_gives_the_same_bytes()
    {
        using GuestProgram again = Guest.Compile();
        CompiledProgram first = _guest.Program.Program;
        // Methods are finished side by side: nothing may depend on which is first.
        Assert.Equal(
            first.Methods.SelectMany(method => method.Variables).Select(location => (location with { Type = typeof(object) }, location.Type.FullName)),
            again.Program.Methods.SelectMany(method => method.Variables).Select(location => (location with { Type = typeof(object) }, location.Type.FullName)));
        Assert.Equal(first.Methods.SelectMany(method => method.Lines), again.Program.Methods.SelectMany(method => method.Lines));
        Assert.Equal(
            first.Methods.SelectMany(method => method.Relocations), again.Program.Methods.SelectMany(method => method.Relocations));
        Assert.Equal(
            first.Methods.Select(method => (method.Symbol, Convert.ToHexString(method.Code))),
            again.Program.Methods.Select(method => (method.Symbol, Convert.ToHexString(method.Code))));
        Assert.Equal(
            first.Data.Select(data => (data.Symbol, Convert.ToHexString(data.Content ?? []))),
            again.Program.Data.Select(data => (data.Symbol, Convert.ToHexString(data.Content ?? []))));
    }

    [GeneratedRegex(@"public static long (Run_\w+)\(")]
    private static partial Regex MethodOf();

    /// <summary>All files in one program, compiled once.</summary>
    public sealed class Guest : IDisposable
    {
        public GuestProgram Program { get; } = Compile();

        public static GuestProgram Compile() => new(GuestSources.Of("Features"), new CompilerOptions { FloatingPoint = true });

        public void Dispose() => Program.Dispose();
    }
}
