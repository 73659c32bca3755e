namespace Verification.Toolchain.Linking;

/// <summary>The sections that the linker makes.</summary>
public enum SectionKind
{
    /// <summary>.head: the first instructions, and the image header if there is one.</summary>
    Head,

    /// <summary>.boot_stack: the boot hart's stack.</summary>
    BootStack,

    /// <summary>.text: code.</summary>
    Text,

    /// <summary>.rodata: constants.</summary>
    ReadOnlyData,

    /// <summary>.data: variables with a value at the start.</summary>
    Data,

    /// <summary>.bss: variables that start as zeros.</summary>
    ZeroData,
}
