namespace Verification.Intrinsics;

/// <summary>
/// Marks a method that a hart reaches first on a stack of its own: the kernel's main method on the boot stack, the
/// main method of the other harts, the trap handler. It is a root of the compiler's call graph and of every estimate
/// of stack depth.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class BootEntryAttribute : Attribute
{
    /// <summary>
    /// Size of the stack that the method starts on, in bytes. 0, the default, means the boot stack, whose size is the
    /// build property <c>BootStackSize</c>.
    /// </summary>
    public int StackSizeBytes { get; set; }
}
