using System.Runtime.InteropServices;

namespace Verification.Machine.Harts;

/// <summary>
/// The state of a hart that execution touches all the time, in unmanaged memory at a fixed address, so that generated
/// machine code can reach it by displacement. The offsets are part of the contract with translators.
/// </summary>
/// <remarks>
/// <code>
/// 0x000  X[32]        integer registers; X[0] is 0 and never written
/// 0x100  F[32]        floating-point registers, raw
/// 0x200  Pc           the instruction being executed; between blocks the next one
/// 0x208  NextPc       where the block goes on: set by its last instruction, or by a trap
/// 0x210  Retired      instructions executed, exact between blocks
/// 0x218  DataTlb      TlbEntry[2048] of the mode that loads and stores go by
/// 0x220  FetchTlb     TlbEntry[2048] of the mode that fetches go by
/// 0x228  Leave        not 0: the block ends after this instruction (see <see cref="LeaveReason"/>)
/// 0x22c  FloatStatus  mstatus.FS, 0-3
/// 0x230  FloatControl fcsr: flags in bits 0-4, rounding mode in 5-7
/// 0x238  MisalignedPc bits that a jump's target must not have: 2 without compressed instructions
/// 0x240  InBlock      instructions of the running block, the current one included; 0 between blocks
/// 0x248  Handle       the managed hart, as a GCHandle
/// 0x250  Budget       instructions that translated code may still execute
/// 0x258  MissAddress  where an access of translated code found no TLB entry
/// 0x260  JumpCache    where translations lie, by guest address
/// 0x268  JumpKey      which of the jump cache's entries are the hart's
/// 0x270  GuestMxcsr   the host's floating-point control while translated code runs, and while it does not
/// 0x278  GroupAddends host displacements that accesses of the block being executed share
/// 0x2b8  FrameTags    as FlatTags, for accesses through sp or s0 under an observer who follows the stack (see <see cref="FrameTags"/>)
/// 0x2c0  ReservedAddress, Reserved, ReservationIsMarked: see <see cref="Hart.ReservedAddress"/>
/// 0x2d0  Resume       where translated code goes on when it has loaded a loop's registers
/// 0x2d8  StackLow, StackSpan, StackWordLimit: an access of at most 8 bytes at a distance below the limit from the lowest
///                     address is no news to an observer; nor is an sp between StackFloor and StackCeiling
/// 0x300  FlatTags     FlatTag[4096] beside DataTlb
/// 0x308  FlatAddend   host address less guest address of the pages in FlatTags
/// 0x310  JumpSalt     spreads the entries of different keys over the jump cache
/// 0x318  DataFilters  by slot of DataTlb, what a <see cref="TlbEntry.Filtered"/> entry's stores are looked up in
/// 0x320  ReservedVirtual: where translated code has reserved, as long as it may store there without a look, at the host's
///                     address that is ReservedAddend away
/// 0x330  Privilege    the mode that the hart is in; TranslationMode: the lowest that may see satp and fence
/// 0x338  Satp
/// 0x340  MachineScratch and what follows: control registers that hold what is written to them
/// 0x380  Kept         what registers held that got what they were owed when translated code was left
/// 0x3c0  WalkTags     pages that a loop's pointers walk through
/// 0x400  WalkAddends  host displacements of those pages
/// </code>
/// </remarks>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct HartState
{
    /// <summary>In place of <see cref="ReservedVirtual"/>, an address of no aligned word.</summary>
    internal const ulong Nowhere = 1;

    /// <summary>Places in <see cref="Kept"/>.</summary>
    internal const int KeptCount = 8;

    /// <summary>Places in <see cref="GroupAddends"/>.</summary>
    internal const int GroupCount = 8;

    /// <summary>In place of a displacement in <see cref="GroupAddends"/>: it is to be looked up anew; 0 says that there is none for all.</summary>
    internal const int NotLookedUp = 1;

    /// <summary>Places in <see cref="WalkTags"/>.</summary>
    internal const int WalkCount = 8;

    /// <summary>In place of a page in <see cref="WalkTags"/>, what no translation leads from.</summary>
    internal const ulong NoPage = 1UL << 63;

    internal fixed ulong X[32];
    internal fixed ulong F[32];
    internal ulong Pc;
    internal ulong NextPc;
    internal ulong Retired;
    internal TlbEntry* DataTlb;
    internal TlbEntry* FetchTlb;
    internal uint Leave;
    internal uint FloatStatus;
    internal ulong FloatControl;
    internal ulong MisalignedPc;
    internal ulong InBlock;
    internal nint Handle;
    internal long Budget;
    internal ulong MissAddress;
    internal nint JumpCache;
    internal ulong JumpKey;
    internal uint GuestMxcsr;
    internal uint HostMxcsr;
    internal fixed ulong GroupAddends[GroupCount];
    internal FlatTag* FrameTags;
    internal ulong ReservedAddress;
    internal uint Reserved;
    internal uint ReservationIsMarked;
    internal nint Resume;
    internal ulong StackLow;
    internal ulong StackSpan;
    internal ulong StackWordLimit;
    internal ulong StackFloor;
    internal ulong StackCeiling;
    internal FlatTag* FlatTags;
    internal nint FlatAddend;
    internal uint JumpSalt;
    internal StoreFilter** DataFilters;
    internal ulong ReservedVirtual;
    internal nint ReservedAddend;
    internal PrivilegeMode Privilege;
    internal PrivilegeMode TranslationMode;
    internal ulong Satp;
    internal ulong MachineScratch;
    internal ulong MachineExceptionPc;
    internal ulong MachineCause;
    internal ulong MachineTrapValue;
    internal ulong SupervisorScratch;
    internal ulong SupervisorExceptionPc;
    internal ulong SupervisorCause;
    internal ulong SupervisorTrapValue;
    internal fixed ulong Kept[KeptCount];
    internal fixed ulong WalkTags[WalkCount];
    internal fixed ulong WalkAddends[WalkCount];

    /// <summary>Instructions executed, exact inside blocks as well.</summary>
    internal readonly ulong Executed => InBlock == 0 ? Retired : Retired + InBlock - 1;

    /// <summary>The hart that this is the state of.</summary>
    internal readonly Hart Hart => (Hart)GCHandle.FromIntPtr(Handle).Target!;
}
