using System.Runtime.CompilerServices;
using Verification.Machine.Harts.Registers;
using Verification.Machine.Isa;
using Verification.Machine.Memory;

namespace Verification.Machine.Harts;

// Address translation (privileged specification 4.3-4.6, Svnapot, Svpbmt, Svade, Svadu) and the TLBs before it.
//
// TLBs are coherent: a store to a page that a cached walk went through forgets all translations. A run therefore never
// depends on what happens to be cached, and sfence.vma has nothing to do. Not modelled: that a kernel may see stale
// translations until it executes sfence.vma.
public sealed unsafe partial class Hart
{
    private const int ContextCount = 12;

    private const ulong Valid = 1, Readable = 2, Writable = 4, Executable = 8, ForUser = 16, Accessed = 64, Dirty = 128;
    private const ulong Napot = 1UL << 63;
    private const ulong MemoryType = 3UL << 61;
    private const ulong ReservedBits = 0x7FUL << 54;
    private const ulong PageNumbers = (1UL << 44) - 1;

    private static ulong s_jumpKeys;

    private readonly List<TlbContext> _contexts = [];
    private TlbContext _dataContext = null!;
    private TlbContext _fetchContext = null!;
    private ulong _selections;
    private bool _isSelectionDue = true;
    private bool _isFilling;

    /// <summary>Whether the current mode may access satp and fence translations: mstatus.TVM.</summary>
    internal bool MaySeeTranslation => State->Privilege >= State->TranslationMode;

    /// <summary>The page tables have a say in the given mode.</summary>
    private bool IsTranslating(PrivilegeMode mode) => mode != PrivilegeMode.Machine && State->Satp != 0;

    /// <summary>The mode that loads and stores go by: mstatus.MPRV.</summary>
    private PrivilegeMode DataMode => Privilege == PrivilegeMode.Machine && (_status & StatusBits.Mprv) != 0
        ? (PrivilegeMode)((_status & StatusBits.Mpp) >> StatusBits.MppShift)
        : Privilege;

    /// <summary>The code of the page that fetches may take without a look, or null.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal CodePage? CachedCode(ulong pc)
    {
        var slot = TlbEntry.Slot(pc);
        return State->FetchTlb[slot].FetchTag == (pc & ~0xFFFUL) ? _fetchContext.Code[slot] : null;
    }

    /// <summary>Number of the physical page that fetches at an address go to; the TLB must know it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ulong CachedFetchPage(ulong pc) => _fetchContext.Physical[TlbEntry.Slot(pc)] >> 12;

    /// <summary>Translates an address as a load of the hart would now, without side effects or permission checks.</summary>
    /// <returns>False where nothing is mapped.</returns>
    public bool TryTranslate(ulong virtualAddress, out ulong physicalAddress) =>
        TryTranslate(virtualAddress, AccessKind.Load, out physicalAddress, out _)
        || TryTranslate(virtualAddress, AccessKind.Fetch, out physicalAddress, out _);

    /// <summary>Reads memory through the hart's translation, without side effects.</summary>
    public bool TryReadVirtual(ulong virtualAddress, Span<byte> destination)
    {
        while (!destination.IsEmpty)
        {
            var part = Math.Min(destination.Length, 4096 - (int)(virtualAddress & 4095));
            if (!TryTranslate(virtualAddress, out var physical) || !Memory.TryRead(physical, destination[..part])) return false;
            destination = destination[part..];
            virtualAddress += (ulong)part;
        }
        return true;
    }

    /// <summary>Enters the page of an access in the TLB, if it may be accessed and needs no look.</summary>
    /// <returns>False where that is not what the access lacks: it is misaligned, traps, or must be looked at.</returns>
    internal bool TryFill(ulong address, int sizeBytes, AccessKind kind)
    {
        if ((address & (ulong)(sizeBytes - 1)) != 0 || IsInTlb(address, kind) || _dataContext.Devices.TryFind(address, kind, out _)) return false;
        _isFilling = true;
        var isLocated = Locate(address, 1, kind, out _, out _, out _);
        _isFilling = false;
        return isLocated && State->Leave == 0 && IsInTlb(address, kind);
    }

    private bool IsInTlb(ulong address, AccessKind kind)
    {
        ref var entry = ref State->DataTlb[TlbEntry.Slot(address)];
        return (kind == AccessKind.Store ? entry.WriteTag : entry.ReadTag) == (address & ~0xFFFUL);
    }

    /// <summary>Stands for what fetches of the hart mean now, in the whole process.</summary>
    internal ulong JumpKey
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _fetchContext.JumpKey is not 0 and var key ? key : NewJumpKey();
    }

    private ulong NewJumpKey() => _fetchContext.JumpKey = Interlocked.Increment(ref s_jumpKeys);

    /// <summary>Instructions somewhere have changed.</summary>
    internal void ForgetJumps()
    {
        foreach (var context in _contexts) context.JumpKey = 0;
    }

    /// <summary>Forgets all translations, in every context.</summary>
    internal void FlushTlbs()
    {
        KeepReservation();
        foreach (var context in _contexts) if (context.HasEntries) context.Clear();
        SelectTlbs();
        State->Leave |= (uint)LeaveReason.Code;
    }

    /// <summary>Forgets what page tables said.</summary>
    internal void FlushTranslated()
    {
        KeepReservation();
        foreach (var context in _contexts) if (context.Satp != 0 && context.HasEntries) context.Clear();
        State->Leave |= (uint)LeaveReason.Code;
    }

    internal void ForgetPage(ulong physicalPage)
    {
        KeepReservation();
        foreach (var context in _contexts) if (context.HasEntries) context.ClearPage(physicalPage);
        State->Leave |= (uint)LeaveReason.Code;
    }

    internal void ForgetWrites(ulong physicalPage)
    {
        ForgetShared();
        foreach (var context in _contexts) if (context.HasEntries) context.ClearWrites(physicalPage);
    }

    internal void ForgetWrites()
    {
        ForgetShared();
        foreach (var context in _contexts) if (context.HasEntries) context.ClearWrites();
    }

    // What code keeps of look-ups while it goes on.
    internal void ForgetShared()
    {
        KeepReservation();
        new Span<ulong>(State->GroupAddends, HartState.GroupCount).Fill(HartState.NotLookedUp);
        new Span<ulong>(State->WalkTags, HartState.WalkCount).Fill(HartState.NoPage);
    }

    /// <summary>The hart is about to execute: only now it needs TLBs, and idle harts have none.</summary>
    internal void BeginSlice()
    {
        if (_isSelectionDue) SelectTlbs();
    }

    /// <summary>Gives the TLBs to other machines; the hart executes nothing any more.</summary>
    internal void ReleaseTlbs()
    {
        KeepReservation();
        foreach (var context in _contexts) TlbContext.Release(context);
        _contexts.Clear();
        Host.Code.Deactivate(this);
        _isSelectionDue = true;
    }

    /// <summary>Points the state's TLBs to those of the current mode, address space and permissions.</summary>
    private void SelectTlbs()
    {
        KeepReservation();
        State->Leave |= (uint)LeaveReason.Code;
        State->TranslationMode = (_status & StatusBits.Tvm) != 0 ? PrivilegeMode.Machine : PrivilegeMode.Supervisor;
        _isSelectionDue = Host.Code.Slice.Hart != this;
        if (_isSelectionDue) return;
        _selections++;
        _fetchContext = ContextOf(Privilege);
        var data = DataMode;
        _dataContext = data == Privilege ? _fetchContext : ContextOf(data);
        State->FetchTlb = _fetchContext.Entries;
        State->DataTlb = _dataContext.Entries;
        State->DataFilters = _dataContext.Filters;
        State->FlatTags = _dataContext.FlatTags;
        State->FlatAddend = _dataContext.FlatAddend;
        SelectFrames();
    }

    private TlbContext ContextOf(PrivilegeMode mode)
    {
        var (satp, view) = (0UL, (uint)mode);
        if (IsTranslating(mode)) (satp, view) = (State->Satp, view | (uint)((_status & (StatusBits.Sum | StatusBits.Mxr)) >> 8));
        TlbContext? oldest = null;
        foreach (var context in _contexts)
        {
            if (context.Is(satp, view))
            {
                context.LastUse = _selections;
                return context;
            }
            if (oldest is null || context.LastUse < oldest.LastUse) oldest = context;
        }
        if (oldest is null || _contexts.Count < ContextCount)
        {
            oldest = TlbContext.Take();
            _contexts.Add(oldest);
            if (_contexts.Count == 1) Host.Code.Activate(this);
        }
        oldest.Assign(satp, view);
        oldest.LastUse = _selections;
        return oldest;
    }

    /// <summary>Where an access goes; raises the exception where it may not. Fills the TLB.</summary>
    /// <param name="address">Virtual address; the access does not leave its page.</param>
    /// <param name="sizeBytes">Length.</param>
    /// <param name="kind">What it is.</param>
    /// <param name="physical">The physical address.</param>
    /// <param name="host">The host address, or null for what isn't memory.</param>
    private bool Resolve(ulong address, int sizeBytes, AccessKind kind, out ulong physical, out byte* host) =>
        TryDevice(address, kind, out physical, out host)
        || Locate(address, sizeBytes, kind, out physical, out host, out var cause) || Raise(cause, address);

    private bool TryDevice(ulong address, AccessKind kind, out ulong physical, out byte* host)
    {
        physical = 0;
        host = null;
        return kind is AccessKind.Load or AccessKind.Store && _dataContext.Devices.TryFind(address, kind, out physical);
    }

    private bool Locate(ulong address, int sizeBytes, AccessKind kind, out ulong physical, out byte* host,
        out ExceptionCause cause)
    {
        host = null;
        cause = AccessFault(kind);
        var mode = kind == AccessKind.Fetch ? Privilege : DataMode;
        if (!Translate(address, kind, mode, true, out physical, out var pagePermission, out var isPageFault))
        {
            if (isPageFault) cause = PageFault(kind);
            return false;
        }
        var needed = kind switch
        {
            AccessKind.Fetch => ProtectionUnit.Permission.Execute,
            AccessKind.Load => ProtectionUnit.Permission.Read,
            AccessKind.Store => ProtectionUnit.Permission.Write,
            _ => ProtectionUnit.Permission.Read | ProtectionUnit.Permission.Write,
        };
        if ((Protection.PermissionAt(physical, sizeBytes, mode) & needed) != needed) return false;
        var page = physical >> 12;
        if (!Memory.Contains(physical, (ulong)sizeBytes))
        {
            if (kind is AccessKind.Load or AccessKind.Store && !Memory.TouchesBank(page) && Protection.IsUniform(page, mode, out _))
                _dataContext.Devices.Remember(address, physical, kind);
            return true;
        }

        var writes = kind is AccessKind.Store or AccessKind.Atomic;
        var frame = writes ? Memory.FrameForWrite(page) : Memory.FrameForRead(page)!;
        host = frame.Data + (physical & 4095);
        if (Host.Code.WatchesReads && (Memory.MarksOf(page) & PageMarks.Choice) != 0)
        {
            // To fill the TLB is no access, and this page never enters it.
            if (!_isFilling) Host.Code.Accessed(physical, sizeBytes);
            return true;
        }
        if (!Memory.IsWhole(page) || !Protection.IsUniform(page, mode, out var protection)) return true;
        // A load that finds a page which stores may go to spares the store its own look.
        var mayStore = writes || (kind == AccessKind.Load && Memory.MayWriteInPlace(frame));
        var marks = Memory.MarksOf(page);
        var filter = !mayStore ? null : marks switch
        {
            PageMarks.Observed when _interests is not null => _interests.FilterOf(page),
            PageMarks.Code => Host.Code.FilterOf(page),
            _ => null,
        };
        Remember(address, frame, kind, pagePermission & protection, mayStore && (marks == 0 || filter != null), filter,
            kind == AccessKind.Fetch ? _fetchContext : _dataContext, page);
        return true;
    }

    private void Remember(ulong address, Frame frame, AccessKind kind, ProtectionUnit.Permission allowed, bool writes,
        StoreFilter* filter, TlbContext context, ulong physicalPage)
    {
        var slot = TlbEntry.Slot(address);
        ref var entry = ref context.Entries[slot];
        var page = address & ~0xFFFUL;
        var addend = (nint)Memory.DataForRead(physicalPage, frame, mayCopy: kind == AccessKind.Load) - (nint)page;
        if (entry.Addend != addend || entry.Page != page)
        {
            if (slot == TlbEntry.Slot(State->ReservedVirtual)) KeepReservation();
            context.Forget((int)slot);
            entry.Addend = addend;
            context.Code[slot] = null;
        }
        context.Physical[slot] = physicalPage << 12;
        // The first load is seen: only then it is worth while to have the page in its place.
        if (kind != AccessKind.Fetch && (allowed & ProtectionUnit.Permission.Read) != 0) entry.ReadTag = page;
        if (writes && (allowed & ProtectionUnit.Permission.Write) != 0)
        {
            entry.WriteTag = filter == null ? page : page | TlbEntry.Filtered;
            context.Filters[slot] = filter;
        }

        if (kind == AccessKind.Fetch)
        {
            context.Code[slot] = Host.Code.PageOf(physicalPage, frame);
            entry.FetchTag = page;
        }

        context.Filled((int)slot, context.Satp == 0 ? Memory.FlatAddend : 0);
        if (context == _dataContext) State->FlatAddend = context.FlatAddend;
    }

    /// <summary>Whether an access would be allowed; no side effect but those of the walk itself, which are none here.</summary>
    private bool TryTranslate(ulong address, AccessKind kind, out ulong physical, out bool isPageFault) =>
        Translate(address, kind, kind == AccessKind.Fetch ? Privilege : DataMode, false, out physical, out _, out isPageFault);

    private bool Translate(ulong address, AccessKind kind, PrivilegeMode mode, bool walks, out ulong physical,
        out ProtectionUnit.Permission allowed, out bool isPageFault)
    {
        (physical, allowed, isPageFault) = (address, ProtectionUnit.Permission.All, false);
        if (!IsTranslating(mode)) return address >> 56 == 0;
        isPageFault = true;
        var levels = (int)(State->Satp >> 60) - 5;
        var unused = 64 - (12 + 9 * levels);
        if ((ulong)((long)(address << unused) >> unused) != address) return false;
        var table = (State->Satp & PageNumbers) << 12;
        for (var level = levels - 1; level >= 0; level--)
        {
            var entryAddress = table + ((address >> (12 + 9 * level) & 511) << 3);
            if ((Protection.PermissionAt(entryAddress, 8, PrivilegeMode.Supervisor) & ProtectionUnit.Permission.Read) == 0
                || !Memory.Contains(entryAddress, 8))
            {
                isPageFault = false;
                return false;
            }
            var entry = *(ulong*)(Memory.FrameForRead(entryAddress >> 12)!.Data + (entryAddress & 4095));
            if (!IsWellFormed(entry)) return false;
            if (walks) Host.Code.MarkTable(entryAddress >> 12);
            if ((entry & (Readable | Executable)) == 0)
            {
                if ((entry & (Accessed | Dirty | ForUser | Napot | MemoryType)) != 0) return false;
                table = (entry >> 10 & PageNumbers) << 12;
                continue;
            }
            return UseLeaf(address, entry, entryAddress, level, kind, mode, walks, out physical, out allowed, ref isPageFault);
        }
        return false;
    }

    private bool IsWellFormed(ulong entry)
    {
        if ((entry & Valid) == 0 || (entry & (Readable | Writable)) == Writable || (entry & ReservedBits) != 0) return false;
        if ((entry & Napot) != 0 && !Options.Has(IsaExtensions.Svnapot)) return false;
        var type = entry & MemoryType;
        return type == 0 || (_menvcfg & EnvironmentBits.Pbmte) != 0 && type != MemoryType;
    }

    private bool UseLeaf(ulong address, ulong entry, ulong entryAddress, int level, AccessKind kind, PrivilegeMode mode,
        bool walks, out ulong physical, out ProtectionUnit.Permission allowed, ref bool isPageFault)
    {
        (physical, allowed) = (0, ProtectionUnit.Permission.None);
        var number = entry >> 10 & PageNumbers;
        var offsetBits = 12 + 9 * level;
        if ((number & ((1UL << (9 * level)) - 1)) != 0) return false;
        if ((entry & Napot) != 0)
        {
            // 64 KiB is the one size so far: level 0, and 1000 in the low bits of the page number.
            if (level != 0 || (number & 15) != 8) return false;
            (number, offsetBits) = (number & ~15UL, 16);
        }
        allowed = LeafPermission(entry, mode);
        var needed = kind switch
        {
            AccessKind.Fetch => ProtectionUnit.Permission.Execute,
            AccessKind.Load => ProtectionUnit.Permission.Read,
            _ => ProtectionUnit.Permission.Write,
        };
        if ((allowed & needed) == 0) return false;
        var wanted = Accessed | (needed == ProtectionUnit.Permission.Write ? Dirty : 0);
        if ((entry & wanted) != wanted)
        {
            if (!UpdatesAccessBits) return false;
            if ((Protection.PermissionAt(entryAddress, 8, PrivilegeMode.Supervisor) & ProtectionUnit.Permission.Write) == 0)
            {
                isPageFault = false;
                return false;
            }
            entry |= wanted;
            if (walks)
            {
                *(ulong*)(Memory.FrameForWrite(entryAddress >> 12).Data + (entryAddress & 4095)) = entry;
                Host.Code.WalkerWrote(entryAddress);
            }
        }
        // Until the dirty bit is set, stores must come here to set it.
        if ((entry & Dirty) == 0) allowed &= ~ProtectionUnit.Permission.Write;
        var offset = address & ((1UL << offsetBits) - 1);
        physical = number << 12 | offset;
        return true;
    }

    private ProtectionUnit.Permission LeafPermission(ulong entry, PrivilegeMode mode)
    {
        var allowed = ProtectionUnit.Permission.None;
        var isForUser = (entry & ForUser) != 0;
        if (mode == PrivilegeMode.User && !isForUser) return allowed;
        var data = mode == PrivilegeMode.User || !isForUser || (_status & StatusBits.Sum) != 0;
        if (data && ((entry & Readable) != 0 || (entry & Executable) != 0 && (_status & StatusBits.Mxr) != 0))
            allowed |= ProtectionUnit.Permission.Read;
        if (data && (entry & Writable) != 0) allowed |= ProtectionUnit.Permission.Write;
        if ((entry & Executable) != 0 && (mode == PrivilegeMode.User || !isForUser))
            allowed |= ProtectionUnit.Permission.Execute;
        return allowed;
    }

    /// <summary>Svadu; without it and without Svade as well, as QEMU does.</summary>
    private bool UpdatesAccessBits => (_menvcfg & EnvironmentBits.Adue) != 0
        || (Options.Extensions & (IsaExtensions.Svade | IsaExtensions.Svadu)) == 0;

    private static ExceptionCause PageFault(AccessKind kind) => kind switch
    {
        AccessKind.Fetch => ExceptionCause.InstructionPageFault,
        AccessKind.Load => ExceptionCause.LoadPageFault,
        _ => ExceptionCause.StorePageFault,
    };

    private static ExceptionCause AccessFault(AccessKind kind) => kind switch
    {
        AccessKind.Fetch => ExceptionCause.InstructionAccessFault,
        AccessKind.Load => ExceptionCause.LoadAccessFault,
        _ => ExceptionCause.StoreAccessFault,
    };
}
