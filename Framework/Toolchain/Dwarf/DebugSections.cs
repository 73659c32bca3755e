using Verification.Toolchain.Linking;

namespace Verification.Toolchain.Dwarf;

/// <summary>
/// Makes the debug information of an image: DWARF 5, one compilation unit. The language is said to be C, the one whose
/// expressions read most like C#'s to a debugger: <c>print KMEM.Pages.FreePages</c>.
/// </summary>
public static class DebugSections
{
    private const string UnitName = "kernel";
    private const int LanguageC11 = 0x1D;

    /// <summary>The sections by name, in the order in which they stand in the file.</summary>
    /// <param name="image">The image.</param>
    /// <param name="sourceRoot">Directory that file names are made relative to, if any.</param>
    public static IReadOnlyList<(string Name, byte[] Content)> Write(LinkedImage image, string? sourceRoot)
    {
        LineProgram lines = new(UnitName, sourceRoot);
        LocationEntries locations = new();
        FrameTable frames = new();
        Die unit = new Die(Tag.CompileUnit)
            .Text(At.Producer, "Verification.Toolchain")
            .Number(At.Language, LanguageC11)
            .Text(At.Name, UnitName)
            .Text(At.CompDir, ".")
            .Section(At.StmtList, 0)
            .Address(At.LowPc, 0)
            .Section(At.Ranges, RangeList.FirstListOffset);
        TypeEntries types = new(unit);
        SubprogramEntries subprograms = new(unit, types, locations, lines);

        RangeList ranges = new();
        foreach ((ulong address, CompiledMethod? method, StubCode? stub) in CodeByAddress(image))
        {
            if (method is not null)
            {
                lines.AddSequence(address, method.Code.Length, method.Lines);
                frames.Add(method, address);
                subprograms.Add(method, address);
                ranges.Add(address, method.Code.Length);
            }
            else
            {
                lines.AddSequence(address, stub!.Code.Length, stub.Lines);
                frames.Add(stub, address);
                ranges.Add(address, stub.Code.Length);
            }
        }

        foreach (DataObject data in image.Program.Data.Where(data => data.Type is not null))
        {
            ByteWriter place = new();
            place.U8(Operation.Addr);
            place.U64(image.Find(data.Symbol).Address);
            Die variable = new Die(Tag.Variable).Text(At.Name, data.Symbol);
            unit.Child(variable
                .Reference(At.Type, types.Of(data.Type!))
                .Flag(At.External)
                .Expression(At.Location, place.ToArray()));
        }

        InfoWriter info = new(unit);
        (byte[] line, byte[] lineStrings) = lines.Write();
        return
        [
            (".debug_info", info.Info), (".debug_abbrev", info.Abbreviations), (".debug_line", line),
            (".debug_frame", frames.ToArray()), (".debug_str", info.Strings), (".debug_line_str", lineStrings),
            (".debug_loclists", locations.Lists), (".debug_rnglists", ranges.ToArray()),
        ];
    }

    private static IEnumerable<(ulong Address, CompiledMethod? Method, StubCode? Stub)> CodeByAddress(LinkedImage image)
    {
        IEnumerable<(ulong, CompiledMethod?, StubCode?)> methods =
            image.Program.Methods.Select(method => (image.Find(method.Symbol).Address, (CompiledMethod?)method, (StubCode?)null));
        IEnumerable<(ulong, CompiledMethod?, StubCode?)> stubs = image.Stubs
            .Where(stub => stub.Section is SectionKind.Head or SectionKind.Text)
            .Select(stub => (image.AddressOf(stub), (CompiledMethod?)null, (StubCode?)stub));
        return methods.Concat(stubs).OrderBy(code => code.Item1);
    }
}
