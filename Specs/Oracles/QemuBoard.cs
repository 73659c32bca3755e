namespace Verification.Specs.Oracles;

/// <summary>QEMU's own board, for kernels that power off.</summary>
public static class QemuBoard
{
    /// <summary>Boots a kernel under QEMU's OpenSBI; its output begins with the firmware's.</summary>
    /// <remarks>
    /// Harts take turns by instructions: OpenSBI 1.1 marks a hart as starting before it says where, and one that looks in
    /// between starts the kernel a second time.
    /// </remarks>
    public static ToolResult Boot(string kernel, int harts = 1) => Tool.Run(
        "qemu-system-riscv64", "-machine", "virt", "-smp", $"{harts}", "-icount", "shift=0,sleep=off",
        "-display", "none", "-serial", "stdio", "-monitor", "none", "-kernel", kernel);
}
