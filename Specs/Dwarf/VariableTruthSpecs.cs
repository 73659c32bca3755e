using System.Collections;
using System.Globalization;
using Verification.Machine.Harts;
using Verification.Machine.Isa;
using Verification.Specs.Compiling;
using Verification.Toolchain;
using Verification.Toolchain.Il;

namespace Verification.Specs.Dwarf;

/// <summary>
/// What the debug information says of variables is true: wherever a line begins in a run of optimised code, each variable
/// that has a place has there the value that it has on the CLR before that line. The oracle is the same program, which
/// tells its variables line by line. <c>DEBUGGED_PROGRAMS</c> sets how many programs one case tries.
/// </summary>
public sealed class VariableTruthSpecs
{
    private static readonly (long A, long B)[] Inputs = [(3, -8), (1_000_003, 77)];

    private static int ProgramsPerCase =>
        Setting.Number("DEBUGGED_PROGRAMS", 1);

    // The same programs each time; others, and more, by VARIABLES_SEED and DEBUGGED_PROGRAMS.
    [Xunit.Fact]
    public void No_variable_is_said_to_have_a_value_that_it_does_not_have()
    {
        for (int number = 0; number < 12 * ProgramsPerCase; number++)
        {
            (_, string? mistake) = Compare(unchecked(Seed + number));
            Xunit.Assert.True(mistake is null, mistake);
        }
    }

    private static int Seed =>
        Setting.Number("VARIABLES_SEED", 26_000_070);

    /// <summary>To say nothing is always true: a good part of all variables must be said to be somewhere.</summary>
    [Xunit.Fact]
    public void Most_variables_have_a_place_at_most_lines()
    {
        Tally sum = new();
        for (int seed = 1; seed <= 8; seed++)
        {
            (Tally tally, string? mistake) = Compare(seed);
            Xunit.Assert.Null(mistake);
            sum.Told += tally.Told;
            sum.Asked += tally.Asked;
        }

        Xunit.Assert.True(sum.Asked > 300, $"only {sum.Asked} values were asked for");
        Xunit.Assert.True(sum.Told * 2 > sum.Asked, $"only {sum.Told} of {sum.Asked} values are told");
    }

    /// <summary>Blocks of code follow one another: what stays where it is over several has one range, not one in each.</summary>
    [Xunit.Fact]
    public void Ranges_that_touch_say_different_things()
    {
        for (int seed = 1; seed <= 8; seed++)
        {
            using GuestProgram guest = new(TracedProgram.Write(seed, isTraced: false, GuestProgram.Preamble.Count(letter => letter == '\n')));
            foreach (CompiledMethod method in guest.Program.Methods)
            {
                ILookup<int, VariableLocation> byStart = method.Variables.ToLookup(location => location.StartOffset);
                foreach (VariableLocation location in method.Variables)
                {
                    Xunit.Assert.DoesNotContain(
                        byStart[location.EndOffset],
                        next => next with { StartOffset = location.StartOffset, EndOffset = location.EndOffset } == location);
                }
            }
        }
    }

    private static (Tally Tally, string? Mistake) Compare(int seed)
    {
        int before = GuestProgram.Preamble.Count(letter => letter == '\n');
        using GuestProgram guest = new(TracedProgram.Write(seed, isTraced: false, before));
        Tally tally = new();
        if (!guest.Program.IsComplete) return (tally, $"seed {seed}: {guest.Program.Diagnostics[0]}\n{guest.Source}");
        foreach ((long a, long b) in Inputs)
        {
            Dictionary<(int Ticks, int Line), Dictionary<string, long>> expected = OnClr(seed, before, a, b);
            Debugger debugger = new(guest, expected, tally);
            if (!guest.Watch(a, b, "Run", new Watcher(debugger))) return (tally, $"seed {seed}: the guest does not end\n{guest.Source}");
            if (debugger.Mistake is { } mistake) return (tally, $"seed {seed}, Run({a}, {b}): {mistake}\n{guest.Source}");
        }

        return (tally, null);
    }

    private static Dictionary<(int Ticks, int Line), Dictionary<string, long>> OnClr(int seed, int before, long a, long b)
    {
        (byte[] image, byte[] symbols) = CSharpSource.Compile([new SourceFile(CSharpSource.FileName, GuestProgram.Preamble + TracedProgram.Write(seed, isTraced: true, before))]);
        using KernelAssembly assembly = KernelAssembly.Load(image, symbols);
        assembly.Assembly.GetType("Test")!.GetMethod("Run")!.Invoke(null, [a, b]);
        IDictionary seen = (IDictionary)assembly.Assembly.GetType("Trace")!.GetField("Seen")!.GetValue(null)!;
        return seen.Keys.Cast<(int, int)>().ToDictionary(key => key, key => (Dictionary<string, long>)seen[key]!);
    }

    private sealed class Tally
    {
        public int Asked;
        public int Told;
    }

    /// <summary>Stops where a line begins, as a debugger does, and reads variables where they are said to be.</summary>
    private sealed class Debugger(GuestProgram guest, Dictionary<(int Ticks, int Line), Dictionary<string, long>> expected, Tally tally)
    {
        private readonly Dictionary<ulong, (CompiledMethod Method, int Offset, int Line)> _stops = guest.Program.Methods
            .Where(method => method.Symbol != "panic")
            .SelectMany(method => method.Lines
                .Where(row => row.Offset >= method.PrologueEndOffset)
                .Select(row => (Address: guest.AddressOf(method.Symbol) + (ulong)row.Offset, Stop: (method, row.Offset, row.Line))))
            .ToDictionary(stop => stop.Address, stop => stop.Stop);

        private readonly ulong _ticks = guest.AddressOf("Test.s_ticks");

        public string? Mistake { get; private set; }

        public void Fetch(Hart hart, ulong pc)
        {
            if (Mistake is null && _stops.TryGetValue(pc, out (CompiledMethod Method, int Offset, int Line) stop))
                Stop(hart, stop.Method, stop.Offset, stop.Line);
        }

        private void Stop(Hart hart, CompiledMethod method, int offset, int line)
        {
            int ticks = guest.Memory.Read<int>(_ticks);
            if (!expected.TryGetValue((ticks, line), out Dictionary<string, long>? variables)) return;
            int frame = -1;
            for (int index = 0; index < method.Inlined.Count; index++)
            {
                if (IsIn(method.Inlined[index].Ranges, offset)) frame = index;
            }

            foreach ((string name, long value) in variables)
            {
                string[] words = name.Split('+');
                int part = words.Length > 1 ? int.Parse(words[1], CultureInfo.InvariantCulture) : 0;
                tally.Asked++;
                VariableLocation? place = method.Variables.FirstOrDefault(location => location.Name == words[0] && location.Inlined == frame
                    && (location.Scope < 0 || IsIn(method.Scopes[location.Scope].Ranges, offset))
                    && location.StartOffset <= offset && offset < location.EndOffset
                    && location.OffsetInVariable <= part && part < location.OffsetInVariable + location.SizeBytes);
                if (place is null || Read(hart, method, offset, place, part) is not { } found) continue;
                tally.Told++;
                int bits = 8 * Math.Min(8, place.SizeBytes == 16 ? (part == 0 ? 4 : 8) : place.SizeBytes);
                ulong mask = ulong.MaxValue >> (64 - bits);
                if ((found & mask) == ((ulong)value & mask)) continue;
                Mistake = $"before line {line}, tick {ticks}, in {method.Symbol}+0x{offset:x}: {name} is {value}, and is said to be {(long)found} by {place}";
                return;
            }
        }

        private ulong? Read(Hart hart, CompiledMethod method, int offset, VariableLocation place, int part)
        {
            CfiRow row = method.UnwindRows.Last(row => row.Offset <= offset);
            ulong frame = hart.GetRegister(row.CfaRegister) + (ulong)row.CfaOffsetBytes;
            int within = part - place.OffsetInVariable;
            return place.Kind switch
            {
                LocationKind.Register when place.Value < 32 && within == 0 => hart.GetRegister((int)place.Value),
                LocationKind.Constant when within == 0 => (ulong)place.Value,
                LocationKind.Frame => Memory(frame + (ulong)place.Value + (ulong)within),
                LocationKind.RegisterIndirect => Memory(hart.GetRegister((int)place.Value) + (ulong)within),
                _ => null,
            };
        }

        private ulong Memory(ulong address)
        {
            ulong value = 0;
            for (int index = 0; index < 8; index++) value |= (ulong)guest.Memory.Read<byte>(address + (ulong)index) << (8 * index);
            return value;
        }

        private static bool IsIn(IReadOnlyList<CodeRange> ranges, int offset) =>
            ranges.Any(range => offset >= range.StartOffset && offset < range.EndOffset);
    }

    private readonly struct Watcher(Debugger debugger) : IObserver
    {
        public void Fetch(Hart hart, ulong pc, in Instruction instruction) => debugger.Fetch(hart, pc);

        public void Access(Hart hart, in MemoryAccess access)
        {
        }

        public void Trap(Hart hart, in TrapEvent trap)
        {
        }

        public void Csr(Hart hart, int csr, ulong oldValue, ulong newValue)
        {
        }

        public void Transfer(Hart hart, ulong from, ulong to, TransferKind kind)
        {
        }

        public void Register(Hart hart, int register, ulong value)
        {
        }

        public void HostCall(Hart hart, ulong extension, ulong function)
        {
        }
    }
}
