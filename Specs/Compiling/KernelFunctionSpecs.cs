using System.Reflection;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Verification.Kernel;
using Verification.Machine.Devicetree;
using Verification.Specs.Repository;
using Xunit;

namespace Verification.Specs.Compiling;

/// <summary>
/// Every function of the kernel that computes from its arguments alone does in the model what it does on the CLR: result,
/// what it writes, panics. The functions are found by reflection, private ones as well; each is either called here with
/// random arguments or stands in the list of those that need a board, with the reason.
/// </summary>
public sealed class KernelFunctionSpecs
{
    private const int CallsPerFunction = 50;

    private static readonly Dictionary<string, string> NeedBoard = new()
    {
        ["Board"] = "fills tables that lie in the image",
        ["Console"] = "writes to the firmware's console",
        ["DevicetreeHeader.ClaimedSizeBytes"] = "reads at an address",
        ["Entry"] = "names the assembly that harts begin with",
        ["Firmware"] = "calls the firmware",
        ["HartTable"] = "starts harts, and gives out stacks that lie in the image",
        ["Image"] = "names addresses of the image",
        ["Interrupts"] = "reads and writes control registers",
        ["KernelMemory"] = "takes a lock, which masks interrupts",
        ["KernelPanic"] = "is thrown, and never made on the board",
        ["LockGuard"] = "gives a lock back",
        ["Main"] = "boots",
        ["PageAllocator"] = "writes into the pages that it hands out",
        ["PageRegionTable.Flip"] = "writes a bitmap at an address",
        ["PageRegionTable.IsTaken"] = "reads a bitmap at an address",
        ["PageRegionTable.PlaceBitmap"] = "writes a bitmap at an address",
        ["PageRegionTable.TakeNeverUsed"] = "hands out a page by its address",
        ["PageWork"] = "writes into pages",
        ["Panic"] = "ends the kernel",
        ["SpinLock"] = "masks interrupts, and waits for other harts",
        ["ThisHart"] = "reads control registers",
        ["Trap"] = "reads the frame of a trap at an address",
    };

    private static readonly string[] BoardAttributes = ["Export", "BootEntry", "PanicHandler"];

    private static IReadOnlyList<(string Name, MethodBase Method)> Functions =>
    [
        .. from type in typeof(Words).Assembly.GetTypes()
           where !type.Name.Contains('<', StringComparison.Ordinal) && type.DeclaringType?.Name.Contains('<', StringComparison.Ordinal) != true && type.Namespace == typeof(Words).Namespace
           from member in type.GetMembers(BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
           where member is MethodBase && !member.IsDefined(typeof(CompilerGeneratedAttribute)) && member.Name != ".cctor"
           let name = $"{type.FullName![(type.Namespace!.Length + 1)..].Replace('+', '.')}.{member.Name}"
           orderby name, member.MetadataToken
           select (name, (MethodBase)member),
    ];

    private static bool NeedsBoard(string name) => NeedBoard.ContainsKey(name) || NeedBoard.ContainsKey(name.Split('.')[0]);

    [Fact]
    public void Every_function_is_called_or_needs_a_board()
    {
        Assert.Empty(Functions.Where(function => !NeedsBoard(function.Name) && !CallWriter.CanCall(function.Method)).Select(function => function.Name));
        Assert.Empty(NeedBoard.Keys.Where(key => !Functions.Any(function => function.Name == key || function.Name.StartsWith(key + ".", StringComparison.Ordinal))));
    }

    [Fact]
    public void A_function_does_in_the_model_what_it_does_on_the_CLR()
    {
        List<(string Name, MethodBase Method)> called = [.. Functions.Where(function => !NeedsBoard(function.Name))];
        using GuestProgram program = new([
            .. KernelSources(), CallWriter.KitOf([.. KnownBytes()]),
            .. called.Select((function, index) => CallWriter.Write($"F{index}", function.Method))])
        { NeedsFreshVariables = false };
        Assert.True(program.Program.IsComplete, string.Join("\n", program.Program.Diagnostics));
        int panics = 0;
        for (int index = 0; index < called.Count; index++)
        {
            for (int call = 0; call < CallsPerFunction; call++)
            {
                Outcome expected = program.RunOnClr(index, call, $"F{index}.Test.Run");
                Outcome actual = program.RunInModel(index, call, $"F{index}.Test.Run");
                Assert.True(
                    expected.Value == actual.Value && expected.Panic == actual.Panic,
                    $"{called[index].Name}, call {call}: the CLR says {expected}, the model {actual}\n{CallWriter.Write($"F{index}", called[index].Method).Text}");
                if (expected.Panic is not null) panics++;
            }
        }

        // Arguments that only ever panic would say little.
        Assert.InRange(panics, 1, called.Count * CallsPerFunction / 4);
    }

    // What a devicetree reader is likely to meet, and a whole tree.
    private static IEnumerable<byte[]> KnownBytes()
    {
        foreach (string text in (string[])["reg", "memory@80000000", "memory\0", "cpu\0", "cpu@1", "okay\0", "device_type", "status", "#address-cells", "cpus", "chosen"])
            yield return System.Text.Encoding.UTF8.GetBytes(text);
        yield return [0, 0, 0, 2];
        DevicetreeDocument tree = new();
        tree.Reservations.Add(new MemoryReservation(0x8000_0000, 0x1000));
        tree.Root.Set("#address-cells", 2u).Set("#size-cells", 2u);
        tree.Root.Add("chosen").Set("linux,initrd-start", 0x8100_0000u).Set("linux,initrd-end", 0x8200_0000u);
        DevicetreeNode cpus = tree.Root.Add("cpus").Set("#address-cells", 1u).Set("#size-cells", 0u);
        for (uint hart = 0; hart < 3; hart++) cpus.Add($"cpu@{hart}").Set("device_type", "cpu").Set("reg", hart).Set("status", hart == 1 ? "disabled" : "okay");
        tree.Root.Add("memory@80000000").Set("device_type", "memory").Set("reg", 0u, 0x8000_0000u, 0u, 0x800_0000u);
        tree.Root.Add("reserved-memory").Set("#address-cells", 2u).Set("#size-cells", 2u).Add("firmware@80000000").Set("reg", 0u, 0x8000_0000u, 0u, 0x4_0000u);
        byte[] blob = tree.ToBlob();
        for (int copies = 0; copies < 4; copies++) yield return blob;
    }

    // The kernel's own text, in which the spec may call what is private; the board's entries and handler are left out.
    private static IEnumerable<SourceFile> KernelSources() =>
        from path in SourceTree.Files("Kernel")
        where path.EndsWith(".cs", StringComparison.Ordinal) && !path.Contains("Intrinsics/", StringComparison.Ordinal)
        select new SourceFile(Path.GetFileName(path), new Opened().Visit(CSharpSyntaxTree.ParseText(SourceTree.Text(path)).GetRoot()).ToFullString());

    private sealed class Opened : CSharpSyntaxRewriter
    {
        public override SyntaxToken VisitToken(SyntaxToken token) =>
            token.IsKind(SyntaxKind.PrivateKeyword) ? SyntaxFactory.Token(token.LeadingTrivia, SyntaxKind.InternalKeyword, token.TrailingTrivia) : base.VisitToken(token);

        public override SyntaxNode? VisitAttributeList(AttributeListSyntax node)
        {
            AttributeSyntax[] kept = [.. node.Attributes.Where(attribute => !BoardAttributes.Contains(attribute.Name.ToString()))];
            return kept.Length == 0 ? null : node.WithAttributes(SyntaxFactory.SeparatedList(kept));
        }
    }
}
