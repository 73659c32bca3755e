using Verification.Machine.Harts;

namespace Verification.Machine.Firmware;

/// <summary>SRST and DBCN: SBI specification 2.0, chapters 10 and 12.</summary>
public sealed partial class SbiModel
{
    /// <summary>A call writes or reads no more than this; callers go on with the rest, as the specification has it.</summary>
    public const ulong ConsolePortionBytes = 64 << 10;

    private const uint Shutdown = 0, WarmReboot = 2, SystemFailure = 1;

    /// <summary>A shutdown for a system failure ends with code 1, so that it does not look like a success.</summary>
    private SbiResult? SystemReset(SbiCall call)
    {
        if (call.Function != 0) return SbiError.NotSupported;
        var (kind, reason) = ((uint)call[0], (uint)call[1]);
        if (kind > WarmReboot || reason > SystemFailure) return SbiError.InvalidParameter;
        _stop(kind == Shutdown ? new StopReason.PowerOff(reason) : new StopReason.Reset());
        return null;
    }

    private SbiResult? DebugConsole(SbiCall call)
    {
        if (call.Function == 2)
        {
            _console.Send((byte)call[0]);
            return SbiError.Success;
        }
        if (call.Function > 2) return SbiError.NotSupported;
        var (lengthBytes, address) = (call[0], call[1]);
        if (call[2] != 0 || !_memory.Contains(address, lengthBytes)) return SbiError.InvalidParameter;
        var portion = new byte[Math.Min(lengthBytes, ConsolePortionBytes)];
        if (call.Function == 0)
        {
            _memory.Read(address, portion);
            foreach (var value in portion) _console.Send(value);
            return SbiResult.Of((ulong)portion.Length);
        }
        var count = 0;
        while (count < portion.Length && _console.TryTake(out var value)) portion[count++] = value;
        _memory.Write(address, portion.AsSpan(0, count));
        return SbiResult.Of((ulong)count);
    }
}
