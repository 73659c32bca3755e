using Verification.Machine.Isa;

namespace Verification.Specs.Lockstep;

// Traps, returns from them, fences, interrupts, protection.
internal sealed partial class ProgramGenerator
{
    private const int Mstatus = 0x300, Mie = 0x304, Mepc = 0x341, Mip = 0x344, Sepc = 0x141, Sie = 0x104, Sip = 0x144, Sstatus = 0x100,
        Satp = 0x180, PmpConfiguration = 0x3A0, PmpAddress = 0x3B0, Stimecmp = 0x14D, Menvcfg = 0x30A;

    private void AddTrap()
    {
        switch (_random.Next(7))
        {
            case 0 or 1: Emit("ecall"); break;
            case 2: Emit("ebreak"); break;
            case 3: Emit("c.ebreak"); break;
            default:
                var isFull = OneIn(2);
                while (true)
                {
                    var word = isFull ? (uint)_random.NextInt64() | 3 : (uint)_random.Next(0x10000);
                    if (OneIn(3) && isFull) word = _units.Count == 0 ? 0xFFFF_FFFF : Corrupted();
                    if (!isFull && (word & 3) == 3) continue;
                    if (!ExplainedDifferences.IsIllegalOnBoth(word)) continue;
                    _words.Add(word);
                    return;
                }
        }
    }

    /// <summary>An instruction with a bit changed that the table fixes.</summary>
    private uint Corrupted()
    {
        var form = s_forms[_random.Next(s_forms.Length)];
        var word = Isa.Words.Of(form, _random);
        return form.Picture.WidthBits == 16 ? uint.MaxValue : word ^ 1u << _random.Next(2, 32);
    }

    private void AddFence()
    {
        switch (_random.Next(6))
        {
            case 0: _words.Add(Draw(InstructionSet.Find(Any("fence", "fence", "fence.tso", "pause")))); break;
            case 1: Emit("fence.i"); break;
            case 2: Emit("sfence.vma"); break;
            case 3: Emit("sfence.vma", rs1: _random.Next(32), rs2: _random.Next(32)); break;
            case 4: Emit(Any("sfence.w.inval", "sfence.inval.ir")); break;
            default: Emit("sinval.vma", rs1: _random.Next(32), rs2: _random.Next(32)); break;
        }
    }

    /// <summary>To the next unit in another mode: by <c>mret</c>, or by <c>sret</c>; where the mode now may not, each step traps.</summary>
    private void AddReturn()
    {
        var register = Register();
        var isMachine = !OneIn(3);
        var mode = isMachine ? Any(0, 0, 1, 1, 3) : Any(0, 1);
        // Low window for U and M, high window for S where it is paged: by the pages' U bit.
        var high = _isPaged && mode == 1;
        if (OneIn(12)) high = !high;
        _patches.Add(new(0, high ? PatchKind.HighAddress : PatchKind.LowAddress, _units.Count + 1));
        Emit("lui", rd: register);
        Emit("addi", rd: register, rs1: register);
        if (!high)
        {
            Emit("slli", rd: register, rs1: register, immediate: 32);
            Emit("srli", rd: register, rs1: register, immediate: 32);
        }

        Emit("csrrw", rs1: register, immediate: isMachine ? Mepc : Sepc);
        var (status, shift, width) = isMachine ? (Mstatus, 11, 3UL) : (OneIn(2) ? Mstatus : Sstatus, 8, 1UL);
        // First all of the field, then what is to remain: it never holds the reserved mode.
        Constant(register, width << shift);
        Emit("csrrs", rs1: register, immediate: status);
        if (mode == 0)
        {
            Emit("csrrc", rs1: register, immediate: status);
        }
        else if (mode == 1 && isMachine)
        {
            Constant(register, 2UL << shift);
            Emit("csrrc", rs1: register, immediate: status);
        }

        Emit(isMachine ? "mret" : "sret");
    }

    private void AddInterrupt()
    {
        var register = Register();
        switch (_random.Next(8))
        {
            case 0:
                Constant(register, Integer() & ExplainedDifferences.Writable(Mie));
                Emit(Any("csrrw", "csrrs", "csrrc"), rd: Register(), rs1: register, immediate: Any(Mip, Sip));
                break;
            case 1:
                Constant(register, Integer() & ExplainedDifferences.Writable(Mie));
                Emit(Any("csrrw", "csrrs", "csrrc"), rd: Register(), rs1: register, immediate: Any(Mie, Sie));
                break;
            case 2:
                Emit(Any("csrrsi", "csrrsi", "csrrci"), rs1: Any(2, 8, 10), immediate: Any(Mstatus, Sstatus));
                break;
            case 3:
                Constant(register, 0x200_0000); // msip
                var value = Other(register);
                Emit("addi", rd: value, immediate: _random.Next(2));
                Emit("sw", rs1: register, rs2: value);
                break;
            case 4: // wfi, with something to wake it
                Emit("csrrsi", rs1: 2, immediate: OneIn(3) ? Sie : Mie);
                Emit("csrrsi", rs1: 2, immediate: OneIn(3) ? Sip : Mip);
                Emit("wfi");
                break;
            case 5:
                AddCsr(Any(0x302, 0x303, 0x105, 0x305));
                break;
            case 6 when _hasTimer:
                Emit("addi", rd: register, immediate: OneIn(2) ? -1 : 0);
                Emit("csrrw", rs1: register, immediate: Stimecmp);
                break;
            default:
                Emit("csrrs", rd: register, immediate: Any(Mip, Mie, Sip, Sie));
                break;
        }
    }

    /// <summary>Entry 0 always allows the handlers, so that S-mode's can run; an address is written before what it is for.</summary>
    private void AddProtection()
    {
        var register = Register();
        var entry = _random.Next(1, 16);
        if (!OneIn(4))
        {
            Constant(register, ProtectionAddress());
            Emit("csrrw", rd: OneIn(2) ? 0 : Register(), rs1: register, immediate: PmpAddress + entry);
        }

        if (!OneIn(4))
        {
            Constant(register, ProtectionConfiguration(entry < 8));
            Emit("csrrw", rd: OneIn(2) ? 0 : Register(), rs1: register, immediate: PmpConfiguration + (entry < 8 ? 0 : 2));
        }

        Emit("sfence.vma");
        if (OneIn(3)) Emit("csrrs", rd: Register(), immediate: OneIn(2) ? PmpAddress + entry : PmpConfiguration + 2 * _random.Next(2));
    }

    private ulong ProtectionAddress()
    {
        var at = GuestArea.Start + (ulong)_random.Next(GuestArea.Code, GuestArea.SizeBytes);
        var granularity = OneIn(3) ? 4096 : ExplainedDifferences.RegionGranularity(at);
        at &= ~(granularity - 1);
        var value = _random.Next(8) switch
        {
            0 => ulong.MaxValue >> _random.Next(10, 30),
            1 => (ulong)_random.NextInt64(),
            < 5 => at >> 2,
            _ => at >> 2 | (1UL << _random.Next(System.Numerics.BitOperations.Log2(granularity) - 2, 13)) - 1, // up to 32 KiB, naturally aligned
        };
        return value & ExplainedDifferences.Writable(PmpAddress);
    }

    private ulong ProtectionConfiguration(bool isLow)
    {
        var value = 0UL;
        for (var i = 0; i < 8; i++)
        {
            var permissions = ExplainedDifferences.Permissions(Any(7, 7, 7, 5, 4, 3, 1, 0), _isPaged);
            var one = (ulong)(permissions | (OneIn(2) ? 0 : _random.Next(4) << 3));
            if (i == 0 && isLow) one = 0x1F;
            if (i == 7 && !isLow && !OneIn(4)) one = 0x1F;
            value |= one << (8 * i);
        }

        return value;
    }
}
