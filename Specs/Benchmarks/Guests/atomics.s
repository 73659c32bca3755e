# Atomics: each hart adds to one counter by AMO and by LR/SC; hart 0 waits for all.
main:
    li s2, 0x80800000
    li s3, 0x80800040
    li s4, 0x80800080
1:  li t0, 1
    amoadd.d t1, t0, (s2)
2:  lr.d t2, (s3)
    addi t2, t2, 1
    sc.d t3, t2, (s3)
    bnez t3, 2b
    addi s1, s1, -1
    bnez s1, 1b
    li t0, 1
    amoadd.d.aqrl t1, t0, (s4)
    bnez s0, park
    li t1, HARTS
3:  ld t0, 0(s4)
    bltu t0, t1, 3b
    fence rw, rw
    ld a0, 0(s2)
    ld a1, 0(s3)
    add a0, a0, a1
    j finish
