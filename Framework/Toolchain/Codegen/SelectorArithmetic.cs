using System.Numerics;
using Verification.Toolchain.Ir;

namespace Verification.Toolchain.Codegen;

/// <summary>Selection of arithmetic.</summary>
internal sealed partial class Selector
{
    private void SelectInstr(Instr instr)
    {
        switch (instr.Op)
        {
            case Op.Materialise:
                SelectMaterialise(instr);
                break;
            case Op.Add or Op.Sub or Op.And or Op.Or or Op.Xor or Op.Mul or Op.Shl or Op.Shr or Op.ShrUnsigned or Op.RotateRight:
                SelectBinary(instr, Register(instr), instr.Args[0], instr.Args[1]);
                break;
            case Op.MulHigh or Op.MulHighUnsigned or Op.Div or Op.DivUnsigned or Op.Rem or Op.RemUnsigned:
                SelectDivision(instr, Register(instr));
                break;
            case Op.RotateLeft:
                Plain(instr.Type == IrType.I32 ? "rolw" : "rol", Register(instr), Use(instr.Args[0]), Use(instr.Args[1]));
                break;
            case >= Op.Eq and <= Op.GeUnsigned:
                SelectComparison(instr, Register(instr));
                break;
            case Op.SignExtend8 or Op.SignExtend16 or Op.ZeroExtend8 or Op.ZeroExtend16 or Op.ZeroExtend32 or Op.Truncate:
                SelectExtension(instr, Register(instr));
                break;
            case Op.SignExtend32 or Op.NonNegative:
                break;
            case Op.CountLeadingZeros or Op.CountTrailingZeros or Op.PopCount:
                SelectCount(instr, Register(instr));
                break;
            case Op.ReverseBytes:
                SelectReverse(instr, Register(instr));
                break;
            case >= Op.FAdd and <= Op.FOfBits:
                SelectFloat(instr, Register(instr));
                break;
            default:
                SelectEffect(instr);
                break;
        }
    }

    private void SelectMaterialise(Instr instr)
    {
        int register = Register(instr);
        Instr value = instr.Args[0];
        if (value.IsConst) LoadConstant(register, value.Immediate);
        else if (value.Op == Op.SymbolAddress)
            Add(new MachineInstr { Kind = MachineKind.SymbolAddress, Rd = register, Symbol = (string)value.Reference!, Immediate = value.Immediate });
        else LoadAddress(register, value);
    }

    private void SelectBinary(Instr instr, int rd, Instr left, Instr right)
    {
        bool narrow = instr.Type == IrType.I32;
        string w = narrow ? "w" : "";
        switch (instr.Op)
        {
            case Op.Add when IsSmall(right):
                Immediate("addi" + w, rd, narrow ? UseLow(left) : Use(left), right.Immediate);
                return;
            case Op.Add when !narrow && _hasZba && ScaledAdd(rd, left, right):
                return;
            case Op.Add or Op.Sub:
                Plain((instr.Op == Op.Add ? "add" : "sub") + w, rd, narrow ? UseLow(left) : Use(left), narrow ? UseLow(right) : Use(right));
                return;
            case Op.Mul:
                SelectMultiply(rd, narrow, left, right);
                return;
            case Op.And when right.IsConst && !IsSmall(right) && right.Immediate > 0 && BitOperations.IsPow2(right.Immediate + 1):
                int clear = 64 - BitOperations.PopCount((ulong)right.Immediate);
                int shifted = _machine.NewVirtual(isFloat: false);
                int source = clear >= 32 ? UseLow(left) : Use(left);
                Immediate("slli", shifted, source, clear);
                Immediate("srli", rd, shifted, clear);
                return;
            case Op.And or Op.Or or Op.Xor when IsSmall(right):
                string op = Name(instr.Op) + "i";
                Immediate(op, rd, instr.Op == Op.And && right.Immediate >= 0 ? UseLow(left) : Use(left), right.Immediate);
                return;
            case Op.And or Op.Or or Op.Xor:
                Plain(Name(instr.Op), rd, Use(left), Use(right));
                return;
            case Op.Shl when right.IsConst && !narrow && left.Op == Op.ZeroExtend32 && right.Immediate <= 32:
                SelectExtendedShift(rd, left.Args[0], (int)right.Immediate);
                return;
        }

        string shift = instr.Op switch { Op.Shl => "sll", Op.Shr => "sra", Op.ShrUnsigned => "srl", _ => "ror" };
        int value = narrow ? UseLow(left) : Use(left);
        if (right.IsConst) Immediate(shift + "i" + w, rd, value, right.Immediate);
        else Plain(shift + w, rd, value, UseLow(right));
    }

    private static string Name(Op op) => op switch { Op.And => "and", Op.Or => "or", _ => "xor" };

    private void SelectExtendedShift(int rd, Instr value, int count)
    {
        if (_hasZba)
        {
            Immediate("slli.uw", rd, UseLow(value), count);
            return;
        }

        int high = _machine.NewVirtual(isFloat: false);
        Immediate("slli", high, UseLow(value), 32);
        if (count == 32) Add(new MachineInstr { Kind = MachineKind.Move, Rd = rd, Rs1 = high });
        else Immediate("srli", rd, high, 32 - count);
    }

    private bool ScaledAdd(int rd, Instr left, Instr right)
    {
        if (IsScale(right)) (left, right) = (right, left);
        if (!IsScale(left)) return false;
        Plain($"sh{left.Args[1].Immediate}add", rd, Use(left.Args[0]), Use(right));
        return true;
    }

    private bool IsScale(Instr value) =>
        value.Op == Op.Shl && value.Args[1] is { IsConst: true, Immediate: >= 1 and <= 3 } && _uses[value.Id] == 1;

    private void SelectMultiply(int rd, bool narrow, Instr left, Instr right)
    {
        string w = narrow ? "w" : "";
        int value = narrow ? UseLow(left) : Use(left);
        if (right.IsConst && right.Immediate > 2)
        {
            long constant = right.Immediate;
            if (BitOperations.IsPow2(constant - 1) || BitOperations.IsPow2(constant + 1))
            {
                bool isAbove = BitOperations.IsPow2(constant - 1);
                int shifted = _machine.NewVirtual(isFloat: false);
                Immediate("slli" + w, shifted, value, BitOperations.TrailingZeroCount(isAbove ? constant - 1 : constant + 1));
                Plain((isAbove ? "add" : "sub") + w, rd, shifted, value);
                return;
            }
        }

        Plain("mul" + w, rd, value, narrow ? UseLow(right) : Use(right));
    }

    private void SelectDivision(Instr instr, int rd)
    {
        string w = instr.Type == IrType.I32 ? "w" : "";
        string mnemonic = instr.Op switch
        {
            Op.MulHigh => "mulh",
            Op.MulHighUnsigned => "mulhu",
            Op.Div => "div" + w,
            Op.DivUnsigned => "divu" + w,
            Op.Rem => "rem" + w,
            _ => "remu" + w,
        };
        Plain(mnemonic, rd, Use(instr.Args[0]), Use(instr.Args[1]));
    }

    private void SelectComparison(Instr instr, int rd)
    {
        Instr left = instr.Args[0];
        Instr right = instr.Args[1];
        switch (instr.Op)
        {
            case Op.Eq or Op.Ne:
                int difference = Difference(left, right);
                if (instr.Op == Op.Eq) Immediate("sltiu", rd, difference, 1);
                else Plain("sltu", rd, Registers.Zero, difference);
                return;
            case Op.Lt or Op.LtUnsigned:
                Less(instr.Op == Op.LtUnsigned, rd, left, right);
                return;
            default:
                int less = _machine.NewVirtual(isFloat: false);
                Less(instr.Op == Op.GeUnsigned, less, left, right);
                Immediate("xori", rd, less, 1);
                return;
        }
    }

    private int Difference(Instr left, Instr right)
    {
        if (right.Is(0)) return Use(left);
        int difference = _machine.NewVirtual(isFloat: false);
        if (right.IsConst && right.Immediate is >= -2047 and <= 2048) Immediate("addi", difference, Use(left), -right.Immediate);
        else Plain("xor", difference, Use(left), Use(right));
        return difference;
    }

    private void Less(bool isUnsigned, int rd, Instr left, Instr right)
    {
        if (IsSmall(right)) Immediate(isUnsigned ? "sltiu" : "slti", rd, Use(left), right.Immediate);
        else Plain(isUnsigned ? "sltu" : "slt", rd, Use(left), Use(right));
    }

    private void SelectExtension(Instr instr, int rd)
    {
        Instr value = instr.Args[0];
        switch (instr.Op)
        {
            case Op.ZeroExtend8:
                Immediate("andi", rd, UseLow(value), 255);
                return;
            case Op.Truncate:
                SelectTruncation(rd, value);
                return;
            case Op.ZeroExtend32 when _hasZba:
                Plain("add.uw", rd, UseLow(value), Registers.Zero);
                return;
            case Op.SignExtend8 when _hasZbb:
                Add(new MachineInstr { Mnemonic = "sext.b", Rd = rd, Rs1 = UseLow(value) });
                return;
            case Op.SignExtend16 when _hasZbb:
                Add(new MachineInstr { Mnemonic = "sext.h", Rd = rd, Rs1 = UseLow(value) });
                return;
            case Op.ZeroExtend16 when _hasZbb:
                Add(new MachineInstr { Mnemonic = "zext.h", Rd = rd, Rs1 = UseLow(value) });
                return;
        }

        if (instr.Op == Op.ZeroExtend32 && value is { Op: Op.Shl, Type: IrType.I32, Args: [var shifted, { IsConst: true } places] } &&
            _uses[value.Id] == 1 && !_registers.ContainsKey(value))
        {
            // Up by both counts, down by one: the middle step is not needed.
            int up = _machine.NewVirtual(isFloat: false);
            Immediate("slli", up, UseLow(shifted), 32 + places.Immediate);
            Immediate("srli", rd, up, 32);
            return;
        }

        int count = instr.Op switch { Op.SignExtend8 => 56, Op.ZeroExtend32 => 32, _ => 48 };
        int high = _machine.NewVirtual(isFloat: false);
        Immediate("slli", high, UseLow(value), count);
        Immediate(instr.Op is Op.SignExtend8 or Op.SignExtend16 ? "srai" : "srli", rd, high, count);
    }

    // The low half of a sum is the sum of the low halves: one instruction does both.
    private void SelectTruncation(int rd, Instr value)
    {
        value = Same(value);
        if (_uses[value.Id] == 1 && value.Block is not null && !_registers.ContainsKey(value))
        {
            switch (value.Op)
            {
                case Op.Add when IsSmall(value.Args[1]):
                    Immediate("addiw", rd, UseLow(value.Args[0]), value.Args[1].Immediate);
                    return;
                case Op.Add or Op.Sub:
                    Plain(value.Op == Op.Add ? "addw" : "subw", rd, UseLow(value.Args[0]), UseLow(value.Args[1]));
                    return;
                case Op.Mul when !value.Args[1].IsConst:
                    Plain("mulw", rd, UseLow(value.Args[0]), UseLow(value.Args[1]));
                    return;
                case Op.Shl when value.Args[1] is { IsConst: true, Immediate: < 32 } count:
                    Immediate("slliw", rd, UseLow(value.Args[0]), count.Immediate);
                    return;
                case Op.ShrUnsigned when value.Args[1] is { IsConst: true, Immediate: >= 32 } places:
                    // The sign is bit 63 of the source only if exactly the high half remains.
                    if (places.Immediate != 32) break;
                    Immediate("srai", rd, Use(value.Args[0]), 32);
                    return;
            }
        }

        Immediate("addiw", rd, Use(value), 0);
    }

    private void SelectCount(Instr instr, int rd)
    {
        string w = instr.Args[0].Type == IrType.I32 ? "w" : "";
        string mnemonic = instr.Op switch { Op.CountLeadingZeros => "clz", Op.CountTrailingZeros => "ctz", _ => "cpop" };
        Add(new MachineInstr { Mnemonic = mnemonic + w, Rd = rd, Rs1 = Use(instr.Args[0]) });
    }

    private void SelectReverse(Instr instr, int rd)
    {
        if (instr.Type == IrType.I64)
        {
            Add(new MachineInstr { Mnemonic = "rev8", Rd = rd, Rs1 = Use(instr.Args[0]) });
            return;
        }

        int reversed = _machine.NewVirtual(isFloat: false);
        Add(new MachineInstr { Mnemonic = "rev8", Rd = reversed, Rs1 = UseLow(instr.Args[0]) });
        Immediate("srai", rd, reversed, 32);
    }

    private void SelectFloat(Instr instr, int rd)
    {
        string suffix = instr.Type == IrType.F32 ? ".s" : ".d";
        Instr first = instr.Args[0];
        string from = first.Type == IrType.F32 ? ".s" : ".d";
        const int dynamic = 7;
        const int towardsZero = 1;
        switch (instr.Op)
        {
            case Op.FAdd or Op.FSub or Op.FMul or Op.FDiv:
                string name = instr.Op switch { Op.FAdd => "fadd", Op.FSub => "fsub", Op.FMul => "fmul", _ => "fdiv" };
                Add(new MachineInstr { Mnemonic = name + suffix, Rd = rd, Rs1 = Use(first), Rs2 = Use(instr.Args[1]), Mode = dynamic });
                return;
            case Op.FNeg or Op.FAbs:
                int same = Use(first);
                Plain((instr.Op == Op.FNeg ? "fsgnjn" : "fsgnjx") + suffix, rd, same, same);
                return;
            case Op.FMultiplyAdd:
                Add(new MachineInstr { Mnemonic = "fmadd" + suffix, Rd = rd, Rs1 = Use(first), Rs2 = Use(instr.Args[1]), Rs3 = Use(instr.Args[2]), Mode = dynamic });
                return;
            case Op.FSqrt:
                Add(new MachineInstr { Mnemonic = "fsqrt" + suffix, Rd = rd, Rs1 = Use(first), Mode = dynamic });
                return;
            case Op.FEq or Op.FLt or Op.FLe:
                Plain((instr.Op == Op.FEq ? "feq" : instr.Op == Op.FLt ? "flt" : "fle") + from, rd, Use(first), Use(instr.Args[1]));
                return;
            case Op.FConvert:
                Add(new MachineInstr { Mnemonic = $"fcvt{suffix}{from}", Rd = rd, Rs1 = Use(first), Mode = suffix == ".d" ? 0 : dynamic });
                return;
            case Op.FFromSigned or Op.FFromUnsigned:
                string kind = (first.Type == IrType.I32 ? ".w" : ".l") + (instr.Op == Op.FFromUnsigned ? "u" : "");
                Add(new MachineInstr { Mnemonic = $"fcvt{suffix}{kind}", Rd = rd, Rs1 = Use(first), Mode = kind.StartsWith(".w", StringComparison.Ordinal) && suffix == ".d" ? 0 : dynamic });
                return;
            case Op.FToSigned or Op.FToUnsigned:
                string to = (instr.Type == IrType.I32 ? ".w" : ".l") + (instr.Op == Op.FToUnsigned ? "u" : "");
                Add(new MachineInstr { Mnemonic = $"fcvt{to}{from}", Rd = rd, Rs1 = Use(first), Mode = towardsZero });
                return;
            case Op.FBits:
                Add(new MachineInstr { Mnemonic = from == ".s" ? "fmv.x.w" : "fmv.x.d", Rd = rd, Rs1 = Use(first) });
                return;
            case Op.FOfBits:
                Add(new MachineInstr { Mnemonic = suffix == ".s" ? "fmv.w.x" : "fmv.d.x", Rd = rd, Rs1 = Use(first) });
                return;
            default:
                throw new Il.InternalFault($"no instruction for {instr.Op}");
        }
    }
}
