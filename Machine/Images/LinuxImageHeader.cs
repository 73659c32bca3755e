using System.Buffers.Binary;

namespace Verification.Machine.Images;

/// <summary>
/// The 64-byte header of a RISC-V Linux <c>Image</c>, which is also the first instructions of the kernel: Linux's
/// Documentation/arch/riscv/boot-image-header.rst.
/// </summary>
/// <param name="TextOffsetBytes">Distance of the load address from the start of memory.</param>
/// <param name="ImageSizeBytes">Size in memory with everything zero-filled behind the file; 0 from old kernels.</param>
/// <param name="IsBigEndian">Bit 0 of the flags.</param>
/// <param name="MajorVersion">Header version, high half.</param>
/// <param name="MinorVersion">Header version, low half.</param>
public sealed record LinuxImageHeader(ulong TextOffsetBytes, ulong ImageSizeBytes, bool IsBigEndian, int MajorVersion, int MinorVersion)
{
    private const int HeaderBytes = 64;

    /// <summary>The header at the beginning of a file; null where neither magic number stands there.</summary>
    public static LinuxImageHeader? TryRead(ReadOnlySpan<byte> file)
    {
        if (file.Length < HeaderBytes) return null;
        // magic (until version 0.1, deprecated) and magic2, its successor at the place where arm64 has its own.
        if (!file[56..].StartsWith("RSC\u0005"u8) && !file[48..].StartsWith("RISCV\0\0\0"u8)) return null;
        var version = BinaryPrimitives.ReadUInt32LittleEndian(file[32..]);
        return new LinuxImageHeader(
            BinaryPrimitives.ReadUInt64LittleEndian(file[8..]),
            BinaryPrimitives.ReadUInt64LittleEndian(file[16..]),
            (file[24] & 1) != 0,
            (int)(version >> 16),
            (int)(version & 0xffff));
    }
}
