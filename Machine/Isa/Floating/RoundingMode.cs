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
