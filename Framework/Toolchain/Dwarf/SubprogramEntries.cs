using System.Reflection;
using Verification.Toolchain.Il;

namespace Verification.Toolchain.Dwarf;

/// <summary>Describes methods: their code, parameters, locals and the calls that were inlined into them.</summary>
internal sealed class SubprogramEntries(Die unit, TypeEntries types, LocationEntries locations, LineProgram lines)
{
    private const int DeclaredInlinedNot = 1;

    private readonly Dictionary<MethodBase, Die> _abstract = [];

    public void Add(CompiledMethod method, ulong address)
    {
        Die entry = new Die(Tag.Subprogram).Text(At.Name, method.DisplayName);
        if (method.Symbol != method.DisplayName) entry.Text(At.LinkageName, method.Symbol);
        // The first instructions may be an inlined call's, from another file.
        if (method.Lines.FirstOrDefault(row => row.Line > 0 && row.File.Length > 0 && !IsInlined(method, row.Offset)) is { Line: > 0 } first)
            entry.Number(At.DeclFile, lines.FileNumber(first.File)).Number(At.DeclLine, first.Line);
        entry.Flag(At.External)
            .Flag(At.Prototyped)
            .Address(At.LowPc, address)
            .Number(At.HighPc, method.Code.Length)
            .Expression(At.FrameBase, [Operation.CallFrameCfa]);
        if (method.Method is MethodInfo { ReturnType: var type } && type != typeof(void)) entry.Reference(At.Type, types.Of(type));
        AddVariables(entry, method, address);
        AddInlined(entry, method, address);
        unit.Child(entry);
    }

    private static bool IsInlined(CompiledMethod method, int offset) =>
        method.Inlined.Any(range => offset >= range.StartOffset && offset < range.EndOffset);

    private void AddVariables(Die entry, CompiledMethod method, ulong address)
    {
        // Parameters in their order, then locals in the order of the compiler's list.
        foreach (IGrouping<(string Name, Type Type, int Parameter), VariableLocation> variable in method.Variables
            .GroupBy(location => (location.Name, location.Type, location.Parameter))
            .OrderBy(variable => variable.Key.Parameter < 0 ? int.MaxValue : variable.Key.Parameter))
        {
            Tag tag = variable.Key.Parameter < 0 ? Tag.Variable : Tag.FormalParameter;
            Die described = new Die(tag).Text(At.Name, variable.Key.Name).Reference(At.Type, types.Of(variable.Key.Type));
            int sizeBytes = variable.Key.Type.IsByRef ? 8 : TypeLayout.Of(variable.Key.Type).SizeBytes;
            locations.Describe(described, [.. variable], sizeBytes, address, method.Code.Length);
            entry.Child(described);
        }
    }

    private void AddInlined(Die entry, CompiledMethod method, ulong address)
    {
        // The list is in order of depth within each call, so the entry that a range belongs to was the last of less depth.
        List<(InlinedRange Range, Die Entry)> open = [];
        foreach (InlinedRange range in method.Inlined)
        {
            if (range.EndOffset <= range.StartOffset) continue;
            Die inlined = new Die(Tag.InlinedSubroutine)
                .Reference(At.AbstractOrigin, AbstractOf(range.Method))
                .Address(At.LowPc, address + (ulong)range.StartOffset)
                .Number(At.HighPc, range.EndOffset - range.StartOffset);
            if (range.CallFile.Length > 0)
                inlined.Number(At.CallFile, lines.FileNumber(range.CallFile)).Number(At.CallLine, range.CallLine);
            Die parent = open.LastOrDefault(outer => outer.Range.Depth < range.Depth
                && outer.Range.StartOffset <= range.StartOffset && outer.Range.EndOffset >= range.EndOffset).Entry ?? entry;
            parent.Child(inlined);
            open.Add((range, inlined));
        }
    }

    private Die AbstractOf(MethodBase method)
    {
        if (_abstract.TryGetValue(method, out Die? known)) return known;
        Die entry = new Die(Tag.Subprogram)
            .Text(At.Name, SymbolNames.Display(method))
            .Flag(At.External)
            .Flag(At.Prototyped)
            .Number(At.Inline, DeclaredInlinedNot);
        if (method is MethodInfo { ReturnType: var type } && type != typeof(void)) entry.Reference(At.Type, types.Of(type));
        _abstract.Add(method, entry);
        unit.Child(entry);
        return entry;
    }
}
