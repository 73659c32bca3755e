using Verification.Machine;
using Verification.Machine.Images;
using Verification.Machine.State;
using Verification.Specs.Oracles;
using Xunit;

namespace Verification.Specs.Boot;

/// <summary>Debian's U-Boot, a large foreign program that looks at every device, says what it says on QEMU.</summary>
public class UBootSpecs
{
    private const string MachineMode = "/usr/lib/u-boot/qemu-riscv64/u-boot.bin";
    private const string SupervisorMode = "/usr/lib/u-boot/qemu-riscv64_smode/u-boot.bin";
    private const string Marker = "Hit any key to stop autoboot";
    private const ulong BudgetInstructions = 400_000_000, StepInstructions = 1_000_000;

    [RequiresToolFact("qemu-system-riscv64", MachineMode)]
    public void As_firmware_it_comes_to_its_prompt_as_on_qemu() => Assert.Equal(
        Comparable(Tool.RunUntil(Marker, "qemu-system-riscv64", "-machine", "virt", "-nographic", "-bios", MachineMode).Output),
        Comparable(Ours(new FirmwareChoice.File(File.ReadAllBytes(MachineMode).ToValueList()), null)));

    [RequiresToolFact("qemu-system-riscv64", SupervisorMode)]
    public void As_a_kernel_above_the_models_firmware_it_comes_to_its_prompt_as_above_opensbi() => Assert.Equal(
        Comparable(Tool.RunUntil(Marker, "qemu-system-riscv64", "-machine", "virt", "-nographic", "-kernel", SupervisorMode).Output),
        Comparable(Ours(new FirmwareChoice.Model(), KernelImage.Read(File.ReadAllBytes(SupervisorMode)))));

    private static string Ours(FirmwareChoice firmware, KernelImage? kernel)
    {
        using var board = Board.Boot(new BoardConfiguration { Firmware = firmware }, kernel);
        while (board.Retired < BudgetInstructions && !board.ConsoleOutput.Contains(Marker, StringComparison.Ordinal))
            board.Run(StepInstructions);
        return board.ConsoleOutput;
    }

    /// <summary>From U-Boot's banner to the marker. The processor's extensions are another machine's; where U-Boot puts its
    /// copy of the devicetree depends on that tree's size.</summary>
    private static string Comparable(string console)
    {
        var lines = console.Replace("\r", "").Split('\n').SkipWhile(line => !line.StartsWith("U-Boot", StringComparison.Ordinal)).ToList();
        Assert.Contains(lines, line => line.StartsWith(Marker, StringComparison.Ordinal));
        string[] machineDependent = ["CPU:", "Working FDT set to", Marker];
        return string.Join('\n', lines.Where(line => !machineDependent.Any(start => line.StartsWith(start, StringComparison.Ordinal))));
    }
}
