using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Unicode;

namespace Verification.Toolchain;

/// <summary>Operations on text for which the base library asks an object, in C# like the kernel itself.</summary>
public static class TextRoutines
{
    /// <summary>Writes text as UTF-8; false, and nothing written, if it does not fit.</summary>
    public static bool TryGetUtf8(ReadOnlySpan<char> text, Span<byte> destination, out int writtenBytes)
    {
        if (Utf8.FromUtf16(text, destination, out _, out writtenBytes) == OperationStatus.Done) return true;
        writtenBytes = 0;
        return false;
    }

    /// <summary>Writes text as UTF-8; how many bytes that took, or -1 if it does not fit.</summary>
    public static int ReadUtf8(ref char text, int length, ref byte destination, int sizeBytes) =>
        TryGetUtf8(MemoryMarshal.CreateReadOnlySpan(ref text, length), MemoryMarshal.CreateSpan(ref destination, sizeBytes), out int writtenBytes) ? writtenBytes : -1;
}
