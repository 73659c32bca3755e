using Verification.Toolchain.Ir;

namespace Verification.Toolchain.Codegen;

/// <summary>
/// A method's stack frame, from sp upwards: outgoing arguments, slots, saved registers with ra on top. Its size is a
/// multiple of 16 and final: nothing moves sp between prologue and epilogue, but the way into a panic from a method that
/// has not saved ra.
/// </summary>
internal sealed class Frame
{
    /// <summary>Largest offset that a load or store reaches.</summary>
    public const int Reach = 2047;

    private Frame(int sizeBytes, List<(int Register, int Offset)> saved)
    {
        SizeBytes = sizeBytes;
        Saved = saved;
    }

    /// <summary>Bytes that the prologue takes.</summary>
    public int SizeBytes { get; }

    /// <summary>Saved registers and their offset from sp.</summary>
    public List<(int Register, int Offset)> Saved { get; }

    /// <summary>True if ra is saved.</summary>
    public bool SavesReturnAddress => Saved.Any(saved => saved.Register == Registers.ReturnAddress);

    /// <summary>Where ra is saved, from sp.</summary>
    public int ReturnAddressOffset => Saved.First(saved => saved.Register == Registers.ReturnAddress).Offset;

    /// <summary>Lays out the frame of an allocated function; gives its slots their offsets.</summary>
    public static Frame Of(MachineFunction function)
    {
        HashSet<int> used = [];
        bool calls = false;
        HashSet<Slot> slots = [];
        foreach (MachineBlock block in function.Blocks)
        {
            foreach (MachineInstr instr in block.Body)
            {
                calls |= instr.Kind == MachineKind.Call;
                if (instr.Rd >= 0 && Registers.IsCalleeSaved(instr.Rd)) used.Add(instr.Rd);
                if (instr.Scratch >= 0 && Registers.IsCalleeSaved(instr.Scratch)) used.Add(instr.Scratch);
                if (instr.Slot is { Id: >= 0 } slot) slots.Add(slot);
            }
        }

        List<int> saved = [.. used.OrderByDescending(register => register)];
        if (calls) saved.Add(Registers.ReturnAddress);
        int offset = Align(function.OutgoingSizeBytes, 8);
        // Large things go up: what is small and often used stays within the reach of compressed encodings.
        foreach (Slot slot in slots.OrderBy(slot => slot.SizeBytes).ThenBy(slot => slot.Id))
        {
            offset = Align(offset, Math.Max(1, Math.Min(slot.Alignment, 16)));
            slot.FrameOffset = offset;
            offset += slot.SizeBytes;
        }

        offset = Align(offset, 8);
        int size = Align(offset + (8 * saved.Count), 16);
        List<(int, int)> places = [];
        int place = size - (8 * saved.Count);
        foreach (int register in saved)
        {
            places.Add((register, place));
            place += 8;
        }

        return new Frame(size, places);
    }

    /// <summary>True if the slots of a function may lie beyond the reach of an immediate.</summary>
    public static bool MayBeLarge(Function function) => function.Slots.Sum(slot => slot.SizeBytes + 8) > Reach - 512;

    private static int Align(int value, int alignment) => (value + alignment - 1) / alignment * alignment;
}
