namespace Verification.Machine.Translation.X64;

// Floating point: scalar SSE2 and FMA3.
internal sealed partial class X64Emitter
{
    /// <summary>An SSE instruction xmm, xmm with mandatory prefix (0 for none).</summary>
    internal void Sse(int prefix, int opcode, int target, int source)
    {
        if (prefix != 0)
            Byte(prefix);
        Rex(false, target, 0, source);
        Byte(0x0F);
        Byte(opcode);
        Byte(0xC0 | ((target & 7) << 3) | (source & 7));
    }

    /// <summary>An SSE instruction xmm, [memory] with mandatory prefix (0 for none).</summary>
    internal void Sse(int prefix, int opcode, int target, R baseRegister, int displacement)
    {
        if (prefix != 0)
            Byte(prefix);
        RegMem0F(false, opcode, target, baseRegister, displacement);
    }

    /// <summary>cvtsi2sd and cvtsi2ss from a 64-bit register (opcode 2A).</summary>
    internal void ConvertInteger(int prefix, int opcode, int xmm, R source)
    {
        Byte(prefix);
        RegReg0F(true, opcode, xmm, (int)source);
    }

    /// <summary>cvt(t)sd2si and cvt(t)ss2si (opcodes 2D, 2C).</summary>
    internal void ConvertToInteger(int prefix, int opcode, R target, int xmm, int bits)
    {
        Byte(prefix);
        RegReg0F(bits == 64, opcode, (int)target, xmm);
    }

    /// <summary>A scalar FMA3 instruction of the 231 form: target += source1 * source2 and its three sisters.</summary>
    internal void Fma(int opcode, int target, int source1, int source2, bool isDouble)
    {
        Byte(0xC4);
        Byte((target < 8 ? 0x80 : 0) | 0x40 | (source2 < 8 ? 0x20 : 0) | 2);
        Byte((isDouble ? 0x80 : 0) | ((~source1 & 15) << 3) | 1);
        Byte(opcode);
        Byte(0xC0 | ((target & 7) << 3) | (source2 & 7));
    }

    /// <summary>ldmxcsr (extension 2) or stmxcsr (3).</summary>
    internal void Mxcsr(int extension, R baseRegister, int displacement) =>
        RegMem0F(false, 0xAE, extension, baseRegister, displacement);

    /// <summary>An SSE instruction xmm, [memory] with an index.</summary>
    internal void Sse(int prefix, int opcode, int xmm, HostAddress at)
    {
        if (prefix != 0)
            Byte(prefix);
        RegMem0F(false, opcode, xmm, at.Base, at.Displacement, at.Index);
    }

    /// <summary>An SSE instruction xmm, [constant of the arena].</summary>
    /// <returns>The position of its displacement, to be bound like a jump's.</returns>
    internal int SseConstant(int prefix, int opcode, int xmm)
    {
        if (prefix != 0)
            Byte(prefix);
        Rex(false, xmm, 0, 0);
        Byte(0x0F);
        Byte(opcode);
        Byte(((xmm & 7) << 3) | 5);
        Int32(0);
        return Position - 4;
    }

    /// <summary>movq register, xmm.</summary>
    internal void MoveFromXmm(R target, int xmm)
    {
        Byte(0x66);
        Rex(true, xmm, 0, (int)target);
        Byte(0x0F);
        Byte(0x7E);
        Byte(0xC0 | ((xmm & 7) << 3) | ((int)target & 7));
    }

    /// <summary>movq xmm, register.</summary>
    internal void MoveToXmm(int xmm, R source)
    {
        Byte(0x66);
        Rex(true, xmm, 0, (int)source);
        Byte(0x0F);
        Byte(0x6E);
        Byte(0xC0 | ((xmm & 7) << 3) | ((int)source & 7));
    }

    /// <summary>movaps xmm, xmm.</summary>
    internal void MoveXmm(int target, int source)
    {
        if (target != source)
            Sse(0, 0x28, target, source);
    }

    /// <summary>pextrd register, xmm, 1: the upper half of the double word.</summary>
    internal void MoveUpperFromXmm(R target, int xmm)
    {
        Byte(0x66);
        Rex(false, xmm, 0, (int)target);
        Byte(0x0F);
        Byte(0x3A);
        Byte(0x16);
        Byte(0xC0 | ((xmm & 7) << 3) | ((int)target & 7));
        Byte(1);
    }
}
