namespace Verification.Machine.Isa;

/// <summary>
/// An encoding, drawn as the specification draws it: fixed bits and named fields, most significant first.
/// </summary>
/// <remarks>
/// <para>A field is a name, with the operand's bits that stand there in brackets (<c>imm[12|10:5]</c>); without brackets
/// it is the whole operand. <c>rd'</c>, <c>rs1'</c> and <c>rs2'</c> are the three-bit registers of compressed instructions,
/// x8 to x15. <c>imm</c> is sign-extended, <c>uimm</c> and <c>shamt</c> are not. <c>zimm</c> stands in the place of rs1.</para>
/// <para>Reserved values: <c>rd≠0</c> for one that a field must not have; the prefix <c>nz</c> for an immediate that must
/// not be zero; and the rounding mode <c>rm</c> never is 5 or 6.</para>
/// </remarks>
public sealed class BitPicture
{
    private readonly record struct Piece(OperandSlot Slot, int Low, int Width, int SlotLow);

    private readonly record struct Exclusion(uint Mask, uint Match);

    private sealed record Field(OperandSlot Slot, int Width, int SlotLow, int Bias, bool IsSigned, bool IsNonZero);

    private static readonly Dictionary<string, Field> Fields = new()
    {
        ["rd"] = new(OperandSlot.Rd, 5, 0, 0, false, false),
        ["rs1"] = new(OperandSlot.Rs1, 5, 0, 0, false, false),
        ["rs2"] = new(OperandSlot.Rs2, 5, 0, 0, false, false),
        ["rs3"] = new(OperandSlot.Rs3, 5, 0, 0, false, false),
        ["rd'"] = new(OperandSlot.Rd, 3, 0, 8, false, false),
        ["rs1'"] = new(OperandSlot.Rs1, 3, 0, 8, false, false),
        ["rs2'"] = new(OperandSlot.Rs2, 3, 0, 8, false, false),
        ["zimm"] = new(OperandSlot.Rs1, 5, 0, 0, false, false),
        ["rm"] = new(OperandSlot.Mode, 3, 0, 0, false, false),
        ["aq"] = new(OperandSlot.Mode, 1, 1, 0, false, false),
        ["rl"] = new(OperandSlot.Mode, 1, 0, 0, false, false),
        ["pred"] = new(OperandSlot.Mode, 4, 4, 0, false, false),
        ["succ"] = new(OperandSlot.Mode, 4, 0, 0, false, false),
        ["fm"] = new(OperandSlot.Immediate, 4, 0, 0, false, false),
        ["csr"] = new(OperandSlot.Immediate, 12, 0, 0, false, false),
        ["shamt"] = new(OperandSlot.Immediate, 6, 0, 0, false, false),
        ["imm"] = new(OperandSlot.Immediate, 12, 0, 0, true, false),
        ["uimm"] = new(OperandSlot.Immediate, 12, 0, 0, false, false),
        ["nzimm"] = new(OperandSlot.Immediate, 12, 0, 0, true, true),
        ["nzuimm"] = new(OperandSlot.Immediate, 12, 0, 0, false, true),
    };

    private readonly List<Piece> pieces = [];
    private readonly List<Exclusion> exclusions = [];
    private readonly int[] bias = new int[6];
    private readonly bool[] used = new bool[6];
    private readonly int signBit = -1;

    /// <summary>Reads a picture.</summary>
    /// <param name="text">The fields, separated by spaces.</param>
    /// <param name="widthBits">32, or 16 for a compressed instruction.</param>
    /// <exception cref="FormatException">The picture is not in the notation, or its bits do not add up.</exception>
    public BitPicture(string text, int widthBits)
    {
        Text = text;
        WidthBits = widthBits;
        var position = widthBits;
        var nonZeroMask = 0u;
        foreach (var token in text.Split(' '))
        {
            if (token.All(c => c is '0' or '1'))
            {
                foreach (var bit in token)
                {
                    position--;
                    Mask |= 1u << position;
                    Match |= bit == '1' ? 1u << position : 0;
                }

                continue;
            }

            var (name, ranges, excluded) = Parse(token);
            if (!Fields.TryGetValue(name, out var field))
                throw new FormatException($"The encoding «{text}» has an unknown field «{name}».");
            used[(int)field.Slot] = true;
            bias[(int)field.Slot] = field.Bias;
            foreach (var (high, low) in ranges ?? [(field.Width - 1, 0)])
            {
                var width = high - low + 1;
                position -= width;
                pieces.Add(new(field.Slot, position, width, low + field.SlotLow));
                if (field.IsSigned)
                    signBit = Math.Max(signBit, high);
                if (field.IsNonZero)
                    nonZeroMask |= ((1u << width) - 1) << position;
            }

            var fieldMask = ((1u << pieces[^1].Width) - 1) << position;
            foreach (var value in excluded)
                exclusions.Add(new(fieldMask, (uint)value << position));
            if (name == "rm")
                exclusions.AddRange([new(fieldMask, 5u << position), new(fieldMask, 6u << position)]);
        }

        if (nonZeroMask != 0)
            exclusions.Add(new(nonZeroMask, 0));
        if (position != 0)
            throw new FormatException($"The encoding «{text}» accounts for {widthBits - position} of {widthBits} bits.");
    }

    /// <summary>The picture as it was given.</summary>
    public string Text { get; }

    /// <summary>32 or 16.</summary>
    public int WidthBits { get; }

    /// <summary>The fixed bits' places.</summary>
    public uint Mask { get; }

    /// <summary>The fixed bits' values.</summary>
    public uint Match { get; }

    /// <summary>Whether <paramref name="word"/> is this instruction.</summary>
    public bool Matches(uint word)
    {
        if ((word & Mask) != Match)
            return false;
        foreach (var exclusion in exclusions)
        {
            if ((word & exclusion.Mask) == exclusion.Match)
                return false;
        }

        return true;
    }

    /// <summary>Whether the encoding has room for the operand in <paramref name="slot"/>.</summary>
    public bool Has(OperandSlot slot) => used[(int)slot];

    /// <summary>The operands in <paramref name="word"/>; 0 for those that the encoding has not.</summary>
    public OperandValues Extract(uint word)
    {
        var values = default(OperandValues);
        foreach (ref readonly var piece in System.Runtime.InteropServices.CollectionsMarshal.AsSpan(pieces))
            values[(int)piece.Slot] |= (long)(word >> piece.Low & ((1u << piece.Width) - 1)) << piece.SlotLow;
        for (var slot = 0; slot < bias.Length; slot++)
            values[slot] += bias[slot];
        if (signBit >= 0)
            values[OperandSlot.Immediate] = values[OperandSlot.Immediate] << (63 - signBit) >> (63 - signBit);
        return values;
    }

    /// <summary>The word with these operands.</summary>
    /// <param name="values">The operands; those that the encoding has not are ignored.</param>
    /// <param name="word">The word, when true is returned.</param>
    /// <param name="misfit">The operand that does not fit, or null where the combination is reserved.</param>
    public bool TryEncode(in OperandValues values, out uint word, out OperandSlot? misfit)
    {
        word = Match;
        misfit = null;
        foreach (var piece in pieces)
        {
            var value = values[piece.Slot] - bias[(int)piece.Slot];
            word |= ((uint)(value >> piece.SlotLow) & ((1u << piece.Width) - 1)) << piece.Low;
        }

        var back = Extract(word);
        for (var slot = OperandSlot.Rd; slot <= OperandSlot.Immediate; slot++)
        {
            if (Has(slot) && back[slot] != values[slot])
            {
                misfit = slot;
                return false;
            }
        }

        return Matches(word);
    }

    /// <summary>What the operand in <paramref name="slot"/> may be, for an error's sentence: <c>-2048 to 2047</c>.</summary>
    public string RangeOf(OperandSlot slot)
    {
        var bits = pieces.Where(piece => piece.Slot == slot)
            .SelectMany(piece => Enumerable.Range(piece.SlotLow, piece.Width)).ToList();
        if (bits.Count == 0)
            return "nothing";
        var step = 1L << bits.Min();
        var isSigned = slot == OperandSlot.Immediate && signBit >= 0;
        var highest = (isSigned ? 1L << signBit : 1L << (bits.Max() + 1)) - step;
        var lowest = isSigned ? -(1L << signBit) : 0;
        return $"{lowest + bias[(int)slot]} to {highest + bias[(int)slot]}" + (step == 1 ? "" : $" in steps of {step}");
    }

    /// <inheritdoc/>
    public override string ToString() => Text;

    private static (string Name, List<(int High, int Low)>? Ranges, List<int> Excluded) Parse(string token)
    {
        var excluded = new List<int>();
        if (token.IndexOf('≠') is >= 0 and var sign)
        {
            excluded.AddRange(token[(sign + 1)..].Trim('{', '}').Split(',').Select(int.Parse));
            token = token[..sign];
        }

        var bracket = token.IndexOf('[');
        if (bracket < 0)
            return (token, null, excluded);
        var ranges = new List<(int, int)>();
        foreach (var range in token[(bracket + 1)..^1].Split('|'))
        {
            var ends = range.Split(':').Select(int.Parse).ToArray();
            ranges.Add((ends[0], ends[^1]));
        }

        return (token[..bracket], ranges, excluded);
    }
}
