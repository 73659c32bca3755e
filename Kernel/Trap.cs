using Verification.Intrinsics;

namespace Verification.Kernel;

/// <summary>
/// Traps to supervisor mode. They run on a stack of their own, whose top lies in <c>sscratch</c>, so that a report
/// survives an interrupted stack that has overflowed. While the handler runs <c>sscratch</c> is 0: a trap within it
/// has no stack left and stops the machine without using one.
/// <para>
/// The stub saves what compiled code may change (the calling convention's temporaries and arguments); the rest the
/// compiled handler keeps itself. By <c>.cfi_signal_frame</c> a debugger knows that what called is interrupted code; where
/// its registers are at each instruction, the toolchain reads from the instructions.
/// </para>
/// </summary>
[Assembly("""
    .section .text
    .globl trap_entry
    .p2align 2
    trap_entry:
        .cfi_signal_frame
        csrrw sp, sscratch, sp
        beqz sp, trap_within_trap
        addi sp, sp, -160
        sd ra, 8(sp)
        sd t0, 40(sp)
        sd t1, 48(sp)
        sd t2, 56(sp)
        sd a0, 64(sp)
        sd a1, 72(sp)
        sd a2, 80(sp)
        sd a3, 88(sp)
        sd a4, 96(sp)
        sd a5, 104(sp)
        sd a6, 112(sp)
        sd a7, 120(sp)
        sd t3, 128(sp)
        sd t4, 136(sp)
        sd t5, 144(sp)
        sd t6, 152(sp)
        csrr t0, sepc
        sd t0, 0(sp)
        csrrw t1, sscratch, zero
        sd t1, 16(sp)
        csrr t0, scause
        sd t0, 24(sp)
        csrr t0, stval
        sd t0, 32(sp)
        mv a0, sp
        call trap_handle
        ld t0, 0(sp)
        csrw sepc, t0
        ld ra, 8(sp)
        ld t0, 40(sp)
        ld t1, 48(sp)
        ld t2, 56(sp)
        ld a0, 64(sp)
        ld a1, 72(sp)
        ld a2, 80(sp)
        ld a3, 88(sp)
        ld a4, 96(sp)
        ld a5, 104(sp)
        ld a6, 112(sp)
        ld a7, 120(sp)
        ld t3, 128(sp)
        ld t4, 136(sp)
        ld t5, 144(sp)
        ld t6, 152(sp)
        addi sp, sp, 160
        csrw sscratch, sp
        ld sp, -144(sp)             # the interrupted stack pointer, 16 bytes into the frame
        sret
    .globl trap_within_trap
    trap_within_trap:               # no stack: switch the machine off, reason "system failure"
        li a0, 0
        li a1, 1
        li a6, 0
        li a7, 0x53525354
        ecall
    1:  wfi
        j 1b
    """)]
public static unsafe class Trap
{
    private const ulong InterruptBit = 1UL << 63;
    private const ulong SupervisorSoftware = InterruptBit | 1;
    private const ulong LoadPageFault = 13;
    private const ulong StorePageFault = 15;

    /// <summary>
    /// Handles one trap. A software interrupt is another hart's call: to look whether it is this hart's turn, or that a
    /// panic is under way. Everything else is a fault of the kernel.
    /// </summary>
    [BootEntry(StackSizeBytes = TrapStack.SizeBytes), Export("trap_handle")]
    public static void Handle(TrapFrame* frame)
    {
        if (frame->Cause != SupervisorSoftware)
        {
            Describe(frame);
            if (IsBelowBootStack(frame)) throw new KernelPanic("the boot stack overflowed into its guard page");
            throw new KernelPanic("unexpected trap");
        }

        Interrupts.ClearSoftware();
        if (Panic.IsUnderWay) ThisHart.Halt();
    }

    /// <summary>Whether an access missed the boot stack by less than a page: there is a guard page, if any at all.</summary>
    private static bool IsBelowBootStack(TrapFrame* frame) =>
        frame->Cause is LoadPageFault or StorePageFault
        && Image.BootStackBottom - frame->Value - 1 < PageRegionTable.PageSizeBytes;

    private static void Describe(TrapFrame* frame)
    {
        Console.Write("trap: cause "u8);
        Console.WriteHexadecimal(frame->Cause);
        Console.Write(", pc "u8);
        Console.WriteHexadecimal(frame->ProgramCounter);
        Console.Write(", value "u8);
        Console.WriteHexadecimal(frame->Value);
        Console.Write(", sp "u8);
        Console.WriteHexadecimal(frame->StackPointer);
        Console.Write(", hart "u8);
        Console.WriteDecimal(ThisHart.Id);
        Console.Write("\n"u8);
    }
}
