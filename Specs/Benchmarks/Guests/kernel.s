# A kernel function of Code/Kernels/, compiled by this project's compiler: each round with its memory as at first. ENTRY,
# INPUT and INPUT_BYTES (a multiple of 8) are given; the results are mixed.
main:
    li s2, 0
1:  li t0, INPUT
    li t1, 0x80800000
    li t2, INPUT
    li t3, INPUT_BYTES
    add t2, t2, t3
2:  ld t3, 0(t0)
    sd t3, 0(t1)
    addi t0, t0, 8
    addi t1, t1, 8
    bltu t0, t2, 2b
    li a0, 0x80800000
    li a1, INPUT_BYTES
    li t0, ENTRY
    jalr t0
    slli t0, s2, 7
    srli t1, s2, 57
    or t0, t0, t1
    xor s2, t0, a0
    addi s1, s1, -1
    bnez s1, 1b
    mv a0, s2
    j finish
