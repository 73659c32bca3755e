using Verification.Toolchain.Ir;

namespace Verification.Toolchain.Optimise;

/// <summary>A 32-bit load that is used for nothing but its zero extension is one that extends with zeros.</summary>
internal static class WordLoads
{
    /// <summary>True if a load was changed.</summary>
    public static bool Run(Function function)
    {
        Dictionary<Instr, List<Instr>> extensions = [];
        foreach (Block block in function.Blocks)
        {
            foreach (Instr instr in block.Body)
            {
                if (instr.Op != Op.ZeroExtend32 || instr.Args[0] is not { Op: Op.Load, Type: IrType.I32, Memory: MemType.I32 or MemType.U32 } load) continue;
                if (!extensions.TryGetValue(load, out List<Instr>? known)) extensions.Add(load, known = []);
                known.Add(instr);
            }
        }

        if (extensions.Count == 0) return false;
        int[] uses = function.CountUses();
        bool changed = false;
        foreach ((Instr load, List<Instr> users) in extensions)
        {
            if (uses[load.Id] != users.Count) continue;
            load.Type = IrType.I64;
            load.Memory = MemType.U32;
            foreach (Instr user in users)
            {
                user.Replacement = load;
                user.Block!.Body.Remove(user);
            }

            changed = true;
        }

        if (changed) function.ResolveArguments();
        return changed;
    }
}
