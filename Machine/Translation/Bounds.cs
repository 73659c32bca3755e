using System.Numerics;

namespace Verification.Machine.Translation;

/// <summary>
/// What a block knows of a value: a register as it is now, or nothing (0), plus an offset between two bounds that differs from
/// the lower by a multiple of a step. An index that has been masked and scaled is such an offset, and so is a byte from memory.
/// </summary>
/// <param name="Register">The register that it goes by; 0 for none.</param>
/// <param name="Low">The least offset.</param>
/// <param name="High">The greatest offset.</param>
/// <param name="Step">A power of two.</param>
internal readonly record struct Bounds(int Register, long Low, long High, long Step)
{
    // Of a constant, and more than any alignment that is asked for.
    private const long WidestStep = 1L << 32;

    // Sums and scaled indices stay far from overflowing; what lies farther apart is no table.
    private const long Farthest = 1L << 40;

    /// <summary>The register itself.</summary>
    internal static Bounds Of(int register) => new(register, 0, 0, WidestStep);

    /// <summary>An unsigned number of so many bits.</summary>
    internal static Bounds? Unsigned(int bits) => Between(0, bits < 63 ? (1L << bits) - 1 : long.MaxValue);

    /// <summary>What is known of an expression's value; null for nothing.</summary>
    /// <param name="e">The expression.</param>
    /// <param name="registers">What is known of each register.</param>
    /// <param name="loaded">What is known of the word that the instruction's access brought.</param>
    internal static Bounds? Of(Expression e, ReadOnlySpan<Bounds> registers, Bounds? loaded) => e.Operator switch
    {
        Operator.Constant => Checked(0, (long)e.Value, (long)e.Value, WidestStep),
        Operator.Register => registers[(int)e.Value],
        Operator.Loaded => loaded,
        Operator.Add => Sum(Of(e.First!, registers, loaded), Of(e.Second!, registers, loaded)),
        Operator.Subtract => Sum(Of(e.First!, registers, loaded), Negative(Of(e.Second!, registers, loaded))),
        Operator.And when e.Second is { IsConstant: true } mask => Masked(Of(e.First!, registers, loaded), (long)mask.Value),
        Operator.ShiftLeft when e.Second is { IsConstant: true } amount => Scaled(Of(e.First!, registers, loaded), (int)(amount.Value & 63)),
        Operator.ShiftRight when e.Second is { IsConstant: true } amount => Shifted(Of(e.First!, registers, loaded), (int)(amount.Value & 63)),
        Operator.ZeroExtend => Within(Of(e.First!, registers, loaded), 0, (int)e.Value),
        Operator.SignExtend => Within(Of(e.First!, registers, loaded), -(1L << (int)e.Value - 1), (int)e.Value),
        Operator.Equal or Operator.Less or Operator.LessUnsigned => Between(0, 1),
        _ => null,
    };

    private static Bounds? Between(long low, long high) => Checked(0, low, high, 1);

    private static Bounds? Checked(int register, long low, long high, long step) =>
        low > -Farthest && high < Farthest ? new(register, low, high, Math.Min(step, WidestStep)) : null;

    private static Bounds? Sum(Bounds? first, Bounds? second) =>
        first is { } a && second is { } b && (a.Register == 0 || b.Register == 0)
            ? Checked(a.Register | b.Register, a.Low + b.Low, a.High + b.High, Math.Min(a.Step, b.Step)) : null;

    private static Bounds? Negative(Bounds? value) =>
        value is { Register: 0 } v ? new(0, -v.High, -v.Low, (v.High - v.Low) % v.Step == 0 ? v.Step : 1) : null;

    // A mask that is positive leaves no more than itself of any value.
    private static Bounds? Masked(Bounds? value, long mask)
    {
        if (mask < 0) return null;
        var high = value is { Register: 0, Low: >= 0 } v ? Math.Min(v.High, mask) : mask;
        return Checked(0, 0, high, mask == 0 ? WidestStep : 1L << BitOperations.TrailingZeroCount(mask));
    }

    private static Bounds? Scaled(Bounds? value, int amount) =>
        value is { Register: 0 } v && amount < 32 && Math.Max(-v.Low, v.High) < Farthest >> amount
            ? Checked(0, v.Low << amount, v.High << amount, v.Step << Math.Min(amount, 16)) : null;

    private static Bounds? Shifted(Bounds? value, int amount) =>
        value is { Register: 0, Low: >= 0 } v ? Between(v.Low >> amount, v.High >> amount)
        : amount == 0 ? value : Unsigned(64 - amount);

    // What an extension leaves as it is, and else all that it can make of a value.
    private static Bounds? Within(Bounds? value, long low, int bits)
    {
        var high = low + (1L << bits) - 1;
        return value is { Register: 0 } v && v.Low >= low && v.High <= high ? v : Between(low, high);
    }
}
