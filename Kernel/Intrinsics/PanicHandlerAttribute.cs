namespace Verification.Intrinsics;

/// <summary>
/// Marks the one method that compiled code calls where the CLR would throw: on <c>throw</c>, and on a failed bounds,
/// null, division or overflow check. Its signature is <c>static unsafe void Name(PanicSite* site)</c>; it never returns.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PanicHandlerAttribute : Attribute;
