namespace Verification.Machine.Isa.Floating;

/// <summary>Rounding modes, numbered as in the <c>rm</c> field and <c>frm</c>.</summary>
public enum RoundingMode
{
    /// <summary>RNE: to nearest, ties to even.</summary>
    NearestEven = 0,

    /// <summary>RTZ: towards zero.</summary>
    TowardsZero = 1,

    /// <summary>RDN: towards negative infinity.</summary>
    Down = 2,

    /// <summary>RUP: towards positive infinity.</summary>
    Up = 3,

    /// <summary>RMM: to nearest, ties away from zero.</summary>
    NearestMaxMagnitude = 4,
}

/// <summary>Exceptions, placed as in <c>fflags</c>.</summary>
[Flags]
public enum FloatFlags
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>NX: the result was rounded.</summary>
    Inexact = 1,

    /// <summary>UF: the result was tiny, after rounding, and inexact.</summary>
    Underflow = 2,

    /// <summary>OF: the result was too large for its format.</summary>
    Overflow = 4,

    /// <summary>DZ: a finite number was divided by zero.</summary>
    DivideByZero = 8,

    /// <summary>NV: the operation has no result for its operands.</summary>
    Invalid = 16,
}

/// <summary>IEEE 754 arithmetic as RISC-V has it.</summary>
public static class SoftFloat
{
    /// <summary>Computes <paramref name="operation"/> on raw register contents.</summary>
    /// <param name="operation">What, and in which format.</param>
    /// <param name="rounding">The rounding mode.</param>
    /// <param name="a">First operand: register content, NaN-boxed below 64 bits, or an integer.</param>
    /// <param name="b">Second operand.</param>
    /// <param name="c">Third operand.</param>
    /// <param name="flags">The exceptions raised.</param>
    /// <returns>The register's new content: NaN-boxed, or an integer.</returns>
    public static ulong Compute(
        FloatOperation operation, RoundingMode rounding, ulong a, ulong b, ulong c, out FloatFlags flags) =>
        throw new NotImplementedException();
}
