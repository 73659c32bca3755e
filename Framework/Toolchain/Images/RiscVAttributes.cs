namespace Verification.Toolchain.Images;

/// <summary>
/// .riscv.attributes (RISC-V ELF psABI, "Attributes"): by it a disassembler knows which extensions the code uses.
/// </summary>
internal static class RiscVAttributes
{
    private const string Architecture = "rv64i2p1_m2p0_a2p1_c2p0_zicsr2p0_zifencei2p0_zba1p0_zbb1p0";
    private const int FileTag = 1;
    private const int StackAlignmentTag = 4;
    private const int ArchitectureTag = 5;

    public static byte[] Write()
    {
        ByteWriter tags = new();
        tags.Unsigned(StackAlignmentTag);
        tags.Unsigned(16);
        tags.Unsigned(ArchitectureTag);
        tags.Text(Architecture);

        ByteWriter section = new();
        section.U8((byte)'A');
        section.U32((uint)(4 + "riscv".Length + 1 + 1 + 4 + tags.Length));
        section.Text("riscv");
        section.Unsigned(FileTag);
        section.U32((uint)(1 + 4 + tags.Length));
        section.Bytes(tags.ToArray());
        return section.ToArray();
    }
}
