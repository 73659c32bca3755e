namespace Verification.Machine.Translation.X64;

/// <summary>What x86-64 code is made for: the rest is the interpreter's.</summary>
internal static class CodeSupport
{
    internal static bool IsPossible(DecodedInstruction decoded) =>
        Array.TrueForAll(decoded.Effects, static effect => effect switch
        {
            Effect.Float step => FloatCompiler.IsPossible(step),
            _ => !effect.Expressions.Any(static e => e.Exists(static part =>
                part.Operator is Operator.CarrylessMultiply or Operator.CarrylessMultiplyHigh)),
        });
}
