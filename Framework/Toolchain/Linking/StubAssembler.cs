using System.Globalization;
using System.Reflection;
using System.Text;
using Verification.Machine.Isa;

namespace Verification.Toolchain.Linking;

/// <summary>
/// Assembles the texts of <c>[Assembly]</c>: that of every class of the kernel, and that of each method which compiled
/// code calls. A line of the text keeps its place in the C# file, so that a debugger can step through it.
/// </summary>
public static class StubAssembler
{
    // Before each line goes a label of this name and the line's number; from it the line's offset is read again.
    private const string LineLabel = ".Lstub_line_";

    /// <summary>Assembles a program's stubs.</summary>
    /// <param name="kernel">The kernel's assembly, for the classes that carry texts.</param>
    /// <param name="references">The methods that compiled code calls.</param>
    public static (IReadOnlyList<StubCode> Stubs, IReadOnlyList<Diagnostic> Diagnostics) Assemble(
        Assembly kernel, IReadOnlyList<StubReference> references)
    {
        List<StubCode> stubs = [];
        List<Diagnostic> diagnostics = [];
        foreach (Type type in kernel.GetTypes().OrderBy(type => type.MetadataToken))
        {
            if (StubText.Of(type) is { } text) Add(type.Name, null, text, stubs, diagnostics);
        }

        foreach (StubReference reference in references)
        {
            if (StubText.Of(reference.Method) is { } text) Add(reference.Symbol, reference.Symbol, text, stubs, diagnostics);
        }

        return (stubs, diagnostics);
    }

    private static void Add(string name, string? symbol, StubText text, List<StubCode> stubs, List<Diagnostic> diagnostics)
    {
        AssembledCode code;
        try
        {
            code = Assembler.Assemble(WithLineLabels(text));
        }
        catch (AssemblyException fault)
        {
            string sentence = fault.Message[(fault.Message.IndexOf(": ", StringComparison.Ordinal) + 2)..];
            diagnostics.Add(LinkDiagnostics.BadStub(text.File, text.LineOf(fault.Line), $"assembly text: {sentence}"));
            return;
        }

        foreach (AssembledSection section in code.Sections)
        {
            if (section.Bytes.Length == 0) continue;
            if (KindOf(section.Name) is not { } kind)
            {
                diagnostics.Add(LinkDiagnostics.BadStub(
                    text.File, text.LineOf(1), $"assembly text: the layout has no section {section.Name}"));
                continue;
            }

            stubs.Add(Stub(name, symbol, text, code, section, kind));
        }
    }

    private static StubCode Stub(
        string name, string? symbol, StubText text, AssembledCode code, AssembledSection section, SectionKind kind)
    {
        List<StubSymbol> symbols = [];
        List<LineRow> lines = [];
        if (symbol is not null) symbols.Add(new StubSymbol(symbol, 0, IsGlobal: true));
        foreach (AssembledSymbol label in code.Symbols.Where(label => label.Section == section.Name).OrderBy(label => label.Value))
        {
            if (!label.Name.StartsWith(LineLabel, StringComparison.Ordinal))
            {
                symbols.Add(new StubSymbol(label.Name, (int)label.Value, label.IsGlobal));
                continue;
            }

            int line = int.Parse(label.Name.AsSpan(LineLabel.Length), NumberStyles.None, CultureInfo.InvariantCulture);
            LineRow row = new((int)label.Value, text.File, text.LineOf(line), 0);
            // A line without an instruction begins where the next one does: the later one counts.
            if (lines.Count > 0 && lines[^1].Offset == row.Offset) lines[^1] = row;
            else lines.Add(row);
        }

        if (lines.Count > 0 && lines[^1].Offset == section.Bytes.Length) lines.RemoveAt(lines.Count - 1);
        List<Relocation> relocations =
        [
            .. section.Relocations.Select(open => new Relocation(
                (int)open.Offset, (RelocationKind)(uint)open.Kind, open.Symbol, open.Addend)),
        ];
        return new StubCode(name, kind, section.Bytes, section.AlignmentBytes, relocations, symbols, lines);
    }

    private static string WithLineLabels(StubText text)
    {
        StringBuilder labelled = new();
        string[] lines = text.Text.Split('\n');
        for (int index = 0; index < lines.Length; index++)
        {
            string line = lines[index].Trim();
            bool isDirective = line.StartsWith('.') && !line.Contains(':');
            if (line.Length > 0 && line[0] != '#' && !isDirective)
                labelled.Append(CultureInfo.InvariantCulture, $"{LineLabel}{index + 1}: ");
            labelled.Append(line).Append('\n');
        }

        return labelled.ToString();
    }

    private static SectionKind? KindOf(string section) => section switch
    {
        ".text" => SectionKind.Text,
        ".head" => SectionKind.Head,
        ".rodata" => SectionKind.ReadOnlyData,
        ".data" => SectionKind.Data,
        _ => null,
    };

    /// <summary>The text and its place.</summary>
    private sealed record StubText(string Text, string File, int AttributeLine)
    {
        public static StubText? Of(MemberInfo member)
        {
            foreach (CustomAttributeData attribute in member.GetCustomAttributesData())
            {
                if (attribute.AttributeType.FullName != "Verification.Intrinsics.AssemblyAttribute") continue;
                if (attribute.ConstructorArguments is [{ Value: string text }, { Value: string file }, { Value: int line }])
                    return new StubText(text.ReplaceLineEndings("\n"), file, line);
            }

            return null;
        }

        /// <summary>The line in the C# file: a raw string literal's text begins below its attribute.</summary>
        public int LineOf(int line) => Text.Contains('\n') ? AttributeLine + line : AttributeLine;
    }
}
