using Verification.Machine;
using Verification.Machine.Harts;
using Verification.Machine.Isa;
using Xunit;

namespace Verification.Specs.Harts;

/// <summary>Control and status registers: legal bits and who may reach them (privileged specification 1.12, chapter 2).</summary>
public class CsrSpecs
{
    [Theory]
    [InlineData(0x300, ulong.MaxValue, 0x8000_000A_007E_79AAUL)] // mstatus: SD UXL SXL TSR TW TVM MXR SUM MPRV FS MPP SPP MPIE SPIE MIE SIE
    [InlineData(0x300, 0x1000UL, 0xA_0000_0000UL)]               // MPP 2 is reserved: it stays
    [InlineData(0x100, ulong.MaxValue, 0x8000_0002_000C_6122UL)] // sstatus
    [InlineData(0x302, ulong.MaxValue, 0xB3FFUL)]                // medeleg
    [InlineData(0x303, ulong.MaxValue, 0x222UL)]                 // mideleg
    [InlineData(0x304, ulong.MaxValue, 0xAAAUL)]                 // mie
    [InlineData(0x344, ulong.MaxValue, 0x222UL)]                 // mip: what M-mode software may write
    [InlineData(0x305, 0x1234_5671UL, 0x1234_5671UL)]            // mtvec, vectored
    [InlineData(0x305, 0x1234_5672UL, 0UL)]                      // mode 2 is reserved: it stays
    [InlineData(0x341, ulong.MaxValue, ulong.MaxValue - 1)]      // mepc
    [InlineData(0x180, 0xFUL << 60 | 5, 0UL)]                    // satp: no such mode, no effect
    [InlineData(0x180, 9UL << 60 | 0xFFFFUL << 44 | 5, 9UL << 60 | 0xFFFFUL << 44 | 5)]
    [InlineData(0x3A0, 0xFFFF_FFFF_FFFF_FF62UL, 0x9F9F_9F9F_9F9F_9F00UL)] // pmpcfg0: write without read stays as it was
    [InlineData(0x3B0, ulong.MaxValue, 0x3F_FFFF_FFFF_FFFFUL)]   // pmpaddr0: 54 bits
    [InlineData(0x320, ulong.MaxValue, 5UL)]                     // mcountinhibit
    [InlineData(0x30A, ulong.MaxValue, 0xE000_0000_0000_00F1UL)] // menvcfg
    [InlineData(0x30A, 0x20UL, 0UL)]                             // CBIE 2 is reserved: it stays, all else is cleared
    [InlineData(0x003, ulong.MaxValue, 0xFFUL)]                  // fcsr
    public void A_register_keeps_its_legal_bits(int number, ulong written, ulong read)
    {
        var hart = Guest.Load("nop").Harts[0];
        Assert.True(hart.TrySetCsr(number, written));
        Assert.Equal(read, hart.Csr(number));
    }

    [Theory]
    [InlineData(PrivilegeMode.User)]
    [InlineData(PrivilegeMode.Supervisor)]
    [InlineData(PrivilegeMode.Machine)]
    public void No_register_is_reached_from_below_and_none_that_is_read_only_is_written(PrivilegeMode mode)
    {
        var board = Guest.Load("nop");
        var hart = board.Harts[0];
        var snapshot = board.Save();
        for (var number = 0; number < 4096; number++)
        {
            board.Restore(snapshot);
            board.Memory.Write(Guest.Start, 0x0000_1073U | (uint)number << 20);
            hart.TrySetCsr(0x3B0, ulong.MaxValue);
            hart.TrySetCsr(0x3A0, 0x1F);
            hart.TrySetCsr(0x342, 0);
            hart.TrySetCsr(0x300, 0x6000);
            hart.Privilege = mode;
            board.Run(1);
            var isIllegal = hart.Pc == 0 && hart.Csr(0x342) == 2;
            if ((number >> 8 & 3) > (int)mode || number >> 10 == 3 || !hart.TryGetCsr(number, out _))
                Assert.True(isIllegal, $"csrw 0x{number:x} in {mode}");
            else if (number is 0x001 or 0x140 or 0x300 or 0x340)
                Assert.False(isIllegal, $"csrw 0x{number:x} in {mode}");
        }
    }

    [Theory]
    [InlineData("csrr a0, cycle", 0)]
    [InlineData("csrr a0, time", 1)]
    [InlineData("csrr a0, instret", 2)]
    [InlineData("csrr a0, hpmcounter31", 31)]
    public void Counters_are_open_below_as_the_enables_say(string text, int bit)
    {
        foreach (var (mode, machine, supervisor, open) in new[]
        {
            (PrivilegeMode.Supervisor, true, false, true), (PrivilegeMode.Supervisor, false, true, false),
            (PrivilegeMode.User, true, true, true), (PrivilegeMode.User, true, false, false), (PrivilegeMode.User, false, true, false),
        })
        {
            var board = Guest.Load(text);
            var hart = board.Harts[0];
            hart.TrySetCsr(0x3B0, ulong.MaxValue);
            hart.TrySetCsr(0x3A0, 0x1F);
            hart.TrySetCsr(0x306, machine ? 1UL << bit : 0);
            hart.TrySetCsr(0x106, supervisor ? 1UL << bit : 0);
            hart.Privilege = mode;
            board.Run(1);
            Assert.Equal(open ? 0UL : 2UL, hart.Csr(0x342));
        }
    }

    [Theory]
    [InlineData("csrr a0, instret", IsaExtensions.Zicntr, true), InlineData("csrr a0, hpmcounter3", IsaExtensions.Zihpm, true)]
    [InlineData("csrr a0, minstret", IsaExtensions.Zicntr, false)]
    public void A_hart_without_the_extension_has_no_counters_below_machine_mode(string text, IsaExtensions removed, bool isIllegal)
    {
        var hart = Guest.Run(text, 1, Guest.Bare with { Extensions = IsaExtensions.Default & ~removed });

        Assert.Equal(isIllegal ? 2UL : 0, hart.Csr(0x342));
    }

    [Fact]
    public void Set_instructions_do_not_copy_the_external_wire_into_softwares_bit()
    {
        var board = Guest.Load("csrsi mip, 2");
        var hart = board.Harts[0];
        hart.SetInterrupt(InterruptCause.SupervisorExternal, true);
        board.Run(1);
        Assert.Equal(0x202UL, hart.Csr(0x344));
        hart.SetInterrupt(InterruptCause.SupervisorExternal, false);
        Assert.Equal(2UL, hart.Csr(0x344));
    }
}
