namespace Verification.Intrinsics;

/// <summary>What an SBI call returns: <c>a0</c> and <c>a1</c>.</summary>
/// <param name="error">The error code, 0 for success.</param>
/// <param name="value">The value, meaningful where the function gives one.</param>
public readonly struct SbiResult(long error, ulong value)
{
    /// <summary>The error code: 0 for success, negative otherwise.</summary>
    public readonly long Error = error;

    /// <summary>The value, meaningful where the function gives one.</summary>
    public readonly ulong Value = value;

    /// <summary>Whether the call succeeded.</summary>
    public bool Succeeded => Error == 0;
}
