namespace Verification.Framework.Kernels;

/// <summary>
/// A spin lock, as memory shows it: a word that is 0 while the lock is free. Whoever makes it nonzero takes the lock,
/// whoever makes it 0 again releases it; no function of the kernel has to be named.
/// </summary>
/// <param name="Symbol">The object that holds the word.</param>
/// <param name="OffsetBytes">Where in the object the word stands.</param>
/// <param name="SizeBytes">Size of the word: 1, 2, 4 or 8.</param>
/// <param name="Interrupts">What must hold for the interrupts of the hart that holds the lock.</param>
public sealed record LockDescription(
    string Symbol, int OffsetBytes = 0, int SizeBytes = 4, InterruptsUnderLock Interrupts = InterruptsUnderLock.Off);

/// <summary>What a lock asks of the interrupts of the hart that takes it.</summary>
public enum InterruptsUnderLock
{
    /// <summary>An interrupt's handler takes the lock too: interrupts must be off from before it is taken.</summary>
    Off,

    /// <summary>No handler takes the lock.</summary>
    Either,
}
