namespace Verification.Machine.Devices;

/// <summary>A wire that carries a level from a device to an interrupt controller, or from there to a hart.</summary>
/// <param name="changed">Called with the new level at each change.</param>
public sealed class InterruptLine(Action<bool> changed)
{
    /// <summary>The level now. It is state of the driving device, which transfers it.</summary>
    public bool Level { get; private set; }

    /// <summary>Drives the wire.</summary>
    public void Set(bool level)
    {
        if (level == Level) return;
        Level = level;
        changed(level);
    }

    /// <summary>Saves or restores the level, without telling the other end, which has state of its own.</summary>
    public void Transfer(State.StateTransfer transfer)
    {
        var level = Level;
        transfer.Value(ref level);
        Level = level;
    }
}
