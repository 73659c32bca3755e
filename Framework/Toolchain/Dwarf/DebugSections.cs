using Verification.Toolchain.Linking;

namespace Verification.Toolchain.Dwarf;

/// <summary>
/// Makes the debug information of an image: DWARF 5, one compilation unit. The language is said to be C++, whose names and
/// expressions read most like C#'s to a debugger: <c>break SpinLock::Lock</c>, <c>print KMEM.Pages.FreePages</c>, and fields of
/// <c>this</c> by their names alone.
/// </summary>
public static class DebugSections
{
    private const string UnitName = "kernel";
    private const int LanguageCpp14 = 0x21;

    /// <summary>The sections by name, in the order in which they stand in the file.</summary>
    /// <param name="image">The image.</param>
    /// <param name="sourceRoot">Directory that file names are made relative to, if any.</param>
    public static IReadOnlyList<(string Name, byte[] Content)> Write(LinkedImage image, string? sourceRoot)
    {
        LineProgram lines = new(UnitName, sourceRoot);
        LocationEntries locations = new(symbol => image.TryFind(symbol)?.Address);
        FrameTable frames = new();
        Die unit = new Die(Tag.CompileUnit)
            .Text(At.Producer, "Verification.Toolchain")
            .Number(At.Language, LanguageCpp14)
            .Text(At.Name, UnitName)
            .Text(At.CompDir, ".")
            .Section(At.StmtList, 0)
            .Address(At.LowPc, 0);
        Containers containers = new(unit);
        TypeEntries types = new(unit, containers);
        containers.Types = types;
        RangeLists ranges = new();
        SubprogramEntries subprograms = new(containers, types, locations, lines, ranges);
        List<(ulong Address, int LengthBytes)> code = [];
        foreach ((ulong address, CompiledMethod? method, StubCode? stub) in CodeByAddress(image))
        {
            if (method is not null)
            {
                lines.AddSequence(address, method.Code.Length, method.Lines, method.PrologueEndOffset);
                frames.Add(method, address);
                subprograms.Add(method, address);
                code.Add((address, method.Code.Length));
            }
            else
            {
                lines.AddSequence(address, stub!.Code.Length, stub.Lines, 0);
                frames.Add(stub, address);
                code.Add((address, stub.Code.Length));
            }
        }

        unit.Section(At.Ranges, ranges.Add(code));

        foreach (DataObject data in image.Program.Data.Where(data => data.Type is not null))
        {
            ByteWriter place = new();
            place.U8(Operation.Addr);
            place.U64(image.Find(data.Symbol).Address);
            (Die container, string name) = NameOf(data, unit, containers);
            container.Child(new Die(Tag.Variable).Text(At.Name, name)
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

    // What is exported goes by that name, everything else stands in its class.
    private static (Die Container, string Name) NameOf(DataObject data, Die unit, Containers containers) =>
        data.Field is { } field && Attributes.ExportName(field) is null
            ? (containers.Of(field.DeclaringType!), CppNames.Simple(field))
            : (unit, data.Symbol);

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
