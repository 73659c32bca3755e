# Devices: the serial port's line status and scratch registers.
main:
    li t0, 0x10000000
    li a0, 0
1:  lbu t1, 5(t0)
    add a0, a0, t1
    andi t2, s1, 127
    sb t2, 7(t0)
    lbu t3, 7(t0)
    add a0, a0, t3
    addi s1, s1, -1
    bnez s1, 1b
    j finish
