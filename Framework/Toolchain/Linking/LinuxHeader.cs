using System.Buffers.Binary;

namespace Verification.Toolchain.Linking;

/// <summary>
/// The header of a RISC-V Linux <c>Image</c> (Linux, Documentation/arch/riscv/boot-image-header.rst), version 0.2. Its
/// first word is an instruction that jumps over it.
/// </summary>
internal static class LinuxHeader
{
    public const int SizeBytes = 64;

    // Where the image wants to lie, counted from the start of memory: 2 MiB, as all 64-bit kernels.
    private const ulong TextOffset = 0x20_0000;

    public static void Write(IReadOnlyList<LinkedSection> sections, LinkerLayout layout)
    {
        Span<byte> header = sections[0].Content!;
        header = header[..SizeBytes];
        header.Clear();
        // j . + 64
        BinaryPrimitives.WriteUInt32LittleEndian(header, Relocator.WithJalOffset(0x6F, SizeBytes));
        BinaryPrimitives.WriteUInt64LittleEndian(header[8..], TextOffset);
        BinaryPrimitives.WriteUInt64LittleEndian(header[16..], sections[^1].End - layout.LoadAddress);
        BinaryPrimitives.WriteUInt32LittleEndian(header[32..], 2);
        "RISCV\0\0\0"u8.CopyTo(header[48..]);
        "RSC\u0005"u8.CopyTo(header[56..]);
    }
}
