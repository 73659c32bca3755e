namespace Verification.Framework.Observing;

/// <summary>An instruction that left its stack.</summary>
/// <param name="HartId">The hart.</param>
/// <param name="Pc">The instruction.</param>
/// <param name="Retired">Instructions that the hart had retired before it.</param>
/// <param name="Stack">The stack that it left; none when <c>sp</c> pointed into memory that is no stack.</param>
/// <param name="StackPointer">The value of <c>sp</c>.</param>
/// <param name="Address">The address accessed; for a change of <c>sp</c>, its value.</param>
/// <param name="SizeBytes">Bytes accessed; 0 for a change of <c>sp</c>.</param>
/// <param name="Kind">How.</param>
public sealed record StackBreach(
    ulong HartId, ulong Pc, ulong Retired, StackRange? Stack, ulong StackPointer, ulong Address, int SizeBytes, BreachKind Kind);

/// <summary>Ways to leave a stack.</summary>
public enum BreachKind
{
    /// <summary><c>sp</c> was moved below the stack's end: an overflow.</summary>
    PointerBelow,

    /// <summary><c>sp</c> was moved above the stack's top.</summary>
    PointerAbove,

    /// <summary>A load through <c>sp</c> or the frame pointer went outside.</summary>
    LoadOutside,

    /// <summary>A store through <c>sp</c> or the frame pointer went outside.</summary>
    StoreOutside,

    /// <summary><c>sp</c> was used while it pointed into no stack.</summary>
    NoStack,
}

/// <summary>How deep a stack was used.</summary>
/// <param name="Stack">The stack.</param>
/// <param name="DeepestBytes">Bytes between its top and the lowest <c>sp</c>.</param>
public sealed record StackDepth(StackRange Stack, ulong DeepestBytes);
