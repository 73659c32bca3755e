namespace Verification.Machine.Schedule;

/// <summary>Positions of the harts that can run, ascending. Harts that wait cost nothing.</summary>
/// <param name="capacity">Number of harts.</param>
internal sealed class RunnableSet(int capacity)
{
    private readonly int[] _positions = new int[capacity];

    internal int Count { get; private set; }

    internal ReadOnlySpan<int> Positions => _positions.AsSpan(0, Count);

    internal void Clear() => Count = 0;

    internal void Set(int position, bool runs)
    {
        var at = Array.BinarySearch(_positions, 0, Count, position);
        if (runs == at >= 0) return;
        if (runs)
        {
            at = ~at;
            Array.Copy(_positions, at, _positions, at + 1, Count++ - at);
            _positions[at] = position;
        }
        else Array.Copy(_positions, at + 1, _positions, at, --Count - at);
    }
}
