using Verification.Machine.Isa;

namespace Verification.Machine.Harts;

/// <summary>A decoded instruction, ready to be called.</summary>
/// <param name="meaning">What it does.</param>
/// <param name="instruction">Its operands.</param>
internal readonly struct Step(Meaning<InterpreterMachine> meaning, Instruction instruction)
{
    internal readonly Meaning<InterpreterMachine> Meaning = meaning;
    internal readonly Instruction Instruction = instruction;
}

/// <summary>
/// Instructions that follow each other up to a jump or branch, the end of their page, or <see cref="StepsMax"/>. It knows no
/// virtual address and no hart, so that all who map the page share it.
/// </summary>
internal sealed class Block(Step[] steps, int sizeBytes)
{
    internal const int StepsMax = 64;

    /// <summary>The instruction crosses into the next page, and must be fetched anew each time.</summary>
    internal static readonly Block Uncached = new([], 0);

    internal readonly Step[] Steps = steps;

    internal readonly int SizeBytes = sizeBytes;
}
