using System.Buffers.Binary;
using Verification.Framework.Kernels;
using Verification.Machine.Images;
using Verification.Machine.Isa;

namespace Verification.Framework.Explaining;

/// <summary>Says what stands at an address of the kernel: function, file and line, instruction, object.</summary>
internal sealed class CodePlaces(KernelDescription kernel)
{
    /// <summary>The function's name as its author wrote it, or the symbol, or the address.</summary>
    public string Function(ulong address) =>
        kernel.Image.Symbols.FindFunction(address) is { } place ? Short(place.Symbol.Name) : $"0x{address:x}";

    /// <summary><c>File.cs:42</c>, where the image tells.</summary>
    public string? Line(ulong address) => null;

    /// <summary><c>Function (File.cs:42)</c>, or the function alone.</summary>
    public string FunctionAndLine(ulong address) =>
        Line(address) is { } line ? $"{Function(address)} ({line})" : Function(address);

    /// <summary>What an address without an object is: code, or nothing that has a name.</summary>
    public string CodeOrGap(ulong address)
    {
        var section = kernel.Image.Elf?.Sections.FirstOrDefault(s => s.Contains(address));
        return section is { IsExecuted: true } ? $"code of {Function(address)}" : $"0x{address:x}{(section is null ? "" : $" in {section.Name}")}";
    }

    /// <summary>The instruction's text.</summary>
    public string Instruction(ulong address)
    {
        Span<byte> bytes = stackalloc byte[4];
        if (kernel.Image.Elf is not { } elf || (!elf.TryRead(address, bytes) && !elf.TryRead(address, bytes[..2]))) return "?";
        uint word = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        return Disassembler.Text((word & 3) == 3 ? word : word & 0xffff, address);
    }

    /// <summary>The object at an address of data, as <c>KMEM+0x8</c>.</summary>
    public SymbolPlace? Object(ulong address) => kernel.Image.Symbols.FindObject(address);

    /// <summary>The named objects that lie in a range of addresses, or reach into it, lowest first.</summary>
    public IEnumerable<Symbol> ObjectsBetween(ulong low, ulong high) => kernel.Image.Symbols.All
        .Where(s => s.Kind == SymbolKind.Object && s.SizeBytes > 0 && s.Address < high && s.End > low).OrderBy(s => s.Address);

    /// <summary>An address of data in words.</summary>
    public string ObjectText(ulong address) =>
        (Object(address) ?? kernel.Image.Symbols.Find(address)) is { } place ? place.ToString() : $"0x{address:x}";

    /// <summary>
    /// <c>PageAllocator.Take</c>, of a C# method's symbol <c>Verification.Kernel.PageAllocator.Take(byte*)</c>; other symbols
    /// stay as they are.
    /// </summary>
    private static string Short(string symbol)
    {
        int open = symbol.IndexOf('(');
        if (open < 0) return symbol;
        string[] names = symbol[..open].Split('.');
        return string.Join('.', names.TakeLast(2));
    }
}
