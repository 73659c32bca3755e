using System.Buffers.Binary;
using Verification.Machine.Harts;

namespace Verification.Machine.Translation;

/// <summary>
/// What an observed instruction does besides: the checks after which it may be executed untold. They come first, so that an
/// instruction of which an observer must be told has done nothing yet.
/// </summary>
internal static class ObservedEffects
{
    internal const int StackPointer = 2, FramePointer = 8;

    /// <summary>The instruction with its checks.</summary>
    /// <returns>Null where the observer must be told each time.</returns>
    internal static DecodedInstruction? Of(TranslatedPage page, CodeInterests interests, DecodedInstruction decoded)
    {
        if (decoded.Effects is [.., Effect.Jump { Target: { IsConstant: true, Value: var target } }] && interests.Targets.Contains(target))
            return null;
        if (decoded.Effects is [Effect.Perform { MayBeTold: true }, ..]) return null;
        if (!interests.FollowsStack) return decoded;
        var checks = new List<Effect>();
        var steps = (Effect[])decoded.Effects.Clone();
        foreach (ref var effect in steps.AsSpan())
        {
            if (effect is Effect.Jump { Link: StackPointer }) return null;
            if (effect is Effect.SetRegister { Register: StackPointer } set)
            {
                if (!IsAdjustment(page, decoded, set.Value)) return null;
                checks.Add(new Effect.GuardStackPointer(set.Value));
            }

            if (effect.Access is not null && decoded.Instruction.Rs1 is StackPointer or FramePointer) effect = effect with { IsFramed = true };
        }

        return decoded with { Effects = [.. checks, .. steps] };
    }

    /// <summary>A sum, difference or alignment of sp or the frame pointer, and not the second half of an address.</summary>
    private static bool IsAdjustment(TranslatedPage page, DecodedInstruction decoded, Expression value)
    {
        if (decoded.Offset < 4) return false;
        var before = BinaryPrimitives.ReadUInt32LittleEndian(page.Content.AsSpan(decoded.Offset - 4));
        if ((before & 0xf7f) is 0x117 or 0x137) return false;
        return value.Operator is Operator.Add or Operator.Subtract or Operator.And
            && (decoded.Instruction.Rs1 is StackPointer or FramePointer)
            && value.First is { Operator: Operator.Register, Value: StackPointer or FramePointer };
    }
}
