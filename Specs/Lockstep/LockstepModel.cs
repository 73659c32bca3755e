using Verification.Machine;
using Verification.Machine.Harts;
using Verification.Machine.Isa;
using Verification.Machine.Memory;
using Verification.Machine.Schedule;

namespace Verification.Specs.Lockstep;

/// <summary>The model with the driver and programs in its memory, stepped as QEMU's log tells it.</summary>
internal sealed unsafe class LockstepModel : IDisposable
{
    /// <summary>More instructions than a program has, with the driver's: it goes round in circles, and is none for us.</summary>
    public const int MostInstructions = 150_000;

    private static readonly BoardConfiguration s_configuration = new()
    {
        Firmware = new FirmwareChoice.None(),
        Extensions = ExplainedDifferences.Extensions,
        Memory = [new MemoryBank(GuestArea.Driver, 128UL << 20)],
    };

    private readonly Board _board = new(s_configuration);

    public LockstepModel(IReadOnlyList<LockstepProgram> programs, ExecutionEngine engine = ExecutionEngine.Interpreter)
    {
        _board.Engine = engine;
        _board.Memory.Write(GuestArea.Driver, GuestCode.Driver(programs.Count));
        for (var i = 0; i < programs.Count; i++)
            _board.Memory.Write(GuestArea.Store + (ulong)i * GuestArea.SizeBytes, programs[i].ToArea());
        Hart.Start(PrivilegeMode.Machine, GuestArea.Driver, 0, 0);
    }

    public Hart Hart => _board.Harts[0];

    public Board Board => _board;

    /// <summary>The bytes for QEMU to start with.</summary>
    public static byte[] Image(IReadOnlyList<LockstepProgram> programs)
    {
        var image = new byte[GuestArea.Store - GuestArea.Driver + (ulong)programs.Count * GuestArea.SizeBytes];
        GuestCode.Driver(programs.Count).CopyTo(image, 0);
        for (var i = 0; i < programs.Count; i++)
            programs[i].ToArea().CopyTo(image, (int)(GuestArea.Store - GuestArea.Driver) + i * GuestArea.SizeBytes);
        return image;
    }

    /// <summary>Whether a program comes to its end in the model, in reasonable time.</summary>
    public static bool Ends(LockstepProgram program)
    {
        using var model = new LockstepModel([program]);
        return model._board.Run(MostInstructions) is StopReason.PowerOff;
    }

    /// <summary>Executes one instruction, or the trap that its fetch raises.</summary>
    public bool Step() => _board.Run(1) is StopReason.Budget;

    /// <summary>Goes on to the next instruction that is compared; an interrupt that is due is taken before it.</summary>
    /// <returns>False where the machine stopped.</returns>
    public bool Advance()
    {
        for (var i = 0; i < MostInstructions; i++)
        {
            if ((Hart.State->Leave & (uint)LeaveReason.Interrupts) != 0) Hart.Attend();
            if (GuestArea.IsCompared(Hart.Pc)) return true;
            if (!Step()) return false;
        }

        return false;
    }

    /// <summary>Steps over an instruction that can't be fetched: QEMU logs no such.</summary>
    /// <returns>False where the instruction was something else; then it has been executed.</returns>
    public bool TryStepOverFetchFault()
    {
        var (pc, mode, exceptions) = (Hart.Pc, Hart.Privilege, Hart.Exceptions);
        if (!Step() || Hart.Exceptions == exceptions) return false;
        var isMachine = Hart.Privilege == PrivilegeMode.Machine;
        Hart.TryGetCsr(isMachine ? 0x341 : 0x141, out var epc);
        Hart.TryGetCsr(isMachine ? 0x342 : 0x142, out var cause);
        return epc == pc && cause is 0 or 1 or 12 && mode <= Hart.Privilege;
    }

    /// <summary>The word that a fetch finds, for reports; 0 where there is none.</summary>
    public uint Word(ulong pc)
    {
        Span<byte> bytes = stackalloc byte[4];
        var window = pc - GuestArea.HighWindow < GuestArea.SizeBytes ? GuestArea.HighWindow : GuestArea.Start;
        if (pc - window >= GuestArea.SizeBytes) return 0;
        _board.Memory.TryRead(GuestArea.Start + (pc - window), bytes);
        var word = BitConverter.ToUInt32(bytes);
        return Decoder.SizeBytes(word) == 2 ? word & 0xFFFF : word;
    }

    public void Dispose() => _board.Dispose();
}
