using Verification.Machine.Harts;

namespace Verification.Machine.Translation.X64;

/// <summary>
/// Accesses of one block near the same register, unchanged in between, in the same kind: stack frames, fields of a structure,
/// entries of a table whose index is bounded (<see cref="Bounds"/>). The first looks the page up for all, or the two, if
/// they lie in no more; the host's displacement is kept in the hart's state, 0 standing for "look up each". Where a loop moves
/// the register on, it is the page that is kept, and compared each time.
/// </summary>
internal sealed class AccessGroup
{
    /// <summary>Displacements that a block can keep.</summary>
    private const int SlotCount = HartState.GroupCount;

    /// <summary>Those of them that a loop can keep for all of its blocks.</summary>
    private const int LoopSlotCount = 4;

    // More of them before the register is moved on had better be looked up together.
    private const int MostWalking = 3;

    private const int SpanMaxBytes = 4096;

    private readonly List<Member> _members = [];

    internal required int Register { get; init; }

    internal required AccessKind Kind { get; init; }

    /// <summary>It is a loop's: every access may be the first.</summary>
    internal bool IsOfLoop { get; private init; }

    /// <summary>The loop moves the register on: see <see cref="BasicBlock.Walking"/>.</summary>
    internal bool IsWalk { get; private init; }

    private int Slot { get; set; }

    /// <summary>Where the hart's state keeps the displacement, or the page.</summary>
    internal int Place => (IsWalk ? HartStateLayout.WalkTags : HartStateLayout.GroupAddends) + (8 * Slot);

    /// <summary>Where it keeps the displacement of a walk's page.</summary>
    internal int AddendPlace => HartStateLayout.WalkAddends + (8 * Slot);

    internal bool IsLookedUp { get; set; }

    /// <summary>One of its accesses is <see cref="Effect.IsFramed"/>: they all stay within the stack, or each is looked at.</summary>
    internal bool IsFramed { get; private set; }

    internal int LowestOffset { get; private set; }

    internal int SpanBytes { get; private set; }

    internal int AlignmentBytes { get; private set; }

    internal int AnchorOffset { get; private set; }

    /// <summary>An address as aligned as the widest access must be.</summary>
    internal Expression Anchor => At(AnchorOffset);

    /// <summary>The lowest address.</summary>
    internal Expression Lowest => At(LowestOffset);

    /// <summary>The highest address.</summary>
    internal Expression Highest => At(LowestOffset + SpanBytes - 1);

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
    /// <param name="effects">What the block's instructions do.</param>
    /// <param name="loop">The loop that the block is part of, whose groups they may join.</param>
    /// <param name="walking">Registers that the loop moves on, a bit each.</param>
    internal static Dictionary<Effect, AccessGroup> Of(IEnumerable<Effect> effects, LoopRegion? loop, uint walking)
    {
        var result = new Dictionary<Effect, AccessGroup>(ReferenceEqualityComparer.Instance);
        var open = new Dictionary<(int Register, AccessKind Kind), AccessGroup>();
        var all = new List<AccessGroup>();
        var bounds = new RegisterBounds();
        foreach (var effect in effects)
        {
            if (effect.LookUp is { } kind && TryParse(effect.Access!.Value.Address, out var register, out var offset))
            {
                var (address, size) = effect.Access.Value;
                var near = effect.IsFramed ? null : bounds.Of(address);
                if (JoinWalk(register, kind) is { } walk) result[effect] = walk;
                else if ((near is { } known ? Join(known.Register, Member.Of(known, size, known.Register == register), kind) : null)
                    is { } group || (group = Join(register, new(offset, offset + size, size, IsDirect: true), kind)) is not null)
                {
                    result[effect] = group;
                    group.IsFramed |= effect.IsFramed;
                }
            }

            if (bounds.Advance(effect) is not 0 and var written)
            {
                open.Remove((written, AccessKind.Load));
                open.Remove((written, AccessKind.Store));
            }
        }

        var slot = 0;
        foreach (var group in all)
        {
            if (group._members.Count > 1 && slot < (loop is null ? SlotCount : SlotCount - LoopSlotCount))
                group.Slot = slot++;
            else
                group._members.Clear();
        }

        foreach (var (effect, group) in result.ToArray())
        {
            if (group._members.Count == 0 && !group.IsWalk)
                result.Remove(effect);
        }

        return result;

        AccessGroup? Join(int register, Member? member, AccessKind kind)
        {
            if (register == 0 || member is not { } one) return null;
            if (loop is not null && (loop.Written >> register & 1) == 0 && JoinLoop(register, one, kind) is { } shared) return shared;
            if (open.TryGetValue((register, kind), out var group)) return group.TryAdd(one) ? group : null;
            group = new() { Register = register, Kind = kind };
            if (!group.TryAdd(one)) return null;
            all.Add(open[(register, kind)] = group);
            return group;
        }

        AccessGroup? JoinWalk(int register, AccessKind kind)
        {
            if (loop is null || (walking >> register & 1) == 0 || IsMany(register, kind)) return null;
            if (loop.Groups.Find(one => one.Register == register && one.Kind == kind) is { } known) return known;
            var slot = loop.Groups.Count(static one => one.IsWalk);
            if (slot == HartState.WalkCount) return null;
            var walk = new AccessGroup { Register = register, Kind = kind, IsOfLoop = true, IsWalk = true, Slot = slot };
            loop.Groups.Add(walk);
            return walk;
        }

        bool IsMany(int register, AccessKind kind) => effects.Count(effect =>
            effect.LookUp == kind && TryParse(effect.Access!.Value.Address, out var other, out _) && other == register) > MostWalking;

        AccessGroup? JoinLoop(int register, Member member, AccessKind kind)
        {
            if (loop.Groups.Find(one => one.Register == register && one.Kind == kind) is { } known) return known.TryAdd(member) ? known : null;
            var slot = loop.Groups.Count(static one => !one.IsWalk);
            if (slot == LoopSlotCount) return null;
            var group = new AccessGroup { Register = register, Kind = kind, IsOfLoop = true, Slot = SlotCount - 1 - slot };
            if (!group.TryAdd(member)) return null;
            loop.Groups.Add(group);
            return group;
        }
    }

    private Expression At(int offset) => offset == 0
        ? Expression.Register(Register)
        : Expression.Binary(Operator.Add, Expression.Register(Register), Expression.Constant((ulong)(long)offset));

    private bool TryAdd(Member member)
    {
        if (_members.Count == 0)
        {
            if (member.End - member.Low > SpanMaxBytes) return false;
            (AnchorOffset, AlignmentBytes, LowestOffset, SpanBytes) = (member.Low, member.SizeBytes, member.Low, member.End - member.Low);
        }
        else
        {
            // Aligned as the widest is, all others are if their distance says so.
            var anchor = member.SizeBytes > AlignmentBytes ? member.Low : AnchorOffset;
            var alignment = Math.Max(member.SizeBytes, AlignmentBytes);
            var lowest = Math.Min(LowestOffset, member.Low);
            var end = Math.Max(LowestOffset + SpanBytes, member.End);
            if (end - lowest > SpanMaxBytes || (member.Low - anchor) % member.SizeBytes != 0
                || _members.Exists(m => (m.Low - anchor) % m.SizeBytes != 0))
                return false;
            (AnchorOffset, AlignmentBytes, LowestOffset, SpanBytes) = (anchor, alignment, lowest, end - lowest);
        }

        _members.Add(member);
        return true;
    }

    // Offsets from the register: an access of so many bytes somewhere between two of them, at a multiple of its size from the lower.
    private readonly record struct Member(int Low, int End, int SizeBytes, bool IsDirect)
    {
        internal static Member? Of(Bounds bounds, int sizeBytes, bool isDirect) =>
            bounds is { Low: > short.MinValue, High: < short.MaxValue } && bounds.Step % sizeBytes == 0
                ? new((int)bounds.Low, (int)bounds.High + sizeBytes, sizeBytes, isDirect) : null;
    }
}
