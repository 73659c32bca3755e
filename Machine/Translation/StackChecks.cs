using Verification.Machine.Translation.X64;

namespace Verification.Machine.Translation;

/// <summary>
/// Which checks the stack guards of a block need. The stack pointer is where the guard lets it be when the block begins, so
/// that what lies between it and what has been checked needs none: a frame costs one comparison when it is taken. When it is given
/// back, what has been read from its top has shown that it is one.
/// </summary>
internal static class StackChecks
{
    /// <summary>The checks of guards that go by constant distances from <c>sp</c>; another guard is no key, and is checked alone.</summary>
    internal static Dictionary<Effect, StackCheck> Of(IEnumerable<Effect> effects)
    {
        var result = new Dictionary<Effect, StackCheck>(ReferenceEqualityComparer.Instance);
        var segment = new List<(Effect Guard, long Moved, long To, bool IsShown)>();
        var (moved, shown) = (0L, 0L);
        foreach (var effect in effects)
        {
            if (effect is Effect.GuardStackPointer pointer)
            {
                if (DistanceOf(pointer.Value) is { } step)
                {
                    segment.Add((effect, moved, moved + step, moved + step <= shown));
                    moved += step;
                    continue;
                }

                Close();
            }
            else if (effect is { IsFramed: true, LookUp: not null, Access: var (address, sizeBytes) } && DistanceOf(address) is { } distance)
            {
                shown = Math.Max(shown, moved + distance + sizeBytes);
            }
        }

        Close();
        return result;

        // The first that goes below, or above, where sp was at the segment's beginning is checked for all.
        void Close()
        {
            var low = segment.Select(static s => s.To).Append(0).Min();
            var high = segment.Where(static s => !s.IsShown).Select(static s => s.To).Append(0).Max();
            foreach (var (guard, before, to, isShown) in segment)
            {
                result[guard] = new(low != 0 && to < 0 ? low - before : null, high != 0 && to > 0 && !isShown ? high - before : null);
                if (to < 0) low = 0;
                if (to > 0 && !isShown) high = 0;
            }

            segment.Clear();
            (moved, shown) = (0, 0);
        }
    }

    /// <summary>The distance of an address from <c>sp</c>, if it has a constant one.</summary>
    internal static long? DistanceOf(Expression address) =>
        AccessGroup.TryParse(address, out var register, out var offset) && register == ObservedEffects.StackPointer ? offset : null;
}

/// <summary>What is compared before an instruction, as distances from <c>sp</c> as it is there.</summary>
/// <param name="Below">Must be no lower than the guard's deepest <c>sp</c>; null where that is known.</param>
/// <param name="Above">Must be no higher than the stack's top; null where that is known.</param>
internal readonly record struct StackCheck(long? Below, long? Above);
