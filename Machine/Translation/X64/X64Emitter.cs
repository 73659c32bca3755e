using System.Buffers.Binary;

namespace Verification.Machine.Translation.X64;

/// <summary>
/// Writes x86-64 machine code (Intel SDM volume 2) into a buffer. Knows encodings only; operands are registers,
/// immediates, and memory at a register plus displacement.
/// </summary>
internal sealed partial class X64Emitter
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

    /// <summary>test register, immediate with its sign.</summary>
    internal void Test(R register, int immediate)
    {
        Group3(0, register);
        Int32(immediate);
    }

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
}
