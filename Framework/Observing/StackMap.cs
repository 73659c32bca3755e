using Verification.Framework.Kernels;
using Verification.Machine.Images;
using Verification.Machine.Memory;

namespace Verification.Framework.Observing;

/// <summary>
/// The stacks of one run: those that the kernel's description names, and those that are learned when a hart first uses
/// an <c>sp</c> that belongs to none of them.
/// </summary>
/// <remarks>
/// Known limits. The end of a learned stack is the end of the nearest object below its top, or the nearest label: a
/// stack without a symbol of its own, above an object without a size, is taken to reach down over that object. A stack in
/// memory without symbols is bounded by the image and by its memory bank alone.
/// </remarks>
public sealed class StackMap
{
    private readonly KernelDescription _kernel;
    private readonly IReadOnlyList<MemoryBank> _banks;
    private readonly IReadOnlyList<Symbol> _symbols;
    private readonly List<StackRange> _stacks = [];
    private readonly List<StackDescription.Sized> _labels = [];
    private readonly List<ulong> _blocks = [];

    /// <summary>The stacks of a kernel on a machine with these banks of memory.</summary>
    /// <exception cref="KernelDescriptionException">A described symbol is not in the image.</exception>
    public StackMap(KernelDescription kernel, IReadOnlyList<MemoryBank> banks)
    {
        (_kernel, _banks) = (kernel, banks);
        _symbols = kernel.Image.Symbols.All.Where(IsPlace).OrderBy(s => s.Address).ToList();
        foreach (var description in kernel.Stacks) Resolve(description);
    }

    private StackMap(StackMap other)
    {
        (_kernel, _banks, _symbols) = (other._kernel, other._banks, other._symbols);
        _stacks.AddRange(other._stacks);
        _labels.AddRange(other._labels);
        _blocks.AddRange(other._blocks);
    }

    /// <summary>A map of its own with the same stacks.</summary>
    internal StackMap Fork() => new(this);

    /// <summary>Known so far, in the order in which they became known.</summary>
    public IReadOnlyList<StackRange> Stacks => _stacks;

    /// <summary>The stack that code with this <c>sp</c> is on; a top shared with the next stack's end is the lower stack's.</summary>
    /// <returns>Nothing when the memory may not be a stack.</returns>
    public StackRange? For(ulong stackPointer)
    {
        foreach (var stack in _stacks)
            if (stackPointer > stack.LowAddress && stackPointer <= stack.HighAddress)
                return stack;
        foreach (var label in _labels)
            if (FromLabel(label, stackPointer) is { } found) return Add(found);
        foreach (ulong sizeBytes in _blocks)
            if (InBlock(sizeBytes, stackPointer) is { } found) return Add(found);
        return _kernel.OtherStacks == OtherStacks.Learned ? Learn(stackPointer) : null;
    }

    private void Resolve(StackDescription description)
    {
        switch (description)
        {
            case StackDescription.Pair pair:
                var (low, high) = (Named(pair.LowSymbol).Address, Named(pair.HighSymbol).Address);
                if (high <= low)
                    throw new KernelDescriptionException($"stack {pair.LowSymbol}..{pair.HighSymbol} has its end above its top");
                _stacks.Add(new StackRange(CommonName(pair), low, high, StackOrigin.Described));
                break;
            case StackDescription.Block block:
                _blocks.Add(block.SizeBytes);
                break;
            case StackDescription.Sized sized:
                var symbol = Named(sized.Symbol);
                if (symbol.SizeBytes == 0)
                {
                    _labels.Add(sized);
                    break;
                }

                ulong count = Math.Max(1, symbol.SizeBytes / sized.SizeBytes);
                for (ulong i = 0; i < count; i++)
                    _stacks.Add(new StackRange(count == 1 ? sized.Symbol : $"{sized.Symbol}[{i}]",
                        symbol.Address + i * sized.SizeBytes, symbol.Address + (i + 1) * sized.SizeBytes, StackOrigin.Described));
                break;
        }
    }

    /// <summary><c>boot_stack</c>, of <c>boot_stack_bottom</c> and <c>boot_stack_top</c>.</summary>
    private static string CommonName(StackDescription.Pair pair)
    {
        int length = pair.LowSymbol.AsSpan().CommonPrefixLength(pair.HighSymbol);
        string common = pair.LowSymbol[..length].Trim('_', '.');
        return common.Length > 2 ? common : pair.LowSymbol;
    }

    private Symbol Named(string name) => _kernel.Image.Symbols.Find(name)
        ?? throw new KernelDescriptionException($"the image has no symbol '{name}' that a stack could be found by");

    private StackRange? FromLabel(StackDescription.Sized label, ulong stackPointer)
    {
        ulong address = Named(label.Symbol).Address;
        ulong top = stackPointer <= address ? address : address + label.SizeBytes;
        var stack = new StackRange(label.Symbol, top - label.SizeBytes, top, StackOrigin.Described);
        return stackPointer > stack.LowAddress && stack.Allows(stackPointer) ? stack : null;
    }

    private StackRange? InBlock(ulong sizeBytes, ulong stackPointer)
    {
        ulong low = (stackPointer - 1) / sizeBytes * sizeBytes;
        var image = _kernel.Image.Extent;
        bool isMemory = stackPointer > 0 && _banks.Any(b => b.Contains(low, sizeBytes));
        bool isImage = low < image.EndAddress && image.BaseAddress < low + sizeBytes;
        return isMemory && !isImage ? new StackRange($"the stack at 0x{low:x}", low, low + sizeBytes, StackOrigin.Described) : null;
    }

    private StackRange? Learn(ulong top)
    {
        var bank = _banks.FirstOrDefault(b => top > b.BaseAddress && top <= b.EndAddress);
        if (bank.SizeBytes == 0) return null;
        var image = _kernel.Image.Extent;
        ulong imageEnd = _symbols.Where(s => s.Address < bank.EndAddress).Select(s => s.End).Append(image.EndAddress).Max();
        return Add(top > image.BaseAddress && top <= imageEnd ? LearnInImage(top, image.BaseAddress) : LearnOutside(top, bank));
    }

    private StackRange LearnInImage(ulong top, ulong imageLow)
    {
        ulong low = imageLow;
        string? name = _symbols.LastOrDefault(s => s.Address == top)?.Name;
        foreach (var symbol in _symbols)
        {
            if (symbol.Address >= top) break;
            if (symbol.SizeBytes > 0 && symbol.End >= top) (low, name) = (symbol.Address, symbol.Name);
            else low = Math.Max(low, symbol.End);
        }

        name ??= _symbols.LastOrDefault(s => s.Address == low)?.Name ?? $"stack below 0x{top:x}";
        return new StackRange(name, Above(low, top), top, StackOrigin.Learned);
    }

    private StackRange LearnOutside(ulong top, MemoryBank bank)
    {
        ulong imageEnd = _kernel.Image.Extent.EndAddress;
        ulong low = bank.Contains(imageEnd, 1) && imageEnd < top ? imageEnd : bank.BaseAddress;
        return new StackRange($"stack below 0x{top:x}", Above(low, top), top, StackOrigin.Anonymous);
    }

    /// <summary>A new stack ends where the next one below it begins.</summary>
    private ulong Above(ulong low, ulong top) =>
        _stacks.Where(s => s.HighAddress < top).Select(s => s.HighAddress).Append(low).Max();

    /// <summary>Leaves out the symbols that mark no object: the assembler's mapping symbols and the global pointer.</summary>
    private static bool IsPlace(Symbol symbol) =>
        symbol.Name is not ("" or "__global_pointer$") && symbol.Name[0] is not ('$' or '.');

    private StackRange Add(StackRange stack)
    {
        _stacks.Add(stack);
        return stack;
    }
}
