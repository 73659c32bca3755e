# Traps: ecall and mret, there and back.
main:
    la t0, handler
    csrw mtvec, t0
    li a0, 0
1:  ecall
    addi s1, s1, -1
    bnez s1, 1b
    j finish
    .p2align 2
handler:
    csrr t0, mcause
    add a0, a0, t0
    csrr t1, mepc
    addi t1, t1, 4
    csrw mepc, t1
    mret
