namespace Verification.Machine.Harts;

/// <summary>Firmware that the model plays itself: it answers the environment calls of S-mode.</summary>
public interface ISupervisorFirmware : State.IStateful
{
    /// <summary>
    /// Answers the call whose number and arguments are in a7, a6 and a0-a5, and leaves error and value in a0 and a1. The
    /// program counter goes on behind the <c>ecall</c>, unless the call starts, stops or suspends this very hart.
    /// </summary>
    void Call(Hart hart);
}
