using Verification.Intrinsics;

namespace Verification.Kernel;

/// <summary>The addresses that the linker gave to this image.</summary>
public static class Image
{
    /// <summary>The first byte of the image, boot stack included.</summary>
    [LinkerSymbol("__image_start")]
    public static ulong Start => throw new PlatformNotSupportedException();

    /// <summary>The first byte behind the image, .bss and boot stack included.</summary>
    [LinkerSymbol("__image_end")]
    public static ulong End => throw new PlatformNotSupportedException();

    /// <summary>The lowest byte of the boot hart's stack.</summary>
    [LinkerSymbol("boot_stack_bottom")]
    public static ulong BootStackBottom => throw new PlatformNotSupportedException();

    /// <summary>The first byte above the boot hart's stack: <c>sp</c> at entry.</summary>
    [LinkerSymbol("boot_stack_top")]
    public static ulong BootStackTop => throw new PlatformNotSupportedException();

    /// <summary>The first byte above the boot hart's trap stack.</summary>
    [LinkerSymbol("boot_trap_stack_top")]
    public static ulong BootTrapStackTop => throw new PlatformNotSupportedException();
}
