# Integer mix: additions, shifts, a multiplication, and a division every eighth round.
main:
    li a0, 1
    li a1, 0x9e3779b97f4a7c15
    li a2, 7
1:  add a0, a0, a1
    srli t0, a0, 30
    xor a0, a0, t0
    mul a0, a0, a1
    slli t1, a0, 13
    xor a0, a0, t1
    sub t2, a0, s1
    and t2, t2, a1
    or t3, t2, a2
    addw t4, t3, a0
    xor a0, a0, t4
    andi t5, s1, 7
    bnez t5, 2f
    divu t6, a1, t3
    add a0, a0, t6
2:  addi s1, s1, -1
    bnez s1, 1b
    j finish
