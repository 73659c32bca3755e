namespace Verification.Machine.Harts;

/// <summary>What a hart needs of its board.</summary>
internal interface IHartHost
{
    /// <summary>What <c>time</c> shows, exact to the instruction being executed.</summary>
    ulong Time { get; }

    /// <summary>Who answers S-mode's environment calls, or null.</summary>
    ISupervisorFirmware? Firmware { get; }

    /// <summary>What is not memory.</summary>
    IPhysicalBus Bus { get; }

    /// <summary>The code that harts of this board decoded.</summary>
    CodeCache Code { get; }

    /// <summary>Sets the hart's <c>stimecmp</c> deadline, in place of its earlier one.</summary>
    void SetDeadline(Hart hart, ulong time);

    /// <summary>The hart began or ceased to run.</summary>
    void RunStateChanged(Hart hart);

    /// <summary>The run ends after this instruction.</summary>
    void RequestStop(StopReason reason);
}
