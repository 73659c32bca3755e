using System.Diagnostics.CodeAnalysis;
using Verification.Intrinsics;

namespace Verification.Kernel;

/// <summary>
/// A lock that waits by spinning. One word says whether and by whom it is held, so that the two can't disagree.
/// Whoever holds one has interrupts switched off: a handler on the same hart would wait for ever.
/// </summary>
public struct SpinLock
{
    /// <summary>0 while free, else the holding hart's id plus 1.</summary>
    public ulong Holder;

    /// <summary>Whether any hart holds the lock.</summary>
    public readonly bool IsHeld => Holder != 0;

    /// <summary>Takes the lock until the guard is disposed of: <c>using (KMEM.Lock()) ...</c>.</summary>
    [UnscopedRef]
    public LockGuard Lock()
    {
        bool interruptsWereOn = Interrupts.Disable();
        Acquire(ThisHart.Id + 1);
        return new LockGuard(ref this, interruptsWereOn);
    }

    /// <summary>Waits for the lock and takes it. Panics if this hart holds it: it would wait for itself.</summary>
    internal void Acquire(ulong self)
    {
        if (Volatile.Read(ref Holder) == self) throw new KernelPanic("this hart holds the lock already");
        while (Interlocked.CompareExchange(ref Holder, self, 0) != 0)
        {
            while (Volatile.Read(ref Holder) != 0)
            {
                if (Panic.IsUnderWay) ThisHart.Halt();
                Hart.Pause();
            }
        }
    }

    /// <summary>Gives the lock back. Panics if another hart, or none, holds it.</summary>
    internal void Release(ulong self)
    {
        if (Holder != self) throw new KernelPanic("this hart does not hold the lock");
        Volatile.Write(ref Holder, 0);
    }
}
