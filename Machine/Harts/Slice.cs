namespace Verification.Machine.Harts;

/// <summary>What a hart executes until the board looks up again. There is one at a time.</summary>
internal sealed unsafe class Slice
{
    // No reference: slices may be short, and to tell the garbage collector of one costs as much as all else here.
    private HartState* _state;
    private ulong _start;

    /// <summary>The hart that executes now.</summary>
    internal Hart? Hart => _state == null ? null : _state->Hart;

    /// <summary>Whether a hart executes now.</summary>
    internal bool IsOpen => _state != null;

    /// <summary>How many instructions it may execute.</summary>
    internal ulong Most { get; private set; }

    /// <summary>How many it has executed; 0 when none does.</summary>
    internal ulong Executed => _state == null ? 0 : _state->Executed - _start;

    /// <summary>The hart is about to execute.</summary>
    internal void Open(Hart hart, ulong most)
    {
        _state = hart.State;
        (_start, Most) = (_state->Retired, most);
    }

    /// <summary>It executes no more.</summary>
    internal void Close()
    {
        _state->Leave &= ~(uint)LeaveReason.Slice;
        _state = null;
    }

    /// <summary>Ends after the instruction that is being executed, if there is one.</summary>
    internal void Cut()
    {
        if (_state != null) _state->Leave |= (uint)LeaveReason.Slice;
    }
}
