using Verification.Machine.Harts;
using Verification.Machine.Isa;

namespace Verification.Machine.Translation;

/// <summary>A place where translated code may leave, and what the engine does then.</summary>
/// <param name="Kind">Why it leaves.</param>
/// <param name="Pc">Address of the guest's instruction that comes next.</param>
/// <param name="Refund">Instructions that the block had paid for and did not execute.</param>
/// <param name="Resume">Where in the arena the code goes on once the cause is mended, or the instruction done.</param>
/// <param name="Reload">Code that loads the registers of a loop and then goes on at <paramref name="Resume"/>; 0 outside of loops.</param>
/// <param name="Access">The access that missed.</param>
/// <param name="Instruction">What is to be done; only for <see cref="ExitKind.Perform"/>.</param>
internal readonly record struct ExitSite(
    ExitKind Kind, ulong Pc, int Refund, int Resume = 0, int Reload = 0, SlowAccess Access = default, Instruction Instruction = default);

/// <summary>A load or store that translated code could not do itself.</summary>
/// <param name="IsStore">Which of both.</param>
/// <param name="SizeBytes">How many bytes.</param>
/// <param name="InstructionBytes">Length of the instruction.</param>
/// <param name="Operand">The register that is loaded or stored, if it is as simple as that.</param>
/// <param name="After">Where in the arena the code goes on when the access has been done.</param>
internal readonly record struct SlowAccess(
    bool IsStore, byte SizeBytes, byte InstructionBytes, AccessOperand Operand, int After = 0)
{
    internal AccessKind Kind => IsStore ? AccessKind.Store : AccessKind.Load;

    /// <summary>The integer register that it loads, if it is as simple as that.</summary>
    internal int? Result => IsStore || Operand.IsFloat || Operand.IsNone ? null : Operand.Register;
}

/// <summary>The register of a load or store.</summary>
/// <param name="Register">Its number, or <see cref="NoRegister"/>.</param>
/// <param name="IsFloat">A floating-point register; below 64 bits it is boxed.</param>
/// <param name="IsSigned">What is loaded is sign-extended.</param>
internal readonly record struct AccessOperand(byte Register, bool IsFloat = false, bool IsSigned = false)
{
    private const byte NoRegister = byte.MaxValue;

    /// <summary>The instruction does more with the word than to move it.</summary>
    internal static AccessOperand None => new(NoRegister);

    internal bool IsNone => Register == NoRegister;

    /// <summary>What a store takes.</summary>
    internal static AccessOperand OfStore(Expression value) => value switch
    {
        { Operator: Operator.Register } => new((byte)value.Value),
        { IsConstant: true, Value: 0 } => new(0),
        { Operator: Operator.FloatRegister } => new((byte)value.Value, IsFloat: true),
        _ => None,
    };

    /// <summary>What a load sets by the effect that follows it.</summary>
    internal static AccessOperand OfLoad(Effect? next, int sizeBytes) => next switch
    {
        null => new(0),
        Effect.SetRegister { Value.Operator: Operator.Loaded } set => new((byte)set.Register),
        Effect.SetRegister { Value: { Operator: Operator.SignExtend, First.Operator: Operator.Loaded } value } set
            when (int)value.Value == 8 * sizeBytes => new((byte)set.Register, IsSigned: true),
        Effect.SetFloat { Value.Operator: Operator.Loaded } set when sizeBytes == 8 => new((byte)set.Register, IsFloat: true),
        Effect.SetFloat { Value: { Operator: Operator.Or, First.Operator: Operator.Loaded, Second: { IsConstant: true, Value: 0xFFFF_FFFF_0000_0000 } } } set
            when sizeBytes == 4 => new((byte)set.Register, IsFloat: true),
        _ => None,
    };
}

/// <summary>Why translated code left.</summary>
internal enum ExitKind : byte
{
    /// <summary>The target was computed, or lies in another page, and the jump cache does not know it.</summary>
    Lookup,

    /// <summary>The budget ends within the block.</summary>
    Budget,

    /// <summary>The next instruction is the interpreter's.</summary>
    Interpret,

    /// <summary>The next instruction is done as a whole by its meaning.</summary>
    Perform,

    /// <summary>The page of an access is not in the translation buffer.</summary>
    Miss,

    /// <summary>The next block has no translation yet.</summary>
    Untranslated,
}
