namespace Verification.Framework.DebugInfo;

/// <summary>Where control goes behind an instruction, as far as its encoding tells.</summary>
internal static class FunctionFlow
{
    /// <summary>Distance to a branch's or jump's target within a function; null for calls and all else.</summary>
    public static long? Target(uint word) => (word & 3) == 3 ? FullTarget(word) : CompressedTarget(word);

    /// <summary>Whether the next instruction is never reached from here: jumps and returns, not calls.</summary>
    public static bool Leaves(uint word)
    {
        if ((word & 3) == 3) return (word & 0x7f) is 0x6f or 0x67 && ((word >> 7) & 31) == 0;
        // c.j, and c.jr with its register.
        return (word & 0xe003) == 0xa001 || ((word & 0xf07f) == 0x8002 && ((word >> 7) & 31) != 0);
    }

    private static long? FullTarget(uint word) => (word & 0x7f) switch
    {
        // imm[12|10:5] ... imm[4:1|11].
        0x63 => (((int)word >> 31) << 12) | (int)((word << 4) & 0x800) | (int)((word >> 20) & 0x7e0) | (int)((word >> 7) & 0x1e),
        // imm[20|10:1|11|19:12].
        0x6f when ((word >> 7) & 31) == 0 => (((int)word >> 31) << 20) | (int)(word & 0xff000) | (int)((word >> 9) & 0x800) | (int)((word >> 20) & 0x7fe),
        _ => null,
    };

    private static long? CompressedTarget(uint word) => (word & 0xe003) switch
    {
        // c.j: imm[11|4|9:8|10|6|7|3:1|5].
        0xa001 => -(long)((word >> 1) & 0x800) | ((word >> 7) & 0x10) | ((word >> 1) & 0x300) | ((word << 2) & 0x400)
            | ((word >> 1) & 0x40) | ((word << 1) & 0x80) | ((word >> 2) & 0xe) | ((word << 3) & 0x20),
        // c.beqz, c.bnez: imm[8|4:3] ... imm[7:6|2:1|5].
        0xc001 or 0xe001 => -(long)((word >> 4) & 0x100) | ((word >> 7) & 0x18) | ((word << 1) & 0xc0) | ((word >> 2) & 6) | ((word << 3) & 0x20),
        _ => null,
    };
}
