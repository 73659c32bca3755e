using System.Buffers.Binary;
using Verification.Framework.DebugInfo;
using Verification.Framework.Kernels;
using Verification.Machine.Images;
using Verification.Machine.Isa;

namespace Verification.Framework.Explaining;

/// <summary>Says what stands at an address of the kernel: function, file and line, instruction, object.</summary>
internal sealed class CodePlaces(KernelDescription kernel)
{
    private readonly ImageDebugInfo _debug = ImageDebugInfo.Read(kernel.Image);

    /// <summary>The function's name as its author wrote it, or the symbol, or the address.</summary>
    public string Function(ulong address) => _debug.FunctionOf(address) is { } name ? Short(name) : $"0x{address:x}";

    /// <summary><c>Function (File.cs:42)</c>, or the function alone.</summary>
    public string FunctionAndLine(ulong address) =>
        _debug.LineOf(address) is { } line ? $"{Function(address)} ({line})" : Function(address);

    /// <summary>
    /// The functions that were inlined here, innermost first, each with the line that it stands at; the function that has
    /// the frame is not among them.
    /// </summary>
    public IEnumerable<string> Inlined(ulong address) => _debug.PlacesOf(address)
        .Where(p => p.IsInlined).Select(p => p.Source is { } source ? $"{Short(p.Function)} ({source})" : Short(p.Function));

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

    /// <summary>The object at an address of data.</summary>
    public SymbolPlace? Object(ulong address) => kernel.Image.Symbols.FindObject(address);

    /// <summary>The named objects that lie in a range of addresses, or reach into it, lowest first.</summary>
    public IEnumerable<Symbol> ObjectsBetween(ulong low, ulong high) => kernel.Image.Symbols.All
        .Where(s => s.Kind == SymbolKind.Object && s.SizeBytes > 0 && s.Address < high && s.End > low).OrderBy(s => s.Address);

    /// <summary>An address of data in words: <c>KMEM.PagesLock.Holder</c>, <c>KMEM+0x8</c>, or the bare address.</summary>
    public string ObjectText(ulong address) =>
        _debug.ObjectOf(address) ?? kernel.Image.Symbols.Find(address)?.ToString() ?? $"0x{address:x}";

    /// <summary>
    /// <c>PageAllocator.Take</c>, of a C# method's symbol <c>Verification.Kernel.PageAllocator.Take(byte*)</c>; other symbols
    /// stay as they are.
    /// </summary>
    private static string Short(string symbol)
    {
        int open = symbol.IndexOf('(');
        string name = open < 0 ? symbol : symbol[..open];
        // Rust's and C++'s names have colons, and generic arguments hold dots of their own.
        if (name.Contains("::", StringComparison.Ordinal) || name.Contains('<')) return symbol;
        return string.Join('.', name.Split('.').TakeLast(2));
    }
}
