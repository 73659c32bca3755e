namespace Verification.Framework.Kernels;

/// <summary>A description does not fit its image; the message says how, in one sentence.</summary>
public sealed class KernelDescriptionException(string message) : Exception(message);
