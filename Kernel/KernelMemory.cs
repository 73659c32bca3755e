using System.Diagnostics.CodeAnalysis;
using Verification.Intrinsics;

namespace Verification.Kernel;

/// <summary>The kernel's pages and the lock around them. 32 bytes.</summary>
public struct KernelMemory
{
    /// <summary>The lock; whoever touches <see cref="Pages"/> holds it.</summary>
    public SpinLock PagesLock;

    /// <summary>The page allocator.</summary>
    public PageAllocator Pages;

    /// <summary>The one that all harts share.</summary>
    [Export("KMEM")]
    public static KernelMemory KMEM;

    /// <summary>Takes the lock until the guard is disposed of.</summary>
    [UnscopedRef]
    public LockGuard Lock() => PagesLock.Lock();
}
