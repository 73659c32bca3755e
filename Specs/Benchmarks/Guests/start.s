# Around every guest. M-mode from reset, no firmware: the same code runs in the model and in QEMU with -bios none.
# main finds its hart in s0 and the number of rounds in s1; it ends with 'j finish' and its result in a0.
_start:
    csrr s0, mhartid
    li t0, HARTS
    bgeu s0, t0, park
    li sp, 0x80400000
    slli t0, s0, 16
    sub sp, sp, t0
    li t0, 0x2000           # mstatus.FS = initial: floating point is on
    csrs mstatus, t0
    li t0, -1               # one PMP entry that allows everything to S and U
    csrw pmpaddr0, t0
    li t0, 0x1f
    csrw pmpcfg0, t0
    li s1, ROUNDS
    j main
park:
    wfi
    j park
finish:                     # hart 0 prints a0 in hexadecimal and powers off through the finisher
    bnez s0, park
    li t0, 0x10000000
    li t1, 60
1:  srl t2, a0, t1
    andi t2, t2, 15
    li t3, 10
    blt t2, t3, 2f
    addi t2, t2, 39
2:  addi t2, t2, 48
    sb t2, 0(t0)
    addi t1, t1, -4
    bgez t1, 1b
    li t0, 0x100000
    li t1, 0x5555
    sw t1, 0(t0)
    j park
