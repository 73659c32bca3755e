namespace Verification.Machine.State;

/// <summary>
/// What machines hand on to the next machine of the process: memory that is costly to get and that nobody looks at before it
/// has been filled. As much as a number of things, however many threads there are.
/// </summary>
internal sealed class Spares<T>(int most) where T : class
{
    private readonly Stack<T> _spares = [];

    /// <summary>One that was kept; null if there is none.</summary>
    internal T? TryTake()
    {
        lock (_spares) return _spares.TryPop(out var spare) ? spare : null;
    }

    /// <summary>Keeps one that nothing refers to, unless there are enough.</summary>
    internal void Keep(T spare)
    {
        lock (_spares)
        {
            if (_spares.Count < most) _spares.Push(spare);
        }
    }
}
