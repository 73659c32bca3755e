using System.Runtime.InteropServices;

namespace Verification.Machine.Translation.X64;

/// <summary>
/// Where the translation of a guest address lies, for jumps whose target is computed or lies in another page. An entry
/// counts only under the key that it was made with: another address space, mode, machine or state of the code has another.
/// </summary>
internal sealed unsafe class JumpCache : IDisposable
{
    internal const int EntryShift = 5;
    internal const int IndexMask = 0xFFF;
    internal const int PcOffset = 0;
    internal const int KeyOffset = 8;
    internal const int CodeOffset = 16;

    private const int SizeBytes = (IndexMask + 1) << EntryShift;

    internal byte* Address { get; } = (byte*)NativeMemory.AlignedAlloc(SizeBytes, 64);

    internal JumpCache() => Clear();

    /// <summary>Forgets everything: key 0 is nobody's.</summary>
    internal void Clear() => NativeMemory.Clear(Address, SizeBytes);

    internal void Put(ulong pc, ulong key, void* code)
    {
        var entry = Address + (((pc >> 1) & IndexMask) << EntryShift);
        *(ulong*)(entry + PcOffset) = pc;
        *(ulong*)(entry + KeyOffset) = key;
        *(void**)(entry + CodeOffset) = code;
    }

    internal void* Find(ulong pc, ulong key)
    {
        var entry = Address + (((pc >> 1) & IndexMask) << EntryShift);
        return *(ulong*)(entry + PcOffset) == pc && *(ulong*)(entry + KeyOffset) == key ? *(void**)(entry + CodeOffset) : null;
    }

    public void Dispose() => NativeMemory.AlignedFree(Address);
}
