using System.Buffers.Binary;

namespace Verification.Machine.Translation.X64;

/// <summary>A host register of x86-64, numbered as encodings number it.</summary>
internal enum R { Rax, Rcx, Rdx, Rbx, Rsp, Rbp, Rsi, Rdi, R8, R9, R10, R11, R12, R13, R14, R15 }

/// <summary>A condition of <c>jcc</c>, <c>setcc</c> and <c>cmovcc</c>, numbered as encodings number it; xor 1 negates.</summary>
internal enum Condition { Overflow, NoOverflow, Below, AboveOrEqual, Equal, NotEqual, BelowOrEqual, Above, Sign, NoSign, Parity, NoParity, Less, GreaterOrEqual, LessOrEqual, Greater }

/// <summary>The two-operand arithmetic of x86-64's first opcode row, numbered as encodings number it.</summary>
internal enum Alu { Add = 0, Or = 1, And = 4, Subtract = 5, Xor = 6, Compare = 7 }

/// <summary>
/// Writes x86-64 machine code (Intel SDM volume 2) into a buffer. Knows encodings only; operands are registers,
/// immediates, and memory at a register plus displacement.
/// </summary>
internal sealed class X64Emitter
{
    private byte[] _buffer = new byte[1 << 16];

    internal int Position { get; private set; }

    internal ReadOnlySpan<byte> Code => _buffer.AsSpan(0, Position);

    internal void Clear() => Position = 0;

    internal void Truncate(int position) => Position = position;

    internal void Byte(int value)
    {
        if (Position == _buffer.Length)
            Array.Resize(ref _buffer, _buffer.Length * 2);
        _buffer[Position++] = (byte)value;
    }

    internal void Int32(int value)
    {
        Byte(value);
        Byte(value >> 8);
        Byte(value >> 16);
        Byte(value >> 24);
    }

    internal void Int64(ulong value)
    {
        Int32((int)value);
        Int32((int)(value >> 32));
    }

    internal void PatchInt32(int position, int value) =>
        BinaryPrimitives.WriteInt32LittleEndian(_buffer.AsSpan(position), value);

    // Register forms -------------------------------------------------------------------------------------------------

    internal void Move(R target, R source)
    {
        if (target != source)
            RegReg(true, 0x8B, target, source);
    }

    internal void Move32(R target, R source) => RegReg(false, 0x8B, target, source);

    internal void Move(R target, ulong constant)
    {
        if (constant == 0)
        {
            RegReg(false, 0x33, target, target);
        }
        else if (constant <= uint.MaxValue)
        {
            Rex(false, 0, 0, (int)target);
            Byte(0xB8 + ((int)target & 7));
            Int32((int)constant);
        }
        else if ((long)constant == (int)constant)
        {
            Rex(true, 0, 0, (int)target);
            Byte(0xC7);
            Byte(0xC0 | ((int)target & 7));
            Int32((int)constant);
        }
        else
        {
            Rex(true, 0, 0, (int)target);
            Byte(0xB8 + ((int)target & 7));
            Int64(constant);
        }
    }

    internal void Op(Alu op, R target, R source, int bits = 64) =>
        RegReg(bits == 64, ((int)op << 3) | 3, target, source);

    internal void OpFrom(Alu op, R target, R baseRegister, int displacement, int bits = 64) =>
        RegMem(bits == 64, ((int)op << 3) | 3, (int)target, baseRegister, displacement);

    internal void Op(Alu op, R target, int immediate, int bits = 64)
    {
        Rex(bits == 64, 0, 0, (int)target);
        Byte(immediate == (sbyte)immediate ? 0x83 : 0x81);
        Byte(0xC0 | ((int)op << 3) | ((int)target & 7));
        Immediate(immediate);
    }

    internal void OpMemory(Alu op, R baseRegister, int displacement, int immediate, int bits = 64)
    {
        RegMem(bits == 64, immediate == (sbyte)immediate ? 0x83 : 0x81, (int)op, baseRegister, displacement);
        Immediate(immediate);
    }

    internal void OpMemory(Alu op, R baseRegister, int displacement, R source, int bits = 64) =>
        RegMem(bits == 64, ((int)op << 3) | 1, (int)source, baseRegister, displacement);

    internal void Test(R left, R right) => RegReg(true, 0x85, left, right);

    internal void TestByte(R register, int immediate)
    {
        RexByte((int)register);
        Byte(0xF6);
        Byte(0xC0 | ((int)register & 7));
        Byte(immediate);
    }

    internal void Not(R register) => Group3(2, register);

    internal void Negate(R register) => Group3(3, register);

    internal void MultiplyWide(R register) => Group3(4, register);

    internal void MultiplyWideSigned(R register) => Group3(5, register);

    internal void Divide(R register, int bits) => Group3(6, register, bits);

    internal void DivideSigned(R register, int bits) => Group3(7, register, bits);

    internal void SignExtendAccumulator(int bits)
    {
        if (bits == 64)
            Byte(0x48);
        Byte(0x99);
    }

    internal void Multiply(R target, R source, int bits = 64) => RegReg0F(bits == 64, 0xAF, (int)target, (int)source);

    internal void ShiftImmediate(int extension, R register, int amount, int bits)
    {
        Rex(bits == 64, 0, 0, (int)register);
        Byte(0xC1);
        Byte(0xC0 | (extension << 3) | ((int)register & 7));
        Byte(amount);
    }

    internal void ShiftByCl(int extension, R register, int bits)
    {
        Rex(bits == 64, 0, 0, (int)register);
        Byte(0xD3);
        Byte(0xC0 | (extension << 3) | ((int)register & 7));
    }

    /// <summary>BMI2's shlx (prefix 66), sarx (F3), shrx (F2): no flags, any amount register.</summary>
    internal void ShiftX(int prefix, R target, R source, R amount, int bits)
    {
        Byte(0xC4);
        Byte((((int)target < 8) ? 0x80 : 0) | 0x40 | (((int)source < 8) ? 0x20 : 0) | 2);
        Byte((bits == 64 ? 0x80 : 0) | ((~(int)amount & 15) << 3) | prefix switch { 0x66 => 1, 0xF3 => 2, _ => 3 });
        Byte(0xF7);
        Byte(0xC0 | (((int)target & 7) << 3) | ((int)source & 7));
    }

    /// <summary>BMI2's rorx: rotate right by a constant, no flags.</summary>
    internal void RotateX(R target, R source, int amount, int bits = 64)
    {
        Byte(0xC4);
        Byte((((int)target < 8) ? 0x80 : 0) | 0x40 | (((int)source < 8) ? 0x20 : 0) | 3);
        Byte((bits == 64 ? 0x80 : 0) | 0x78 | 3);
        Byte(0xF0);
        Byte(0xC0 | (((int)target & 7) << 3) | ((int)source & 7));
        Byte(amount);
    }

    internal void SetCondition(Condition condition, R target)
    {
        RexByte((int)target);
        Byte(0x0F);
        Byte(0x90 | (int)condition);
        Byte(0xC0 | ((int)target & 7));
    }

    internal void MoveIf(Condition condition, R target, R source) =>
        RegReg0F(true, 0x40 | (int)condition, (int)target, (int)source);

    internal void SignExtend(R target, R source, int bits)
    {
        if (bits == 32)
            RegReg(true, 0x63, target, source);
        else
            RegReg0F(true, bits == 16 ? 0xBF : 0xBE, (int)target, (int)source);
    }

    internal void ZeroExtend(R target, R source, int bits)
    {
        if (bits == 32)
            Move32(target, source);
        else
            RegReg0F(bits == 8, bits == 16 ? 0xB7 : 0xB6, (int)target, (int)source);
    }

    internal void ByteSwap(R register)
    {
        Rex(true, 0, 0, (int)register);
        Byte(0x0F);
        Byte(0xC8 | ((int)register & 7));
    }

    /// <summary>popcnt (B8), tzcnt (BC) and lzcnt (BD).</summary>
    internal void Count(int opcode, R target, R source)
    {
        Byte(0xF3);
        RegReg0F(true, opcode, (int)target, (int)source);
    }

    // Memory forms ---------------------------------------------------------------------------------------------------

    internal void Load(R target, R baseRegister, int displacement) =>
        RegMem(true, 0x8B, (int)target, baseRegister, displacement);

    internal void Load32(R target, R baseRegister, int displacement) =>
        RegMem(false, 0x8B, (int)target, baseRegister, displacement);

    internal void LoadExtended(R target, HostAddress from, int sizeBytes, ExtensionKind extension)
    {
        switch (sizeBytes)
        {
            case 8:
                RegMem(true, 0x8B, (int)target, from.Base, from.Displacement, from.Index);
                break;
            case 4 when extension == ExtensionKind.Zero:
                RegMem(false, 0x8B, (int)target, from.Base, from.Displacement, from.Index);
                break;
            case 4:
                RegMem(true, 0x63, (int)target, from.Base, from.Displacement, from.Index);
                break;
            default:
                var opcode = (extension == ExtensionKind.Zero ? 0xB6 : 0xBE) | (sizeBytes == 2 ? 1 : 0);
                RegMem0F(extension == ExtensionKind.Sign, opcode, (int)target, from.Base, from.Displacement, from.Index);
                break;
        }
    }

    internal void Store(HostAddress to, R source, int sizeBytes)
    {
        if (sizeBytes == 2)
            Byte(0x66);
        if (sizeBytes == 1)
            RegMemByte(0x88, (int)source, to.Base, to.Displacement, to.Index);
        else
            RegMem(sizeBytes == 8, 0x89, (int)source, to.Base, to.Displacement, to.Index);
    }

    internal void Store(R baseRegister, int displacement, R source) =>
        RegMem(true, 0x89, (int)source, baseRegister, displacement);

    internal void StoreImmediate(R baseRegister, int displacement, int immediate)
    {
        RegMem(true, 0xC7, 0, baseRegister, displacement);
        Int32(immediate);
    }

    /// <summary>test dword [memory], immediate.</summary>
    internal void TestMemory32(R baseRegister, int displacement, int immediate)
    {
        RegMem(false, 0xF7, 0, baseRegister, displacement);
        Int32(immediate);
    }

    internal void OpMemoryMove32(R baseRegister, int displacement, int immediate)
    {
        RegMem(false, 0xC7, 0, baseRegister, displacement);
        Int32(immediate);
    }

    internal void LoadAddress(R target, R baseRegister, int displacement) =>
        RegMem(true, 0x8D, (int)target, baseRegister, displacement);

    /// <summary>lea target, [base + index].</summary>
    internal void LoadAddress(R target, R baseRegister, R index)
    {
        Rex(true, (int)target, (int)index, (int)baseRegister);
        Byte(0x8D);
        var mod = ((int)baseRegister & 7) == 5 ? 0x44 : 0x04;
        Byte(mod | (((int)target & 7) << 3));
        Byte((((int)index & 7) << 3) | ((int)baseRegister & 7));
        if (mod == 0x44)
            Byte(0);
    }

    internal void JumpMemory(R baseRegister, int displacement) => RegMem(false, 0xFF, 4, baseRegister, displacement);

    internal void JumpRegister(R register)
    {
        Rex(false, 0, 0, (int)register);
        Byte(0xFF);
        Byte(0xE0 | ((int)register & 7));
    }

    internal void Push(R register)
    {
        Rex(false, 0, 0, (int)register);
        Byte(0x50 | ((int)register & 7));
    }

    internal void Pop(R register)
    {
        Rex(false, 0, 0, (int)register);
        Byte(0x58 | ((int)register & 7));
    }

    internal void Return() => Byte(0xC3);

    /// <summary>mul, div and their like (by extension) with memory as the operand.</summary>
    internal void WideMemory(int extension, R baseRegister, int displacement) =>
        RegMem(true, 0xF7, extension, baseRegister, displacement);

    // Jumps: each answers the position of its displacement, to be patched ----------------------------------------------

    internal int Jump()
    {
        Byte(0xE9);
        Int32(0);
        return Position - 4;
    }

    internal int Jump(Condition condition)
    {
        Byte(0x0F);
        Byte(0x80 | (int)condition);
        Int32(0);
        return Position - 4;
    }

    internal void BindHere(int displacementPosition) =>
        PatchInt32(displacementPosition, Position - displacementPosition - 4);

    internal void BindTo(int displacementPosition, int target) =>
        PatchInt32(displacementPosition, target - displacementPosition - 4);

    // Floating point: scalar SSE2 and FMA3 --------------------------------------------------------------------------------

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

    // Encoding -----------------------------------------------------------------------------------------------------------

    private void Group3(int extension, R register, int bits = 64)
    {
        Rex(bits == 64, 0, 0, (int)register);
        Byte(0xF7);
        Byte(0xC0 | (extension << 3) | ((int)register & 7));
    }

    private void Immediate(int immediate)
    {
        if (immediate == (sbyte)immediate)
            Byte(immediate);
        else
            Int32(immediate);
    }

    private void RegReg(bool wide, int opcode, R register, R rm)
    {
        Rex(wide, (int)register, 0, (int)rm);
        Byte(opcode);
        Byte(0xC0 | (((int)register & 7) << 3) | ((int)rm & 7));
    }

    private void RegReg0F(bool wide, int opcode, int register, int rm)
    {
        // Byte operands spl..dil need a REX prefix; one that says nothing does no harm to the others.
        if (wide || register >= 8 || rm >= 4)
            Byte(0x40 | (wide ? 8 : 0) | (register >= 8 ? 4 : 0) | (rm >= 8 ? 1 : 0));
        Byte(0x0F);
        Byte(opcode);
        Byte(0xC0 | ((register & 7) << 3) | (rm & 7));
    }

    private void RegMem(bool wide, int opcode, int register, R baseRegister, int displacement, R? index = null)
    {
        Rex(wide, register, (int)(index ?? R.Rax), (int)baseRegister);
        Byte(opcode);
        ModRm(register, baseRegister, displacement, index);
    }

    private void RegMemByte(int opcode, int register, R baseRegister, int displacement, R? index)
    {
        Byte(0x40 | (register >= 8 ? 4 : 0) | (index >= R.R8 ? 2 : 0) | ((int)baseRegister >= 8 ? 1 : 0));
        Byte(opcode);
        ModRm(register, baseRegister, displacement, index);
    }

    private void RegMem0F(bool wide, int opcode, int register, R baseRegister, int displacement, R? index = null)
    {
        Rex(wide, register, (int)(index ?? R.Rax), (int)baseRegister);
        Byte(0x0F);
        Byte(opcode);
        ModRm(register, baseRegister, displacement, index);
    }

    private void ModRm(int register, R baseRegister, int displacement, R? index)
    {
        var low = (int)baseRegister & 7;
        var mod = displacement == 0 && low != 5 ? 0x00 : displacement == (sbyte)displacement ? 0x40 : 0x80;
        Byte(mod | ((register & 7) << 3) | (index is null ? low : 4));
        if (index is { } scaled)
            Byte((((int)scaled & 7) << 3) | low);
        else if (low == 4)
            Byte(0x24);
        if (mod == 0x40)
            Byte(displacement);
        else if (mod == 0x80)
            Int32(displacement);
    }

    private void Rex(bool wide, int register, int index, int rm)
    {
        var rex = 0x40 | (wide ? 8 : 0) | (register >= 8 ? 4 : 0) | (index >= 8 ? 2 : 0) | (rm >= 8 ? 1 : 0);
        if (rex != 0x40)
            Byte(rex);
    }

    private void RexByte(int rm)
    {
        if (rm >= 4)
            Byte(0x40 | (rm >= 8 ? 1 : 0));
    }
}

/// <summary>Where an operand lies: at a register, plus another one if there is one, plus a displacement.</summary>
internal readonly record struct HostAddress(R Base, int Displacement = 0, R? Index = null);

/// <summary>How a narrow value fills a register.</summary>
internal enum ExtensionKind
{
    Zero,
    Sign,
}
