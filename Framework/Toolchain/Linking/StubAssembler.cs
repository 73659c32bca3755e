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

    // Likewise for a line that describes the frame to a debugger, which the assembler doesn't see.
    private const string FrameLabel = ".Lstub_frame_";

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
        string[] lines = text.Text.Split('\n');
        for (int index = 0; index < lines.Length; index++)
        {
            if (IsFrameDirective(lines[index].Trim())) continue;
            diagnostics.Add(LinkDiagnostics.BadStub(
                text.File, text.LineOf(index + 1), $"assembly text: not a frame directive that is understood: {lines[index].Trim()}"));
            return;
        }

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

            stubs.Add(Stub(name, symbol, text, code, section, kind, diagnostics));
        }
    }

    private static StubCode Stub(
        string name, string? symbol, StubText text, AssembledCode code, AssembledSection section, SectionKind kind,
        List<Diagnostic> diagnostics)
    {
        List<StubSymbol> symbols = [];
        List<LineRow> lines = [];
        if (symbol is not null) symbols.Add(new StubSymbol(symbol, 0, IsGlobal: true));
        int? declared = null;
        StubFrame frame = StubFrame.None;
        string[] source = text.Text.Split('\n');
        foreach (AssembledSymbol label in code.Symbols.Where(label => label.Section == section.Name).OrderBy(label => label.Value))
        {
            if (label.Name.StartsWith(FrameLabel, StringComparison.Ordinal))
            {
                string directive = source[NumberIn(label.Name, FrameLabel) - 1].Trim();
                if (directive.StartsWith(".cfi_undefined", StringComparison.Ordinal)) frame = StubFrame.Outermost;
                else if (directive.StartsWith(".cfi_signal_frame", StringComparison.Ordinal)) frame = StubFrame.Trap;
                else if (DeclaredFrame(directive) is { } bytes) declared = bytes;
                continue;
            }

            if (!label.Name.StartsWith(LineLabel, StringComparison.Ordinal))
            {
                symbols.Add(new StubSymbol(label.Name, (int)label.Value, label.IsGlobal));
                continue;
            }

            LineRow row = new((int)label.Value, text.File, text.LineOf(NumberIn(label.Name, LineLabel)), 0);
            // A line without an instruction begins where the next one does: the later one counts.
            if (lines.Count > 0 && lines[^1].Offset == row.Offset) lines[^1] = row;
            else lines.Add(row);
        }

        if (lines.Count > 0 && lines[^1].Offset == section.Bytes.Length) lines.RemoveAt(lines.Count - 1);
        IReadOnlyList<StubSymbol> labels = symbols;
        StubUnwind unwind = new(frame, []);
        IReadOnlyList<StubFunction> functions = [];
        if (kind is SectionKind.Text or SectionKind.Head)
        {
            StubFlow flow = StubFlow.Of(section.Bytes, section.Relocations, labels, frame, declared is not null);
            if (flow.Mistake is { } mistake)
            {
                int line = lines.LastOrDefault(row => row.Offset <= mistake.Offset).Line;
                diagnostics.Add(LinkDiagnostics.UnknownFrame(text.File, line, $"assembly text: {mistake.Sentence}"));
            }

            unwind = new StubUnwind(frame, flow.Rows());
            functions = flow.Functions(declared);
        }

        return new StubCode(name, kind, section.Bytes, section.AlignmentBytes, section.Relocations, labels, lines, unwind)
        {
            Functions = functions,
        };
    }

    private static int NumberIn(string label, string prefix) =>
        int.Parse(label.AsSpan(prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture);

    private static bool IsFrameDirective(string line) =>
        !(line.StartsWith(".cfi_", StringComparison.Ordinal) || line.StartsWith(".stack_frame", StringComparison.Ordinal))
        || line is ".cfi_undefined ra" or ".cfi_signal_frame"
        || DeclaredFrame(line) is not null;

    /// <summary>Reads <c>.stack_frame BYTES</c>: the most that the stub takes of the stack, where its instructions don't tell.</summary>
    private static int? DeclaredFrame(string directive) =>
        directive.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries) is [".stack_frame", var bytes]
        && int.TryParse(bytes, NumberStyles.None, CultureInfo.InvariantCulture, out int count) ? count : null;

    private static string WithLineLabels(StubText text)
    {
        StringBuilder labelled = new();
        string[] lines = text.Text.Split('\n');
        for (int index = 0; index < lines.Length; index++)
        {
            string line = lines[index].Trim();
            if (line.StartsWith(".cfi_", StringComparison.Ordinal) || line.StartsWith(".stack_frame", StringComparison.Ordinal))
            {
                labelled.Append(CultureInfo.InvariantCulture, $"{FrameLabel}{index + 1}:\n");
                continue;
            }

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
