using System.Runtime.InteropServices;

namespace Verification.Machine.Translation.X64;

/// <summary>A fixed stretch of executable memory that translated code is put into, one piece behind the other.</summary>
/// <remarks>
/// Memory for code is bounded: when the arena is full another takes its place, and all is translated anew as it is needed.
/// </remarks>
internal sealed unsafe partial class CodeArena
{
    private const int ProtectReadWriteExecute = 7;
    private const int MapPrivate = 2;
    private const int MapAnonymousLinux = 0x20;
    private const int MapAnonymousMac = 0x1000;
    private const uint MemoryCommitReserve = 0x3000;
    private const uint MemoryRelease = 0x8000;
    private const uint PageExecuteReadWrite = 0x40;

    private readonly int _sizeBytes;

    private CodeArena(byte* address, int sizeBytes)
    {
        Address = address;
        _sizeBytes = sizeBytes;
    }

    internal byte* Address { get; }

    internal int Position { get; private set; }

    /// <summary>Asks the operating system for executable memory.</summary>
    /// <returns>Null where it gives none (hardened systems): then nothing is translated, and everything still runs.</returns>
    internal static CodeArena? TryCreate(int sizeBytes)
    {
        try
        {
            if (OperatingSystem.IsWindows())
            {
                var block = VirtualAlloc(null, (nuint)sizeBytes, MemoryCommitReserve, PageExecuteReadWrite);
                return block == null ? null : new((byte*)block, sizeBytes);
            }

            var anonymous = OperatingSystem.IsMacOS() ? MapAnonymousMac : MapAnonymousLinux;
            var mapped = Map(null, (nuint)sizeBytes, ProtectReadWriteExecute, MapPrivate | anonymous, -1, 0);
            return mapped == (void*)-1 ? null : new((byte*)mapped, sizeBytes);
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            return null;
        }
    }

    internal bool HasRoomFor(int sizeBytes) => Position + sizeBytes <= _sizeBytes;

    internal void Append(ReadOnlySpan<byte> code)
    {
        if (!HasRoomFor(code.Length)) throw new InvalidOperationException("A compilation is larger than what was kept free for it.");
        code.CopyTo(new Span<byte>(Address + Position, code.Length));
        Position += code.Length;
    }

    /// <summary>Changes a displacement, at once for whoever executes it when it is aligned.</summary>
    internal void PatchInt32(int position, int value) => *(int*)(Address + position) = value;

    /// <summary>Nobody can execute it any more.</summary>
    ~CodeArena()
    {
        if (OperatingSystem.IsWindows())
            VirtualFree(Address, 0, MemoryRelease);
        else
            Unmap(Address, (nuint)_sizeBytes);
    }

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static partial void* Map(void* address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Unmap(void* address, nuint length);

    [LibraryImport("kernel32")]
    private static partial void* VirtualAlloc(void* address, nuint length, uint kind, uint protection);

    [LibraryImport("kernel32")]
    private static partial int VirtualFree(void* address, nuint length, uint kind);
}
