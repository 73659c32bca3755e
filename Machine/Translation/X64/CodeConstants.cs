namespace Verification.Machine.Translation.X64;

/// <summary>Constants of floating point that stand at the start of the arena, for code to reach by displacement.</summary>
internal sealed class CodeConstants(CodeArena arena)
{
    private const int BoxAt = 16, DoubleNaNAt = 32, SingleNaNAt = 40;

    /// <summary>Writes them: the arena's first bytes.</summary>
    internal static void Emit(X64Emitter code)
    {
        // Position 0 stands for "no translation".
        for (var i = 0; i < BoxAt; i++) code.Byte(0xCC);
        code.Int64(0xFFFF_FFFF_0000_0000);
        code.Int64(0);
        code.Int64(0x7FF8_0000_0000_0000);
        code.Int64(0xFFFF_FFFF_7FC0_0000);
    }

    /// <summary>Sets the ones above a single (orps).</summary>
    internal void Box(X64Emitter code, int xmm) => Bind(code, code.SseConstant(0, 0x56, xmm), BoxAt);

    /// <summary>Loads the canonical NaN, boxed (movsd).</summary>
    internal void LoadNaN(X64Emitter code, int xmm, bool isDouble) =>
        Bind(code, code.SseConstant(0xF2, 0x10, xmm), isDouble ? DoubleNaNAt : SingleNaNAt);

    private void Bind(X64Emitter code, int displacement, int position) => code.BindTo(displacement, position - arena.Position);
}
