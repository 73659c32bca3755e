namespace Verification.Toolchain.Dwarf;

/// <summary>
/// Where variables live, as location expressions and, for those that move, as lists in .debug_loclists (DWARF 5,
/// sections 2.6 and 7.29). A struct of which parts lie in different places is described piece by piece.
/// </summary>
internal sealed class LocationEntries
{
    private const byte EndOfList = 0x00;
    private const byte StartLength = 0x08;

    private readonly ByteWriter _lists = new();

    private readonly Func<string, ulong?> _addressOf;

    /// <summary>Makes it.</summary>
    /// <param name="addressOf">A symbol's address; null for data that only a debugger would have looked at.</param>
    public LocationEntries(Func<string, ulong?> addressOf)
    {
        _addressOf = addressOf;
        _lists.U32(0);
        _lists.U16(5);
        _lists.U8(8);
        _lists.U8(0);
        _lists.U32(0);
    }

    public byte[] Lists
    {
        get
        {
            _lists.PatchU32(0, (uint)(_lists.Length - sizeof(uint)));
            return _lists.ToArray();
        }
    }

    /// <summary>Adds the location of one variable to its entry.</summary>
    /// <param name="entry">The variable's entry.</param>
    /// <param name="locations">All its locations.</param>
    /// <param name="variableSizeBytes">Its size.</param>
    /// <param name="codeStart">Address of the method.</param>
    /// <param name="codeLength">Length of its code in bytes.</param>
    public void Describe(
        Die entry, IReadOnlyList<VariableLocation> locations, int variableSizeBytes, ulong codeStart, int codeLength)
    {
        locations = [.. locations.Where(location => location.Symbol is null || _addressOf(location.Symbol) is not null)];
        int[] edges = [.. locations.SelectMany(location => new[] { location.StartOffset, location.EndOffset }).Distinct().Order()];
        List<(int Start, int End, byte[] Expression)> ranges = [];
        for (int index = 0; index + 1 < edges.Length; index++)
        {
            (int start, int end) = (edges[index], edges[index + 1]);
            List<VariableLocation> live = [.. locations.Where(location => location.StartOffset <= start && location.EndOffset >= end)];
            if (live.Count == 0) continue;
            byte[] expression = Expression(live, variableSizeBytes);
            if (ranges.Count > 0 && ranges[^1].End == start && ranges[^1].Expression.AsSpan().SequenceEqual(expression))
                ranges[^1] = (ranges[^1].Start, end, expression);
            else ranges.Add((start, end, expression));
        }

        if (ranges.Count == 0) return;
        if (ranges is [(0, var last, var only)] && last >= codeLength)
        {
            entry.Expression(At.Location, only);
            return;
        }

        // Lists stand in the order of the entries that refer to them.
        entry.Section(At.Location, () => Write(ranges, codeStart));
    }

    private int Write(List<(int Start, int End, byte[] Expression)> ranges, ulong codeStart)
    {
        int offset = _lists.Length;
        foreach ((int start, int end, byte[] expression) in ranges)
        {
            _lists.U8(StartLength);
            _lists.U64(codeStart + (ulong)start);
            _lists.Unsigned((ulong)(end - start));
            _lists.Unsigned((ulong)expression.Length);
            _lists.Bytes(expression);
        }

        _lists.U8(EndOfList);
        return offset;
    }

    private byte[] Expression(List<VariableLocation> live, int variableSizeBytes)
    {
        ByteWriter expression = new();
        if (live.FirstOrDefault(location => location.OffsetInVariable == 0 && location.SizeBytes >= variableSizeBytes) is { } whole)
        {
            Place(expression, whole);
            return expression.ToArray();
        }

        int described = 0;
        foreach (VariableLocation part in live.OrderBy(location => location.OffsetInVariable))
        {
            if (part.OffsetInVariable < described) continue;
            if (part.OffsetInVariable > described) Piece(expression, part.OffsetInVariable - described);
            Place(expression, part);
            Piece(expression, part.SizeBytes);
            described = part.OffsetInVariable + part.SizeBytes;
        }

        if (described < variableSizeBytes) Piece(expression, variableSizeBytes - described);
        return expression.ToArray();
    }

    private void Place(ByteWriter expression, VariableLocation location)
    {
        switch (location.Kind)
        {
            case LocationKind.Register when location.Value < 32:
                expression.U8((byte)(Operation.Reg0 + location.Value));
                break;
            case LocationKind.Register:
                expression.U8(Operation.Regx);
                expression.Unsigned((ulong)location.Value);
                break;
            case LocationKind.Frame:
                expression.U8(Operation.Fbreg);
                expression.Signed(location.Value);
                break;
            case LocationKind.FrameAddress:
                expression.U8(Operation.Fbreg);
                expression.Signed(location.Value);
                expression.U8(Operation.StackValue);
                break;
            case LocationKind.Symbol or LocationKind.SymbolAddress:
                expression.U8(Operation.Addr);
                expression.U64(_addressOf(location.Symbol!)!.Value + (ulong)location.Value);
                if (location.Kind == LocationKind.SymbolAddress) expression.U8(Operation.StackValue);
                break;
            case LocationKind.RegisterIndirect:
                expression.U8((byte)(Operation.Breg0 + location.Value));
                expression.Signed(0);
                break;
            case LocationKind.FrameIndirect:
                expression.U8(Operation.Fbreg);
                expression.Signed(location.Value);
                expression.U8(Operation.Deref);
                break;
            default:
                expression.U8(Operation.Consts);
                expression.Signed(location.Value);
                expression.U8(Operation.StackValue);
                break;
        }
    }

    private static void Piece(ByteWriter expression, int sizeBytes)
    {
        expression.U8(Operation.Piece);
        expression.Unsigned((ulong)sizeBytes);
    }
}
