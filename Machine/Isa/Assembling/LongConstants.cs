namespace Verification.Machine.Isa.Assembling;

/// <summary><c>li</c>: any 64-bit constant by <c>lui</c>, <c>addi</c>, <c>addiw</c> and <c>slli</c>, as GNU's assembler does it.</summary>
internal static class LongConstants
{
    /// <summary>The instructions that leave <paramref name="value"/> in <paramref name="rd"/>.</summary>
    internal static IEnumerable<(string Mnemonic, OperandValues Values)> Load(int rd, long value)
    {
        if (value is >= -2048 and < 2048)
            return [Step("addi", rd, 0, value)];
        return LoadLong(rd, value);
    }

    private static IEnumerable<(string, OperandValues)> LoadLong(int rd, long value) =>
        value == (int)value ? Load32(rd, value) : LoadShifted(rd, value);

    private static List<(string, OperandValues)> Load32(int rd, long value)
    {
        var steps = new List<(string, OperandValues)>();
        var low = value << 52 >> 52;
        var high = (long)(int)(uint)(value - low);
        if (high != 0)
            steps.Add(Step("lui", rd, 0, high));
        if (low != 0 || high == 0)
            steps.Add(Step("addiw", rd, high == 0 ? 0 : rd, low));
        return steps;
    }

    /// <summary>The value without its low 12 bits, shifted down as far as its zeros allow, then up and completed.</summary>
    private static IEnumerable<(string, OperandValues)> LoadShifted(int rd, long value)
    {
        var low = value << 52 >> 52;
        var high = value - low;
        var shift = (int)long.TrailingZeroCount(high);
        var steps = new List<(string, OperandValues)>(LoadLong(rd, high >> shift)) { Step("slli", rd, rd, shift) };
        if (low != 0)
            steps.Add(Step("addi", rd, rd, low));
        return steps;
    }

    private static (string, OperandValues) Step(string mnemonic, int rd, int rs1, long immediate)
    {
        var values = default(OperandValues);
        values[OperandSlot.Rd] = rd;
        values[OperandSlot.Rs1] = rs1;
        values[OperandSlot.Immediate] = immediate;
        return (mnemonic, values);
    }
}
