using Verification.Machine.Devices;
using Verification.Machine.Harts;
using Verification.Machine.Memory;

namespace Verification.Machine;

/// <summary>
/// The words <c>tohost</c> and <c>fromhost</c> through which test programs talk to whoever runs them: Berkeley's host-target
/// interface (HTIF), as the front-end server of riscv-isa-sim reads it. A word's top byte is the device, the next one the
/// command: device 0 takes system calls, where an odd payload ends the run with the code above its lowest bit, and an even
/// one is the address of number and arguments; device 1 is the console.
/// </summary>
/// <remarks>Not modelled: other devices, reading from the console, system calls but <c>write</c> and <c>exit</c>.</remarks>
internal sealed class HostTargetInterface(PhysicalMemory memory, Uart16550 console, Action<StopReason> stop)
{
    private const ulong SystemCalls = 0, Console = 1, PutCharacter = 1;
    private const ulong Write = 64, Exit = 93;
    private const ulong NotImplemented = unchecked((ulong)-38);
    private const ulong PayloadMask = (1UL << 48) - 1;
    private const ulong LongestTextBytes = 1 << 20;

    /// <summary>Where <c>tohost</c> lies, if anywhere.</summary>
    public ulong? ToHost { get; set; }

    /// <summary>Where <c>fromhost</c> lies; without it, every word ends the run.</summary>
    public ulong? FromHost { get; set; }

    /// <summary>The page of <c>tohost</c> was written.</summary>
    public void Written()
    {
        if (ToHost is not { } address) return;
        var word = memory.Read<ulong>(address);
        if (word == 0) return;
        var (device, command, payload) = (word >> 56, word >> 48 & 0xff, word & PayloadMask);
        if (FromHost is not { } reply || (device == SystemCalls && (payload & 1) != 0))
        {
            stop(new StopReason.HostExit(word));
            return;
        }

        // First, since what is written below may lie on the page that is watched.
        memory.Write(address, 0UL);
        if (device == SystemCalls) Call(payload);
        else if (device == Console && command == PutCharacter) console.Send((byte)payload);
        memory.Write(reply, (word & ~PayloadMask) | 1);
    }

    private void Call(ulong arguments)
    {
        if (!memory.Contains(arguments, 32)) return;
        var result = NotImplemented;
        switch (memory.Read<ulong>(arguments))
        {
            case Write:
                var (text, sizeBytes) = (memory.Read<ulong>(arguments + 16), memory.Read<ulong>(arguments + 24));
                if (sizeBytes > LongestTextBytes || !memory.Contains(text, sizeBytes)) break;
                for (var i = 0UL; i < sizeBytes; i++) console.Send(memory.Read<byte>(text + i));
                result = sizeBytes;
                break;
            case Exit:
                stop(new StopReason.HostExit(memory.Read<ulong>(arguments + 8) << 1 | 1));
                result = 0;
                break;
        }
        memory.Write(arguments, result);
    }
}
