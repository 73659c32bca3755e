# Pointer chase: 4,096 nodes of 16 bytes, linked in an order that jumps about in 64 KiB; each load waits for the one before.
main:
    li t0, 0x80800000       # node i at t0 + 16 i: its successor is node (i * 5 + 1261) mod 4096, a full cycle
    li t1, 0
    li t2, 4096
1:  slli t3, t1, 2
    add t3, t3, t1
    addi t3, t3, 1261
    slli t3, t3, 52
    srli t3, t3, 48
    add t3, t3, t0
    slli t4, t1, 4
    add t4, t4, t0
    sd t3, 0(t4)
    sd t1, 8(t4)
    addi t1, t1, 1
    bne t1, t2, 1b
    li a0, 0
    mv a1, t0
2:  li t2, 4096
3:  ld t3, 8(a1)
    ld a1, 0(a1)
    add a0, a0, t3
    addi t2, t2, -1
    bnez t2, 3b
    addi s1, s1, -1
    bnez s1, 2b
    j finish
