using Verification.Toolchain.Ir;

namespace Verification.Toolchain.Codegen;

/// <summary>
/// Gives every virtual register a physical one. Ranges that copies connect are joined where they do not overlap; then
/// registers are given out by weight, so that what is left without one is what costs least in memory. A constant or an
/// address is made again at each use instead.
/// </summary>
internal sealed class RegisterAllocator
{
    private const int RoundLimit = 20;

    private readonly MachineFunction _function;
    private readonly bool _keepsScratch;
    private readonly Dictionary<int, int> _joined = [];
    private readonly HashSet<int> _tiny = [];
    private List<LiveRange>[] _wanting = [];

    private RegisterAllocator(MachineFunction function, bool keepsScratch)
    {
        _function = function;
        _keepsScratch = keepsScratch;
    }

    /// <summary>Allocates, rewriting all instructions to physical registers.</summary>
    /// <param name="function">The function.</param>
    /// <param name="keepsScratch">True if the frame may be so large that its accesses need a scratch register.</param>
    public static void Run(MachineFunction function, bool keepsScratch)
    {
        RegisterAllocator allocator = new(function, keepsScratch);
        allocator.Coalesce();
        for (int round = 0; round < RoundLimit; round++)
        {
            Liveness liveness = new(function);
            Dictionary<int, int> assigned = [];
            List<int> spilled = allocator.Assign(liveness, assigned);
            if (spilled.Count == 0)
            {
                allocator.Rewrite(assigned);
                return;
            }

            foreach (int register in spilled) allocator.Spill(register);
        }

        throw new Il.InternalFault("registers could not be allocated");
    }

    private int Joined(int register)
    {
        while (_joined.TryGetValue(register, out int other)) register = other;
        return register;
    }

    private void Coalesce()
    {
        Liveness liveness = new(_function);
        foreach (MachineInstr move in liveness.Moves.OrderByDescending(move => move.Weight).Select(move => move.Instr))
        {
            int to = Joined(move.Rd);
            int from = Joined(move.Rs1);
            if (to == from || to < MachineInstr.FirstVirtual || from < MachineInstr.FirstVirtual) continue;
            if (_function.IsFloat(to) != _function.IsFloat(from)) continue;
            LiveRange one = liveness.Virtual[to - MachineInstr.FirstVirtual];
            LiveRange other = liveness.Virtual[from - MachineInstr.FirstVirtual];
            if (one.Overlaps(other)) continue;
            one.Merge(other);
            _joined[from] = to;
        }

        foreach (MachineBlock block in _function.Blocks)
        {
            foreach (MachineInstr instr in block.Body) Map(instr, Joined);
            DebugTracking.RemoveCopies(block);
        }
    }

    private static void Map(MachineInstr instr, Func<int, int> map)
    {
        if (instr.Rd != MachineInstr.None) instr.Rd = map(instr.Rd);
        if (instr.Scratch != MachineInstr.None) instr.Scratch = map(instr.Scratch);
        if (instr.Rs1 != MachineInstr.None) instr.Rs1 = map(instr.Rs1);
        if (instr.Rs2 != MachineInstr.None) instr.Rs2 = map(instr.Rs2);
        if (instr.Rs3 != MachineInstr.None) instr.Rs3 = map(instr.Rs3);
    }

    private List<int> Assign(Liveness liveness, Dictionary<int, int> assigned)
    {
        List<LiveRange>[] taken = new List<LiveRange>[MachineInstr.FirstVirtual];
        for (int register = 0; register < taken.Length; register++) taken[register] = [];
        List<LiveRange> order = [.. liveness.Virtual.Where(range => range.Pieces.Count > 0)];
        foreach (LiveRange range in order)
        {
            range.IsTiny = _tiny.Contains(range.Register);
            range.Weight = range.IsTiny ? double.MaxValue : range.Weight / (range.Length + 8);
        }

        order.Sort((left, right) =>
        {
            int byWeight = right.Weight.CompareTo(left.Weight);
            return byWeight != 0 ? byWeight : left.Register.CompareTo(right.Register);
        });
        HashSet<int> usedSaved = [];
        List<int> spilled = [];
        _wanting = Wanting(order);
        foreach (LiveRange range in order)
        {
            int chosen = Choose(range, liveness, taken, assigned, usedSaved);
            if (chosen == MachineInstr.None)
            {
                if (range.IsTiny) throw new Il.InternalFault("a spilled register's use found no register");
                spilled.Add(range.Register);
                continue;
            }

            assigned[range.Register] = chosen;
            taken[chosen].Add(range);
            if (Registers.IsCalleeSaved(chosen)) usedSaved.Add(chosen);
        }

        return spilled;
    }

    private int Choose(LiveRange range, Liveness liveness, List<LiveRange>[] taken, Dictionary<int, int> assigned, HashSet<int> usedSaved)
    {
        bool isFloat = _function.IsFloat(range.Register);
        foreach (int related in range.Related)
        {
            if (assigned.TryGetValue(related, out int theirs) && IsFree(theirs, range, liveness, taken)) return theirs;
        }

        foreach (int hint in range.Hints)
        {
            if (IsAllocatable(hint, isFloat) && IsFree(hint, range, liveness, taken)) return hint;
        }

        int fresh = MachineInstr.None;
        int wanted = MachineInstr.None;
        foreach (int register in isFloat ? Registers.Float : Registers.Integer)
        {
            if (register == Registers.FrameScratch && _keepsScratch) continue;
            if (!IsFree(register, range, liveness, taken)) continue;
            if (IsWanted(register, range, assigned))
            {
                if (wanted == MachineInstr.None) wanted = register;
                continue;
            }

            if (!Registers.IsCalleeSaved(register) || usedSaved.Contains(register)) return register;
            if (fresh == MachineInstr.None) fresh = register;
        }

        // To take what another would save a copy with costs that copy; a register to be saved costs two instructions.
        return wanted != MachineInstr.None ? wanted : fresh;
    }

    private static List<LiveRange>[] Wanting(List<LiveRange> ranges)
    {
        List<LiveRange>[] wanting = new List<LiveRange>[MachineInstr.FirstVirtual];
        for (int register = 0; register < wanting.Length; register++) wanting[register] = [];
        foreach (LiveRange range in ranges)
        {
            foreach (int hint in range.Hints)
            {
                if (!wanting[hint].Contains(range)) wanting[hint].Add(range);
            }
        }

        return wanting;
    }

    // True if a copy of another range that is alive at the same time, and still without a register, would vanish with it.
    private bool IsWanted(int register, LiveRange range, Dictionary<int, int> assigned)
    {
        foreach (LiveRange other in _wanting[register])
        {
            if (other != range && !assigned.ContainsKey(other.Register) && other.Overlaps(range)) return true;
        }

        return false;
    }

    private bool IsAllocatable(int register, bool isFloat) =>
        Registers.IsAllocatable(register, isFloat) && !(register == Registers.FrameScratch && _keepsScratch);

    private static bool IsFree(int register, LiveRange range, Liveness liveness, List<LiveRange>[] taken)
    {
        if (liveness.Fixed[register].Overlaps(range)) return false;
        foreach (LiveRange other in taken[register])
        {
            if (other.Overlaps(range)) return false;
        }

        return true;
    }

    private void Spill(int register)
    {
        MachineInstr? origin = OnlyDefinition(register);
        bool isRemade = origin is { IsRematerialisable: true };
        bool isFloat = _function.IsFloat(register);
        Slot? slot = isRemade ? null : _function.Source.NewSlot(8, 8, null);
        foreach (MachineBlock block in _function.Blocks)
        {
            List<MachineInstr> body = new(block.Body.Count + 8);
            foreach (MachineInstr instr in block.Body)
            {
                if (isRemade && instr == origin) continue;
                bool reads = instr.Rs1 == register || instr.Rs2 == register || instr.Rs3 == register;
                if (reads)
                {
                    int loaded = Tiny(isFloat);
                    body.Add(isRemade ? Remake(origin!, loaded, instr.Place) : Frame(isFloat ? "fld" : "ld", loaded, MachineInstr.None, slot!, instr.Place));
                    if (instr.Rs1 == register) instr.Rs1 = loaded;
                    if (instr.Rs2 == register) instr.Rs2 = loaded;
                    if (instr.Rs3 == register) instr.Rs3 = loaded;
                }

                body.Add(instr);
                if (instr.Rd != register && instr.Scratch != register) continue;
                int made = Tiny(isFloat);
                if (instr.Scratch == register)
                {
                    instr.Scratch = made;
                    continue;
                }

                instr.Rd = made;
                body.Add(Frame(isFloat ? "fsd" : "sd", MachineInstr.None, made, slot!, instr.Place));
            }

            block.Body = body;
        }
    }

    private int Tiny(bool isFloat)
    {
        int register = _function.NewVirtual(isFloat);
        _tiny.Add(register);
        return register;
    }

    private static MachineInstr Remake(MachineInstr origin, int register, Place? place)
    {
        MachineInstr made = origin.Clone();
        made.Rd = register;
        made.Place = place;
        return made;
    }

    private static MachineInstr Frame(string mnemonic, int rd, int stored, Slot slot, Place? place) =>
        new() { Kind = MachineKind.SlotAccess, Mnemonic = mnemonic, Rd = rd, Rs2 = stored, Slot = slot, Place = place };

    private MachineInstr? OnlyDefinition(int register)
    {
        MachineInstr? found = null;
        foreach (MachineBlock block in _function.Blocks)
        {
            foreach (MachineInstr instr in block.Body)
            {
                if (instr.Rd != register) continue;
                if (found is not null) return null;
                found = instr;
            }
        }

        return found;
    }

    private void Rewrite(Dictionary<int, int> assigned)
    {
        int Physical(int register) => register < MachineInstr.FirstVirtual ? register
            : assigned.TryGetValue(register, out int physical) ? physical : Registers.Zero;
        foreach (MachineBlock block in _function.Blocks)
        {
            foreach (MachineInstr instr in block.Body) Map(instr, Physical);
        }
    }
}
