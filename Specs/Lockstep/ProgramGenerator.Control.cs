using Verification.Machine.Isa;

namespace Verification.Specs.Lockstep;

// Branches, jumps, loops, code that changes.
internal sealed partial class ProgramGenerator
{
    /// <summary>ra and sp are no counters: <c>c.jalr</c> and <c>c.addi16sp</c> write them whatever their operands are, and could
    /// not be drawn inside of the loop.</summary>
    public const uint WrittenUnasked = 1u << 1 | 1u << 2;

    private int Ahead(int most = 6) => _units.Count + _random.Next(1, most + 1);

    private void AddBranch()
    {
        var form = s_branches[_random.Next(s_branches.Length)];
        _patches.Add(new(0, PatchKind.Branch, Ahead(form.Picture.WidthBits == 16 ? 3 : 8)));
        _words.Add(Draw(form));
    }

    private void AddJump()
    {
        var form = s_jumps[_random.Next(s_jumps.Length)];
        if (form.Operands.Any(operand => operand.Kind == OperandKind.Offset))
        {
            _patches.Add(new(0, PatchKind.Branch, Ahead()));
            _words.Add(Draw(form));
            return;
        }

        for (var tries = 0; tries < 100; tries++)
        {
            var word = Draw(form);
            var instruction = Decode(word);
            if (instruction.Rs1 == 0 || (_protected >> instruction.Rs1 & 1) != 0) continue;
            Emit("auipc", rd: instruction.Rs1);
            _patches.Add(new(1, PatchKind.Distance, Ahead()));
            Emit("addi", rd: instruction.Rs1, rs1: instruction.Rs1);
            if (instruction.Immediate != 0)
            {
                // The lowest bit of the sum is dropped.
                Emit("addi", rd: instruction.Rs1, rs1: instruction.Rs1, immediate: Math.Min(2047, OneIn(4) ? -instruction.Immediate | 1L : -instruction.Immediate));
                if (instruction.Immediate == -2048) Emit("addi", rd: instruction.Rs1, rs1: instruction.Rs1, immediate: 1);
            }

            _words.Add(word);
            return;
        }
    }

    private void AddAstrayJump()
    {
        var register = Register();
        var target = AstrayAddress() & (OneIn(4) ? ulong.MaxValue : ~3UL);
        while (target - GuestArea.Driver < GuestArea.MemoryEnd - GuestArea.Driver) target = AstrayAddress();
        Constant(register, target);
        Emit("jalr", rd: Any(0, 1, register), rs1: register);
    }

    private void OpenLoop()
    {
        if (_loops.Count >= 2) return;
        var counter = Register();
        while ((WrittenUnasked >> counter & 1) != 0) counter = Register();
        Emit("addi", rd: counter, immediate: _random.Next(2, _loops.Count == 0 ? 9 : 4));
        _loops.Push((_units.Count + _random.Next(2, 12), counter, _units.Count + 1));
        _protected |= 1u << counter;
    }

    private void CloseLoops()
    {
        while (_loops.Count > 0 && _loops.Peek().End <= _units.Count)
        {
            CloseLoop();
            Finish();
        }
    }

    private void CloseLoop()
    {
        var (_, counter, start) = _loops.Pop();
        _protected &= ~(1u << counter);
        Emit("addi", rd: counter, rs1: counter, immediate: -1);
        _patches.Add(new(1, PatchKind.Branch, start));
        Emit("bne", rs1: counter, rs2: 0, immediate: -4);
    }

    /// <summary>A word in the unit itself is replaced by another before it is reached; sometimes without a fence.</summary>
    private void AddSelfModification()
    {
        var (pointer, value) = (Register(), 0);
        value = Other(pointer);
        var here = Draw(s_fullComputing[_random.Next(s_fullComputing.Length)]);
        var there = Draw(s_fullComputing[_random.Next(s_fullComputing.Length)]);
        Emit("auipc", rd: pointer);
        var steps = _words.Count;
        Constant(value, there);
        var fence = !OneIn(4);
        // Distance from auipc to the word: all of what stands between is 4 bytes long.
        var distance = 4 * (_words.Count - steps + 2 + (fence ? 1 : 0));
        Emit("sw", rs1: pointer, rs2: value);
        var store = _words.Count - 1;
        if (fence) Emit("fence.i");
        _words[store] = Encoder.Encode("sw", rs1: pointer, rs2: value, immediate: distance);
        _words.Add(here);
    }
}
