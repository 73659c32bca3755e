using Verification.Machine.Harts;

namespace Verification.Machine.Translation.X64;

/// <summary>
/// Accesses of one block through the same register, unchanged in between, in the same kind: stack frames and fields
/// of a structure. The first looks the page up for all, if they lie in one; the host's displacement is kept in the hart's
/// state, 0 standing for "look up each".
/// </summary>
internal sealed class AccessGroup
{
    /// <summary>Displacements that a block can keep.</summary>
    internal const int SlotCount = 8;

    private const int SpanMaxBytes = 2048;

    private readonly List<(int Offset, int SizeBytes)> _members = [];

    internal required int Register { get; init; }

    internal int Slot { get; private set; }

    internal bool IsLookedUp { get; set; }

    /// <summary>The stack guard has been asked for all of them.</summary>
    internal bool IsGuarded { get; set; }

    internal int LowestOffset { get; private set; }

    internal int SpanBytes { get; private set; }

    internal int AlignmentBytes { get; private set; }

    internal int AnchorOffset { get; private set; }

    internal Expression Anchor => AnchorOffset == 0
        ? Expression.Register(Register)
        : Expression.Binary(Operator.Add, Expression.Register(Register), Expression.Constant((ulong)AnchorOffset));

    /// <summary>The lowest address.</summary>
    internal Expression Lowest =>
        Expression.Binary(Operator.Add, Expression.Register(Register), Expression.Constant((ulong)(long)LowestOffset));

    /// <summary>The register and offset of an address that groups know how to share.</summary>
    internal static bool TryParse(Expression address, out int register, out int offset)
    {
        (register, offset) = (0, 0);
        switch (address)
        {
            case { Operator: Operator.Register }:
                register = (int)address.Value;
                return true;
            case { Operator: Operator.Add, First: { Operator: Operator.Register } first, Second: { IsConstant: true } second }
                when (long)second.Value == (short)second.Value:
                (register, offset) = ((int)first.Value, (int)second.Value);
                return true;
            default:
                return false;
        }
    }

    /// <summary>Finds the groups of a block; answers, for accesses that belong to one, which.</summary>
    internal static Dictionary<Effect, (AccessGroup Group, int Offset)> Of(IEnumerable<Effect> effects)
    {
        var result = new Dictionary<Effect, (AccessGroup, int)>(ReferenceEqualityComparer.Instance);
        var open = new Dictionary<(int Register, AccessKind Kind), AccessGroup>();
        var all = new List<AccessGroup>();
        foreach (var effect in effects)
        {
            var (address, size, kind) = effect switch
            {
                Effect.Load load => (load.Address, load.SizeBytes, AccessKind.Load),
                Effect.Store store => (store.Address, store.SizeBytes, AccessKind.Store),
                _ => (null, 0, AccessKind.Load),
            };
            if (address is not null && TryParse(address, out var register, out var offset))
            {
                if (!open.TryGetValue((register, kind), out var group))
                    all.Add(open[(register, kind)] = group = new() { Register = register });
                if (group.TryAdd(offset, size))
                    result[effect] = (group, offset);
            }

            var written = effect switch { Effect.SetRegister set => set.Register, Effect.Jump jump => jump.Link, _ => 0 };
            if (written != 0)
            {
                open.Remove((written, AccessKind.Load));
                open.Remove((written, AccessKind.Store));
            }
        }

        var slot = 0;
        foreach (var group in all)
        {
            if (group._members.Count > 1 && slot < SlotCount)
                group.Slot = slot++;
            else
                group._members.Clear();
        }

        foreach (var (effect, (group, _)) in result.ToArray())
        {
            if (group._members.Count == 0)
                result.Remove(effect);
        }

        return result;
    }

    private bool TryAdd(int offset, int sizeBytes)
    {
        if (_members.Count == 0)
        {
            (AnchorOffset, AlignmentBytes, LowestOffset, SpanBytes) = (offset, sizeBytes, offset, sizeBytes);
        }
        else
        {
            // Aligned as the widest is, all others are if their distance says so.
            var anchor = sizeBytes > AlignmentBytes ? offset : AnchorOffset;
            var alignment = Math.Max(sizeBytes, AlignmentBytes);
            var lowest = Math.Min(LowestOffset, offset);
            var end = Math.Max(LowestOffset + SpanBytes, offset + sizeBytes);
            if (end - lowest > SpanMaxBytes || (offset - anchor) % sizeBytes != 0
                || _members.Exists(m => (m.Offset - anchor) % m.SizeBytes != 0))
                return false;
            (AnchorOffset, AlignmentBytes, LowestOffset, SpanBytes) = (anchor, alignment, lowest, end - lowest);
        }

        _members.Add((offset, sizeBytes));
        return true;
    }
}
