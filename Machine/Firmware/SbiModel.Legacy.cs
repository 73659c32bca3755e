using Verification.Machine.Harts;

namespace Verification.Machine.Firmware;

/// <summary>The legacy calls: SBI specification 2.0, chapter 5. They change no register but a0.</summary>
public sealed partial class SbiModel
{
    private void CallLegacy(Hart hart, SbiCall call)
    {
        var extension = (SbiExtension)(uint)call.Extension;
        if (extension == SbiExtension.LegacyShutdown)
        {
            _stop(new StopReason.PowerOff(0));
            return;
        }
        var answer = extension switch
        {
            SbiExtension.LegacySetTimer => Timer(),
            SbiExtension.LegacyPutCharacter => PutCharacter(),
            SbiExtension.LegacyGetCharacter => _console.TryTake(out var value) ? value : -1,
            SbiExtension.LegacyClearIpi => ClearIpi(),
            SbiExtension.LegacySendIpi => (long)(LegacyMask(hart, call[0]) is { } mask
                ? Interrupt(Find(mask)) : SbiError.InvalidAddress),
            _ => (long)(LegacyMask(hart, call[0]) is { } mask ? Flush(Find(mask)) : SbiError.InvalidAddress),
        };
        hart.SetRegister(10, (ulong)answer);

        long Timer()
        {
            SetTimer(hart, call[0]);
            return 0;
        }

        long PutCharacter()
        {
            _console.Send((byte)call[0]);
            return 0;
        }

        long ClearIpi()
        {
            hart.SetPending(InterruptCause.SupervisorSoftware, false);
            return 0;
        }
    }

    /// <summary>The mask lies in the caller's virtual memory; no address means all harts.</summary>
    private static HartMask? LegacyMask(Hart hart, ulong address)
    {
        if (address == 0) return new HartMask(0, ulong.MaxValue);
        Span<byte> word = stackalloc byte[8];
        return hart.TryReadVirtual(address, word)
            ? new HartMask(System.Buffers.Binary.BinaryPrimitives.ReadUInt64LittleEndian(word), 0)
            : null;
    }
}
