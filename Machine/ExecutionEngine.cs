namespace Verification.Machine;

/// <summary>How a board executes instructions. Both ways give the same states after every instruction.</summary>
public enum ExecutionEngine
{
    /// <summary>Decoded instructions are called one after the other: the reference.</summary>
    Interpreter,

    /// <summary>What is executed often is translated to the host's machine code, where the host allows it.</summary>
    Translator,
}
