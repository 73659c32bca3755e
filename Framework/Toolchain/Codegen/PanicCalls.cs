using System.Buffers.Binary;
using Verification.Toolchain.Ir;

namespace Verification.Toolchain.Codegen;

/// <summary>
/// The calls through which a failure of the base library finds its line in the kernel's source
/// (<see cref="PanicRoutines"/>), as a table in read-only data.
/// </summary>
internal sealed class PanicCalls(Compilation unit)
{
    /// <summary>Symbol of the records.</summary>
    public const string Symbol = "panic.calls";

    /// <summary>Symbol of their number.</summary>
    public const string CountSymbol = "panic.call.count";

    private const int RecordSizeBytes = 24;

    private readonly HashSet<MethodKey> _failing = [];
    private readonly List<(string Method, int Offset, string? Site, int FrameSizeBytes, int ReturnOffset)> _calls = [];

    /// <summary>Finds the library's methods that may fail, of all that the program has.</summary>
    public void Study(IEnumerable<Function> functions)
    {
        Dictionary<MethodKey, List<MethodKey>> callers = [];
        Queue<MethodKey> work = new();
        foreach (Function function in functions)
        {
            foreach (Instr instr in function.Blocks.SelectMany(block => block.Body))
            {
                if (instr.Place?.IsOfKernel != false) continue;
                if (instr.Op == Op.Panic && _failing.Add(function.Key)) work.Enqueue(function.Key);
                if (instr is not { Op: Op.Call, Reference: CallTarget { Callee: { } callee } }) continue;
                if (!callers.TryGetValue(callee, out List<MethodKey>? known)) callers.Add(callee, known = []);
                known.Add(function.Key);
            }
        }

        while (work.TryDequeue(out MethodKey? failing))
        {
            foreach (MethodKey caller in callers.GetValueOrDefault(failing, []).Where(_failing.Add)) work.Enqueue(caller);
        }
    }

    /// <summary>True if a failure of the library may come from the call without a place of its own.</summary>
    public bool MayFail(CallTarget call) => call.Callee is { } callee ? _failing.Contains(callee)
        : call.Symbol is null && unit.IndirectTargets(call).Any(symbol => unit.KeyOf(symbol) is { } key && _failing.Contains(key));

    /// <summary>Notes a method's calls.</summary>
    public void Add(EmittedMethod emitted)
    {
        Frame frame = emitted.Frame;
        foreach (CodeItem call in emitted.CallsBack)
        {
            string? site = call.Place?.IsOfKernel == true ? unit.Data.PanicSite(call.Place, "") : null;
            _calls.Add((emitted.Method.Symbol, call.Offset + call.SizeBytes, site, frame.SizeBytes, frame.ReturnAddressOffset));
        }
    }

    /// <summary>Makes the table, once all code is there.</summary>
    public void Write()
    {
        byte[] content = new byte[RecordSizeBytes * _calls.Count];
        byte[] count = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(count, _calls.Count);
        List<Relocation> relocations = [];
        for (int index = 0; index < _calls.Count; index++)
        {
            (string method, int offset, string? site, int frameSize, int returnOffset) = _calls[index];
            int record = RecordSizeBytes * index;
            relocations.Add(new Relocation(record, RelocationKind.Absolute64, method, offset));
            if (site is not null) relocations.Add(new Relocation(record + 8, RelocationKind.Absolute64, site, 0));
            BinaryPrimitives.WriteInt32LittleEndian(content.AsSpan(record + 16), frameSize);
            BinaryPrimitives.WriteInt32LittleEndian(content.AsSpan(record + 20), returnOffset);
        }

        unit.Data.AddTable(Symbol, "calls of the base library", content, relocations);
        unit.Data.AddTable(CountSymbol, "number of calls", count, []);
    }
}
