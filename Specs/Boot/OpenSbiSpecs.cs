using Verification.Machine;
using Verification.Machine.Harts;
using Verification.Machine.Images;
using Verification.Machine.Isa;
using Verification.Machine.State;
using Verification.Specs.Oracles;
using Xunit;

namespace Verification.Specs.Boot;

/// <summary>Debian's OpenSBI on the board and on QEMU: the same words on the console, and the payload gets its turn.</summary>
public class OpenSbiSpecs
{
    private const string Folder = "/usr/lib/riscv64-linux-gnu/opensbi/generic/";
    private const ulong BudgetInstructions = 60_000_000;

    // What Machine/README.md lists: no hypervisor extension and with it no interrupts and exceptions of guests; no
    // hardware performance counters that count.
    private static readonly string[] ListedDifferences =
        ["Boot HART Base ISA", "Boot HART MHPM Count", "Boot HART MIDELEG", "Boot HART MEDELEG"];

    private static readonly byte[] Payload = Assembler.Assemble("""
        la s1, message
        1: lbu a0, 0(s1)
        beqz a0, 2f
        li a7, 1
        ecall
        addi s1, s1, 1
        j 1b
        2: li a7, 0x53525354
        li a6, 0
        li a0, 0
        li a1, 0
        ecall
        3: j 3b
        message: .asciz "payload\n"
        """, new AssemblerOptions { BaseAddress = KernelImage.DefaultLoadAddress }).Bytes;

    [RequiresToolTheory("qemu-system-riscv64", Folder + "fw_dynamic.bin", Folder + "fw_jump.elf")]
    [InlineData("fw_dynamic.bin", 1), InlineData("fw_jump.elf", 1)]
    public void The_banner_is_that_under_qemu_and_the_payload_runs(string firmware, int harts)
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(file, Payload);
            var theirs = Tool.Run("qemu-system-riscv64", "-machine", "virt", "-smp", $"{harts}", "-nographic",
                "-bios", Folder + firmware, "-kernel", file).Output;

            Assert.Equal(Comparable(theirs), Comparable(Ours(firmware, harts)));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [RequiresToolFact(Folder + "fw_dynamic.bin")]
    public void Every_hart_takes_part()
    {
        var console = Ours("fw_dynamic.bin", 3);

        Assert.Contains("Platform HART Count       : 3", console);
        Assert.EndsWith("payload\n", console);
    }

    [RequiresToolFact(Folder + "fw_dynamic.bin")]
    public void A_fork_in_the_middle_of_the_firmware_ends_in_the_same_state()
    {
        using var board = Start("fw_dynamic.bin", 2);
        board.Run(5_000_000);
        using var fork = board.Fork();

        Assert.Equal(board.Run(BudgetInstructions), fork.Run(BudgetInstructions));

        Assert.Equal((board.StateHash(), board.ConsoleOutput), (fork.StateHash(), fork.ConsoleOutput));
    }

    private static string Ours(string firmware, int harts)
    {
        using var board = Start(firmware, harts);
        Assert.Equal(new StopReason.PowerOff(0), board.Run(BudgetInstructions));
        return board.ConsoleOutput.Replace("\r", "");
    }

    private static Board Start(string firmware, int harts) => Board.Boot(new BoardConfiguration
    {
        Harts = Enumerable.Range(0, harts).Select(id => new HartConfiguration((ulong)id)).ToValueList(),
        Firmware = new FirmwareChoice.File(File.ReadAllBytes(Folder + firmware).ToValueList()),
    }, KernelImage.FromRaw(Payload, KernelImage.DefaultLoadAddress));

    private static string Comparable(string console) => string.Join('\n', console.Replace("\r", "").Split('\n')
        .Where(line => !ListedDifferences.Any(listed => line.StartsWith(listed, StringComparison.Ordinal))));
}
