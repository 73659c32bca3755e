using Verification.Toolchain.Il;
using Verification.Toolchain.Ir;

namespace Verification.Toolchain.Optimise;

/// <summary>A run of bytes of a slot that always moves as one value.</summary>
internal sealed class SlotPart(Slot slot, int offset, int sizeBytes)
{
    public Slot Slot { get; } = slot;

    public int Offset { get; } = offset;

    public int SizeBytes { get; } = sizeBytes;

    public int End => Offset + SizeBytes;

    /// <summary>Index of the variable that replaces it.</summary>
    public int Variable { get; set; }

    /// <summary>Register type of the variable.</summary>
    public IrType Type { get; set; }

    /// <summary>True if some access covers only some of its bytes.</summary>
    public bool IsContainer { get; set; }
}

/// <summary>
/// Which slots are only ever accessed at constant offsets, and into which parts their accesses divide them. A slot whose
/// address goes anywhere else has to stay in memory.
/// </summary>
internal sealed class SlotUses
{
    private const int SizeLimit = 512;
    private const int PartLimit = 64;

    private sealed record Access(int Offset, int Size, MemType Memory);

    private readonly Function _function;
    private readonly Dictionary<Slot, List<Access>> _accesses = [];
    private readonly HashSet<Slot> _copied = [];
    private readonly HashSet<Slot> _kept = [];
    private readonly List<Instr> _blocks = [];
    private readonly Dictionary<Slot, bool[]> _joints = [];

    public SlotUses(Function function)
    {
        _function = function;
        foreach (ParameterPassing parameter in function.Parameters)
        {
            if (parameter.Slot is { } slot) _kept.Add(slot);
        }

        if (function.ReturnSlot is { } result) _kept.Add(result);
        foreach (Block block in function.Blocks)
        {
            foreach (Instr instr in block.Body) Collect(instr);
        }

        foreach (Slot slot in function.Slots)
        {
            if (slot.SizeBytes > SizeLimit || !_accesses.ContainsKey(slot)) _kept.Add(slot);
        }

        Divide();
    }

    /// <summary>Parts of the slots that can be replaced by variables, ascending by offset.</summary>
    public Dictionary<Slot, List<SlotPart>> Parts { get; } = [];

    private void Collect(Instr instr)
    {
        for (int index = 0; index < instr.Args.Length; index++)
        {
            Instr arg = instr.Args[index];
            if (arg.Op != Op.SlotAddress) continue;
            Slot slot = (Slot)arg.Reference!;
            switch (instr.Op)
            {
                case Op.Load or Op.Store when index == 0 && !instr.IsVolatile:
                    Add(slot, arg.Immediate + instr.Immediate, IrTypes.SizeBytes(instr.Memory), instr.Memory);
                    break;
                case Op.MemoryZero:
                    Range(slot, arg.Immediate, instr.Immediate);
                    if (!_blocks.Contains(instr)) _blocks.Add(instr);
                    break;
                case Op.MemoryCopy:
                    Range(slot, arg.Immediate, instr.Immediate);
                    _copied.Add(slot);
                    if (_blocks.Count == 0 || _blocks[^1] != instr) _blocks.Add(instr);
                    break;
                default:
                    _kept.Add(slot);
                    break;
            }
        }
    }

    private void Add(Slot slot, long offset, int size, MemType memory)
    {
        if (offset < 0 || offset + size > slot.SizeBytes)
        {
            _kept.Add(slot);
            return;
        }

        if (!_accesses.TryGetValue(slot, out List<Access>? list)) _accesses.Add(slot, list = []);
        list.Add(new Access((int)offset, size, memory));
    }

    private void Range(Slot slot, long offset, long size)
    {
        if (offset < 0 || offset + size > slot.SizeBytes) _kept.Add(slot);
        if (!_accesses.ContainsKey(slot)) _accesses.Add(slot, []);
    }

    // A joint between two bytes means that no value holds both. Bytes start unrelated; accesses glue them.
    private void Divide()
    {
        foreach (Slot slot in _function.Slots)
        {
            if (_kept.Contains(slot)) continue;
            if (_copied.Contains(slot) && (slot.Type is null || TypeLayout.Of(slot.Type).IsOpaque))
            {
                _kept.Add(slot);
                continue;
            }

            bool[] joined = new bool[slot.SizeBytes + 1];
            foreach (Access access in _accesses[slot]) Join(joined, access.Offset, access.Size);
            if (_copied.Contains(slot))
            {
                foreach (ScalarField scalar in TypeLayout.Of(slot.Type!).Scalars)
                {
                    Join(joined, scalar.Offset, scalar.SizeBytes);
                    _accesses[slot].Add(new Access(scalar.Offset, scalar.SizeBytes, IrTypes.Memory(scalar.Type)));
                }
            }

            _joints.Add(slot, joined);
        }

        Propagate();
        foreach (Slot slot in _function.Slots)
        {
            if (!_kept.Contains(slot)) Build(slot);
        }
    }

    private static void Join(bool[] joined, int offset, int size)
    {
        for (int index = offset + 1; index < offset + size; index++) joined[index] = true;
    }

    // A copy between two slots divides both in the same way, and no value may reach over its ends.
    private void Propagate()
    {
        bool changed = true;
        while (changed)
        {
            changed = false;
            foreach (Instr instr in _blocks)
            {
                (Slot Slot, int Offset)? destination = Candidate(instr.Args[0]);
                (Slot Slot, int Offset)? source = instr.Op == Op.MemoryCopy ? Candidate(instr.Args[1]) : null;
                int size = (int)instr.Immediate;
                if (destination is { } to && Straddles(to, size)) changed |= Keep(to.Slot);
                if (source is { } from && Straddles(from, size)) changed |= Keep(from.Slot);
                if (destination is not { } left || source is not { } right) continue;
                if (_kept.Contains(left.Slot) || _kept.Contains(right.Slot)) continue;
                if (left.Slot == right.Slot)
                {
                    changed |= Keep(left.Slot);
                    continue;
                }

                bool[] one = _joints[left.Slot];
                bool[] other = _joints[right.Slot];
                for (int index = 1; index < size; index++)
                {
                    if (one[left.Offset + index] == other[right.Offset + index]) continue;
                    one[left.Offset + index] = other[right.Offset + index] = true;
                    changed = true;
                }
            }
        }
    }

    private bool Keep(Slot slot) => _kept.Add(slot);

    private bool Straddles((Slot Slot, int Offset) place, int size) =>
        !_kept.Contains(place.Slot) &&
        (_joints[place.Slot][place.Offset] || (place.Offset + size < place.Slot.SizeBytes && _joints[place.Slot][place.Offset + size]));

    private (Slot Slot, int Offset)? Candidate(Instr address) =>
        address.Op == Op.SlotAddress && !_kept.Contains((Slot)address.Reference!) ? ((Slot)address.Reference!, (int)address.Immediate) : null;

    private void Build(Slot slot)
    {
        bool[] joined = _joints[slot];
        List<SlotPart> parts = [];
        for (int offset = 0; offset < slot.SizeBytes;)
        {
            int end = offset + 1;
            while (end < slot.SizeBytes && joined[end]) end++;
            SlotPart part = new(slot, offset, end - offset);
            List<Access> inside =
                [.. _accesses[slot].Where(access => access.Offset >= part.Offset && access.Offset < part.End)];
            offset = end;
            // Bytes that nothing but block operations touch carry nothing, except between slots that are copied.
            if (inside.Count == 0 && part.SizeBytes == 1 && !_copied.Contains(slot)) continue;
            if (inside.Count == 0 && part.SizeBytes == 1 && IsPadding(slot, part)) continue;
            part.IsContainer = inside.Any(access => access.Size != part.SizeBytes) || inside.Count == 0;
            bool isFloat = inside.Count > 0 && inside.All(access => access.Memory is MemType.F32 or MemType.F64) && !part.IsContainer;
            part.Type = isFloat
                ? part.SizeBytes == 4 ? IrType.F32 : IrType.F64
                : part.SizeBytes <= 4 ? IrType.I32 : IrType.I64;
            bool isOdd = !System.Numerics.BitOperations.IsPow2(part.SizeBytes);
            if (part.SizeBytes > 8 || (isOdd && _copied.Contains(slot)) || parts.Count >= PartLimit)
            {
                // Slots that were copied with this one were divided to suit it; taking them apart would be unsound now.
                Parts.Clear();
                _kept.Add(slot);
                Again();
                return;
            }

            parts.Add(part);
        }

        if (!_kept.Contains(slot)) Parts[slot] = parts;
    }

    private static bool IsPadding(Slot slot, SlotPart part) =>
        slot.Type is { } type && TypeLayout.Of(type).Scalars.All(scalar => part.Offset < scalar.Offset || part.Offset >= scalar.Offset + scalar.SizeBytes);

    private void Again()
    {
        foreach (Slot slot in _function.Slots)
        {
            if (_kept.Contains(slot)) continue;
            Build(slot);
        }
    }
}
