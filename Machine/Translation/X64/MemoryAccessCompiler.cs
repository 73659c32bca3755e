using Verification.Machine.Harts;

namespace Verification.Machine.Translation.X64;

/// <summary>
/// Loads and stores: most pages lie where the hart's flat addend says (<see cref="FlatTag"/>), and whether this one does is
/// looked up in place, while the host's processor goes on; other pages are looked up in the translation buffer out of the
/// way, and what that does not know (another page, a device, a misaligned address, a page with code or watched bytes)
/// leaves the block. Accesses of a block that go through the same unchanged register share one look-up, if they turn out to
/// lie in the same page: see <see cref="AccessGroup"/>.
/// </summary>
internal sealed partial class MemoryAccessCompiler(X64Emitter code, ExpressionCompiler expressions, CodeConstants constants, StackGuardCompiler guards)
{
    private const R State = ExpressionCompiler.State;
    private const int PageMask = -4096;
    private const int MostGranules = 31;

    private readonly List<Single> _singles = [];

    /// <summary>The host's address of an access, which may share its look-up with others: in rdx and a register that stay as they are
    /// until the access is done.</summary>
    internal HostAddress Translate(Effect access, AccessGroup? group) =>
        group is null or { IsWalk: true } ? TranslateFlat(access, group) : TranslateMember(group, access);

    // The page of a pointer that walks is mostly the one that it was in the last time.
    private HostAddress TranslateFlat(Effect access, AccessGroup? walk)
    {
        var (address, sizeBytes) = access.Access!.Value;
        expressions.EvaluateInto(R.Rax, address);
        var host = AccessGroup.TryParse(address, out var register, out var offset) ? expressions.HostOf(register) : null;
        var tag = host is null ? R.Rdx : R.Rax;
        var apart = walk is null ? EmitFlat(tag, Page.Of(access)) : EmitSamePage(tag, walk, sizeBytes);
        code.Load(R.Rdx, State, walk?.AddendPlace ?? HartStateLayout.FlatAddend);
        _singles.Add(new(access, expressions.Map, apart, Back: code.Position) { Of = walk });
        return host is { } index ? new(R.Rdx, offset, index) : new(R.Rdx, 0, R.Rax);
    }

    private HostAddress TranslateMember(AccessGroup group, Effect access)
    {
        var (address, _) = access.Access!.Value;
        GroupLookup? first = null;
        int apart;
        if (!group.IsOfLoop && !group.IsLookedUp)
        {
            group.IsLookedUp = true;
            first = EmitFirst(group);
            apart = first.Value.Apart;
        }
        else
        {
            code.Load(R.Rdx, State, group.Place);
            code.Op(Alu.Compare, R.Rdx, HartState.NotLookedUp);
            apart = code.Jump(Condition.BelowOrEqual);
        }

        _singles.Add(new(access, expressions.Map, apart, Back: code.Position) { First = first, Of = group.IsOfLoop ? group : null });
        if (!AccessGroup.TryParse(address, out var register, out var offset))
        {
            // All of the group lies in the page: only the access itself needs the whole address.
            var (index, distance) = address is { Operator: Operator.Add, Second: { IsConstant: true } d } && (long)d.Value == (int)d.Value
                ? (address.First!, (int)d.Value) : (address, 0);
            expressions.EvaluateInto(R.Rax, index, Live.Rdx);
            return new(R.Rdx, distance, R.Rax);
        }

        if (expressions.HostOf(register) is { } host)
            return new(R.Rdx, offset, host);
        code.Load(R.Rax, State, ExpressionCompiler.OffsetOf(register));
        return new(R.Rdx, offset, R.Rax);
    }

    /// <summary>Emits the look-ups of accesses that are not flat, or whose group does not lie in one page, out of the way.</summary>
    /// <returns>For the n-th access since the last call, how it may miss.</returns>
    internal List<Missed> EmitSingles()
    {
        var missed = new List<Missed>();
        expressions.Pending = 0;
        foreach (var single in _singles)
        {
            expressions.Map = single.Map;
            if (single.First is { } first)
            {
                EmitOthers(first);
            }
            else
            {
                code.BindHere(single.Apart);
                if (single.Of is { IsWalk: true } walk)
                {
                    EmitNextPage(walk, single);
                }
                else if (single.Of is { } group)
                {
                    var each = code.Jump(Condition.Below);
                    var now = EmitFirst(group);
                    code.BindTo(code.Jump(), single.Back);
                    EmitOthers(now);
                    code.BindHere(each);
                }
            }

            var resume = code.Position;
            var (address, sizeBytes) = single.Access.Access!.Value;
            int[] told = single.Access.IsFramed ? guards.EmitAccess(address, sizeBytes) : [];
            expressions.EvaluateInto(R.Rax, address);
            var page = Page.Of(single.Access);
            EmitLookup(page);
            missed.Add(new(EmitDisplacement(R.Rdx, page.Kind, 0, 1), resume, told));
            if (single.Of is { IsWalk: true } found && page is { Kind: AccessKind.Load, IsFramed: false })
                EmitKept(found);
            code.BindTo(code.Jump(), single.Back);
        }

        _singles.Clear();
        return missed;
    }

    // A register has walked into another page. Where the TLB has to say more of it than that it is there, it is looked up each time.
    private void EmitNextPage(AccessGroup walk, Single single)
    {
        expressions.EvaluateInto(R.Rax, single.Access.Access!.Value.Address);
        var other = EmitFlat(R.Rdx, Page.Of(single.Access));
        code.Load(R.Rdx, State, HartStateLayout.FlatAddend);
        EmitKept(walk);
        code.BindTo(code.Jump(), single.Back);
        code.BindHere(other);
    }

    // Keeps the page of the address in rax, and its displacement, which is in rdx.
    private void EmitKept(AccessGroup walk)
    {
        code.Move(R.Rcx, R.Rax);
        code.Op(Alu.And, R.Rcx, PageMask);
        code.Store(State, walk.Place, R.Rcx);
        code.Store(State, walk.AddendPlace, R.Rdx);
    }

    // Looks a group's page up: the displacement is kept, and in rdx.
    private GroupLookup EmitFirst(AccessGroup group)
    {
        expressions.EvaluateInto(R.Rax, group.Anchor);
        var other = EmitFlat(R.Rdx, Page.Of(group));
        code.Load(R.Rcx, State, HartStateLayout.FlatAddend);
        var found = code.Position;
        code.Move32(R.Rdx, R.Rax);
        code.Op(Alu.And, R.Rdx, ~PageMask, 32);
        if (group.LowestOffset != group.AnchorOffset)
            code.Op(Alu.Add, R.Rdx, group.LowestOffset - group.AnchorOffset, 32);
        code.Op(Alu.Compare, R.Rdx, 4096 - group.SpanBytes, 32);
        var apart = code.Jump(Condition.Above);
        var together = code.Position;
        code.Store(State, group.Place, R.Rcx);
        code.Move(R.Rdx, R.Rcx);
        return new(group, other, found, together, apart);
    }

    // Where a group's page is not flat, or it does not lie in one page: in the end each of its accesses is looked up.
    private void EmitOthers(GroupLookup first)
    {
        code.BindHere(first.Other);
        var group = first.Group;
        int[] told = [];
        if (group.IsFramed)
        {
            told = guards.EmitAccess(group.Lowest, group.SpanBytes);
            expressions.EvaluateInto(R.Rax, group.Anchor);
        }

        EmitLookup(Page.Of(group));
        var misses = EmitDisplacement(R.Rcx, group.Kind, group.LowestOffset - group.AnchorOffset, StoreFilter.GranulesOf(group.SpanBytes));
        code.BindTo(code.Jump(), first.Found);
        code.BindHere(first.Apart);
        EmitTwoPages(first);
        foreach (var jump in misses.Concat(told)) code.BindHere(jump);
        code.StoreImmediate(State, group.Place, 0);
    }

    // A group that lies in two pages goes on as one in one page does if both are flat; its alignment has been looked at.
    private void EmitTwoPages(GroupLookup first)
    {
        expressions.EvaluateInto(R.Rax, first.Group.Lowest);
        var isLowElsewhere = EmitFlat(R.Rdx, Page.Of(first.Group) with { AlignmentBytes = 1 });
        expressions.EvaluateInto(R.Rax, first.Group.Highest);
        var isHighElsewhere = EmitFlat(R.Rdx, Page.Of(first.Group) with { AlignmentBytes = 1 });
        code.Load(R.Rcx, State, HartStateLayout.FlatAddend);
        code.BindTo(code.Jump(), first.Together);
        code.BindHere(isLowElsewhere);
        code.BindHere(isHighElsewhere);
    }

    // Behind a look-up of the address in rax: into a register, rcx or rdx, the displacement of its page if the TLB has it, or if
    // what the page's filter asks for lies elsewhere than among so many granules from a distance on. Answers the jumps where neither.
    private int[] EmitDisplacement(R target, AccessKind kind, int distance, int granules)
    {
        if (kind != AccessKind.Store || granules > MostGranules)
        {
            var isMissing = code.Jump(Condition.NotEqual);
            code.Load(target, R.Rcx, HartStateLayout.Addend);
            return [isMissing];
        }

        var isFound = code.Jump(Condition.Equal);
        code.OpFrom(Alu.Xor, R.Rdx, R.Rcx, HartStateLayout.WriteTag);
        code.Op(Alu.Compare, R.Rdx, (int)TlbEntry.Filtered);
        var isElsewhere = code.Jump(Condition.NotEqual);
        LoadFilter();
        code.Load(R.Rcx, R.Rcx, HartStateLayout.Addend);
        code.Store(R.Rsp, 8 * ExpressionCompiler.AddressSlot, R.Rcx);
        EmitGranule(distance, 3, (StoreFilter.Granules / 8) - 1);
        code.LoadExtended(R.Rdx, new(R.Rdx, 0, R.Rcx), 8, ExtensionKind.Zero);
        EmitGranule(distance, 0, 7);
        code.ShiftX(0xF2, R.Rdx, R.Rdx, R.Rcx, 64);
        code.Op(Alu.And, R.Rdx, (int)((1u << granules) - 1));
        var isTold = code.Jump(Condition.NotEqual);
        code.Load(target, R.Rsp, 8 * ExpressionCompiler.AddressSlot);
        var passes = code.Jump();
        code.BindHere(isFound);
        code.Load(target, R.Rcx, HartStateLayout.Addend);
        code.BindHere(passes);
        return [isElsewhere, isTold];
    }

    // Into rcx, the granule at a distance from the address in rax, or a part of its number.
    private void EmitGranule(int distance, int shift, int mask)
    {
        code.Move32(R.Rcx, R.Rax);
        if (distance != 0)
            code.Op(Alu.Add, R.Rcx, distance, 32);
        code.ShiftImmediate(5, R.Rcx, StoreFilter.GranuleShift + shift, 32);
        code.Op(Alu.And, R.Rcx, mask, 32);
    }

    /// <summary>What was translated is given up.</summary>
    internal void Forget() => _singles.Clear();

    /// <summary>Loads straight into the register that the next effect sets, if that is all it does.</summary>
    internal bool TryLoadInto(HostAddress from, Effect.SetRegister set, int sizeBytes)
    {
        var extension = ExtensionKind.Zero;
        switch (set.Value)
        {
            case { Operator: Operator.Loaded }:
                break;
            case { Operator: Operator.SignExtend, First.Operator: Operator.Loaded } when (int)set.Value.Value == 8 * sizeBytes:
                extension = ExtensionKind.Sign;
                break;
            case { Operator: Operator.ZeroExtend, First.Operator: Operator.Loaded } when (int)set.Value.Value == 8 * sizeBytes:
                break;
            default:
                return false;
        }

        var host = expressions.HostOf(set.Register);
        code.LoadExtended(host ?? R.Rax, from, sizeBytes, extension);
        expressions.Written(set.Register);
        if (host is null)
            code.Store(ExpressionCompiler.State, ExpressionCompiler.OffsetOf(set.Register), R.Rax);
        return true;
    }

    /// <summary>Loads into the frame, for the expressions that follow.</summary>
    internal void LoadIntoSlot(HostAddress from, int sizeBytes)
    {
        code.LoadExtended(R.Rax, from, sizeBytes, ExtensionKind.Zero);
        code.Store(R.Rsp, 8 * ExpressionCompiler.LoadedSlot, R.Rax);
    }

    /// <summary>Stores.</summary>
    internal void Store(HostAddress to, Effect.Store store)
    {
        if (store.Value.Operator == Operator.Register && expressions.HostOf((int)store.Value.Value) is { } host)
        {
            code.Store(to, host, store.SizeBytes);
            return;
        }

        if (store.Value.Operator == Operator.FloatRegister && expressions.Map.XmmOf((int)store.Value.Value) is var xmm and >= 0
            && store.SizeBytes >= 4)
        {
            code.Sse(store.SizeBytes == 8 ? 0xF2 : 0xF3, 0x11, xmm, to);
            return;
        }

        expressions.EvaluateInto(R.Rcx, store.Value, Live.Rax | Live.Rdx);
        code.Store(to, R.Rcx, store.SizeBytes);
    }

    /// <summary>Loads into a floating-point register, if that is all that the next effect does with the word.</summary>
    internal bool TryLoadFloatInto(HostAddress from, Effect.SetFloat set, int sizeBytes)
    {
        const ulong box = 0xFFFF_FFFF_0000_0000;
        var isBoxed = sizeBytes == 4
            && set.Value is { Operator: Operator.Or, First.Operator: Operator.Loaded, Second: { IsConstant: true, Value: box } };
        if (!isBoxed && (sizeBytes != 8 || set.Value.Operator != Operator.Loaded))
            return false;
        if (expressions.Map.XmmOf(set.Register) is var xmm and >= 0)
        {
            code.Sse(isBoxed ? 0xF3 : 0xF2, 0x10, xmm, from);
            if (isBoxed)
                constants.Box(code, xmm);
            return true;
        }

        code.LoadExtended(R.Rax, from, sizeBytes, ExtensionKind.Zero);
        var offset = ExpressionCompiler.OffsetOfFloat(set.Register);
        code.Store(new HostAddress(ExpressionCompiler.State, offset), R.Rax, sizeBytes);
        if (isBoxed)
            code.OpMemoryMove32(ExpressionCompiler.State, offset + 4, -1);
        return true;
    }

    // Compares the flat tag (FlatTag.Slot) of the address in rax; answers the jump where it is another.
    private int EmitFlat(R tag, Page page)
    {
        code.RotateX(R.Rcx, R.Rax, 12 - HartStateLayout.FlatTagShift);
        code.Op(Alu.And, R.Rcx, (FlatTag.Count - 1) << HartStateLayout.FlatTagShift, 32);
        code.OpFrom(Alu.Add, R.Rcx, State, page.IsFramed ? HartStateLayout.FrameTags : HartStateLayout.FlatTags);
        EmitCompare(tag, page.AlignmentBytes, page.Kind == AccessKind.Store ? HartStateLayout.FlatWrite : HartStateLayout.FlatRead);
        return code.Jump(Condition.NotEqual);
    }

    // Compares the page of the address in rax with the one that a pointer was in; answers the jump where it is another.
    private int EmitSamePage(R tag, AccessGroup walk, int sizeBytes)
    {
        code.Move(tag, R.Rax);
        code.OpFrom(Alu.Xor, tag, State, walk.Place);
        code.Test(tag, PageMask | (sizeBytes - 1));
        return code.Jump(Condition.NotEqual);
    }

    // Compares the tag of the TLB's entry (TlbEntry.Slot) for the address in rax; the entry's address stays in rcx.
    private void EmitLookup(Page page)
    {
        code.RotateX(R.Rcx, R.Rax, 12 - HartStateLayout.TlbEntryShift);
        code.RotateX(R.Rdx, R.Rax, 20 - HartStateLayout.TlbEntryShift);
        code.Op(Alu.Xor, R.Rcx, R.Rdx, 32);
        code.Op(Alu.And, R.Rcx, (TlbEntry.Count - 1) << HartStateLayout.TlbEntryShift, 32);
        code.OpFrom(Alu.Add, R.Rcx, State, HartStateLayout.DataTlb);
        EmitCompare(R.Rdx, page.AlignmentBytes, page.Kind == AccessKind.Store ? HartStateLayout.WriteTag : HartStateLayout.ReadTag);
    }

    // Into rdx, the filter of the TLB's entry at rcx.
    private void LoadFilter()
    {
        code.Move(R.Rdx, R.Rcx);
        code.OpFrom(Alu.Subtract, R.Rdx, State, HartStateLayout.DataTlb);
        code.ShiftImmediate(5, R.Rdx, HartStateLayout.TlbEntryShift - 3, 64);
        code.OpFrom(Alu.Add, R.Rdx, State, HartStateLayout.DataFilters);
        code.Load(R.Rdx, R.Rdx, 0);
    }

    private void EmitCompare(R tag, int sizeBytes, int tagOffset)
    {
        code.Move(tag, R.Rax);
        code.Op(Alu.And, tag, PageMask | (sizeBytes - 1));
        code.OpFrom(Alu.Compare, tag, R.Rcx, tagOffset);
    }

    // What a page is looked up for.
    private readonly record struct Page(int AlignmentBytes, AccessKind Kind, bool IsFramed)
    {
        internal static Page Of(Effect access) => new(access.Access!.Value.SizeBytes, access.LookUp!.Value, access.IsFramed);

        internal static Page Of(AccessGroup group) => new(group.AlignmentBytes, group.Kind, group.IsFramed);
    }

    // An access whose page may have to be looked up out of the way: the jump there, and where it goes on with the host's
    // displacement in rdx.
    private readonly record struct Single(Effect Access, RegisterMap Map, int Apart, int Back)
    {
        internal GroupLookup? First { get; init; }

        internal AccessGroup? Of { get; init; }
    }

    // The look-up of a group by its first access: the jump where it is not flat, where it goes on with the displacement in rcx, of
    // the anchor's page alone or of all, and the jump where it does not lie in one page.
    private readonly record struct GroupLookup(AccessGroup Group, int Other, int Found, int Together, int Apart);
}

/// <summary>Jumps on a look-up that failed, where the code goes on when it has been mended, and jumps where an observer must be told.</summary>
internal readonly record struct Missed(int[] Displacements, int Resume, int[] Told);
