namespace Verification.Machine.Isa.Floating;

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
