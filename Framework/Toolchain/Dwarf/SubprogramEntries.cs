using System.Reflection;
using Verification.Toolchain.Il;

namespace Verification.Toolchain.Dwarf;

/// <summary>Describes methods: their code, parameters, scopes and locals, and the calls that were inlined into them.</summary>
internal sealed class SubprogramEntries(
    Containers containers, TypeEntries types, LocationEntries locations, LineProgram lines, RangeLists ranges)
{
    private const int DeclaredInlinedNot = 1;

    private readonly Dictionary<MethodBase, Die> _abstract = [];
    private readonly Dictionary<MethodBase, Die[]> _parameters = [];

    public void Add(CompiledMethod method, ulong address)
    {
        Die entry = new Die(Tag.Subprogram).Text(At.Name, CppNames.Simple(method.Method));
        // The first instructions may be an inlined call's, from another file.
        if (method.Lines.FirstOrDefault(row => row.Line > 0 && row.File.Length > 0 && !IsInlined(method, row.Offset)) is { Line: > 0 } first)
            entry.Number(At.DeclFile, lines.FileNumber(first.File)).Number(At.DeclLine, first.Line);
        entry.Flag(At.External)
            .Flag(At.Prototyped)
            .Address(At.LowPc, address)
            .Number(At.HighPc, method.Code.Length)
            .Expression(At.FrameBase, [Operation.CallFrameCfa]);
        if (method.Method is MethodInfo { ReturnType: var type } && type != typeof(void)) entry.Reference(At.Type, types.Of(type));

        List<Die> calls = [.. method.Inlined.Select(call => Inlined(call, address))];
        Die?[] scopes = AddVariables(method, address, index => index < 0 ? entry : calls[index]);
        for (int index = 0; index < calls.Count; index++)
        {
            InlinedCall call = method.Inlined[index];
            Enclosing(method, call.Parent, call.Ranges, scopes, call.Parent < 0 ? entry : calls[call.Parent]).Child(calls[index]);
        }

        containers.Of(method.Method.DeclaringType!).Child(entry);
    }

    private static bool IsInlined(CompiledMethod method, int offset) =>
        method.Inlined.Any(call => call.Ranges.Any(range => offset >= range.StartOffset && offset < range.EndOffset));

    private Die Inlined(InlinedCall call, ulong address)
    {
        Die entry = new Die(Tag.InlinedSubroutine).Reference(At.AbstractOrigin, AbstractOf(call.Method));
        Code(entry, call.Ranges, address);
        if (call.Ranges.Count > 1) entry.Address(At.EntryPc, address + (ulong)call.Ranges[0].StartOffset);
        if (call.CallFile.Length == 0) return entry;
        entry.Number(At.CallFile, lines.FileNumber(call.CallFile)).Number(At.CallLine, call.CallLine);
        return call.CallColumn > 0 ? entry.Number(At.CallColumn, call.CallColumn) : entry;
    }

    /// <summary>Parameters in their order, then locals, each in the scope in which it has its name.</summary>
    private Die?[] AddVariables(CompiledMethod method, ulong address, Func<int, Die> frameOf)
    {
        Die?[] scopes = new Die?[method.Scopes.Count];
        List<int> unplaced = [];
        Die[] own = Parameters(method.Method, frameOf(-1));
        foreach (IGrouping<VariableKey, VariableLocation> variable in method.Variables
            .GroupBy(location => new VariableKey(location.Inlined, location.Scope, location.Name, location.Type, location.Parameter))
            .OrderBy(variable => variable.Key.Parameter < 0 ? int.MaxValue : variable.Key.Parameter))
        {
            VariableKey key = variable.Key;
            if (key.Scope >= 0 && method.Scopes[key.Scope].Ranges.Count == 0) continue;
            Die frame = frameOf(key.Inlined);
            Die described;
            if (key.Parameter < 0)
            {
                described = new Die(Tag.Variable).Text(At.Name, key.Name).Reference(At.Type, types.Of(key.Type));
            }
            else if (key.Inlined < 0)
            {
                described = own[key.Parameter];
            }
            else
            {
                AbstractOf(method.Inlined[key.Inlined].Method);
                described = new Die(Tag.FormalParameter)
                    .Reference(At.AbstractOrigin, _parameters[method.Inlined[key.Inlined].Method][key.Parameter]);
            }

            int sizeBytes = key.Type.IsByRef ? 8 : TypeLayout.Of(key.Type).SizeBytes;
            locations.Describe(described, [.. variable], sizeBytes, address, method.Code.Length);
            if (key is { Parameter: >= 0, Inlined: < 0 }) continue;
            if (key.Scope < 0)
            {
                frame.Child(described);
                continue;
            }

            IReadOnlyList<CodeRange> code = method.Scopes[key.Scope].Ranges;
            if (scopes[key.Scope] is not { } scope)
            {
                scope = scopes[key.Scope] = new Die(Tag.LexicalBlock);
                Code(scope, code, address);
                unplaced.Add(key.Scope);
            }

            scope.Child(described);
        }

        foreach (int index in unplaced)
        {
            VariableScope scope = method.Scopes[index];
            Enclosing(method, scope.Inlined, scope.Ranges, scopes, frameOf(scope.Inlined), index).Child(scopes[index]!);
        }

        return scopes;
    }

    /// <summary>Declares a method's parameters, <c>this</c> first; where they are is for the caller to say.</summary>
    private Die[] Parameters(MethodBase method, Die entry)
    {
        List<Die> parameters = [];
        if (!method.IsStatic)
        {
            Type self = method.DeclaringType!;
            Die pointer = new Die(Tag.FormalParameter)
                .Text(At.Name, "this")
                .Reference(At.Type, types.Of(self.IsValueType ? self.MakePointerType() : self))
                .Flag(At.Artificial);
            entry.Reference(At.ObjectPointer, pointer);
            parameters.Add(pointer);
        }

        foreach (ParameterInfo parameter in method.GetParameters())
        {
            parameters.Add(new Die(Tag.FormalParameter)
                .Text(At.Name, parameter.Name ?? $"argument{parameters.Count + 1}")
                .Reference(At.Type, types.Of(parameter.ParameterType)));
        }

        foreach (Die parameter in parameters) entry.Child(parameter);
        return [.. parameters];
    }

    // Scopes nest as their code does: the smallest one of a method that holds all of some code is the one around it.
    private static Die Enclosing(
        CompiledMethod method, int frame, IReadOnlyList<CodeRange> inner, Die?[] scopes, Die outermost, int self = -1)
    {
        Die enclosing = outermost;
        int least = int.MaxValue;
        int innerSize = Size(inner);
        for (int index = 0; index < scopes.Length; index++)
        {
            VariableScope outer = method.Scopes[index];
            int size = Size(outer.Ranges);
            if (scopes[index] is null || index == self || outer.Inlined != frame || size >= least) continue;
            // Of two scopes with the same code, the later one lies in the earlier.
            if (self >= 0 && (size < innerSize || (size == innerSize && index > self))) continue;
            bool holds = inner.All(range => outer.Ranges.Any(around => around.StartOffset <= range.StartOffset && around.EndOffset >= range.EndOffset));
            if (!holds) continue;
            (enclosing, least) = (scopes[index]!, size);
        }

        return enclosing;
    }

    private static int Size(IReadOnlyList<CodeRange> code) => code.Sum(range => range.EndOffset - range.StartOffset);

    private void Code(Die entry, IReadOnlyList<CodeRange> code, ulong address)
    {
        if (code is [var only]) entry.Address(At.LowPc, address + (ulong)only.StartOffset).Number(At.HighPc, only.EndOffset - only.StartOffset);
        else entry.Section(At.Ranges, ranges.Add(code, address));
    }

    private Die AbstractOf(MethodBase method)
    {
        if (_abstract.TryGetValue(method, out Die? known)) return known;
        Die entry = new Die(Tag.Subprogram)
            .Text(At.Name, CppNames.Simple(method))
            .Flag(At.External)
            .Flag(At.Prototyped)
            .Number(At.Inline, DeclaredInlinedNot);
        if (method is MethodInfo { ReturnType: var type } && type != typeof(void)) entry.Reference(At.Type, types.Of(type));
        _abstract.Add(method, entry);
        _parameters.Add(method, Parameters(method, entry));
        containers.Of(method.DeclaringType!).Child(entry);
        return entry;
    }

    private readonly record struct VariableKey(int Inlined, int Scope, string Name, Type Type, int Parameter);
}
