using System.Reflection;

namespace Verification.Toolchain;

/// <summary>How hard the compiler works on the code.</summary>
public enum OptimisationLevel
{
    /// <summary>No inlining beyond what correctness needs, no loop work; for finding the compiler's own faults.</summary>
    Minimal,

    /// <summary>Everything.</summary>
    Full,
}

/// <summary>Instructions beyond RV64GC that the compiler may choose.</summary>
[Flags]
public enum TargetExtensions
{
    /// <summary>RV64IMAC with Zicsr and Zifencei.</summary>
    None = 0,

    /// <summary>Address generation (Zba).</summary>
    Zba = 1,

    /// <summary>Basic bit manipulation (Zbb).</summary>
    Zbb = 2,
}

/// <summary>Choices of one compilation.</summary>
public sealed record CompilerOptions
{
    /// <summary>
    /// Methods to compile besides those that carry <c>[BootEntry]</c>, <c>[Export]</c> or <c>[PanicHandler]</c>.
    /// </summary>
    public IReadOnlyList<MethodBase> AdditionalRoots { get; init; } = [];

    /// <summary>Optional instructions that the code may use.</summary>
    public TargetExtensions Extensions { get; init; }

    /// <summary>How hard to optimise.</summary>
    public OptimisationLevel Optimisation { get; init; } = OptimisationLevel.Full;

    /// <summary>True to allow <c>float</c> and <c>double</c>, in the registers of the D extension, which the kernel must enable.</summary>
    public bool FloatingPoint { get; init; }

    /// <summary>False to leave out where variables lie, of which only debuggers want to know; the code is the same.</summary>
    public bool VariableLocations { get; init; } = true;

    /// <summary>True to use 16-bit encodings where they exist.</summary>
    public bool Compressed { get; init; } = true;
}
