using System.Buffers.Binary;
using System.Reflection;
using Verification.Machine.Isa;
using Verification.Toolchain.Il;
using Verification.Toolchain.Ir;

namespace Verification.Toolchain.Codegen;

/// <summary>Offsets, encodings and the tables that go with the code.</summary>
internal sealed partial class MethodEmitter
{
    private readonly Dictionary<object, int> _labels = new(ReferenceEqualityComparer.Instance);

    private EmittedMethod Finish()
    {
        Measure();
        List<byte> code = [];
        List<Relocation> relocations = [];
        List<LineRow> lines = [];
        List<CallEdge> calls = [];
        List<CfiRow> unwinding = [new CfiRow(0, Registers.StackPointer, 0, [])];
        UnwindState inside = new(0, []);
        bool isPrologue = true;
        int prologueEnd = 0;
        foreach (CodeItem item in _items)
        {
            if (item.Label is MachineBlock block)
            {
                if (isPrologue)
                {
                    isPrologue = false;
                    prologueEnd = item.Offset;
                    inside = Last(unwinding);
                }

                if (code.Count > 0) Unwind(unwinding, item.Offset, inside);
            }
            else if (item.Label is PanicTail)
            {
                Unwind(unwinding, item.Offset, inside);
            }

            if (item.SizeBytes == 0) continue;
            AddLine(lines, item, item.Offset == prologueEnd && prologueEnd > 0);
            if (item.Call is { } call) calls.Add(new CallEdge(item.Offset + (item.SizeBytes == 8 ? 4 : 0), call.Kind, call.Targets));
            if (item.Kind is { } kind)
            {
                long addend = item.High is { } high ? high.Offset : item.Addend;
                relocations.Add(new Relocation(item.Offset, kind, item.Symbol!, addend));
            }

            Encode(item, code);
            if (item.StateAfter is { } state) Unwind(unwinding, item.Offset + item.SizeBytes, state);
        }

        unwinding.RemoveAll(row => row.Offset >= code.Count && row.Offset > 0);
        SourceFrames frames = new(_items);
        List<VariableLocation> variables = _options.VariableLocations ? Variables(frames, code.Count) : [];
        MethodBase method = _function.Source.Key.Method;
        int frameSize = _frame.SizeBytes + (_panicTails.Count == 0 ? 0 : PanicFrameBytes);
        CompiledMethod compiled = new(
            _symbol, SymbolNames.Display(method), [.. code], relocations, frameSize, lines, calls, unwinding,
            variables, frames.Inlined, method)
        {
            Scopes = frames.Scopes,
            PrologueEndOffset = prologueEnd,
        };
        return new EmittedMethod(compiled, _frame, _items.FindAll(item => item.LeadsBack));
    }

    private List<VariableLocation> Variables(SourceFrames frames, int codeSize)
    {
        List<VariableLocation> locations = [];
        foreach (VariableLocations.Found found in VariableLocations.Of(_function, _items, _frame, codeSize))
        {
            Variable variable = found.Part.Variable;
            VariableLocations.Spot spot = found.Spot;
            bool isWhole = spot.Kind is LocationKind.RegisterIndirect or LocationKind.FrameIndirect or LocationKind.Symbol
                || (spot.Kind == LocationKind.Frame && DebugTracking.SizeOf(found.Part) == 0);
            int size = isWhole ? TypeLayout.Of(variable.Type).SizeBytes : DebugTracking.SizeOf(found.Part);
            foreach ((string name, int call, int scope) in frames.NamesOf(variable))
            {
                locations.Add(new VariableLocation(
                    name, variable.Type, variable.Parameter, found.Start, found.End, spot.Kind, spot.Value, found.Part.Offset, size)
                {
                    Inlined = call,
                    Scope = scope,
                    Symbol = spot.Symbol,
                });
            }
        }

        return locations;
    }

    private static UnwindState Last(List<CfiRow> rows) => new(rows[^1].CfaOffsetBytes, rows[^1].Saved);

    private static void Unwind(List<CfiRow> rows, int offset, UnwindState state)
    {
        CfiRow row = new(offset, Registers.StackPointer, state.CfaOffset, state.Saved);
        if (rows[^1].Offset == offset) rows[^1] = row;
        else if (rows[^1].CfaOffsetBytes != state.CfaOffset || !rows[^1].Saved.SequenceEqual(state.Saved)) rows.Add(row);
    }

    // The body begins with a row of its own, by which debuggers find the prologue's end.
    private static void AddLine(List<LineRow> lines, CodeItem item, bool begins)
    {
        SourcePoint? point = item.Place?.Nearest;
        if (point is not { } place) return;
        if (!begins && lines.Count > 0 && lines[^1].File == place.File && lines[^1].Line == place.Line && lines[^1].Column == place.Column) return;
        lines.Add(new LineRow(lines.Count == 0 ? 0 : item.Offset, place.File, place.Line, place.Column));
    }

    // Branches start short and grow until each reaches: they never shrink again, so this ends.
    private void Measure()
    {
        foreach (CodeItem item in _items)
        {
            if (item.Target is null && item.SizeBytes == 4 && item.Kind is null && item.Word is null && CanCompress(item.Instruction)) item.SizeBytes = 2;
        }

        bool changed = true;
        while (changed)
        {
            changed = false;
            int offset = 0;
            foreach (CodeItem item in _items)
            {
                item.Offset = offset;
                offset += item.SizeBytes;
                if (item.Label is { } label) _labels[label] = item.Offset;
            }

            foreach (CodeItem item in _items)
            {
                if (item.Target is not { } target) continue;
                int size = SizeOf(item, _labels[target] - item.Offset);
                if (size <= item.SizeBytes) continue;
                item.SizeBytes = size;
                changed = true;
            }
        }
    }

    private bool CanCompress(in Instruction instruction) => _options.Compressed && Encoder.TryCompress(instruction, _extensions, out _);

    private static Instruction At(in Instruction instruction, long distance) => new()
    {
        Row = instruction.Row,
        SizeBytes = instruction.SizeBytes,
        Rd = instruction.Rd,
        Rs1 = instruction.Rs1,
        Rs2 = instruction.Rs2,
        Mode = instruction.Mode,
        Immediate = distance,
    };

    private int SizeOf(CodeItem item, long distance)
    {
        if (CanCompress(At(item.Instruction, distance))) return 2;
        bool isJump = item.Instruction.Row == JumpRow;
        long reach = isJump ? 1 << 20 : 1 << 12;
        return distance >= -reach && distance < reach ? 4 : 8;
    }

    private static readonly int JumpRow = InstructionSet.Find("jal").Row;

    private void Encode(CodeItem item, List<byte> code)
    {
        if (item.Word is { } word)
        {
            Word(code, word);
            return;
        }

        Instruction instruction = item.Instruction;
        if (item.Target is { } target)
        {
            long distance = _labels[target] - item.Offset;
            if (item.SizeBytes == 8)
            {
                string inverse = Inverse(InstructionSet.Rows[instruction.Row].Mnemonic);
                Word(code, Encoder.Encode(Make(inverse, 0, instruction.Rs1, instruction.Rs2, 8, 0)));
                Word(code, Encoder.Encode(Make("jal", 0, 0, 0, distance - 4, 0)));
                return;
            }

            instruction = At(instruction, distance);
        }

        if (item.SizeBytes == 2)
        {
            if (!Encoder.TryCompress(instruction, _extensions, out ushort half)) throw new InternalFault("a short encoding was lost");
            code.Add((byte)half);
            code.Add((byte)(half >> 8));
            return;
        }

        Word(code, Encoder.Encode(instruction));
    }

    private static void Word(List<byte> code, uint word)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, word);
        foreach (byte value in bytes) code.Add(value);
    }
}
