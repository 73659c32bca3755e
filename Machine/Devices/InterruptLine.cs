namespace Verification.Machine.Devices;

/// <summary>A wire that carries a level from a device to an interrupt controller, or from there to a hart.</summary>
/// <param name="driven">Called when the level falls, and whenever it is driven high, though it be so already: QEMU's
/// interrupt controller takes each of these for a new request, and drivers have come to depend on it.</param>
public sealed class InterruptLine(Action<bool> driven)
{
    /// <summary>The level now. It is state of the driving device, which transfers it.</summary>
    public bool Level { get; private set; }

    /// <summary>Drives the wire.</summary>
    public void Set(bool level)
    {
        if (!level && !Level) return;
        Level = level;
        driven(level);
    }

    /// <summary>Saves or restores the level, without telling the other end, which has state of its own.</summary>
    public void Transfer(State.StateTransfer transfer)
    {
        var level = Level;
        transfer.Value(ref level);
        Level = level;
    }
}
