using Verification.Machine.Isa;

namespace Verification.Specs.Lockstep;

// Loads, stores and atomics: each with what aims its address.
internal sealed partial class ProgramGenerator
{
    private void AddMemory(InstructionForm[] forms)
    {
        var form = forms[_random.Next(forms.Length)];
        Aimed(form, DataAddress(ExplainedDifferences.SizeBytes(form)));
    }

    private void AddAtomic()
    {
        var form = s_atomic[_random.Next(s_atomic.Length)];
        Aimed(form, DataAddress(ExplainedDifferences.SizeBytes(form), mostly: 30));
    }

    private void AddAstrayMemory()
    {
        var form = OneIn(4) ? s_atomic[_random.Next(s_atomic.Length)] : s_memory[_random.Next(s_memory.Length)];
        var address = AstrayAddress();
        Aimed(form, form.Traits.HasFlag(InstructionTraits.Stores) ? ExplainedDifferences.Undivided(address, ExplainedDifferences.SizeBytes(form)) : address);
    }

    /// <summary>The pair as <see cref="ExplainedDifferences.Pairing"/> has it.</summary>
    private void AddReservation()
    {
        var address = Register();
        var (size, sizeBytes) = OneIn(2) ? (".w", 4) : (".d", 8);
        var target = DataAddress(sizeBytes, mostly: 40);
        Constant(address, target);
        Emit("lr" + size, rd: OneIn(8) ? 0 : Other(address), rs1: address, mode: _random.Next(4));
        var pairing = ExplainedDifferences.Pairing(target, sizeBytes);
        if (pairing == 0) return;
        var taken = _protected;
        _protected |= 1u << address;
        for (var i = _random.Next(4); i > 0; i--) _words.Add(Draw(s_plainComputing[_random.Next(s_plainComputing.Length)]));
        if (!_isPaged && OneIn(12)) Emit("addi", rd: address, rs1: address, immediate: pairing * Any(-1, 1, 2));
        _protected = taken;
        Emit("sc" + size, rd: OneIn(10) ? 0 : Register(), rs1: address, rs2: _random.Next(32), mode: _random.Next(4));
    }

    /// <summary>An access through its base register, which is set right before.</summary>
    private void Aimed(InstructionForm form, ulong address)
    {
        if (_hasProtection || !_storesCrossPages && form.Traits.HasFlag(InstructionTraits.Stores))
            address = ExplainedDifferences.WithinPage(address, ExplainedDifferences.SizeBytes(form));
        for (var tries = 0; tries < 100; tries++)
        {
            var word = Draw(form);
            var instruction = Decode(word);
            if (instruction.Rs1 == 0 || (_protected >> instruction.Rs1 & 1) != 0) continue;
            Constant(instruction.Rs1, address - (ulong)instruction.Immediate);
            _words.Add(word);
            return;
        }
    }

    /// <summary>An address in the data, through one of the windows where the program is paged.</summary>
    private ulong DataAddress(int sizeBytes, int mostly = 5)
    {
        var offset = _random.Next(6) switch
        {
            0 => (ulong)(_random.Next(1, 4) * 0x1000 + _random.Next(-8, 9)), // about the border of pages
            1 => (ulong)_random.Next(64),
            _ => (ulong)_random.Next(8, GuestArea.DataBytes - 16),
        };
        if (!OneIn(mostly)) offset &= ~(ulong)(sizeBytes - 1);
        return Window() + GuestArea.Data + offset;
    }

    private ulong Window()
    {
        if (!_isPaged) return OneIn(50) ? GuestArea.HighWindow : GuestArea.Start;
        return _random.Next(8) switch
        {
            0 => GuestArea.LargeWindow,
            1 => GuestArea.HugeWindow,
            < 5 => GuestArea.HighWindow,
            _ => GuestArea.Start,
        };
    }

    /// <summary>Where something may be wrong: nothing there, not canonical, the end of memory, the handlers' own pages.</summary>
    private ulong AstrayAddress() => _random.Next(12) switch
    {
        0 => (ulong)_random.Next(0x800),
        1 => GuestArea.MemoryEnd - (ulong)_random.Next(1, 8), // across the end
        2 => GuestArea.MemoryEnd + (ulong)_random.Next(64),
        3 => GuestArea.Start + GuestArea.Data ^ 1UL << _random.Next(38, 64),
        4 => GuestArea.HighWindow + GuestArea.Data ^ 1UL << _random.Next(38, 64),
        5 => ulong.MaxValue - (ulong)_random.Next(16),
        6 => Window() + (ulong)Any(GuestArea.RootSv39, GuestArea.LowLeaves) + (ulong)_random.Next(8, 64) * 64,
        7 => 0x1800_0000 + (ulong)_random.Next(0x1000), // between devices
        8 => 0xC000_0000 + GuestArea.Start - 0x8000_0000 + GuestArea.Data + (ulong)_random.Next(64),
        9 => Integer() | 1UL << 57,
        _ => Window() + GuestArea.Data + GuestArea.DataBytes - (ulong)_random.Next(1, 16),
    };
}
