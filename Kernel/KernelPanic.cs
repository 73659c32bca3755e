namespace Verification.Kernel;

/// <summary>
/// What kernel code throws when it can't go on. On the CLR it is an exception like any other; compiled for a hart, the
/// <c>throw</c> is a call to <see cref="Panic.At"/> with the place and the message.
/// </summary>
/// <param name="message">One clause, without the function's name and without a full stop.</param>
public sealed class KernelPanic(string message) : Exception(message);
