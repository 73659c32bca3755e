using Verification.Machine.Images;
using Xunit;

namespace Verification.Specs.Images;

public sealed class SymbolTableSpecs
{
    private static readonly ImageSection[] Sections =
    [
        new(0, "", 0, 0, 0, 0, default),
        new(1, ".text", 1, 6, 0x1000, 0x100, default),
        new(2, ".bss", 8, 3, 0x2000, 0x100, default),
    ];

    private static readonly SymbolTable Table = new(
    [
        new Symbol("_start", 0x1000, 0, SymbolKind.Untyped, SymbolBinding.Global, 1),
        new Symbol("kmain", 0x1010, 0x40, SymbolKind.Function, SymbolBinding.Global, 1),
        new Symbol("inner", 0x1020, 0x10, SymbolKind.Function, SymbolBinding.Local, 1),
        new Symbol("trap", 0x1080, 0, SymbolKind.Untyped, SymbolBinding.Global, 1),
        new Symbol("KMEM", 0x2000, 0x20, SymbolKind.Object, SymbolBinding.Global, 2),
        new Symbol("alias", 0x2000, 0x20, SymbolKind.Object, SymbolBinding.Weak, 2),
        new Symbol("stack_bottom", 0x2020, 0, SymbolKind.Untyped, SymbolBinding.Global, 2),
        new Symbol("end", 0x2100, 0, SymbolKind.Untyped, SymbolBinding.Global, 2),
        new Symbol("constant", 0x1015, 0, SymbolKind.Untyped, SymbolBinding.Global, null),
        new Symbol("$x", 0x1010, 0, SymbolKind.Untyped, SymbolBinding.Local, 1),
        new Symbol("same", 0x1090, 0, SymbolKind.Untyped, SymbolBinding.Local, 1),
        new Symbol("same", 0x2080, 4, SymbolKind.Object, SymbolBinding.Global, 2),
    ], Sections);

    [Theory]
    [InlineData(0x0fff, null)]
    [InlineData(0x1000, "_start")]
    [InlineData(0x100c, "_start+0xc")]
    [InlineData(0x1010, "kmain")]
    [InlineData(0x1014, "kmain+0x4")]
    [InlineData(0x1020, "inner")]
    [InlineData(0x102f, "inner+0xf")]
    [InlineData(0x1030, "kmain+0x20")]
    [InlineData(0x1060, null)]
    [InlineData(0x1088, "trap+0x8")]
    [InlineData(0x1fff, null)]
    [InlineData(0x2000, "KMEM")]
    [InlineData(0x201f, "KMEM+0x1f")]
    [InlineData(0x2020, "stack_bottom")]
    [InlineData(0x2070, "stack_bottom+0x50")]
    [InlineData(0x2082, "same+0x2")]
    [InlineData(0x2100, "end")]
    [InlineData(0x2101, null)]
    public void An_address_belongs_to_the_innermost_symbol_or_the_nearest_label(ulong address, string? place) =>
        Assert.Equal(place, Table.Find(address)?.ToString());

    [Fact]
    public void Functions_and_objects_are_told_apart()
    {
        Assert.Equal("kmain+0x4", Table.FindFunction(0x1014)?.ToString());
        Assert.Null(Table.FindFunction(0x2004));
        Assert.Equal("KMEM+0x4", Table.FindObject(0x2004)?.ToString());
        Assert.Null(Table.FindObject(0x1014));
    }

    [Fact]
    public void A_global_name_wins_over_a_local_one() => Assert.Equal(0x2080u, Table.Find("same")!.Address);
}
