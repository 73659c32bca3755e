namespace Verification.Specs.Lockstep;

// Reads and writes of control and status registers.
internal sealed partial class ProgramGenerator
{
    private static readonly int[] s_plain = [0x140, 0x141, 0x142, 0x143, 0x340, 0x341, 0x342, 0x343];
    private static readonly int[] s_ruled = [0x100, 0x300, 0x104, 0x304, 0x144, 0x344, 0x302, 0x303, 0x306, 0x106, 0x30A, 0x10A, 0x320, 0x105, 0x305, Satp];
    private static readonly int[] s_readOnly = [0xF11, 0xF12, 0xF13, 0xF14, 0xF15, 0x301];
    private static readonly int[] s_clocks = [0xC00, 0xC01, 0xC02, 0xB00, 0xB02];

    private void AddCsr()
    {
        switch (_random.Next(16))
        {
            case 0:
                // Whether it may be read; what it holds is the host's time.
                Emit("csrrs", immediate: s_clocks[_random.Next(s_clocks.Length)]);
                break;
            case 1:
                AnyAccess(s_readOnly[_random.Next(s_readOnly.Length)], Integer());
                break;
            case 2:
                // One that there may be or not; it is read only.
                var number = _random.Next(4096);
                if (ExplainedDifferences.IsOnOneSideOnly(number)) break;
                Emit(OneIn(2) ? "csrrs" : "csrrci", rd: ExplainedDifferences.IsClock(number) ? 0 : Register(), immediate: number);
                break;
            case 3:
                AnyAccess(PmpAddress + _random.Next(1, 16), ProtectionAddress());
                break;
            case < 7:
                AnyAccess(s_plain[_random.Next(s_plain.Length)], Integer());
                break;
            default:
                AddCsr(s_ruled[_random.Next(s_ruled.Length)]);
                break;
        }
    }

    private void AddCsr(int number)
    {
        var kind = Any("csrrw", "csrrs", "csrrc");
        var value = number switch
        {
            0x300 => Status(kind),
            0x100 => Status(kind) & ~ExplainedDifferences.PreviousMachineMode,
            0x302 => Integer() & ~(1UL << 9) & (_profile.Name is "protection" or "everything" ? ~2UL : ~0UL),
            0x305 or 0x105 => (_isPaged && OneIn(2) && number == 0x105 ? GuestArea.HighWindow : GuestArea.Start)
                + (ulong)(number == 0x105 ? GuestArea.SupervisorEntry : GuestArea.MachineEntry) + (ulong)_random.Next(4),
            Satp => AddressSpace(),
            _ => Integer(),
        };
        if (number is 0x305 or 0x105 or Satp) kind = "csrrw";
        // menvcfg as a whole would lose what is fixed for the program.
        if (number == Menvcfg && kind == "csrrw") kind = "csrrs";
        var register = Register();
        Constant(register, ExplainedDifferences.Legal(number, value));
        Emit(kind, rd: OneIn(3) ? 0 : Register(), rs1: OneIn(6) && number is not (0x305 or 0x105) && kind != "csrrw" ? 0 : register, immediate: number);
        if (number == Satp && OneIn(2)) Emit("sfence.vma");
    }

    private void AnyAccess(int number, ulong value)
    {
        if (OneIn(3))
        {
            Emit(Any("csrrwi", "csrrsi", "csrrci"), rd: _random.Next(3) == 0 ? 0 : Register(), rs1: OneIn(3) ? 0 : _random.Next(32) & (int)ExplainedDifferences.Writable(number), immediate: number);
            return;
        }

        var register = Register();
        Constant(register, ExplainedDifferences.Legal(number, value));
        Emit(Any("csrrw", "csrrs", "csrrc"), rd: OneIn(3) ? 0 : Register(), rs1: OneIn(3) ? 0 : register, immediate: number);
    }

    /// <summary>A value for <c>mstatus</c> that never makes the reserved mode 2 of MPP: QEMU 7.2 would keep it.</summary>
    private ulong Status(string kind)
    {
        var value = Integer() & ~ExplainedDifferences.PreviousMachineMode;
        value |= kind switch
        {
            "csrrw" => Any(0UL, 1UL, 3UL),
            "csrrs" => Any(0UL, 1UL, 3UL),
            _ => Any(0UL, 2UL, 3UL),
        } << 11;
        if (_isPaged) value &= ~ExplainedDifferences.FencesTrapped;
        var keepFloat = !OneIn(6);
        if (keepFloat) value = kind == "csrrc" ? value & ~(3UL << 13) : value | 1UL << 13;
        return value;
    }
}
