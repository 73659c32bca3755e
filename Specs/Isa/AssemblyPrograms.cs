namespace Verification.Specs.Isa;

/// <summary>Assembly texts that need no linking with others.</summary>
public static class AssemblyPrograms
{
    public static readonly string[] All =
    [
        """
        # labels, both directions, and local ones
        _start:
            beq a0, a1, 1f
            bnez a0, _start
            j 2f
        1:  addi a0, a0, -1     /* comment */
            bgtz a0, 1b
            jal 1f
            jal t0, 1b
        2:  ret
        1:  jr t0 ; jalr a0 ; jalr t0, a1
            jalr t0, 8(a1)
            jalr t0, a1, 12
            bgt a0, a1, 1b
            bleu s0, s1, 1b
            blez s0, 1b

        """,
        """
        nop; mv a0, a1; not a0, a1; neg a0, a1; negw a0, a1; sext.w a0, a1
        seqz a0, a1; snez a0, a1; sltz a0, a1; sgtz a0, a1
        zext.b a0, a1
        zext.w a0, a1
        add a0, a0, 4
        and a0, a0, 15
        sll a0, a0, 3
        srlw a0, a0, 3
        fmv.d fa0, fa1
        fabs.s fa0, fa1
        fneg.d fa0, fa1
        fgt.d a0, fa0, fa1
        csrr a0, mstatus
        csrw satp, zero
        csrs sie, a0
        csrc sip, 3
        csrwi 0x180, 5
        csrrw a0, sscratch, 31
        rdtime a0
        rdcycle a1
        rdinstret a2
        frcsr a0
        fscsr a1
        fsrm a0, a1
        fence
        fence rw, w
        fence.tso
        fence.i
        sfence.vma
        sfence.vma a0
        ecall
        ebreak
        mret
        sret
        wfi
        pause
        sgt a0, a1, a2
        lr.d.aqrl a0, (a1)
        sc.w.rl a0, a2, 0(a1)
        amoadd.d.aq zero, a2, (a1)
        fcvt.w.d a0, fa0, rtz
        fadd.d fa0, fa1, fa2
        fcvt.s.w fa0, a0
        lui a0, 0x12345
        auipc a0, 0xfffff
        ld a0, (a1)
        sd a0, -2048(sp)
        lb a0, 'a'(a1)
        rori a0, a1, 63
        bseti a0, a1, 63
        bset a0, a1, 5
        sext.h a0, a1

        """,
        """
        .equ SIZE, 4096
        .set TWICE, SIZE * 2
        SHIFT = 12
        li a0, SIZE
        li a1, TWICE - 1
        li a2, (1 << SHIFT) | 3
        li a3, ~0
        li a4, -2048
        li a5, 2047
        li a6, 2048
        li a7, 0x7fffffff
        li s0, 0x80000000
        li s1, 0xffffffff
        li s2, 0x123456789abcdef0
        li s3, -1
        li s4, 0x8000000000000000
        li s5, 0x100000000
        li s6, 0xfffff000
        li s7, 0x7fffffffffffffff
        li s8, 0x0000ffff0000ffff
        li s9, -4096
        li s10, 0x80000000000
        li s11, 1 << 44
        li t0, 31
        li t1, 32
        li t2, 0x1f000
        li t3, 0x20000
        li t4, -0x20000
        li t5, 0x800
        li t6, 0xfffffffffffff800
        li t6, 0x7ffff800
        li t6, 0x7fffffff800
        addi a0, a0, SIZE / 8 % 100
        addi a1, a1, 1 + 2 * 3
        addi a2, a2, -(3 - 5)

        """,
        """
        start:
            la a0, data
            lla a1, start
            lw a2, data
            sd a3, data, t0
            fld fa0, data, t1
            call start
            call t0, data
            tail end
            jump start, t2
        1:  auipc a0, %pcrel_hi(data)
            lw a1, %pcrel_lo(1b)(a0)
            sw a1, %pcrel_lo(1b)(a0)
            addi a2, a0, %pcrel_lo(1b)
            .align 4
        data:
            .byte 1, 2, 'x', -1
            .half 0x1234, -2
            .word 0x12345678, end - start, -5
            .dword 0x123456789abcdef0, end - data
            .asciz "text\n\t\"\x41\101\\"
            .ascii "a", "b"
            .string "ü # no comment ; really"
            .balign 8
            .zero 5
            .space 3, 0xff
            .p2align 3, 0xaa
        end:
            nop
            .p2align 4
            ret

        """,
        """
        start:
            beqz a0, far
            beq a0, a1, far
            bnez s0, start
            j far
            bgeu a0, a1, start
            .space 4200
        far:
            bnez a0, start
            beqz s1, near
            j start
            .space 250
        near:
            j near
            .space 2040
            j near
            beqz a0, near

        """,
        """
        # everything that has a compressed form
            addi sp, sp, -64
            addi sp, sp, 16
            addi a0, sp, 8
            addi a0, sp, 1020
            addi t0, sp, 8
            sd ra, 56(sp)
            sd s0, 504(sp)
            sd s0, 512(sp)
            ld ra, 56(sp)
            ld x0, 56(sp)
            sw a0, 4(sp)
            lw a0, 252(sp)
            lw a0, 256(sp)
            lw a0, 0(a1)
            lw a0, 124(a1)
            lw a0, 128(a1)
            sw s1, 8(s0)
            ld a0, 248(a1)
            sd a0, 248(a1)
            sd t0, 8(a1)
            fld fa0, 8(a0)
            fsd fa0, 8(a0)
            fld ft11, 8(sp)
            fsd ft11, 8(sp)
            flw fa0, 8(a0)
            addi a0, a0, 31
            addi a0, a0, 32
            addi a0, a0, -32
            addi a0, zero, 5
            addi a0, a1, 0
            addi zero, zero, 0
            addi x0, x0, 1
            addi a0, a0, 0
            addiw a0, a0, 0
            addiw a0, a0, 5
            addiw t0, t0, -32
            addiw a0, a1, 5
            lui a0, 1
            lui a0, 31
            lui a0, 32
            lui a0, 0xfffff
            lui sp, 1
            lui a0, 0xfffe0
            srli a0, a0, 5
            srli t0, t0, 5
            srai s1, s1, 63
            andi a0, a0, 31
            andi a0, a0, 32
            andi a0, a0, -32
            andi t0, t0, 1
            slli t0, t0, 63
            slli a0, a0, 0
            slli a0, a1, 3
            sub a0, a0, a1
            sub a0, a1, a0
            xor a0, a0, a1
            xor a0, a1, a0
            or a0, a0, a1
            or a0, a1, a0
            and a0, a0, a1
            and a0, a1, a0
            subw a0, a0, a1
            addw a0, a0, a1
            addw a0, a1, a0
            add a0, a0, a1
            add a0, a1, a0
            add a0, zero, a1
            add a0, a1, zero
            add t0, t0, s11
            add a0, a0, zero
            jr a0
            jalr a0
            jalr zero, 4(a0)
            jalr t0, 0(a0)
            ebreak
            nop
            mul a0, a0, a1
            zext.b a0, a0
            not a0, a0
            ori a0, a0, 1

        """,
    ];
}
