using Verification.Toolchain.Il;
using Verification.Toolchain.Ir;

namespace Verification.Toolchain.Optimise;

/// <summary>
/// Turns phis of a block into variables in memory for a moment, so that the block's edges may be changed: promotion of
/// variables makes new phis where the new flow needs them.
/// </summary>
internal sealed class PhiDemotion
{
    private readonly Function _function;
    private readonly Dictionary<Instr, Slot> _slots = [];

    /// <summary>Stores the operands of the phis before every edge into the block.</summary>
    public PhiDemotion(Function function, Block block, IEnumerable<Instr> phis)
    {
        _function = function;
        foreach (Instr phi in phis)
        {
            int size = phi.Type is IrType.I64 or IrType.F64 ? 8 : 4;
            Slot slot = function.NewSlot(size, size, null);
            _slots.Add(phi, slot);
            for (int index = 0; index < block.Predecessors.Count; index++)
            {
                Instr store = function.New(Op.Store, IrType.Void, function.Address(slot), phi.Args[index]);
                store.Memory = MemoryOf(phi);
                Insert(block.Predecessors[index], store);
            }
        }
    }

    /// <summary>Reads the variables wherever the phis were used, and drops the phis.</summary>
    public void Finish()
    {
        foreach (Block block in _function.Blocks)
        {
            for (int index = 0; index < block.Body.Count; index++)
            {
                Instr user = block.Body[index];
                if (user.Reference is DebugBinding { Value: { } named } binding && _slots.TryGetValue(named.Resolved, out Slot? place))
                {
                    Instr seen = Load(named, place, user);
                    seen.Block = block;
                    block.Body.Insert(index++, seen);
                    user.Reference = binding with { Value = seen };
                    continue;
                }

                for (int arg = 0; arg < user.Args.Length; arg++)
                {
                    if (!_slots.TryGetValue(user.Args[arg], out Slot? slot)) continue;
                    Instr load = Load(user.Args[arg], slot, user);
                    user.Args[arg] = load;
                    if (user.Op == Op.Phi)
                    {
                        Insert(block.Predecessors[arg], load);
                        continue;
                    }

                    load.Block = block;
                    block.Body.Insert(index++, load);
                }
            }
        }

        foreach (Instr phi in _slots.Keys) phi.Block!.Body.Remove(phi);
    }

    private Instr Load(Instr phi, Slot slot, Instr user)
    {
        Instr load = _function.New(Op.Load, phi.Type, _function.Address(slot));
        load.Memory = MemoryOf(load);
        load.Place = user.Place;
        return load;
    }

    private static void Insert(Block block, Instr instr)
    {
        instr.Block = block;
        block.Body.Insert(block.Body.Count - 1, instr);
    }

    private static MemType MemoryOf(Instr value) => value.Type switch
    {
        IrType.I32 => MemType.I32,
        IrType.F32 => MemType.F32,
        IrType.F64 => MemType.F64,
        _ => MemType.I64,
    };
}
