using Verification.Toolchain.Ir;

namespace Verification.Toolchain.Optimise;

/// <summary>
/// A struct that is copied into a temporary and from there to where it belongs is copied there at once, word by word
/// instead of field by field.
/// </summary>
internal static class CopyForwarding
{
    // So many words are read before the first is written: places that overlap do no harm.
    private const int GreatestWords = 8;

    /// <summary>True if a temporary was passed by.</summary>
    public static bool Run(Function function)
    {
        Dictionary<Slot, List<(Instr Copy, int Operand)>> uses = [];
        foreach (Block block in function.Blocks)
        {
            foreach (Instr instr in block.Body)
            {
                for (int index = 0; index < instr.Args.Length; index++)
                {
                    if (instr.Args[index] is not { Op: Op.SlotAddress, Reference: Slot slot }) continue;
                    if (!uses.TryGetValue(slot, out List<(Instr, int)>? known)) uses.Add(slot, known = []);
                    known.Add((instr, index));
                }
            }
        }

        Addresses? addresses = null;
        bool changed = false;
        foreach (Slot slot in function.Slots)
        {
            if (slot.Variable is not null || !uses.TryGetValue(slot, out List<(Instr Copy, int Operand)>? users) || users.Count != 2) continue;
            if (users is not [({ Op: Op.MemoryCopy } fill, 0), ({ Op: Op.MemoryCopy } drain, 1)]) continue;
            if (fill.Block != drain.Block || fill.Immediate != drain.Immediate || fill.Immediate > GreatestWords * WordBytes(fill, drain)) continue;
            if (fill.Args[0].Immediate != drain.Args[1].Immediate || IsSlot(fill.Args[1]) || IsSlot(drain.Args[0])) continue;
            if (function.Parameters.Any(parameter => parameter.Slot == slot) || function.ReturnSlot == slot) continue;
            addresses ??= new Addresses(function);
            changed |= Forward(fill.Block!.Body, fill, drain, addresses);
        }

        return changed;
    }

    private static int WordBytes(Instr fill, Instr drain) =>
        Math.Min(Il.IrTypes.SizeBytes(fill.Memory), Il.IrTypes.SizeBytes(drain.Memory));

    // Between variables of this function promotion does better.
    private static bool IsSlot(Instr address) => address.Op == Op.SlotAddress;

    private static bool Forward(List<Instr> body, Instr fill, Instr drain, Addresses addresses)
    {
        int from = body.IndexOf(fill);
        int to = body.IndexOf(drain);
        if (from > to) return false;
        MemoryPlace source = MemoryPlace.Of(fill, 1);
        for (int index = from + 1; index < to; index++)
        {
            Instr between = body[index];
            bool isHarmless = between.IsPure || between.IsDebug || between.Op == Op.Load && !between.IsVolatile ||
                              (between.Op is Op.Store or Op.MemoryCopy or Op.MemoryZero && !between.IsVolatile &&
                               !addresses.MayOverlap(MemoryPlace.Of(between, 0), source));
            if (!isHarmless) return false;
        }

        drain.Args = [drain.Args[0], fill.Args[1]];
        if (Il.IrTypes.SizeBytes(fill.Memory) < Il.IrTypes.SizeBytes(drain.Memory)) drain.Memory = fill.Memory;
        body.RemoveAt(from);
        return true;
    }
}
