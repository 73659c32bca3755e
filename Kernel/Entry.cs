using Verification.Intrinsics;

namespace Verification.Kernel;

/// <summary>
/// The first instructions of each hart. Both entries come with <c>a0</c> = hart id, paging and interrupts off (SBI
/// specification, "Hart State Management", function hart_start; the boot hart likewise), and must find a stack before
/// compiled code can run. <c>tp</c> holds the hart's id for ever after.
/// <para>
/// .bss is zero already: the ELF's loader, or the zeros in the raw image, saw to it.
/// </para>
/// </summary>
[Assembly("""
    .section .head
    .globl _start
    _start:                         # a0 = hart id, a1 = devicetree
        .cfi_undefined ra
        csrw sie, zero
        mv tp, a0
        la t0, boot_satp            # page tables with a guard page, if the layout has them; otherwise 0
        ld t0, 0(t0)
        csrw satp, t0
        sfence.vma
        la sp, boot_stack_top
        la t0, boot_trap_stack_top
        csrw sscratch, t0
        la t0, trap_entry
        csrw stvec, t0
        call kmain
    1:  wfi                         # kmain does not return
        j 1b

    .section .text
    .globl hart_entry
    hart_entry:                     # a0 = hart id, a1 = its HartRecord
        .cfi_undefined ra
        csrw sie, zero
        mv tp, a0
        la t0, boot_satp
        ld t0, 0(t0)
        csrw satp, t0
        sfence.vma
        ld sp, 16(a1)               # HartRecord.StackTop
        ld t0, 24(a1)               # HartRecord.TrapStackTop
        csrw sscratch, t0
        la t0, trap_entry
        csrw stvec, t0
        call hart_main
    1:  wfi                         # hart_main does not return
        j 1b
    """)]
public static class Entry
{
    /// <summary>Where a hart that HSM starts begins.</summary>
    [LinkerSymbol("hart_entry")]
    public static ulong HartEntry => throw new PlatformNotSupportedException();
}
