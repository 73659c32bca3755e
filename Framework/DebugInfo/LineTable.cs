namespace Verification.Framework.DebugInfo;

/// <summary>All line programs of an image by address.</summary>
internal sealed class LineTable
{
    // Linkers set the lines of discarded functions to address 0 or its neighbours.
    private const ulong LowestRealAddress = 2;

    private readonly List<(ulong Low, ulong High, LineProgram Program, int First, int Last)> sequences = [];
    private readonly List<ulong> reach = [];

    public void Add(LineProgram program)
    {
        var first = 0;
        for (var i = 0; i < program.Rows.Count; i++)
        {
            if (!program.Rows[i].EndsSequence) continue;
            var (low, high) = (program.Rows[first].Address, program.Rows[i].Address);
            if (low < high && low >= LowestRealAddress) sequences.Add((low, high, program, first, i));
            first = i + 1;
        }
    }

    /// <summary>Sorts what was added; look-ups come after.</summary>
    public void Close()
    {
        sequences.Sort((left, right) => left.Low != right.Low ? left.Low.CompareTo(right.Low) : left.High.CompareTo(right.High));
        var furthest = 0ul;
        foreach (var sequence in sequences) reach.Add(furthest = Math.Max(furthest, sequence.High));
    }

    /// <summary>The row that covers an address.</summary>
    public SourcePlace? Find(ulong address)
    {
        int low = 0, high = sequences.Count;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (sequences[middle].Low <= address) low = middle + 1;
            else high = middle;
        }

        for (var i = low - 1; i >= 0 && reach[i] > address; i--)
        {
            if (address < sequences[i].High) return Find(sequences[i], address);
        }

        return null;
    }

    private static SourcePlace? Find((ulong Low, ulong High, LineProgram Program, int First, int Last) sequence, ulong address)
    {
        LineEntry? best = null;
        for (var i = sequence.First; i < sequence.Last; i++)
        {
            var row = sequence.Program.Rows[i];
            if (row.Address > address) break;
            best = row;
        }

        if (best is not { Line: > 0 } found || sequence.Program.File(found.File) is not { } file) return null;
        return new SourcePlace(file, found.Line, found.Column);
    }
}
