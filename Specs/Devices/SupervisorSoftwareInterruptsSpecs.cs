using Verification.Machine;
using Verification.Machine.Devices;
using Verification.Machine.Harts;
using Verification.Machine.Isa;
using Xunit;

namespace Verification.Specs.Devices;

public class SupervisorSoftwareInterruptsSpecs
{
    private const ulong Start = 0x8000_0000, Ipi = 0x02f0_0000;

    [Fact]
    public void A_one_in_setssip_raises_the_interrupt_of_that_hart_alone_and_reads_as_zero()
    {
        var raised = new List<ulong>();
        var device = new SupervisorSoftwareInterrupts(Ipi, new ulong[] { 0, 3, 4094, 4095 }.Select(id => (id, new Action(() => raised.Add(id)))));

        device.Word(4 * 3, 1);
        device.Word(4 * 3, 0);
        device.Word(4 * 2, 1);
        device.Word(4 * 4094, 0xffff_ffff);
        device.Word(4 * 4095, 1);

        Assert.Equal([3UL, 4094UL], raised);
        Assert.Equal(0u, device.Word(4 * 3));
    }

    [Theory]
    [InlineData(1), InlineData(2), InlineData(8)]
    public void Other_widths_are_access_faults(int sizeBytes)
    {
        var device = new SupervisorSoftwareInterrupts(Ipi, []);

        Assert.False(device.Read(0, sizeBytes, out _));
        Assert.False(device.Write(0, sizeBytes, 1));
    }

    [Fact]
    public void The_hart_wakes_and_its_software_takes_the_interrupt_back()
    {
        using var board = new Board(new BoardConfiguration
        {
            Harts = [new(0), new(1)],
            Firmware = new FirmwareChoice.None(),
            Interruptor = CoreInterruptor.Aclint,
        });
        board.Memory.Write(Start, Assembler.Assemble("""
            csrr a0, mhartid
            bnez a0, waits
            li   a1, 0x02f00004
            li   a2, 1
            sw   a2, 0(a1)          # to hart 1
            wfi
        waits:
            li   a3, 2
            csrw mie, a3
            wfi
            csrr a4, mip
            csrc mip, a3
            csrr a5, mip
        1:  j    1b
        """, new AssemblerOptions { BaseAddress = Start }).Bytes);
        foreach (var hart in board.Harts) hart.Start(PrivilegeMode.Machine, Start, hart.Id, 0);

        board.Run(100_000);

        Assert.Equal((2UL, 0UL), (board.Harts[1].GetRegister(14), board.Harts[1].GetRegister(15)));
        Assert.Equal(0UL, board.Harts[0].GetRegister(14));
    }
}
