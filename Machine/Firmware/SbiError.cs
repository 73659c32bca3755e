namespace Verification.Machine.Firmware;

/// <summary>What a call answers in a0 (SBI specification 2.0, table 1).</summary>
public enum SbiError : long
{
    /// <summary>SBI_SUCCESS.</summary>
    Success = 0,

    /// <summary>SBI_ERR_FAILED.</summary>
    Failed = -1,

    /// <summary>SBI_ERR_NOT_SUPPORTED.</summary>
    NotSupported = -2,

    /// <summary>SBI_ERR_INVALID_PARAM.</summary>
    InvalidParameter = -3,

    /// <summary>SBI_ERR_DENIED.</summary>
    Denied = -4,

    /// <summary>SBI_ERR_INVALID_ADDRESS.</summary>
    InvalidAddress = -5,

    /// <summary>SBI_ERR_ALREADY_AVAILABLE.</summary>
    AlreadyAvailable = -6,

    /// <summary>SBI_ERR_ALREADY_STARTED.</summary>
    AlreadyStarted = -7,

    /// <summary>SBI_ERR_ALREADY_STOPPED.</summary>
    AlreadyStopped = -8,
}

/// <summary>Error and value of a call, which go to a0 and a1.</summary>
/// <param name="Error">The error.</param>
/// <param name="Value">The value; 0 with an error.</param>
public readonly record struct SbiResult(SbiError Error, ulong Value = 0)
{
    /// <summary>Success with this value.</summary>
    public static SbiResult Of(ulong value) => new(SbiError.Success, value);

    /// <summary>An error has no value.</summary>
    public static implicit operator SbiResult(SbiError error) => new(error);
}
