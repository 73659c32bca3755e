namespace Verification.Machine.Isa;

/// <summary>Floating-point operations by IEEE 754's names; the format is that of the row (half, single, double).</summary>
/// <param name="Kind">What is done.</param>
/// <param name="Format">Format of the operands, or of the source of a conversion.</param>
/// <param name="Target">Format of the result of a conversion between formats; otherwise as <paramref name="Format"/>.</param>
public readonly record struct FloatOperation(FloatKind Kind, FloatFormat Format, FloatFormat Target);

/// <summary>An IEEE 754 binary format.</summary>
public enum FloatFormat
{
    /// <summary>binary16 (Zfh).</summary>
    Half,

    /// <summary>binary32 (F).</summary>
    Single,

    /// <summary>binary64 (D).</summary>
    Double,
}

/// <summary>The operations of the F, D and Zfh extensions that compute (moves, loads and sign injection need none).</summary>
public enum FloatKind
{
    /// <summary>Sum.</summary>
    Add,

    /// <summary>Difference.</summary>
    Subtract,

    /// <summary>Product.</summary>
    Multiply,

    /// <summary>Quotient.</summary>
    Divide,

    /// <summary>Square root.</summary>
    SquareRoot,

    /// <summary>first*second+third, rounded once.</summary>
    MultiplyAdd,

    /// <summary>first*second-third, rounded once.</summary>
    MultiplySubtract,

    /// <summary>-(first*second)+third, rounded once.</summary>
    NegatedMultiplyAdd,

    /// <summary>-(first*second)-third, rounded once.</summary>
    NegatedMultiplySubtract,

    /// <summary>minimumNumber.</summary>
    Minimum,

    /// <summary>maximumNumber.</summary>
    Maximum,

    /// <summary>Quiet equality, as an integer.</summary>
    Equal,

    /// <summary>Signalling less, as an integer.</summary>
    Less,

    /// <summary>Signalling less or equal, as an integer.</summary>
    LessOrEqual,

    /// <summary>The ten-bit class mask.</summary>
    Classify,

    /// <summary>To another format.</summary>
    Convert,

    /// <summary>To a signed 32-bit integer, sign-extended.</summary>
    ToInt32,

    /// <summary>To an unsigned 32-bit integer, sign-extended.</summary>
    ToUInt32,

    /// <summary>To a signed 64-bit integer.</summary>
    ToInt64,

    /// <summary>To an unsigned 64-bit integer.</summary>
    ToUInt64,

    /// <summary>From a signed 32-bit integer (first).</summary>
    FromInt32,

    /// <summary>From an unsigned 32-bit integer (first).</summary>
    FromUInt32,

    /// <summary>From a signed 64-bit integer (first).</summary>
    FromInt64,

    /// <summary>From an unsigned 64-bit integer (first).</summary>
    FromUInt64,
}
