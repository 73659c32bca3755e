using Verification.Intrinsics;

namespace Verification.Kernel;

/// <summary>
/// The firmware's console: bytes through DBCN, or one by one through the legacy call where the firmware is older than
/// that. Nothing here needs a heap. A line that must not be torn by another hart's is written under <see cref="Lock"/>.
/// </summary>
public static unsafe class Console
{
    private const int LongestDecimal = 20;
    private const int LongestHexadecimal = 16;

    private static SpinLock s_lock;
    private static bool s_hasDebugConsole;

    /// <summary>Asks the firmware how to write.</summary>
    public static void Initialise() => s_hasDebugConsole = Firmware.Has(Firmware.DebugConsole);

    /// <summary>Takes the console for a line.</summary>
    public static LockGuard Lock() => s_lock.Lock();

    /// <summary>Writes UTF-8 text.</summary>
    public static void Write(ReadOnlySpan<byte> text)
    {
        fixed (byte* start = text) Write(start, text.Length);
    }

    /// <summary>Writes UTF-8 text that lies at an address.</summary>
    public static void Write(byte* text, int length)
    {
        if (s_hasDebugConsole)
        {
            // The firmware may take less than all at once (SBI specification, chapter 12).
            while (length > 0)
            {
                SbiResult written = Firmware.Write(text, length);
                if (!written.Succeeded || written.Value == 0) break;
                text += written.Value;
                length -= (int)written.Value;
            }
        }

        for (int index = 0; index < length; index++) Firmware.WriteLegacy(text[index]);
    }

    /// <summary>Writes a number in decimal.</summary>
    public static void WriteDecimal(ulong value)
    {
        byte* digits = stackalloc byte[LongestDecimal];
        int start = LongestDecimal;
        do
        {
            digits[--start] = (byte)('0' + value % 10);
            value /= 10;
        }
        while (value != 0);

        Write(digits + start, LongestDecimal - start);
    }

    /// <summary>Writes a number in hexadecimal, with <c>0x</c>, without leading zeros.</summary>
    public static void WriteHexadecimal(ulong value)
    {
        byte* digits = stackalloc byte[LongestHexadecimal];
        int start = LongestHexadecimal;
        do
        {
            uint digit = (uint)(value & 15);
            digits[--start] = (byte)(digit < 10 ? '0' + digit : 'a' + digit - 10);
            value >>= 4;
        }
        while (value != 0);

        Write("0x"u8);
        Write(digits + start, LongestHexadecimal - start);
    }

    /// <summary>Writes a whole line with one number in it: <c>before</c>, the number, <c>after</c>.</summary>
    public static void WriteLine(ReadOnlySpan<byte> before, ulong value, ReadOnlySpan<byte> after)
    {
        using (Lock())
        {
            Write(before);
            WriteDecimal(value);
            Write(after);
            Write("\n"u8);
        }
    }
}
