using Xunit;

namespace Verification.Specs.Repository;

/// <summary>Who may know whom, read from the built assemblies.</summary>
public class LayeringSpecs
{
    // Inside Machine a folder knows only those before it; the root's own types and the ways in come last and know each other.
    private static readonly string[] MachineFolders =
        ["Isa", "State", "Schedule", "Memory", "Devicetree", "Images", "Harts", "Translation", "Devices", "Firmware", "Boot"];

    [Theory]
    [InlineData("Verification.Machine", "System")]
    [InlineData("Verification.Toolchain", "System", "Verification.Machine")]
    [InlineData("Verification.Framework", "System", "FsCheck", "FSharp.Core", "Verification.Machine")]
    [InlineData("Verification.Cli", "System", "FsCheck", "FSharp.Core", "Spectre.Console", "Verification.Machine", "Verification.Framework")]
    [InlineData("Verification.Analyzers", "System", "netstandard", "Microsoft.CodeAnalysis")]
    [InlineData("Verification.Intrinsics", "System")]
    [InlineData("Kernel", "System", "Verification.Intrinsics")]
    public void A_project_knows_only_what_lies_below_it(string project, params string[] below)
    {
        using var references = Open(project);
        var foreign = references.Assemblies.Where(name => !below.Any(known => name == known || name.StartsWith(known + ".", StringComparison.Ordinal)));
        Assert.Empty(foreign);
    }

    [Fact]
    public void Of_the_machine_the_toolchain_knows_the_instruction_table_alone()
    {
        using var references = Open("Verification.Toolchain");
        var foreign = references.Pairs().Where(pair => pair.To.StartsWith("Verification.Machine.", StringComparison.Ordinal)
            && !pair.To.StartsWith("Verification.Machine.Isa.", StringComparison.Ordinal));
        Assert.Empty(foreign.Select(pair => $"{pair.From} -> {pair.To}"));
    }

    [Fact]
    public void Inside_the_machine_a_folder_knows_only_those_before_it()
    {
        using var references = Open("Verification.Machine");
        var wrong = references.Pairs()
            .Select(pair => (pair.From, pair.To, Own: Folder(pair.From), Other: Folder(pair.To)))
            .Where(pair => pair.Own is not null && pair.Other is not null && Rank(pair.Other) > Rank(pair.Own));
        Assert.Empty(wrong.Select(pair => $"{pair.From} -> {pair.To}"));
    }

    [Fact]
    public void Every_folder_of_the_machine_has_its_place_in_the_order() =>
        Assert.Empty(SourceTree.Files("Machine").Select(path => path.Split('/')).Where(parts => parts.Length > 2)
            .Select(parts => parts[1]).Distinct().Except(MachineFolders));

    [Fact]
    public void The_reader_of_references_sees_a_method_bodys_types()
    {
        using var references = Open("Verification.Specs");
        Assert.Contains(("Verification.Specs.Repository.LayeringSpecs", "Verification.Specs.Repository.SourceTree"), references.Pairs());
    }

    private static TypeReferences Open(string project) => new(Path.Combine(AppContext.BaseDirectory, project + ".dll"));

    private static string? Folder(string type)
    {
        const string machine = "Verification.Machine.";
        if (!type.StartsWith(machine, StringComparison.Ordinal)) return null;
        var rest = type[machine.Length..].Split('.');
        return rest.Length == 1 ? "" : rest[0];
    }

    private static int Rank(string folder) => Array.IndexOf(MachineFolders, folder == "" ? "Boot" : folder);
}
