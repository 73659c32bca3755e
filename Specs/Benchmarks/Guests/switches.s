# Context switches: Sv39 in S-mode; each round goes to the other of two address spaces, flushes, and touches 16 pages.
main:
    la t0, back
    csrw mtvec, t0
    li a1, 0x80500000       # root table
    li a2, 0x80501000       # level 1, for 0x40000000
    li a3, 0x80502000       # four tables of level 0
    li t0, 0x200000cf       # 0x80000000 as one page of 1 GiB: V R W X A D
    sd t0, 16(a1)
    srli t0, a2, 2
    ori t0, t0, 1
    sd t0, 8(a1)
    li t1, 4
    mv t2, a2
    mv t3, a3
    li t6, 4096
1:  srli t0, t3, 2
    ori t0, t0, 1
    sd t0, 0(t2)
    addi t2, t2, 8
    add t3, t3, t6
    addi t1, t1, -1
    bnez t1, 1b
    li t1, 2048
    li t4, 0x204000c7       # 0x81000000: V R W A D
    mv t2, a3
2:  sd t4, 0(t2)
    addi t2, t2, 8
    addi t4, t4, 1024
    addi t1, t1, -1
    bnez t1, 2b
    srli t0, a1, 12
    li t1, 8
    slli t1, t1, 60
    or t0, t0, t1
    csrw satp, t0
    sfence.vma
    li t0, 0x1800
    csrc mstatus, t0
    li t0, 0x800
    csrs mstatus, t0
    la t0, supervisor
    csrw mepc, t0
    li a0, 0
    mret
supervisor:
    li t6, 4104
    li t5, 1
    slli t5, t5, 44
1:  li t0, 0x40000000
    csrr t3, satp
    xor t3, t3, t5          # another ASID
    csrw satp, t3
    sfence.vma
    li t1, 16
2:  ld t2, 0(t0)
    add t2, t2, t1
    sd t2, 0(t0)
    add a0, a0, t2
    add t0, t0, t6
    addi t1, t1, -1
    bnez t1, 2b
    addi s1, s1, -1
    bnez s1, 1b
    ecall
    .p2align 2
back:
    j finish
