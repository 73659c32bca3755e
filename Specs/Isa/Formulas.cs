using System.Numerics;

namespace Verification.Specs.Isa;

/// <summary>
/// The specification's sentences on the computing rows as formulas over unbounded integers and bit strings, independent of
/// the table's words. <c>a</c> is rs1, <c>b</c> is rs2 or the immediate, as unsigned 64-bit numbers; results are taken modulo
/// 2^64.
/// </summary>
public static class Formulas
{
    public static readonly Dictionary<string, Func<ulong, ulong, BigInteger>> All = new()
    {
        ["add"] = (a, b) => (BigInteger)a + b,
        ["addi"] = (a, b) => (BigInteger)a + b,
        ["sub"] = (a, b) => (BigInteger)a - b,
        ["slt"] = (a, b) => S(a) < S(b) ? 1 : 0,
        ["slti"] = (a, b) => S(a) < S(b) ? 1 : 0,
        ["sltu"] = (a, b) => (BigInteger)a < b ? 1 : 0,
        ["sltiu"] = (a, b) => (BigInteger)a < b ? 1 : 0,
        ["xor"] = (a, b) => Bits(i => Bit(a, i) != Bit(b, i)),
        ["xori"] = (a, b) => Bits(i => Bit(a, i) != Bit(b, i)),
        ["or"] = (a, b) => Bits(i => Bit(a, i) || Bit(b, i)),
        ["ori"] = (a, b) => Bits(i => Bit(a, i) || Bit(b, i)),
        ["and"] = (a, b) => Bits(i => Bit(a, i) && Bit(b, i)),
        ["andi"] = (a, b) => Bits(i => Bit(a, i) && Bit(b, i)),
        ["sll"] = (a, b) => a * Power(b % 64),
        ["slli"] = (a, b) => a * Power(b),
        ["srl"] = (a, b) => a / Power(b % 64),
        ["srli"] = (a, b) => a / Power(b),
        ["sra"] = (a, b) => Floor(S(a), Power(b % 64)),
        ["srai"] = (a, b) => Floor(S(a), Power(b)),
        ["addw"] = (a, b) => W((BigInteger)a + b),
        ["addiw"] = (a, b) => W((BigInteger)a + b),
        ["subw"] = (a, b) => W((BigInteger)a - b),
        ["sllw"] = (a, b) => W(a * Power(b % 32)),
        ["slliw"] = (a, b) => W(a * Power(b)),
        ["srlw"] = (a, b) => W(Low(a) / Power(b % 32)),
        ["srliw"] = (a, b) => W(Low(a) / Power(b)),
        ["sraw"] = (a, b) => Floor(W(a), Power(b % 32)),
        ["sraiw"] = (a, b) => Floor(W(a), Power(b)),

        ["mul"] = (a, b) => S(a) * S(b),
        ["mulh"] = (a, b) => Floor(S(a) * S(b), Power(64)),
        ["mulhsu"] = (a, b) => Floor(S(a) * b, Power(64)),
        ["mulhu"] = (a, b) => (BigInteger)a * b / Power(64),
        ["div"] = (a, b) => b == 0 ? -1 : S(a) / S(b),
        ["divu"] = (a, b) => b == 0 ? -1 : (BigInteger)a / b,
        ["rem"] = (a, b) => b == 0 ? a : S(a) % S(b),
        ["remu"] = (a, b) => b == 0 ? a : (BigInteger)a % b,
        ["mulw"] = (a, b) => W(W(a) * W(b)),
        ["divw"] = (a, b) => W(b) == 0 ? -1 : W(W(a) / W(b)),
        ["divuw"] = (a, b) => Low(b) == 0 ? -1 : W(Low(a) / Low(b)),
        ["remw"] = (a, b) => W(b) == 0 ? W(a) : W(W(a) % W(b)),
        ["remuw"] = (a, b) => Low(b) == 0 ? W(a) : W(Low(a) % Low(b)),

        ["add.uw"] = (a, b) => Low(a) + b,
        ["sh1add"] = (a, b) => (BigInteger)a * 2 + b,
        ["sh2add"] = (a, b) => (BigInteger)a * 4 + b,
        ["sh3add"] = (a, b) => (BigInteger)a * 8 + b,
        ["sh1add.uw"] = (a, b) => Low(a) * 2 + b,
        ["sh2add.uw"] = (a, b) => Low(a) * 4 + b,
        ["sh3add.uw"] = (a, b) => Low(a) * 8 + b,
        ["slli.uw"] = (a, b) => Low(a) * Power(b),
        ["andn"] = (a, b) => Bits(i => Bit(a, i) && !Bit(b, i)),
        ["orn"] = (a, b) => Bits(i => Bit(a, i) || !Bit(b, i)),
        ["xnor"] = (a, b) => Bits(i => Bit(a, i) == Bit(b, i)),
        ["clz"] = (a, _) => Text(a, 64).IndexOf('1') is >= 0 and var place ? place : 64,
        ["clzw"] = (a, _) => Text(a, 32).IndexOf('1') is >= 0 and var place ? place : 32,
        ["ctz"] = (a, _) => 63 - Text(a, 64).LastIndexOf('1') is < 64 and var place ? place : 64,
        ["ctzw"] = (a, _) => 31 - Text(a, 32).LastIndexOf('1') is < 32 and var place ? place : 32,
        ["cpop"] = (a, _) => Text(a, 64).Count(bit => bit == '1'),
        ["cpopw"] = (a, _) => Text(a, 32).Count(bit => bit == '1'),
        ["max"] = (a, b) => BigInteger.Max(S(a), S(b)),
        ["maxu"] = (a, b) => BigInteger.Max(a, b),
        ["min"] = (a, b) => BigInteger.Min(S(a), S(b)),
        ["minu"] = (a, b) => BigInteger.Min(a, b),
        ["sext.b"] = (a, _) => (sbyte)(byte)a,
        ["sext.h"] = (a, _) => (short)(ushort)a,
        ["zext.h"] = (a, _) => (BigInteger)a % 65536,
        ["rol"] = (a, b) => Bits(i => Bit(a, (i + 64 - (int)(b % 64)) % 64)),
        ["ror"] = (a, b) => Bits(i => Bit(a, (i + (int)(b % 64)) % 64)),
        ["rori"] = (a, b) => Bits(i => Bit(a, (i + (int)b) % 64)),
        ["rolw"] = (a, b) => W(Bits(i => i < 32 && Bit(a, (i + 32 - (int)(b % 32)) % 32))),
        ["rorw"] = (a, b) => W(Bits(i => i < 32 && Bit(a, (i + (int)(b % 32)) % 32))),
        ["roriw"] = (a, b) => W(Bits(i => i < 32 && Bit(a, (i + (int)b) % 32))),
        ["orc.b"] = (a, _) => Bits(i => (a >> (i / 8 * 8) & 0xff) != 0),
        ["rev8"] = (a, _) => Bits(i => Bit(a, (7 - i / 8) * 8 + i % 8)),
        ["clmul"] = (a, b) => Carryless(a, b),
        ["clmulh"] = (a, b) => Carryless(a, b) >> 64,
        ["clmulr"] = (a, b) => Carryless(a, b) >> 63,
        ["bclr"] = (a, b) => Bits(i => Bit(a, i) && i != (int)(b % 64)),
        ["bclri"] = (a, b) => Bits(i => Bit(a, i) && i != (int)b),
        ["bext"] = (a, b) => Bit(a, (int)(b % 64)) ? 1 : 0,
        ["bexti"] = (a, b) => Bit(a, (int)b) ? 1 : 0,
        ["binv"] = (a, b) => Bits(i => Bit(a, i) != (i == (int)(b % 64))),
        ["binvi"] = (a, b) => Bits(i => Bit(a, i) != (i == (int)b)),
        ["bset"] = (a, b) => Bits(i => Bit(a, i) || i == (int)(b % 64)),
        ["bseti"] = (a, b) => Bits(i => Bit(a, i) || i == (int)b),
        ["czero.eqz"] = (a, b) => b == 0 ? 0 : a,
        ["czero.nez"] = (a, b) => b != 0 ? 0 : a,
    };

    /// <summary>Conditions of the branches.</summary>
    public static readonly Dictionary<string, Func<ulong, ulong, bool>> Branches = new()
    {
        ["beq"] = (a, b) => a == b,
        ["bne"] = (a, b) => a != b,
        ["blt"] = (a, b) => S(a) < S(b),
        ["bge"] = (a, b) => S(a) >= S(b),
        ["bltu"] = (a, b) => (BigInteger)a < b,
        ["bgeu"] = (a, b) => (BigInteger)a >= b,
    };

    /// <summary>What an AMO leaves in memory; both operands are numbers of its width.</summary>
    public static readonly Dictionary<string, Func<BigInteger, BigInteger, BigInteger, BigInteger>> Updates = new()
    {
        ["amoswap"] = (_, operand, _) => operand,
        ["amoadd"] = (old, operand, _) => old + operand,
        ["amoxor"] = (old, operand, _) => old ^ operand,
        ["amoand"] = (old, operand, _) => old & operand,
        ["amoor"] = (old, operand, _) => old | operand,
        ["amomin"] = (old, operand, size) => BigInteger.Min(Signed(old, size), Signed(operand, size)),
        ["amomax"] = (old, operand, size) => BigInteger.Max(Signed(old, size), Signed(operand, size)),
        ["amominu"] = (old, operand, _) => BigInteger.Min(old, operand),
        ["amomaxu"] = (old, operand, _) => BigInteger.Max(old, operand),
    };

    /// <summary>A number of <paramref name="modulus"/> values, read as two's complement.</summary>
    public static BigInteger Signed(BigInteger value, BigInteger modulus) =>
        value >= modulus / 2 ? value - modulus : value;

    /// <summary>Modulo 2^64, as a register holds it.</summary>
    public static ulong Register(BigInteger value) => (ulong)(((value % Power(64)) + Power(64)) % Power(64));

    private static BigInteger S(ulong value) => Signed(value, Power(64));

    private static BigInteger Low(BigInteger value) => ((value % Power(32)) + Power(32)) % Power(32);

    private static BigInteger W(BigInteger value) => Signed(Low(value), Power(32));

    private static BigInteger Power(ulong exponent) => BigInteger.Pow(2, (int)exponent);

    private static BigInteger Floor(BigInteger dividend, BigInteger divisor) =>
        (dividend - (((dividend % divisor) + divisor) % divisor)) / divisor;

    private static bool Bit(ulong value, int place) => value / (1UL << place) % 2 == 1;

    private static string Text(ulong value, int bits) => string.Concat(Enumerable.Range(0, bits).Select(i => Bit(value, bits - 1 - i) ? '1' : '0'));

    private static BigInteger Bits(Func<int, bool> bit) =>
        Enumerable.Range(0, 64).Where(bit).Aggregate(BigInteger.Zero, (sum, i) => sum + Power((ulong)i));

    private static BigInteger Carryless(ulong a, ulong b) =>
        Enumerable.Range(0, 64).Where(i => Bit(b, i)).Aggregate(BigInteger.Zero, (sum, i) => sum ^ (BigInteger)a * Power((ulong)i));
}
