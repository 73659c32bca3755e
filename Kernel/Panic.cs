using Verification.Intrinsics;

namespace Verification.Kernel;

/// <summary>The end when something is wrong: say what and where, halt every hart, switch the machine off.</summary>
public static unsafe class Panic
{
    private static uint s_underWay;

    /// <summary>Whether some hart has panicked. Harts that wait for another look here, for it may never come.</summary>
    public static bool IsUnderWay => Volatile.Read(ref s_underWay) != 0;

    /// <summary>
    /// Prints <c>panic: function: message (file:line)</c> and ends the run. It takes no lock, since the panicking hart may
    /// hold them all. Of several harts that panic the first is heard.
    /// </summary>
    [PanicHandler, Export("panic")]
    public static void At(PanicSite* site)
    {
        Interrupts.Disable();
        if (Interlocked.Exchange(ref s_underWay, 1) != 0) ThisHart.Halt();
        Firmware.InterruptAllHarts();

        Console.Write("panic: "u8);
        Console.Write(site->Function, site->FunctionLength);
        Console.Write(": "u8);
        Console.Write(site->Message, site->MessageLength);
        Console.Write(" ("u8);
        Console.Write(site->File, site->FileLength);
        Console.Write(":"u8);
        Console.WriteDecimal((ulong)site->Line);
        Console.Write(")\n"u8);

        Firmware.ShutDown(ShutdownReason.SystemFailure);
        ThisHart.Halt();
    }
}
