using System.Globalization;
using Verification.Framework.Booting;
using Verification.Framework.Observing;
using Verification.Machine.Harts;

namespace Verification.Framework.Explaining;

/// <summary>
/// A failure that explains itself: what went wrong in a sentence, where, by which calls, what was damaged and by whom, what
/// came of it, how memory lies, what the harts did last, and how to see it again.
/// </summary>
public sealed class FailureReport
{
    private const int MostChainLines = 24;
    private readonly Explanation _explanation;
    private readonly CodePlaces _places;
    private readonly ReportText _text = new();

    private FailureReport(Explanation explanation) =>
        (_explanation, _places) = (explanation, new CodePlaces(explanation.Result.Kernel));

    /// <summary>Explains a boot that did not pass. The machine is run once more for it.</summary>
    /// <param name="result">The boot.</param>
    /// <param name="replayCommand">The command that shows the failure again, token included.</param>
    /// <param name="kernelPath">Where the image lies, for QEMU's command line.</param>
    public static string Of(BootResult result, string replayCommand, string kernelPath) =>
        new FailureReport(Explanation.Of(result)).Write(replayCommand, kernelPath);

    private BootResult Result => _explanation.Result;

    private string Write(string replayCommand, string kernelPath)
    {
        _text.Part(Result.Verdict == BootVerdict.Failed ? "FAILED" : "UNKNOWN").Prose(Verdict.Sentence(Result, _places));
        WriteWhere();
        WriteCalls();
        WriteDamage();
        WriteAftermath();
        WriteMemory();
        WriteEvents();
        WriteConsole();
        _text.Part("machine").Prose(MachineText.Summary(Result.Machine));
        _text.Part("qemu").Verbatim(MachineText.Qemu(Result.Machine, kernelPath));
        _text.Part("replay").Verbatim(replayCommand);
        return _text.ToString();
    }

    private void WriteWhere()
    {
        switch (Result.Failure)
        {
            case BootFailure.OutOfStack f: WritePlace(f.Breach.HartId, f.Breach.Pc, f.Breach.Retired); break;
            case BootFailure.Lock f: WritePlace(f.Breach.HartId, f.Breach.Pc, f.Breach.Retired); break;
            case BootFailure.Page f: WritePlace(f.Breach.Page.HartId, f.Breach.Page.Pc, f.Breach.Page.Retired); break;
            case BootFailure.FaultLoop f:
                WritePlace(f.HartId, f.First.Pc, f.FirstRetired);
                _text.Line($"{Verdict.TrapName(f.First)}, address or encoding 0x{f.First.Value:x}; the handler's address is 0x{f.First.Handler:x}");
                break;
            case BootFailure.Hang f:
                foreach (var loop in f.Finding.Loops.Take(4)) WriteLoop(loop);
                break;
            default:
                _text.Part("where");
                foreach (var hart in Result.Harts.Where(h => h.State != HartRunState.Stopped).Take(8))
                    _text.Line($"hart {hart.HartId} {(hart.State == HartRunState.Waiting ? "waits" : "runs")} in {_places.FunctionAndLine(hart.Pc)}");
                break;
        }
    }

    private void WritePlace(ulong hartId, ulong pc, ulong retired)
    {
        _text.Part("where").Line(_places.FunctionAndLine(pc));
        foreach (string inlined in _places.Inlined(pc)) _text.Line($"inlined there: {inlined}");
        _text.Line(string.Create(CultureInfo.InvariantCulture, $"0x{pc:x8}  {_places.Instruction(pc),-32} hart {hartId}, after {retired:N0} instructions"));
    }

    private void WriteLoop(HangLoop loop)
    {
        _text.Part("where").Line($"hart {loop.HartId} goes round in {_places.FunctionAndLine(loop.Instructions.FirstOrDefault())}");
        foreach (ulong pc in loop.Instructions.Take(10)) _text.Line($"0x{pc:x8}  {_places.Instruction(pc)}");
        if (loop.Instructions.Count > 10) _text.Line($"... and {loop.Instructions.Count - 10} more");
        foreach (var read in loop.Reads.Take(4))
        {
            _text.Prose(string.Create(CultureInfo.InvariantCulture, $"it reads 0x{read.Value:x} in {_places.ObjectText(read.VirtualAddress)}, {Writer(read.PhysicalAddress, read.SizeBytes)}"));
        }
    }

    private string Writer(ulong physicalAddress, int sizeBytes) =>
        _explanation.Evidence.Writes.LastWithin(physicalAddress, (ulong)sizeBytes) is { } write
            ? string.Create(CultureInfo.InvariantCulture, $"last written by {_places.FunctionAndLine(write.Pc)}, hart {write.HartId}, instruction {write.Retired:N0}")
            : "which nobody has written";

    private void WriteCalls()
    {
        var chain = StackChain.Of(_explanation, _places);
        if (chain.Lines.Count == 0 || (chain.Lines.Count == 1 && chain.Stack is null)) return;
        _text.Part("calls");
        int outer = chain.Lines.Count <= MostChainLines ? chain.Lines.Count : MostChainLines / 2;
        foreach (var line in chain.Lines.Take(outer)) WriteCall(line);
        if (chain.Lines.Count > outer)
        {
            var left = chain.Lines.Skip(outer).SkipLast(MostChainLines / 2).ToList();
            _text.Line(string.Create(CultureInfo.InvariantCulture, $"{$"... {left.Count:N0} more calls",-58}{left.Sum(l => l.FrameBytes ?? 0),12:N0}"));
            foreach (var line in chain.Lines.TakeLast(MostChainLines / 2)) WriteCall(line);
        }

        if (chain.Stack is not { } stack) return;
        _text.Line(string.Create(CultureInfo.InvariantCulture, $"{"",-58}{new string('-', 12)}"));
        _text.Line(string.Create(CultureInfo.InvariantCulture, $"{"",-58}{chain.Lines.Sum(l => l.FrameBytes ?? 0),12:N0} of {stack.SizeBytes:N0} bytes"));
    }

    private void WriteCall(StackChain.Call call) => _text.Line(string.Create(CultureInfo.InvariantCulture,
        $"{_places.FunctionAndLine(call.Pc),-58}{(call.FrameBytes is { } bytes ? bytes.ToString("N0", CultureInfo.InvariantCulture) : "-"),12}{(call.Note is { } note ? "  " + note : call.FrameBytes is null ? "" : " bytes")}"));

    private void WriteDamage()
    {
        var damages = _explanation.Evidence.Damages;
        ulong? low = (Result.Failure as BootFailure.OutOfStack)?.Breach.Stack?.LowAddress;
        if (damages.Count == 0 || low is null) return;
        _text.Part("damage");
        var objects = damages.GroupBy(d => _places.Object(d.Address)?.Symbol)
            .OrderByDescending(g => g.First().Address).ToList();
        foreach (var hit in objects.Take(6))
        {
            ulong bytes = 8 * (ulong)hit.Count();
            var first = hit.MinBy(d => d.First.Order)!;
            var last = hit.MaxBy(d => d.Last.Order)!;
            string name = hit.Key?.Name ?? _places.CodeOrGap(hit.First().Address);
            string below = string.Create(CultureInfo.InvariantCulture, $"{low.Value - (hit.Key?.Address ?? hit.First().Address):N0} bytes below the stack's end");
            _text.Line(string.Create(CultureInfo.InvariantCulture, $"{name}: {bytes:N0} bytes overwritten, {below}"));
            WriteStore("first", first.First);
            if (last.Last.Order != first.First.Order) WriteStore("last ", last.Last);
        }

        if (objects.Count > 6) _text.Line($"... and {objects.Count - 6} more objects");
    }

    private void WriteStore(string which, WriteEvent write) => _text
        .Line($"  {which} {_places.ObjectText(write.Address)} = 0x{write.Value:x}")
        .Line($"        by {_places.FunctionAndLine(write.Pc)}: {_places.Instruction(write.Pc)}");

    private void WriteAftermath()
    {
        if (Result.Failure is not BootFailure.OutOfStack) return;
        _text.Part("then");
        if (_explanation.Aftermath is not { } aftermath)
        {
            _text.Prose("Left alone, the boot goes on and reaches its end: the damage shows nowhere.");
            return;
        }

        string sentence = Verdict.Sentence(Result with { Failure = aftermath }, _places);
        _text.Prose("Left alone it comes to this. " + sentence);
        if (aftermath is not BootFailure.Hang hang) return;
        foreach (var read in hang.Finding.Loops[0].Reads.Where(r => _explanation.Evidence.Writes.LastWithin(r.PhysicalAddress, (ulong)r.SizeBytes) is not null).Take(2))
            _text.Prose($"{_places.ObjectText(read.VirtualAddress)} is 0x{read.Value:x}, {Writer(read.PhysicalAddress, read.SizeBytes)}.");
    }

    private void WriteMemory()
    {
        var lines = MemoryPicture.Of(_explanation, _places).ToList();
        if (lines.Count == 0) return;
        _text.Part("memory");
        foreach (string line in lines) _text.Line(line);
    }

    private void WriteEvents()
    {
        if (_explanation.Events.Count == 0) return;
        _text.Part("events");
        foreach (var (hartId, events) in _explanation.Events.Take(4))
        {
            _text.Line($"hart {hartId}, last ones");
            WriteRuns(events);
        }

        if (_explanation.Events.Count > 4) _text.Line($"... and {_explanation.Events.Count - 4} more harts");
    }

    /// <summary>The same thing done again and again is one line.</summary>
    private void WriteRuns(IReadOnlyList<HartEvent> events)
    {
        for (int i = 0, next; i < events.Count; i = next)
        {
            next = i + 1;
            while (next < events.Count && events[next] with { Retired = events[i].Retired } == events[i]) next++;
            _text.Line("  " + EventText(events[i]) + (next - i > 1 ? $", {next - i} times" : ""));
        }
    }

    private string EventText(in HartEvent happened)
    {
        string at = string.Create(CultureInfo.InvariantCulture, $"{happened.Retired,12:N0}  ");
        return at + happened.Kind switch
        {
            HartEventKind.Call => $"{_places.Function(happened.Pc)} calls {_places.Function(happened.First)}",
            HartEventKind.Return => $"{_places.Function(happened.Pc)} returns to {_places.FunctionAndLine(happened.First)}",
            HartEventKind.Exception => $"exception {happened.First} at {_places.FunctionAndLine(happened.Pc)}, value 0x{happened.Second:x}",
            HartEventKind.Interrupt => $"interrupt {happened.First} at {_places.FunctionAndLine(happened.Pc)}",
            _ => $"{_places.Function(happened.Pc)} calls the firmware: extension 0x{happened.First:x}, function {happened.Second}",
        };
    }

    private void WriteConsole()
    {
        _text.Part("console");
        string[] lines = Result.Console.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        if (lines.Length == 0) _text.Line("(nothing was printed)");
        if (lines.Length > 8) _text.Line($"... {lines.Length - 8} lines");
        foreach (string line in lines.TakeLast(8)) _text.Line(Printable(line));
    }

    private static string Printable(string line) => string.Concat(line.TrimEnd('\r').Select(c => char.IsControl(c) ? '.' : c));
}
