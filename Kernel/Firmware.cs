using Verification.Intrinsics;

namespace Verification.Kernel;

/// <summary>
/// The calls of the SBI specification (version 2.0) that this kernel makes. Chapter numbers are that document's.
/// </summary>
public static class Firmware
{
    private const ulong Base = 0x10;
    private const ulong Ipi = 0x735049;
    private const ulong HartStateManagement = 0x48534D;
    private const ulong SystemReset = 0x53525354;
    private const ulong LegacyPutchar = 0x01;
    private const ulong LegacyShutdown = 0x08;

    /// <summary>The debug console extension, "DBCN" (chapter 12).</summary>
    public const ulong DebugConsole = 0x4442434E;

    /// <summary>Whether the firmware has an extension: sbi_probe_extension (chapter 4).</summary>
    public static bool Has(ulong extension) => Sbi.Call(Base, 3, extension).Value != 0;

    /// <summary>Writes bytes to the debug console: sbi_debug_console_write. They lie at their physical address.</summary>
    public static unsafe SbiResult Write(byte* text, int length) =>
        Sbi.Call(DebugConsole, 0, (ulong)length, (ulong)text);

    /// <summary>Writes one byte to the console: the legacy sbi_console_putchar (chapter 5), which every firmware has.</summary>
    public static void WriteLegacy(byte character) => Sbi.Call(LegacyPutchar, 0, character);

    /// <summary>Starts a stopped hart: sbi_hart_start (chapter 9).</summary>
    public static SbiResult StartHart(ulong hartId, ulong address, ulong argument) =>
        Sbi.Call(HartStateManagement, 0, hartId, address, argument);

    /// <summary>Stops the calling hart: sbi_hart_stop. Returns only if the firmware refuses.</summary>
    public static void StopHart() => Sbi.Call(HartStateManagement, 1);

    /// <summary>Makes a supervisor software interrupt pending at one hart: sbi_send_ipi (chapter 7).</summary>
    public static SbiResult SendInterrupt(ulong hartId) => Sbi.Call(Ipi, 0, 1, hartId);

    /// <summary>Makes a supervisor software interrupt pending at every hart.</summary>
    public static void InterruptAllHarts() => Sbi.Call(Ipi, 0, 0, ulong.MaxValue);

    /// <summary>Switches the machine off: sbi_system_reset (chapter 10), type shutdown. Returns only if refused.</summary>
    public static void ShutDown(ShutdownReason reason)
    {
        Sbi.Call(SystemReset, 0, 0, (ulong)reason);
        Sbi.Call(LegacyShutdown, 0);
    }
}
