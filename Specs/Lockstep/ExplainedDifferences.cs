using Verification.Machine.Harts;
using Verification.Machine.Isa;

namespace Verification.Specs.Lockstep;

/// <summary>
/// Where the model and QEMU 7.2 differ and both are right, or QEMU is known to be wrong or to lack something: the only place
/// that narrows what programs do. Each member says why; the folder's README lists them all.
/// </summary>
internal static class ExplainedDifferences
{
    /// <summary>QEMU's harts as the model's: no hypervisor, triggers or version numbers, and the extensions that are off there.</summary>
    public const string QemuCpu =
        "rv64,h=false,debug=false,marchid=0,mimpid=0,Zfh=true,Zfhmin=true,svinval=true,svnapot=true,svpbmt=true";

    /// <summary>QEMU 7.2 has none of these. It updates accessed and dirty bits by hardware, as the model does without Svade and Svadu.</summary>
    public const IsaExtensions Extensions = IsaExtensions.All & ~(IsaExtensions.Zicond | IsaExtensions.Zacas | IsaExtensions.Zawrs | IsaExtensions.Zcb
        | IsaExtensions.Zicbom | IsaExtensions.Zicboz | IsaExtensions.Zicbop
        | IsaExtensions.Svade | IsaExtensions.Svadu);

    /// <summary><c>ctzw</c> of a register with a zero low word looks into the high word (mended in later versions): bit 31 is set before.</summary>
    public static bool NeedsLowWord(InstructionForm form) => form.Mnemonic == "ctzw";

    /// <summary>A value for a CSR, without the bits that the two keep differently.</summary>
    public static ulong Legal(int csr, ulong value)
    {
        value &= Writable(csr);
        if (csr != 0x302) return value;

        // Access faults of loads and of stores are delegated together: QEMU takes the one for the other where an atomic does not
        // reach memory.
        const ulong LoadFault = 1UL << 5, StoreFault = 1UL << 7;
        return (value & LoadFault) != 0 ? value | StoreFault : value & ~StoreFault;
    }

    /// <summary>The bits that both keep alike.</summary>
    public static ulong Writable(int csr) => csr switch
    {
        // QEMU lets UXL (33:32) be changed, MPV and GVA (39:38) and VS (10:9) be set without hypervisor and vector unit.
        0x300 or 0x100 => ~(0xFUL << 32 | 3UL << 38 | 3UL << 9),

        // QEMU delegates calls from M-mode, which the specification has as read-only 0, and the hypervisor's exceptions.
        0x302 => 0xB3FF,

        // QEMU delegates the hypervisor's interrupts.
        0x303 => 0x222,

        // QEMU enables them too.
        0x304 or 0x344 => 0xAAA,

        // QEMU keeps the lowest bit, which the specification has as always 0.
        0x141 or 0x341 => ~1UL,

        // QEMU has the fields of cache-block instructions without having those.
        // STCE is set for a whole program or not: QEMU leaves STIP as it is when STCE changes.
        0x30A or 0x10A => ~(0xF0UL | TimerCompare | MemoryTypes),

        // QEMU keeps bits of counters that count nothing.
        0x320 => 5,

        // QEMU keeps the upper ten bits, which no address has.
        >= 0x3B0 and < 0x3C0 => ulong.MaxValue >> 10,

        // QEMU keeps 64 bits of these 32-bit registers.
        0x306 or 0x106 => uint.MaxValue,
        _ => ulong.MaxValue,
    };

    /// <summary>STCE of <c>menvcfg</c>. Without it QEMU lets <c>stimecmp</c> raise STIP all the same, so it is not written then.</summary>
    public const ulong TimerCompare = 1UL << 63;

    /// <summary>
    /// Protected regions end at pages where there is code: of an instruction that lies across the end of a region, QEMU
    /// fetches the second half without a look.
    /// </summary>
    public static ulong RegionGranularity(ulong address) => address - (GuestArea.Start + GuestArea.Code) < GuestArea.CodeBytes ? 4096UL : 4;

    /// <summary>
    /// <c>pmpaddr</c> of entries that a program doesn't set: to QEMU a region whose top is 0 (TOR) is all of the address space, though
    /// it matches no address (privileged 3.7.1; mended in later versions).
    /// </summary>
    public const ulong LeastAddress = 1;

    /// <summary>
    /// Where there are protected regions an access stays within a page: the two parts of one that doesn't are looked up apart by
    /// the model, and together by QEMU, so that it fails where a region ends between them. Both may be (privileged 3.7.1).
    /// </summary>
    public static ulong WithinPage(ulong address, int sizeBytes) =>
        (address & 4095) + (ulong)sizeBytes > 4096 ? address & ~(ulong)(sizeBytes - 1) : address;

    /// <summary>
    /// User pages in S-mode's windows can't be executed: QEMU fetches from them in S-mode, where a page fault is due (privileged
    /// 4.3.1), when a load with SUM has entered them in its TLB.
    /// </summary>
    public const ulong UserPages = ~8UL;

    /// <summary>
    /// Another page, which isn't memory mostly: in programs whose stores stay within a page, since of one that doesn't QEMU has done
    /// the first part when the second one turns out to be an access fault (unprivileged 2.6 leaves it open). Not the PCI host's
    /// window, where QEMU makes aligned pieces of misaligned accesses.
    /// </summary>
    public static ulong Elsewhere(ulong page, int bit)
    {
        const int PciWindowBit = 34 - 12;
        return bit == PciWindowBit ? page : page ^ 1UL << bit;
    }

    /// <summary>
    /// What a protected region permits: where programs are paged, no reading without writing. QEMU sets accessed and dirty bits in
    /// tables that may not be written, where an access fault is due (privileged 4.3.2, step 7).
    /// </summary>
    public static int Permissions(int permissions, bool isPaged) => isPaged && (permissions & 1) != 0 ? permissions | 2 : permissions;

    /// <summary>
    /// Page-table entries of ranges of pages (N) are of level 0 and have this in the low bits of the page number: for another
    /// size, which there isn't, QEMU sets accessed and dirty bits before it takes the page fault. Reserved bits and the reserved
    /// memory type 3 stay out of entries: QEMU 7.2 does not look at them where it has Svnapot and Svpbmt.
    /// </summary>
    public const ulong RangeOfPages = 8;

    /// <summary>PBMTE of <c>menvcfg</c> is always set: QEMU 7.2 takes memory types of pages without it.</summary>
    public const ulong MemoryTypes = 1UL << 62;

    /// <summary>
    /// TVM of <c>mstatus</c>, which makes fences trap, is clear in programs with page tables: the model's translations are
    /// coherent, QEMU's hold until the fence is executed. For the same reason entries of the code itself do not change.
    /// </summary>
    public const ulong FencesTrapped = 1UL << 20;

    /// <summary>MPP is never made 2, a mode that there isn't: QEMU 7.2 would keep it.</summary>
    public const ulong PreviousMachineMode = 3UL << 11;

    /// <summary>Event counters: QEMU has 16, and their events can be written; in the model all 29 are read-only zero.</summary>
    public static bool IsEventCounter(int csr) => (csr & 0x1F) >= 3 && (csr & ~0x1F) is 0xB00 or 0xC00 or 0x320;

    /// <summary>Counters run by the host's clock in QEMU: what they hold is not read, only whether they may be.</summary>
    public static bool IsClock(int csr) => csr is 0xB00 or 0xB02 or 0xC00 or 0xC01 or 0xC02;

    /// <summary>
    /// Registers that one side alone has: debug triggers (off in QEMU here, read 0 in the model).
    /// </summary>
    public static bool IsOnOneSideOnly(int csr) => csr is >= 0x7A0 and <= 0x7A3 || IsEventCounter(csr);

    /// <summary>Words that neither knows: those of extensions that one side alone has are left out.</summary>
    public static bool IsIllegalOnBoth(uint word) => !Decoder.TryFindForm(word, IsaExtensions.All, out _);

    /// <summary>
    /// How far the address of <c>sc</c> may lie from that of <c>lr</c>, in steps: 0 for no <c>sc</c> at all. QEMU keeps the value
    /// that was loaded in place of a reservation, so the two are of one size, and nothing is stored between them; and it looks
    /// at the address only where it is the reserved one, so it takes no exception for a misaligned one, as it should.
    /// </summary>
    /// <remarks>Nor does it set the dirty bit of a page whose <c>sc</c> fails: the address is the same where programs are paged.</remarks>
    public static int Pairing(ulong address, int sizeBytes) => (address & (ulong)(sizeBytes - 1)) == 0 ? sizeBytes : 0;

    /// <summary>
    /// Where a store goes instead of across the end of memory, or from the data into the page tables behind them. QEMU makes bytes
    /// of one that crosses the end, and those before it have been stored when the next one faults; the specification leaves open
    /// how much of it is done (unprivileged 2.6). Tables that are written so change without a fence.
    /// </summary>
    public static ulong Undivided(ulong address, int sizeBytes)
    {
        const ulong OffsetInWindow = 0x1F_FFFF, DataEnd = GuestArea.Data + GuestArea.DataBytes;
        var crosses = Crosses(address, GuestArea.MemoryEnd) || Crosses(address & OffsetInWindow, DataEnd);
        return crosses ? address & ~(ulong)(sizeBytes - 1) : address;

        bool Crosses(ulong from, ulong end) => from < end && from + (ulong)sizeBytes > end;
    }

    /// <summary>
    /// An atomic of what isn't memory is begun twice by QEMU, the second time while all other harts stand: the log has it twice.
    /// </summary>
    public static bool IsSecondAttempt(uint word, ulong[] before, ulong[] ours, ulong[] theirs) =>
        ours[HartPicture.Pc] != theirs[HartPicture.Pc] && theirs.AsSpan().SequenceEqual(before) && IsAtomic(word);

    /// <summary>Whether the two may differ as they do after an instruction; then the model's hart becomes what QEMU's is.</summary>
    /// <param name="hart">The model's hart, after the instruction.</param>
    /// <param name="word">The instruction.</param>
    /// <param name="before">The state before it.</param>
    /// <param name="ours">The model's state after it.</param>
    /// <param name="theirs">QEMU's.</param>
    public static bool TryReconcile(Hart hart, uint word, ulong[] before, ulong[] ours, ulong[] theirs)
    {
        if (!KeepsPrivilegeOfMemory(word, ours, theirs) && !LeavesFloatClean(word, before, ours, theirs) && !TakesAnotherInterrupt(ours, theirs)
            && !DescribesExceptionOtherwise(word, ours, theirs) && !IsUnguardedFence(word, before, theirs)
            && !WritesNothing(word, before, theirs))
            return false;
        HartPicture.Give(hart, theirs);
        HartPicture.Take(hart, ours);
        return ours.AsSpan().SequenceEqual(theirs);
    }

    /// <summary><c>mret</c> and <c>sret</c> to a lower mode clear MPRV since version 1.12 of the specification; QEMU does since 8.0.</summary>
    private static bool KeepsPrivilegeOfMemory(uint word, ulong[] ours, ulong[] theirs) =>
        IsReturn(word) && ours[HartPicture.Privilege] != 3 && DifferOnlyIn(ours, theirs, HartPicture.Status)
        && (ours[HartPicture.Status] | Mprv) == theirs[HartPicture.Status];

    /// <summary><c>sfence.w.inval</c> and <c>sfence.inval.ir</c> are illegal in U-mode; QEMU 7.2 executes them.</summary>
    private static bool IsUnguardedFence(uint word, ulong[] before, ulong[] theirs)
    {
        if (word is not (0x1800_0073 or 0x1810_0073) || before[HartPicture.Privilege] != 0) return false;
        return theirs[HartPicture.Pc] == before[HartPicture.Pc] + 4 && DifferOnlyIn(before, theirs, HartPicture.Pc);
    }

    /// <summary>
    /// <c>csrrs</c> and <c>csrrc</c> write the register, though it be with no bit, unless their operand is x0 (unprivileged 6.1), and so are
    /// illegal where it is read-only. QEMU executes them where the operand holds 0.
    /// </summary>
    private static bool WritesNothing(uint word, ulong[] before, ulong[] theirs)
    {
        var (operand, result) = ((int)(word >> 15 & 31), HartPicture.X + (int)(word >> 7 & 31));
        return (word & 0x7F) == 0x73 && (word >> 12 & 7) is 2 or 3 && word >> 30 == 3
            && operand != 0 && before[HartPicture.X + operand] == 0
            && theirs[HartPicture.Pc] == before[HartPicture.Pc] + 4 && DifferOnlyIn(before, theirs, HartPicture.Pc, result);
    }

    /// <summary>
    /// Flags that an operation with an integer result raises make the floating-point state dirty (FS): they are part of it. QEMU
    /// forgets them. Nor does it count a write of fcsr that sets or clears no bit.
    /// </summary>
    private static bool LeavesFloatClean(uint word, ulong[] before, ulong[] ours, ulong[] theirs)
    {
        const ulong Fs = 3UL << 13, Sd = 1UL << 63;
        if (!DifferOnlyIn(ours, theirs, HartPicture.Status) || (ours[HartPicture.Status] | Fs | Sd) != (theirs[HartPicture.Status] | Fs | Sd)) return false;
        if ((ours[HartPicture.Status] & Fs) != Fs || !Decoder.TryDecode(word, Extensions, out var instruction)) return false;
        var effects = InstructionEffects.Of(in instruction);
        if (effects.Has(InstructionTraits.WritesCsr))
            return instruction.Immediate is >= 1 and <= 3 && (word >> 12 & 7) is 2 or 3 && before[HartPicture.X + instruction.Rs1] == 0;
        return effects.Has(InstructionTraits.Float) && effects.FloatWrites == 0;
    }

    /// <summary>
    /// Of several interrupts for one mode, the specification takes external, software, timer in this order, M's before S's; QEMU
    /// takes the one with the lowest number, unless it has the advanced interrupt architecture.
    /// </summary>
    private static bool TakesAnotherInterrupt(ulong[] ours, ulong[] theirs)
    {
        const ulong Interrupt = 1UL << 63;
        var (cause, vector) = ours[HartPicture.Privilege] == 3
            ? (HartPicture.MachineCause, HartPicture.MachineVector) : (HartPicture.SupervisorCause, HartPicture.SupervisorVector);
        if (!DifferOnlyIn(ours, theirs, HartPicture.Pc, cause) || (ours[cause] & theirs[cause] & Interrupt) == 0) return false;
        var number = (int)(theirs[cause] & 63);
        var pending = ours[HartPicture.Pending] & ours[HartPicture.Enabled];
        pending &= ours[HartPicture.Privilege] == 3 ? ~ours[HartPicture.Delegated] : ours[HartPicture.Delegated];
        var handler = (ours[vector] & ~3UL) + ((ours[vector] & 1) != 0 ? 4 * (ulong)number : 0);
        return System.Numerics.BitOperations.TrailingZeroCount(pending) == number && theirs[HartPicture.Pc] == handler;
    }

    private static bool DescribesExceptionOtherwise(uint word, ulong[] ours, ulong[] theirs)
    {
        var (cause, value) = ours[HartPicture.Privilege] == 3
            ? (HartPicture.MachineCause, HartPicture.MachineTrapValue)
            : (HartPicture.SupervisorCause, HartPicture.SupervisorTrapValue);
        if (!DifferOnlyIn(ours, theirs, cause, value)) return false;
        return (ours[cause], theirs[cause]) switch
        {
            // sinval.vma where it is illegal: QEMU forgets to say what it was, and has 0 or the illegal word before.
            (2, 2) => (word & 0xFE00_7FFF) == 0x1600_0073 && ours[value] == word,

            // An atomic of what isn't memory: QEMU faults as the load that it begins with.
            (7, 5) => ours[value] == theirs[value] && IsAtomic(word),

            // A misaligned access of what isn't memory: QEMU makes aligned ones of it, and reports the address of the first.
            (5, 5) or (7, 7) => theirs[value] < ours[value] && theirs[value] == (ours[value] & ~(ulong)(SizeBytes(word) - 1)),
            _ => false,
        };
    }

    private static bool DifferOnlyIn(ulong[] ours, ulong[] theirs, params ReadOnlySpan<int> places)
    {
        for (var i = 0; i < HartPicture.Size; i++)
        {
            if (ours[i] != theirs[i] && !places.Contains(i)) return false;
        }

        return true;
    }

    private const ulong Mprv = 1UL << 17;

    private static bool IsReturn(uint word) => word is 0x3020_0073 or 0x1020_0073;

    /// <summary>How much a load or store moves.</summary>
    public static int SizeBytes(InstructionForm form)
    {
        // The letter of the size: of the mnemonic without c. and sp, without the u of unsigned and the f of floating point.
        var name = form.Mnemonic.Replace("c.", "").Replace("sp", "").TrimEnd('u').TrimStart('f');
        return form.Traits.HasFlag(InstructionTraits.Atomic) ? name.Contains(".w") ? 4 : 8
            : name[^1] switch { 'b' => 1, 'h' => 2, 'w' => 4, 'd' => 8, _ => 1 };
    }

    private static int SizeBytes(uint word) => Decoder.TryFindForm(word, Extensions, out var form) ? SizeBytes(form) : 1;

    private static bool IsAtomic(uint word) =>
        Decoder.TryFindForm(word, Extensions, out var form) && form.Traits.HasFlag(InstructionTraits.Atomic);
}
