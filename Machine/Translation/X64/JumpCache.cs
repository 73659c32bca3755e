using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Verification.Machine.Harts;

namespace Verification.Machine.Translation.X64;

/// <summary>
/// Where the translation of a guest address lies, for jumps whose target is computed or lies in another page. An entry
/// counts only under the key that it was made with: another address space, mode, machine or state of the code has another,
/// and no key comes again. Each thread has its own.
/// </summary>
internal sealed unsafe class JumpCache
{
    internal const int EntryShift = 5;
    internal const int IndexMask = 0x1FFF;
    internal const int PcOffset = 0;
    internal const int KeyOffset = 8;
    internal const int CodeOffset = 16;

    private const int SizeBytes = (IndexMask + 1) << EntryShift;

    [ThreadStatic]
    private static JumpCache? t_current;

    [ThreadStatic]
    private static JumpCache? t_turns;

    /// <summary>This thread's.</summary>
    internal static JumpCache Current => t_current ??= new JumpCache();

    /// <summary>This thread's, for where turns begin: code does not jump to such places, and they would be in the way of those
    /// that it jumps to.</summary>
    internal static JumpCache Turns => t_turns ??= new JumpCache();

    internal byte* Address { get; } = (byte*)NativeMemory.AlignedAlloc(SizeBytes, 64);

    // Key 0 is nobody's.
    private JumpCache() => NativeMemory.Clear(Address, SizeBytes);

    /// <summary>Goes with its thread.</summary>
    ~JumpCache() => NativeMemory.AlignedFree(Address);

    internal void Put(ulong pc, ulong key, void* code)
    {
        var entry = EntryOf(pc, key);
        *(ulong*)(entry + PcOffset) = pc;
        *(ulong*)(entry + KeyOffset) = key;
        *(void**)(entry + CodeOffset) = code;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void* Find(ulong pc, ulong key)
    {
        var entry = EntryOf(pc, key);
        return *(ulong*)(entry + PcOffset) == pc && *(ulong*)(entry + KeyOffset) == key ? *(void**)(entry + CodeOffset) : null;
    }

    /// <summary>What <see cref="HartState.JumpSalt"/> is for a key: harts that execute the same code don't share entries.</summary>
    internal static uint SaltOf(ulong key) => (uint)(key * 0x9E37_79B9_7F4A_7C15 >> 40) << EntryShift;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private byte* EntryOf(ulong pc, ulong key) =>
        Address + (((uint)pc << (EntryShift - 1) ^ SaltOf(key)) & (IndexMask << EntryShift));
}
