namespace Verification.Toolchain.Codegen;

/// <summary>Where a register is live: half-open pieces of positions, ascending.</summary>
internal sealed class LiveRange(int register)
{
    private List<(int Start, int End)> _pieces = [];

    /// <summary>The register.</summary>
    public int Register { get; } = register;

    /// <summary>What keeping it in memory would cost, by use and loop depth.</summary>
    public double Weight { get; set; }

    /// <summary>Physical registers that a copy from or to this range would vanish with, best first.</summary>
    public List<int> Hints { get; } = [];

    /// <summary>Ranges that a copy connects it with.</summary>
    public List<int> Related { get; } = [];

    /// <summary>True for the short range around one use of a spilled register.</summary>
    public bool IsTiny { get; set; }

    /// <summary>The pieces.</summary>
    public IReadOnlyList<(int Start, int End)> Pieces => _pieces;

    /// <summary>First position.</summary>
    public int Start => _pieces.Count == 0 ? int.MaxValue : _pieces[0].Start;

    /// <summary>Positions covered.</summary>
    public int Length => _pieces.Sum(piece => piece.End - piece.Start);

    /// <summary>Adds a piece while walking backwards: it begins no later than any other.</summary>
    public void AddBefore(int start, int end)
    {
        if (end <= start) return;
        // The list is kept reversed until Finish.
        if (_pieces.Count > 0 && end >= _pieces[^1].Start)
        {
            (int lastStart, int lastEnd) = _pieces[^1];
            _pieces[^1] = (Math.Min(start, lastStart), Math.Max(end, lastEnd));
            return;
        }

        _pieces.Add((start, end));
    }

    /// <summary>Shortens the earliest piece to begin at a definition.</summary>
    public void DefineAt(int position)
    {
        if (_pieces.Count == 0 || _pieces[^1].Start > position)
        {
            _pieces.Add((position, position + 1));
            return;
        }

        (_, int end) = _pieces[^1];
        _pieces[^1] = (position, Math.Max(end, position + 1));
    }

    /// <summary>Puts the pieces into ascending order.</summary>
    public void Finish()
    {
        _pieces.Sort();
        List<(int Start, int End)> merged = [];
        foreach ((int start, int end) in _pieces)
        {
            if (merged.Count > 0 && start <= merged[^1].End) merged[^1] = (merged[^1].Start, Math.Max(end, merged[^1].End));
            else merged.Add((start, end));
        }

        _pieces = merged;
    }

    /// <summary>True if both are live somewhere.</summary>
    public bool Overlaps(LiveRange other)
    {
        int one = 0;
        int two = 0;
        while (one < _pieces.Count && two < other._pieces.Count)
        {
            if (_pieces[one].End <= other._pieces[two].Start) one++;
            else if (other._pieces[two].End <= _pieces[one].Start) two++;
            else return true;
        }

        return false;
    }

    /// <summary>True if it is live at a position.</summary>
    public bool Covers(int position) => _pieces.Any(piece => piece.Start <= position && position < piece.End);

    /// <summary>Takes in another range.</summary>
    public void Merge(LiveRange other)
    {
        _pieces.AddRange(other._pieces);
        Finish();
        Weight += other.Weight;
        Hints.AddRange(other.Hints);
    }
}
