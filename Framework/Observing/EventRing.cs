namespace Verification.Framework.Observing;

/// <summary>The last things that each hart did, for the end of a report.</summary>
/// <param name="capacity">How many are kept per hart.</param>
public sealed class EventRing(int capacity)
{
    private readonly SortedDictionary<ulong, Queue<HartEvent>> _events = [];

    /// <summary>The harts that did anything, by id.</summary>
    public IEnumerable<ulong> HartIds => _events.Keys;

    /// <summary>A hart's last events, oldest first.</summary>
    public IEnumerable<HartEvent> Of(ulong hartId) => _events.TryGetValue(hartId, out var events) ? events : [];

    /// <summary>Adds an event, and drops the hart's oldest when there are too many.</summary>
    public void Add(in HartEvent happened)
    {
        if (!_events.TryGetValue(happened.HartId, out var events)) _events.Add(happened.HartId, events = new Queue<HartEvent>());
        if (events.Count == capacity) events.Dequeue();
        events.Enqueue(happened);
    }
}

/// <summary>Something that a hart did.</summary>
/// <param name="HartId">The hart.</param>
/// <param name="Retired">Instructions that it had retired before.</param>
/// <param name="Pc">The instruction.</param>
/// <param name="Kind">What it was.</param>
/// <param name="First">The callee or handler, the SBI extension, the cause of a trap, the address stored to.</param>
/// <param name="Second">The SBI function, the trap value, the value stored.</param>
public readonly record struct HartEvent(ulong HartId, ulong Retired, ulong Pc, HartEventKind Kind, ulong First, ulong Second);

/// <summary>Kinds of <see cref="HartEvent"/>.</summary>
public enum HartEventKind
{
    /// <summary>A function was called.</summary>
    Call,

    /// <summary>A function returned.</summary>
    Return,

    /// <summary>An exception was taken.</summary>
    Exception,

    /// <summary>An interrupt was taken.</summary>
    Interrupt,

    /// <summary>The firmware was called.</summary>
    FirmwareCall,

    /// <summary>A store hit an object outside the stack that it belongs to.</summary>
    Damage,

    /// <summary>A watched lock was taken.</summary>
    LockTaken,

    /// <summary>A watched lock was released.</summary>
    LockReleased,
}
