namespace Verification.Machine.State;

/// <summary>
/// A part of the machine that has state. One method serves saving, restoring and hashing, so that none of the three can
/// forget a field.
/// </summary>
public interface IStateful
{
    /// <summary>Hands every field of the state to <paramref name="transfer"/>, always in the same order.</summary>
    void Transfer(StateTransfer transfer);
}
