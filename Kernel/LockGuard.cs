namespace Verification.Kernel;

/// <summary>A lock that is held until <see cref="Dispose"/>, which also puts interrupts back as they were.</summary>
public readonly ref struct LockGuard
{
    private readonly ref SpinLock _lock;
    private readonly bool _interruptsWereOn;

    internal LockGuard(ref SpinLock held, bool interruptsWereOn)
    {
        _lock = ref held;
        _interruptsWereOn = interruptsWereOn;
    }

    /// <summary>Releases the lock.</summary>
    public void Dispose()
    {
        _lock.Release(ThisHart.Id + 1);
        if (_interruptsWereOn) Interrupts.Enable();
    }
}
