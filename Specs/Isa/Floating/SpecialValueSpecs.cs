using Verification.Machine.Isa;
using Verification.Machine.Isa.Floating;
using Xunit;

namespace Verification.Specs.Isa.Floating;

/// <summary>The cases that the RISC-V specification sets by words: NaNs, boxes, classes, extremes, exceptions.</summary>
public class SpecialValueSpecs
{
    private const ulong One = 0x3ff0_0000_0000_0000;
    private const ulong Infinity = 0x7ff0_0000_0000_0000;
    private const ulong Minus = 0x8000_0000_0000_0000;
    private const ulong QuietNaN = 0x7ff8_0000_0000_0000;
    private const ulong SignallingNaN = 0x7ff0_0000_0000_0001;
    private const ulong Subnormal = 1;

    [Theory]
    [InlineData(FloatKind.Add, Infinity, Infinity | Minus, 0, QuietNaN, FloatFlags.Invalid)]
    [InlineData(FloatKind.Subtract, Infinity, Infinity, 0, QuietNaN, FloatFlags.Invalid)]
    [InlineData(FloatKind.Subtract, Infinity, One, 0, Infinity, FloatFlags.None)]
    [InlineData(FloatKind.Add, SignallingNaN, One, 0, QuietNaN, FloatFlags.Invalid)]
    [InlineData(FloatKind.Add, QuietNaN | Minus | 5, One, 0, QuietNaN, FloatFlags.None)]
    [InlineData(FloatKind.Multiply, Infinity, 0, 0, QuietNaN, FloatFlags.Invalid)]
    [InlineData(FloatKind.Multiply, Infinity, One | Minus, 0, Infinity | Minus, FloatFlags.None)]
    [InlineData(FloatKind.Divide, One, Minus, 0, Infinity | Minus, FloatFlags.DivideByZero)]
    [InlineData(FloatKind.Divide, 0, 0, 0, QuietNaN, FloatFlags.Invalid)]
    [InlineData(FloatKind.Divide, Infinity, Infinity, 0, QuietNaN, FloatFlags.Invalid)]
    [InlineData(FloatKind.Divide, Infinity, 0, 0, Infinity, FloatFlags.None)]
    [InlineData(FloatKind.Divide, One, Infinity, 0, 0, FloatFlags.None)]
    [InlineData(FloatKind.SquareRoot, One | Minus, 0, 0, QuietNaN, FloatFlags.Invalid)]
    [InlineData(FloatKind.SquareRoot, Minus, 0, 0, Minus, FloatFlags.None)]
    [InlineData(FloatKind.MultiplyAdd, Infinity, 0, QuietNaN, QuietNaN, FloatFlags.Invalid)]
    [InlineData(FloatKind.MultiplyAdd, One, Infinity, Infinity | Minus, QuietNaN, FloatFlags.Invalid)]
    [InlineData(FloatKind.MultiplyAdd, One, One, Infinity | Minus, Infinity | Minus, FloatFlags.None)]
    [InlineData(FloatKind.NegatedMultiplyAdd, One, One, One, 0, FloatFlags.None)]
    [InlineData(FloatKind.NegatedMultiplySubtract, QuietNaN, One, One, QuietNaN, FloatFlags.None)]
    [InlineData(FloatKind.Minimum, 0, Minus, 0, Minus, FloatFlags.None)]
    [InlineData(FloatKind.Maximum, Minus, 0, 0, 0, FloatFlags.None)]
    [InlineData(FloatKind.Minimum, QuietNaN, One, 0, One, FloatFlags.None)]
    [InlineData(FloatKind.Maximum, One, SignallingNaN, 0, One, FloatFlags.Invalid)]
    [InlineData(FloatKind.Minimum, QuietNaN | 7, QuietNaN | Minus, 0, QuietNaN, FloatFlags.None)]
    [InlineData(FloatKind.Minimum, One, One | Minus, 0, One | Minus, FloatFlags.None)]
    [InlineData(FloatKind.Maximum, One, Infinity, 0, Infinity, FloatFlags.None)]
    [InlineData(FloatKind.ToInt32, QuietNaN | Minus, 0, 0, 0x7fff_ffff, FloatFlags.Invalid)]
    [InlineData(FloatKind.ToUInt32, QuietNaN, 0, 0, ulong.MaxValue, FloatFlags.Invalid)]
    [InlineData(FloatKind.ToInt64, Infinity | Minus, 0, 0, Minus, FloatFlags.Invalid)]
    [InlineData(FloatKind.ToUInt64, Infinity | Minus, 0, 0, 0, FloatFlags.Invalid)]
    [InlineData(FloatKind.ToUInt64, Infinity, 0, 0, ulong.MaxValue, FloatFlags.Invalid)]
    public void Special_operands_give_what_the_specification_says(
        FloatKind kind, ulong a, ulong b, ulong c, ulong expected, FloatFlags expectedFlags)
    {
        var result = SoftFloat.Compute(new(kind, FloatFormat.Double, FloatFormat.Double), RoundingMode.NearestEven, a, b, c, out var flags);
        Assert.Equal((expected, expectedFlags), (result, flags));
    }

    [Theory]
    [InlineData(Infinity | Minus, 0)]
    [InlineData(One | Minus, 1)]
    [InlineData(Subnormal | Minus, 2)]
    [InlineData(Minus, 3)]
    [InlineData(0, 4)]
    [InlineData(Subnormal, 5)]
    [InlineData(One, 6)]
    [InlineData(Infinity, 7)]
    [InlineData(SignallingNaN | Minus, 8)]
    [InlineData(QuietNaN | Minus, 9)]
    public void A_number_has_one_class(ulong number, int bit) =>
        Assert.Equal(1UL << bit, SoftFloat.Compute(new(FloatKind.Classify, FloatFormat.Double, FloatFormat.Double), RoundingMode.NearestEven, number, 0, 0, out _));

    [Fact]
    public void Opposites_sum_to_minus_zero_only_when_rounding_down()
    {
        foreach (var rounding in Enum.GetValues<RoundingMode>())
        {
            var sum = SoftFloat.Compute(new(FloatKind.Add, FloatFormat.Double, FloatFormat.Double), rounding, One, One | Minus, 0, out var flags);
            Assert.Equal(rounding == RoundingMode.Down ? Minus : 0, sum);
            Assert.Equal(FloatFlags.None, flags);
        }
    }

    [Theory]
    [InlineData(FloatFormat.Single, 0x0000_0000_3f80_0000, 0xffff_ffff_7fc0_0000)]
    [InlineData(FloatFormat.Single, 0xffff_fffe_3f80_0000, 0xffff_ffff_7fc0_0000)]
    [InlineData(FloatFormat.Single, 0xffff_ffff_3f80_0000, 0xffff_ffff_4000_0000)]
    [InlineData(FloatFormat.Half, 0x0000_0000_0000_3c00, 0xffff_ffff_ffff_7e00)]
    [InlineData(FloatFormat.Half, 0xffff_ffff_0000_3c00, 0xffff_ffff_ffff_7e00)]
    [InlineData(FloatFormat.Half, 0xffff_ffff_ffff_3c00, 0xffff_ffff_ffff_4000)]
    public void A_register_that_holds_no_boxed_value_counts_as_the_canonical_NaN(FloatFormat format, ulong register, ulong twice)
    {
        var sum = SoftFloat.Compute(new(FloatKind.Add, format, format), RoundingMode.NearestEven, register, register, 0, out var flags);
        Assert.Equal(twice, sum);
        Assert.Equal(FloatFlags.None, flags);
    }

    [Fact]
    public void A_converted_NaN_is_canonical_and_signals_when_it_was_signalling()
    {
        var single = SoftFloat.Compute(new(FloatKind.Convert, FloatFormat.Double, FloatFormat.Single), RoundingMode.NearestEven, SignallingNaN | Minus, 0, 0, out var flags);
        Assert.Equal((0xffff_ffff_7fc0_0000, FloatFlags.Invalid), (single, flags));
    }
}
