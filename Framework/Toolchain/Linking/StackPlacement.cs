namespace Verification.Toolchain.Linking;

/// <summary>Where the boot hart's stack lies.</summary>
public enum StackPlacement
{
    /// <summary>
    /// Directly above .bss, as many hobby kernels have it: an overflow silently overwrites the last object of .bss.
    /// </summary>
    AboveBss,

    /// <summary>
    /// Below the image's code, with only the entry stub's page under it. That page is used up once the boot hart has left
    /// it, and under it ends the image: an overflow reaches no object of the kernel, but memory that is the firmware's.
    /// </summary>
    BelowImage,

    /// <summary>
    /// As <see cref="BelowImage"/>, with a page under it that page tables, made by the linker and switched on by the entry
    /// stub before the first compiled instruction, leave unmapped: an overflow is a page fault, reported on the trap stack.
    /// </summary>
    Guarded,
}
