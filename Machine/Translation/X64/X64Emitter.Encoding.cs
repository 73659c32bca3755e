namespace Verification.Machine.Translation.X64;

// How operands are encoded: REX prefixes, ModRM and SIB bytes.
internal sealed partial class X64Emitter
{
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

    private void RegMem(bool wide, int opcode, int register, R baseRegister, int displacement, R? index = null, int scale = 0)
    {
        Rex(wide, register, (int)(index ?? R.Rax), (int)baseRegister);
        Byte(opcode);
        ModRm(register, baseRegister, displacement, index, scale);
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

    // The index counts as many times as two to the scale.
    private void ModRm(int register, R baseRegister, int displacement, R? index, int scale = 0)
    {
        var low = (int)baseRegister & 7;
        var mod = displacement == 0 && low != 5 ? 0x00 : displacement == (sbyte)displacement ? 0x40 : 0x80;
        Byte(mod | ((register & 7) << 3) | (index is null ? low : 4));
        if (index is { } scaled)
            Byte((scale << 6) | (((int)scaled & 7) << 3) | low);
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
