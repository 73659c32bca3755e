namespace Verification.Machine.Translation.X64;

// Instructions with an operand in memory.
internal sealed partial class X64Emitter
{
    // By length: what Intel's manual recommends (SDM volume 2, NOP).
    private static readonly byte[][] s_nops =
    [
        [0x90], [0x66, 0x90], [0x0F, 0x1F, 0x00], [0x0F, 0x1F, 0x40, 0x00], [0x0F, 0x1F, 0x44, 0x00, 0x00],
        [0x66, 0x0F, 0x1F, 0x44, 0x00, 0x00], [0x0F, 0x1F, 0x80, 0, 0, 0, 0], [0x0F, 0x1F, 0x84, 0x00, 0, 0, 0, 0],
        [0x66, 0x0F, 0x1F, 0x84, 0x00, 0, 0, 0, 0],
    ];

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

    /// <summary>lea target, [base + index * 2^scale + displacement].</summary>
    internal void LoadAddress(R target, R baseRegister, R index, int scale = 0, int displacement = 0) =>
        RegMem(true, 0x8D, (int)target, baseRegister, displacement, index, scale);

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

    /// <summary>Fills up to where this position and the start of what it is behind make a multiple.</summary>
    internal void PadTo(int multiple, int start)
    {
        for (var left = -(start + Position) & (multiple - 1); left > 0;)
        {
            var nop = s_nops[Math.Min(left, s_nops.Length) - 1];
            foreach (var value in nop) Byte(value);
            left -= nop.Length;
        }
    }

    internal void Nop() => Byte(0x90);

    /// <summary>mul, div and their like (by extension) with memory as the operand.</summary>
    internal void WideMemory(int extension, R baseRegister, int displacement) =>
        RegMem(true, 0xF7, extension, baseRegister, displacement);
}
