# Branches and calls: Fibonacci by recursion, and a jump through a table at each leaf.
main:
    li s2, 0
1:  li a0, 15
    call fibonacci
    add s2, s2, a0
    addi s1, s1, -1
    bnez s1, 1b
    mv a0, s2
    j finish
fibonacci:
    li t0, 2
    bltu a0, t0, leaf
    addi sp, sp, -32
    sd ra, 24(sp)
    sd s3, 16(sp)
    sd s4, 8(sp)
    mv s3, a0
    addi a0, a0, -1
    call fibonacci
    mv s4, a0
    addi a0, s3, -2
    call fibonacci
    add a0, a0, s4
    ld ra, 24(sp)
    ld s3, 16(sp)
    ld s4, 8(sp)
    addi sp, sp, 32
    ret
leaf:
    la t1, zero_leaf
    beqz a0, 1f
    la t1, one_leaf
1:  jr t1
zero_leaf:
    li a0, 1
    ret
one_leaf:
    li a0, 1
    ret
