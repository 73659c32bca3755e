namespace Verification.Machine.Isa.Assembling;

/// <summary>GNU's assembler directives, as far as kernels use them.</summary>
/// <remarks>
/// Read and left without effect, since the object format has no place for what they say: <c>.type .size .file .ident
/// .attribute .weak .local .loc</c> and the <c>.cfi_</c> directives. Not supported: macros, conditions, <c>.insn</c>.
/// </remarks>
internal sealed class Directives(AssemblyText text)
{
    private readonly Stack<bool> options = new();
    private readonly Stack<Section> previous = new();

    internal void Add(string name, IReadOnlyList<string> operands)
    {
        switch (name)
        {
            case ".text" or ".data" or ".bss" or ".rodata":
                text.Section = text.SectionNamed(name);
                break;
            case ".section":
                Require(name, operands, 1, int.MaxValue);
                text.Section = text.SectionNamed(operands[0].Trim('"'));
                break;
            case ".pushsection":
                Require(name, operands, 1, int.MaxValue);
                previous.Push(text.Section);
                text.Section = text.SectionNamed(operands[0].Trim('"'));
                break;
            case ".popsection":
                text.Section = previous.TryPop(out var section)
                    ? section
                    : throw new FormatException("There is no .pushsection before this .popsection.");
                break;
            case ".globl" or ".global":
                foreach (var symbol in operands)
                    text.Symbols.MakeGlobal(symbol);
                break;
            case ".equ" or ".set" or ".equiv":
                Assign(operands);
                break;
            case ".byte":
                AddData(operands, 1);
                break;
            case ".half" or ".2byte" or ".short" or ".hword":
                AddData(operands, 2);
                break;
            case ".word" or ".4byte" or ".long" or ".int":
                AddData(operands, 4);
                break;
            case ".dword" or ".8byte" or ".quad" or ".xword":
                AddData(operands, 8);
                break;
            case ".ascii":
                AddStrings(operands, []);
                break;
            case ".asciz" or ".string":
                AddStrings(operands, [0]);
                break;
            case ".zero" or ".space" or ".skip":
                Require(name, operands, 1, 2);
                text.AddFill(Size(operands[0]), operands.Count > 1 ? (byte)text.Number(operands[1]) : (byte)0);
                break;
            case ".align" or ".p2align":
                Require(name, operands, 1, 3);
                if (text.Number(operands[0]) is < 0 or > 20)
                    throw new FormatException($"{name} takes a power of two from 0 to 20, not {operands[0]}.");
                Align(1L << (int)text.Number(operands[0]), operands);
                break;
            case ".balign":
                Require(name, operands, 1, 3);
                var alignment = text.Number(operands[0]);
                if (alignment is < 1 or > 1 << 20 || !long.IsPow2(alignment))
                    throw new FormatException($".balign takes 1, 2, 4 and so on up to 1048576, not {operands[0]}.");
                Align(alignment, operands);
                break;
            case ".option":
                Require(name, operands, 1, int.MaxValue);
                Option(operands[0]);
                break;
            case ".type" or ".size" or ".file" or ".ident" or ".attribute" or ".weak" or ".local" or ".loc":
                break;
            default:
                if (!name.StartsWith(".cfi_", StringComparison.Ordinal))
                    throw new FormatException($"The directive «{name}» is not known.");
                break;
        }
    }

    /// <summary><c>.equ name, value</c> and <c>name = value</c>.</summary>
    internal void Assign(IReadOnlyList<string> operands)
    {
        Require(".equ", operands, 2, 2);
        text.Symbols.Assign(operands[0], text.Number(operands[1]));
    }

    private void Option(string option)
    {
        switch (option)
        {
            case "rvc" or "norvc":
                text.IsCompressing = option == "rvc";
                break;
            case "push":
                options.Push(text.IsCompressing);
                break;
            case "pop":
                text.IsCompressing = options.TryPop(out var saved)
                    ? saved
                    : throw new FormatException("There is no .option push before this .option pop.");
                break;
            case "relax" or "norelax" or "pic" or "nopic" or "arch":
                break;
            default:
                throw new FormatException($"The option «{option}» is not known.");
        }
    }

    private void AddData(IReadOnlyList<string> operands, int sizeBytes)
    {
        foreach (var operand in operands)
            text.AddData(operand, sizeBytes);
    }

    private void AddStrings(IReadOnlyList<string> operands, byte[] end)
    {
        foreach (var operand in operands)
            text.AddBytes([.. StringLiteral.Parse(operand), .. end]);
    }

    private void Align(long alignmentBytes, IReadOnlyList<string> operands)
    {
        var isCode = text.Section.Name.StartsWith(".text", StringComparison.Ordinal);
        byte? fill = operands.Count > 1 && operands[1].Length > 0 ? (byte)text.Number(operands[1]) : isCode ? null : (byte)0;
        text.AddAlignment(alignmentBytes, fill, operands.Count > 2 ? text.Number(operands[2]) : long.MaxValue);
    }

    private long Size(string operand)
    {
        var size = text.Number(operand);
        return size is >= 0 and <= 1 << 30
            ? size
            : throw new FormatException($"A size is 0 to 1073741824 bytes, not {size}.");
    }

    private static void Require(string name, IReadOnlyList<string> operands, int least, int most)
    {
        if (operands.Count < least || operands.Count > most)
            throw new FormatException($"{name} takes {least}{(most == least ? "" : " or more")} operands, not {operands.Count}.");
    }
}
