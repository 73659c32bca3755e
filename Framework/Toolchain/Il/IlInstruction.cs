using System.Reflection.Emit;

namespace Verification.Toolchain.Il;

/// <summary>One decoded IL instruction.</summary>
/// <param name="Offset">Its offset in the method's IL.</param>
/// <param name="NextOffset">The offset behind it.</param>
/// <param name="Code">The opcode.</param>
/// <param name="Operand">Immediate, token, or branch target as an absolute offset.</param>
/// <param name="Targets">Absolute targets of a <c>switch</c>.</param>
internal readonly record struct IlInstruction(int Offset, int NextOffset, IlOp Code, long Operand, int[]? Targets)
{
    /// <summary>The immediate of <c>ldc.r4</c> or <c>ldc.r8</c>.</summary>
    public double FloatOperand => BitConverter.Int64BitsToDouble(Operand);
}

/// <summary>Decodes IL bytes.</summary>
internal static class IlDecoder
{
    private static readonly OpCode[] OneByte = new OpCode[256];
    private static readonly OpCode[] TwoByte = new OpCode[256];

    static IlDecoder()
    {
        foreach (System.Reflection.FieldInfo field in typeof(OpCodes).GetFields())
        {
            if (field.GetValue(null) is not OpCode code) continue;
            ushort value = (ushort)code.Value;
            if (code.Size == 1) OneByte[value] = code;
            else TwoByte[value & 0xff] = code;
        }
    }

    /// <summary>Decodes a whole method body.</summary>
    public static IlInstruction[] Decode(byte[] il)
    {
        List<IlInstruction> instructions = [];
        int offset = 0;
        while (offset < il.Length)
        {
            int start = offset;
            OpCode code = il[offset] == 0xfe ? TwoByte[il[offset + 1]] : OneByte[il[offset]];
            offset += code.Size;
            long operand = 0;
            int[]? targets = null;
            switch (code.OperandType)
            {
                case OperandType.InlineNone:
                    break;
                case OperandType.ShortInlineBrTarget:
                    operand = (sbyte)il[offset] + offset + 1;
                    offset += 1;
                    break;
                case OperandType.ShortInlineI:
                    operand = code.Value == OpCodes.Ldc_I4_S.Value ? (sbyte)il[offset] : il[offset];
                    offset += 1;
                    break;
                case OperandType.ShortInlineVar:
                    operand = il[offset];
                    offset += 1;
                    break;
                case OperandType.InlineVar:
                    operand = BitConverter.ToUInt16(il, offset);
                    offset += 2;
                    break;
                case OperandType.InlineBrTarget:
                    operand = BitConverter.ToInt32(il, offset) + offset + 4;
                    offset += 4;
                    break;
                case OperandType.InlineI8:
                case OperandType.InlineR:
                    operand = BitConverter.ToInt64(il, offset);
                    offset += 8;
                    break;
                case OperandType.ShortInlineR:
                    operand = BitConverter.DoubleToInt64Bits(BitConverter.ToSingle(il, offset));
                    offset += 4;
                    break;
                case OperandType.InlineSwitch:
                    targets = new int[BitConverter.ToInt32(il, offset)];
                    offset += 4;
                    int after = offset + (4 * targets.Length);
                    for (int index = 0; index < targets.Length; index++, offset += 4)
                        targets[index] = BitConverter.ToInt32(il, offset) + after;
                    break;
                default:
                    operand = BitConverter.ToInt32(il, offset);
                    offset += 4;
                    break;
            }

            instructions.Add(new IlInstruction(start, offset, (IlOp)(ushort)code.Value, operand, targets));
        }

        return [.. instructions];
    }
}
