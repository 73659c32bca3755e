# Floating point in double precision: a logistic map with fused, plain and divided steps.
main:
    li t0, 3
    fcvt.d.l fa0, t0
    li t0, 7
    fcvt.d.l fa1, t0
    fdiv.d fa2, fa0, fa1
    li t0, 1
    fcvt.d.l fa3, t0
    fmv.d fa4, fa3
1:  fsub.d ft0, fa3, fa2
    fmul.d ft1, fa2, ft0
    fadd.d ft2, ft1, ft1
    fmadd.d fa2, ft1, fa0, ft2
    fadd.d ft3, fa3, fa2
    fdiv.d fa2, fa2, ft3
    fadd.d fa4, fa4, fa2
    addi s1, s1, -1
    bnez s1, 1b
    fmv.x.d a0, fa4
    j finish
