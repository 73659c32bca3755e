using Verification.Toolchain.Ir;

namespace Verification.Toolchain.Optimise;

/// <summary>Drops operations whose value nobody needs, and stores to slots that nobody reads.</summary>
internal static class DeadCode
{
    /// <summary>True if anything was dropped.</summary>
    public static bool Run(Function function)
    {
        HashSet<Slot> read = ReadSlots(function);
        bool[] live = new bool[function.InstrCount];
        Stack<Instr> work = new();
        foreach (Block block in function.Blocks)
        {
            foreach (Instr instr in block.Body)
            {
                if (!instr.IsDroppable && !IsDeadStore(instr, read)) Mark(instr);
            }
        }

        while (work.TryPop(out Instr? instr))
        {
            foreach (Instr arg in instr.Args) Mark(arg);
        }

        bool changed = false;
        foreach (Block block in function.Blocks)
            changed |= block.Body.RemoveAll(instr => !live[instr.Id]) > 0;
        return changed;

        void Mark(Instr instr)
        {
            if (live[instr.Id]) return;
            live[instr.Id] = true;
            work.Push(instr);
        }
    }

    // A slot is read if its address is used for anything but being written to.
    private static HashSet<Slot> ReadSlots(Function function)
    {
        HashSet<Slot> read = [];
        if (function.ReturnSlot is { } result) read.Add(result);
        foreach (Block block in function.Blocks)
        {
            foreach (Instr instr in block.Body)
            {
                for (int index = 0; index < instr.Args.Length; index++)
                {
                    if (instr.Args[index] is not { Op: Op.SlotAddress, Reference: Slot slot }) continue;
                    bool isWrite = index == 0 && !instr.IsVolatile && (instr.Op is Op.Store or Op.MemoryZero or Op.MemoryCopy);
                    if (!isWrite) read.Add(slot);
                }
            }
        }

        return read;
    }

    private static bool IsDeadStore(Instr instr, HashSet<Slot> read) =>
        (instr.Op is Op.Store or Op.MemoryZero or Op.MemoryCopy) && !instr.IsVolatile &&
        instr.Args[0] is { Op: Op.SlotAddress, Reference: Slot slot } && !read.Contains(slot);
}
