using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Xunit;

namespace Verification.Specs.Repository;

/// <summary>What the style of this project says and a program can check.</summary>
public partial class ConventionSpecs
{
    private const int MaximumLines = 600;

    // A wire's level is a bit: there a boolean is the value itself. Whether a CSR access reads and writes is the
    // instruction's own pair of bits.
    private static readonly string[] BitsAreValues =
        ["InterruptLine.Set", "StateTransfer.Value", "Hart.SetInterrupt", "Hart.SetPending", "IMachine`1.AccessCsr"];

    [Fact]
    public void A_file_holds_one_concept_and_stays_short() =>
        Assert.Empty(Sources().Where(path => SourceTree.Text(path).Count(c => c == '\n') > MaximumLines));

    [Fact]
    public void No_type_hides_behind_an_empty_name() =>
        Assert.Empty(Types().Select(type => type.Name.Split('`')[0]).Where(name => EmptyName().IsMatch(name)));

    [Fact]
    public void No_type_is_named_as_its_namespace() =>
        Assert.Empty(Types().Where(type => !type.IsNested && type.Namespace?.Split('.')[^1] == type.Name).Select(type => type.FullName));

    [Fact]
    public void No_public_method_takes_a_boolean() =>
        Assert.Empty(Types().SelectMany(PublicMethods).Where(TakesBoolean).Select(method => $"{method.DeclaringType!.Name}.{method.Name}").Except(BitsAreValues).Distinct());

    [Fact]
    public void A_device_says_what_it_does_not_model() =>
        Assert.Empty(Sources().Where(path => path.StartsWith("Machine/Devices/", StringComparison.Ordinal)
            && DeviceClass().IsMatch(SourceTree.Text(path)) && !SourceTree.Text(path).Contains("Not modelled", StringComparison.Ordinal)));

    [Fact]
    public void An_analysis_says_its_limits() =>
        Assert.Contains("Known limits", SourceTree.Text("Analyzers/StackDepth/FrameEstimator.cs"));

    [Fact]
    public void A_spec_is_a_sentence_in_snake_case()
    {
        var specs = typeof(ConventionSpecs).Assembly.GetTypes()
            .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly))
            .Where(method => method.GetCustomAttributes().Any(attribute => attribute is FactAttribute));
        Assert.Empty(specs.Where(method => !Sentence().IsMatch(method.Name)).Select(method => $"{method.DeclaringType!.Name}.{method.Name}"));
    }

    [Fact]
    public void Approved_texts_are_stored_as_verify_stores_them()
    {
        var wrong = SourceTree.Files("Specs").Where(path => path.EndsWith(".verified.txt", StringComparison.Ordinal)).Where(path =>
        {
            var bytes = File.ReadAllBytes(Path.Combine(SourceTree.Root, path));
            return !bytes.AsSpan().StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]) || bytes.Contains((byte)'\r') || bytes[^1] == '\n';
        });
        Assert.Empty(wrong);
    }

    [Fact]
    public void Nothing_names_the_computer_that_it_was_written_on()
    {
        // Put together here, so that this file does not find itself.
        string[] places = ["/" + "work/", "/" + "home/", "/" + "root/", "/" + "tmp/h/", "/" + "tmp/base"];
        string[] kinds = [".cs", ".md", ".csproj", ".props", ".targets", ".txt", ".yml", ".json", ".sln"];
        Assert.Empty(SourceTree.Files().Where(path => kinds.Contains(Path.GetExtension(path)) && places.Any(SourceTree.Text(path).Contains)));
    }

    [Fact]
    public void Model_framework_and_specs_read_no_host_clock_and_no_host_randomness()
    {
        // The benchmarks measure time: that is what they are for. The specs of rules hold what the rules forbid.
        var deterministic = Sources().Where(path => path.Split('/')[0] is "Machine" or "Framework" or "Specs"
            && !path.StartsWith("Specs/Benchmarks/", StringComparison.Ordinal) && !path.StartsWith("Specs/Repository/", StringComparison.Ordinal)
            && !path.StartsWith("Specs/Analyzers/", StringComparison.Ordinal) && !path.EndsWith("/RefusalSpecs.cs", StringComparison.Ordinal) && !path.StartsWith("Framework/Cli/", StringComparison.Ordinal));
        Assert.Empty(deterministic.Where(path => HostState().IsMatch(SourceTree.Text(path))));
    }

    private static IEnumerable<string> Sources() => SourceTree.Files().Where(path => path.EndsWith(".cs", StringComparison.Ordinal));

    private static IEnumerable<Type> Types() =>
        new[] { "Verification.Machine", "Verification.Framework", "Verification.Toolchain", "Verification.Cli", "Verification.Analyzers", "Verification.Intrinsics", "Kernel", "Verification.Specs" }
            .SelectMany(name => Assembly.Load(name).GetTypes())
            .Where(type => type.Namespace?.StartsWith("Verification", StringComparison.Ordinal) == true && !type.IsDefined(typeof(CompilerGeneratedAttribute)) && !type.Name.Contains('<'));

    private static IEnumerable<MethodBase> PublicMethods(Type type)
    {
        const BindingFlags declared = BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
        if (!type.IsVisible || type.Assembly == typeof(ConventionSpecs).Assembly || typeof(Attribute).IsAssignableFrom(type)) return [];
        // A record's constructor lists its properties, and a setter has no other form.
        return type.GetMethods(declared).Where(method => !method.IsSpecialName && method.Name is not ("Deconstruct" or "Equals") && method.GetBaseDefinition() == method);
    }

    private static bool TakesBoolean(MethodBase method) =>
        method.GetParameters().Any(parameter => parameter.ParameterType == typeof(bool) && !parameter.IsOut);

    [GeneratedRegex("(Manager|Helper|Helpers|Util|Utils|Utility|Utilities|Common|Impl)$|^(Base[A-Z].*Class|.*Base)$")]
    private static partial Regex EmptyName();

    [GeneratedRegex(@"class \w+[^{;]*:\s*[^{]*\bIDevice\b")]
    private static partial Regex DeviceClass();

    [GeneratedRegex("^[A-Z][a-zA-Z0-9]*(_[A-Za-z0-9]+)+$")]
    private static partial Regex Sentence();

    [GeneratedRegex(@"\b(DateTime(Offset)?\.(Utc)?Now|Stopwatch|Environment\.TickCount(64)?|Random\.Shared|new Random\(\)|Guid\.NewGuid|Thread\.Sleep|Task\.Delay)\b")]
    private static partial Regex HostState();
}
