using Verification.Machine.Isa;
using Xunit;

namespace Verification.Specs.Isa;

/// <summary>
/// The floating-point rows: those that compute ask for the operation that their name says, on the right registers; those
/// that move bits move them.
/// </summary>
public class FloatMeaningSpecs
{
    private static readonly Dictionary<string, FloatFormat> Formats = new (string, FloatFormat)[]
    {
        ("h", FloatFormat.Half), ("s", FloatFormat.Single), ("d", FloatFormat.Double),
    }.ToDictionary();

    private static readonly Dictionary<string, int> Bits = new (string, int)[] { ("h", 16), ("s", 32), ("d", 64) }.ToDictionary();

    private static readonly Dictionary<string, string> Operations = new (string, string)[]
    {
        ("fmadd", "MultiplyAdd"), ("fmsub", "MultiplySubtract"), ("fnmsub", "NegatedMultiplyAdd"),
        ("fnmadd", "NegatedMultiplySubtract"), ("fadd", "Add"), ("fsub", "Subtract"), ("fmul", "Multiply"),
        ("fdiv", "Divide"), ("fsqrt", "SquareRoot"), ("fmin", "Minimum"), ("fmax", "Maximum"), ("feq", "Equal"),
        ("flt", "Less"), ("fle", "LessOrEqual"), ("fclass", "Classify"),
    }.ToDictionary();

    private static readonly Dictionary<string, string> Integers = new (string, string)[]
    {
        ("w", "Int32"), ("wu", "UInt32"), ("l", "Int64"), ("lu", "UInt64"),
    }.ToDictionary();

    private static readonly string[] Signs = ["fsgnj", "fsgnjn", "fsgnjx"];

    /// <summary>Mnemonic, and the operation that it must ask for.</summary>
    private static readonly Dictionary<string, string> Computing = ExpectedOperations().ToDictionary();

    private static readonly string[] Moving =
    [
        "flh", "flw", "fld", "fsh", "fsw", "fsd", "fmv.x.h", "fmv.x.w", "fmv.x.d", "fmv.h.x", "fmv.w.x", "fmv.d.x",
        .. Signs.SelectMany(_ => Formats.Keys, (name, format) => $"{name}.{format}"),
    ];

    public static IEnumerable<string> Mnemonics => Computing.Keys.Concat(Moving);

    [Fact]
    public void Computing_rows_ask_for_the_operation_that_their_name_says()
    {
        var random = new Random(1);
        foreach (var (mnemonic, expected) in Computing)
        {
            var (state, instruction) = MeaningSpecs.Prepared(mnemonic, random);
            state.Execute(in instruction);
            Assert.Equal([expected], state.Asked);
        }
    }

    [Fact]
    public void Computing_rows_take_and_give_the_registers_that_their_text_names()
    {
        var random = new Random(2);
        foreach (var mnemonic in Computing.Keys)
        {
            var form = InstructionSet.Find(mnemonic);
            var (_, instruction) = MeaningSpecs.Prepared(mnemonic, random);
            uint integerReads = 0, integerWrites = 0, floatReads = 0, floatWrites = 0;
            foreach (var operand in form.Operands)
            {
                var bit = 1u << (int)(operand.Kind == OperandKind.RoundingMode ? 0 : operand.Read(OperandValues.Of(in instruction)));
                var isTarget = operand.Slot == OperandSlot.Rd;
                if (operand.Kind == OperandKind.IntegerRegister)
                    (isTarget ? ref integerWrites : ref integerReads) |= bit & ~1u;
                else if (operand.Kind == OperandKind.FloatRegister)
                    (isTarget ? ref floatWrites : ref floatReads) |= bit;
            }

            var effects = InstructionEffects.Of(in instruction);
            Assert.Equal((integerReads, integerWrites, floatReads, floatWrites),
                (effects.IntegerReads, effects.IntegerWrites, effects.FloatReads, effects.FloatWrites));
        }
    }

    [Fact]
    public void Moved_bits_are_boxed_into_floating_point_registers_and_sign_extended_out_of_them()
    {
        var random = new Random(3);
        foreach (var (letter, bits) in new[] { ("h", 16), ("w", 32), ("d", 64) })
        {
            var box = bits == 64 ? 0 : ulong.MaxValue << bits;
            var (state, instruction) = MeaningSpecs.Prepared("fl" + letter, random);
            var address = state.X[instruction.Rs1] + (ulong)instruction.Immediate;
            state.Write(address, 8, 0x8123_4567_89ab_cdef);
            state.Execute(in instruction);
            Assert.Equal(0x8123_4567_89ab_cdef | box, state.F[instruction.Rd]);

            (state, instruction) = MeaningSpecs.Prepared("fs" + letter, random);
            address = state.X[instruction.Rs1] + (ulong)instruction.Immediate;
            var value = state.F[instruction.Rs2];
            state.Execute(in instruction);
            Assert.Equal(value & ~box, state.Read(address, 8));
            Assert.Equal(bits / 8, state.Memory.Count);

            (state, instruction) = MeaningSpecs.Prepared($"fmv.{letter}.x", random);
            state.Execute(in instruction);
            Assert.Equal(state.X[instruction.Rs1] | box, state.F[instruction.Rd]);

            (state, instruction) = MeaningSpecs.Prepared($"fmv.x.{letter}", random);
            value = state.F[instruction.Rs1];
            state.Execute(in instruction);
            var isNegative = (value & 1UL << (bits - 1)) != 0;
            Assert.Equal(instruction.Rd == 0 ? 0 : isNegative ? value | box : value & ~box, state.X[instruction.Rd]);
        }
    }

    [Fact]
    public void Signs_are_injected_into_boxed_values_and_into_the_canonical_NaN_for_others()
    {
        var random = new Random(4);
        foreach (var (format, bits) in Bits)
        {
            foreach (var name in Signs)
            {
                for (var i = 0; i < 200; i++)
                {
                    var (state, instruction) = MeaningSpecs.Prepared($"{name}.{format}", random);
                    foreach (var register in new[] { instruction.Rs1, instruction.Rs2 })
                        state.F[register] |= random.Next(2) == 0 ? 0 : Box(bits);
                    var (a, b) = (Unboxed(state.F[instruction.Rs1], bits), Unboxed(state.F[instruction.Rs2], bits));
                    var sign = 1UL << (bits - 1);
                    var isNegative = name switch
                    {
                        "fsgnj" => b >= sign,
                        "fsgnjn" => b < sign,
                        _ => a >= sign != b >= sign,
                    };
                    state.Execute(in instruction);
                    Assert.Equal((a % sign + (isNegative ? sign : 0)) | Box(bits), state.F[instruction.Rd]);
                }
            }
        }
    }

    private static ulong Box(int bits) => bits == 64 ? 0 : ulong.MaxValue << bits;

    private static ulong Unboxed(ulong register, int bits)
    {
        if (register < Box(bits))
            return bits == 16 ? 0x7e00ul : 0x7fc0_0000;
        return register & ~Box(bits);
    }

    private static IEnumerable<KeyValuePair<string, string>> ExpectedOperations()
    {
        foreach (var (letter, format) in Formats)
        {
            foreach (var (name, operation) in Operations)
                yield return new($"{name}.{letter}", $"{operation} {format} {format}");
            foreach (var (width, integer) in Integers)
            {
                yield return new($"fcvt.{width}.{letter}", $"To{integer} {format} {format}");
                yield return new($"fcvt.{letter}.{width}", $"From{integer} {format} {format}");
            }

            foreach (var (other, target) in Formats.Where(other => other.Key != letter))
                yield return new($"fcvt.{other}.{letter}", $"Convert {format} {target}");
        }
    }
}
