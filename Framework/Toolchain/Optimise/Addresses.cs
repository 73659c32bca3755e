using Verification.Toolchain.Il;
using Verification.Toolchain.Ir;

namespace Verification.Toolchain.Optimise;

/// <summary>A place in memory: a base and a constant offset.</summary>
/// <param name="Base">What the address is computed from.</param>
/// <param name="Offset">Bytes behind it.</param>
/// <param name="SizeBytes">Bytes accessed.</param>
internal sealed record MemoryPlace(Instr Base, long Offset, int SizeBytes)
{
    /// <summary>The place that a load, store or block operation accesses through one of its operands.</summary>
    public static MemoryPlace Of(Instr access, int operand)
    {
        Instr address = access.Args[operand];
        bool isScalar = access.Op is Op.Load or Op.Store;
        long offset = isScalar ? access.Immediate : 0;
        int size = access.Op is Op.Load or Op.Store ? IrTypes.SizeBytes(access.Memory)
            : access.Op is Op.MemoryCopy or Op.MemoryZero ? (int)access.Immediate : 8;
        while (address.Op == Op.Add && address.Args[1].IsConst)
        {
            offset += address.Args[1].Immediate;
            address = address.Args[0];
        }

        return new MemoryPlace(address, offset, size);
    }
}

/// <summary>Which places of a function may overlap.</summary>
internal sealed class Addresses
{
    private readonly HashSet<Slot> _escaped = [];

    /// <summary>Finds the slots whose address goes elsewhere than into accesses.</summary>
    public Addresses(Function function)
    {
        foreach (Block block in function.Blocks)
        {
            foreach (Instr instr in block.Body)
            {
                for (int index = 0; index < instr.Args.Length; index++)
                {
                    if (instr.Args[index] is not { Op: Op.SlotAddress, Reference: Slot slot }) continue;
                    bool isAccess = instr.Op is Op.Load or Op.MemoryZero or Op.MemoryCopy || (instr.Op == Op.Store && index == 0);
                    if (!isAccess) _escaped.Add(slot);
                }
            }
        }

        foreach (ParameterPassing parameter in function.Parameters)
        {
            if (parameter.Slot is { } slot) _escaped.Add(slot);
        }

        if (function.ReturnSlot is { } result) _escaped.Add(result);
    }

    /// <summary>True if other code than this function's own accesses may reach the place.</summary>
    public bool IsReachable(MemoryPlace place) =>
        place.Base is not { Op: Op.SlotAddress, Reference: Slot slot } || _escaped.Contains(slot);

    /// <summary>True unless the two places are known to be apart.</summary>
    public bool MayOverlap(MemoryPlace left, MemoryPlace right)
    {
        Instr one = left.Base;
        Instr other = right.Base;
        if (one == other) return Overlap(left.Offset, left.SizeBytes, right.Offset, right.SizeBytes);
        bool isSlot = one.Op == Op.SlotAddress;
        bool isOtherSlot = other.Op == Op.SlotAddress;
        if (isSlot && isOtherSlot)
        {
            return one.Reference == other.Reference &&
                   Overlap(left.Offset + one.Immediate, left.SizeBytes, right.Offset + other.Immediate, right.SizeBytes);
        }

        if (one.Op == Op.SymbolAddress && other.Op == Op.SymbolAddress)
        {
            return (string)one.Reference! == (string)other.Reference! &&
                   Overlap(left.Offset + one.Immediate, left.SizeBytes, right.Offset + other.Immediate, right.SizeBytes);
        }

        if (isSlot && (other.Op == Op.SymbolAddress || !IsReachable(left))) return false;
        if (isOtherSlot && (one.Op == Op.SymbolAddress || !IsReachable(right))) return false;
        return true;
    }

    private static bool Overlap(long left, int leftSize, long right, int rightSize) =>
        left < right + rightSize && right < left + leftSize;
}
