using Verification.Machine.Images;

namespace Verification.Framework.DebugInfo;

/// <summary>A function, or a call inlined into one, at an address.</summary>
/// <param name="Function">Readable name.</param>
/// <param name="Source">Where in it; null where the image doesn't tell.</param>
/// <param name="IsInlined">Whether it has no frame of its own.</param>
public sealed record CodePlace(string Function, SourcePlace? Source, bool IsInlined)
{
    /// <summary>As in <c>kmain (Main.cs:42)</c>.</summary>
    public override string ToString() => Source is null ? Function : $"{Function} ({Source})";
}

/// <summary>
/// What an image tells about its source, whatever language it was written in: lines (DWARF 2 to 5), functions with inlined
/// calls, fields of global objects. Where there is no debug information, the symbols answer.
/// </summary>
/// <remarks>
/// Broken debug information never stops anybody: what can't be read is missing, and <see cref="Complaints"/> says why.
/// Not modelled: split DWARF, supplementary files, type units' signatures, macros.
/// </remarks>
public sealed class ImageDebugInfo
{
    private readonly LineTable lines = new();
    private readonly FunctionTable functions;
    private readonly ObjectLayouts layouts;

    private ImageDebugInfo(KernelImage image)
    {
        Image = image;
        var complaints = new List<string>();
        var sections = new DwarfSections(image.Elf);
        var entries = new DebugEntries(sections, lines, complaints);
        lines.Close();
        functions = new FunctionTable(entries);
        layouts = new ObjectLayouts(entries, sections);
        Frames.Add(sections.Frame, isExceptionFrame: false, 0, complaints);
        Frames.Add(sections.ExceptionFrame, isExceptionFrame: true, sections.ExceptionFrameAddress, complaints);
        Frames.Close();
        Complaints = complaints;
    }

    /// <summary>The image.</summary>
    public KernelImage Image { get; }

    /// <summary>What of the debug information couldn't be read, a sentence each.</summary>
    public IReadOnlyList<string> Complaints { get; }

    internal FrameTable Frames { get; } = new();

    /// <summary>Reads an image's debug information. Never fails: see <see cref="Complaints"/>.</summary>
    public static ImageDebugInfo Read(KernelImage image) => new(image);

    /// <summary>File and line of an instruction; null where the image doesn't tell.</summary>
    public SourcePlace? LineOf(ulong address) => lines.Find(address);

    /// <summary>The function that an instruction was compiled into, as its author named it; null where nothing is known.</summary>
    public string? FunctionOf(ulong address)
    {
        if (functions.Find(address) is { } function && functions.Name(function) is { } name) return name;
        return Image.Symbols.FindFunction(address) is { } place ? Demangler.Demangle(place.Symbol.Name) : null;
    }

    /// <summary>The functions that an instruction stands in, innermost first: those inlined, then the one that has the
    /// frame. Empty where nothing is known.</summary>
    public IReadOnlyList<CodePlace> PlacesOf(ulong address)
    {
        if (FunctionOf(address) is not { } outer) return [];
        var places = new List<CodePlace>();
        var source = LineOf(address);
        if (functions.Find(address) is { } function)
        {
            var inlined = FunctionTable.Inlined(function, address);
            for (var i = inlined.Count - 1; i >= 0; i--)
            {
                var call = inlined[i];
                places.Add(new CodePlace(functions.Name(call) ?? "?", source, IsInlined: true));
                // The caller stands where the call was written.
                source = call.CallLine > 0 && call.Unit.Lines?.File(call.CallFile) is { } file ? new SourcePlace(file, call.CallLine, call.CallColumn) : null;
            }
        }

        places.Add(new CodePlace(outer, source, IsInlined: false));
        return places;
    }

    /// <summary>The object and field at an address of data, as in <c>KMEM.locked</c>, <c>TABLE[3].id+0x2</c>, or
    /// <c>KMEM+0x8</c> where the image has no types. Null where nothing is known.</summary>
    public string? ObjectOf(ulong address)
    {
        if (Image.Symbols.FindObject(address) is not { } place) return null;
        var name = Demangler.Demangle(place.Symbol.Name);
        var (path, rest) = layouts.Field(place.Symbol.Address, place.Offset) ?? ("", place.Offset);
        return rest == 0 ? name + path : $"{name}{path}+0x{rest:x}";
    }
}
