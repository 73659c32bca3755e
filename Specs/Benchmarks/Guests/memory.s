# Memory: 64 KiB copied by double words, then summed by words.
main:
    li a0, 0
1:  li t0, 0x80800000
    li t1, 0x80900000
    li t2, 0x80810000
    sd s1, 0(t0)
2:  ld t3, 0(t0)
    ld t4, 8(t0)
    ld t5, 16(t0)
    ld t6, 24(t0)
    sd t3, 0(t1)
    sd t4, 8(t1)
    sd t5, 16(t1)
    sd t6, 24(t1)
    addi t0, t0, 32
    addi t1, t1, 32
    bltu t0, t2, 2b
    li t1, 0x80900000
    li t2, 0x80910000
3:  lwu t3, 0(t1)
    add a0, a0, t3
    addi t1, t1, 4
    bltu t1, t2, 3b
    addi s1, s1, -1
    bnez s1, 1b
    j finish
