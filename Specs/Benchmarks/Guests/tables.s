# Look-ups in tables as table-driven ciphers do them: four words of state in registers, sixteen bytes of them looked up in four
# tables of 1 KiB each round.
main:
    li t0, 0x80800000       # table j, entry i: (4 i + j + 1) times a constant, some bits
    li t1, 0
    li t2, 0x9e3779b97f4a7c15
1:  addi t3, t1, 1
    mul t3, t3, t2
    srli t3, t3, 24
    slli t4, t1, 2
    add t4, t4, t0
    sw t3, 0(t4)
    addi t1, t1, 1
    li t3, 1024
    bne t1, t3, 1b
    li a2, 1
    li a3, 2
    li a4, 3
    li a5, 4
2:  mv s2, a2
    mv s3, a3
    mv s4, a4
    mv s5, a5
    # Each new word from a byte of each old one, the bytes of a column.
    andi t1, s2, 255
    srliw t2, s3, 8
    andi t2, t2, 255
    srliw t3, s4, 16
    andi t3, t3, 255
    srliw t4, s5, 24
    slli t1, t1, 2
    slli t2, t2, 2
    slli t3, t3, 2
    slli t4, t4, 2
    add t1, t1, t0
    add t2, t2, t0
    add t3, t3, t0
    add t4, t4, t0
    lw t1, 0(t1)
    lw t2, 1024(t2)
    lw t3, 2044(t3)
    lw t4, 2044(t4)
    xor a2, t1, t2
    xor t3, t3, t4
    xor a2, a2, t3
    andi t1, s3, 255
    srliw t2, s4, 8
    andi t2, t2, 255
    srliw t3, s5, 16
    andi t3, t3, 255
    srliw t4, s2, 24
    slli t1, t1, 2
    slli t2, t2, 2
    slli t3, t3, 2
    slli t4, t4, 2
    add t1, t1, t0
    add t2, t2, t0
    add t3, t3, t0
    add t4, t4, t0
    lw t1, 0(t1)
    lw t2, 1024(t2)
    lw t3, 1024(t3)
    lw t4, 0(t4)
    xor a3, t1, t2
    xor t3, t3, t4
    xor a3, a3, t3
    andi t1, s4, 255
    srliw t2, s5, 8
    andi t2, t2, 255
    srliw t3, s2, 16
    andi t3, t3, 255
    srliw t4, s3, 24
    slli t1, t1, 2
    slli t2, t2, 2
    slli t3, t3, 2
    slli t4, t4, 2
    add t1, t1, t0
    add t2, t2, t0
    add t3, t3, t0
    add t4, t4, t0
    lw t1, 512(t1)
    lw t2, 1024(t2)
    lw t3, 1536(t3)
    lw t4, 0(t4)
    xor a4, t1, t2
    xor t3, t3, t4
    xor a4, a4, t3
    andi t1, s5, 255
    srliw t2, s2, 8
    andi t2, t2, 255
    srliw t3, s3, 16
    andi t3, t3, 255
    srliw t4, s4, 24
    slli t1, t1, 2
    slli t2, t2, 2
    slli t3, t3, 2
    slli t4, t4, 2
    add t1, t1, t0
    add t2, t2, t0
    add t3, t3, t0
    add t4, t4, t0
    lw t1, 256(t1)
    lw t2, 1024(t2)
    lw t3, 0(t3)
    lw t4, 768(t4)
    xor a5, t1, t2
    xor t3, t3, t4
    xor a5, a5, t3
    addi s1, s1, -1
    bnez s1, 2b
    slli a0, a2, 32
    add a0, a0, a3
    xor a0, a0, a4
    slli a5, a5, 16
    xor a0, a0, a5
    j finish
