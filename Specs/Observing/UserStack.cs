using Verification.Machine;
using Verification.Specs.Harts;

namespace Verification.Specs.Observing;

/// <summary>
/// Calls from user mode, each with a stack pointer that lies deeper than the last: the handler reads there, and gives back some of it,
/// before anybody has looked at where the pointer is.
/// </summary>
internal static class UserStack
{
    internal static Board Create() => Guest.Load(
        $"""
            li t0, -1
            csrw pmpaddr0, t0
            li t0, 0x1f
            csrw pmpcfg0, t0
            la t0, 2f
            csrw mtvec, t0
            la t0, 1f
            csrw mepc, t0
            li t0, 0x1800
            csrc mstatus, t0
            li sp, {Guest.Start + 0x4_1800}
            mret
        1:  addi sp, sp, -16
            ecall
            j 1b
            .balign 4
        2:  ld a0, 0(sp)
            addi sp, sp, 8
            addi a1, a1, 1
            addi sp, sp, -8
            csrr t1, mepc
            addi t1, t1, 4
            csrw mepc, t1
            mret
        """);
}
