using Verification.Machine.Isa;
using Verification.Toolchain.Ir;

namespace Verification.Toolchain.Codegen;

/// <summary>One encoded unit: an instruction of 2 or 4 bytes, or a branch with a jump behind it where it cannot reach.</summary>
internal sealed class CodeItem
{
    public Instruction Instruction { get; set; }

    /// <summary>A word that is emitted as it is.</summary>
    public uint? Word { get; init; }

    public int SizeBytes { get; set; } = 4;

    public int Offset { get; set; }

    /// <summary>Where a branch or jump within the method goes.</summary>
    public object? Target { get; set; }

    /// <summary>What the linker fills in.</summary>
    public RelocationKind? Kind { get; init; }

    public string? Symbol { get; init; }

    public long Addend { get; init; }

    /// <summary>The <c>auipc</c> that this instruction completes.</summary>
    public CodeItem? High { get; init; }

    public Place? Place { get; init; }

    /// <summary>The call that this instruction makes.</summary>
    public (CallKind Kind, IReadOnlyList<string> Targets)? Call { get; init; }

    /// <summary>True for a call through which a failure of the base library finds its line.</summary>
    public bool LeadsBack { get; init; }

    /// <summary>Unwinding rule from the end of this instruction on.</summary>
    public UnwindState? StateAfter { get; set; }

    /// <summary>A block or other label that begins here.</summary>
    public object? Label { get; init; }
}

/// <summary>How the caller's frame is found.</summary>
/// <param name="CfaOffset">Canonical frame address minus sp.</param>
/// <param name="Saved">Registers saved, with their offset from the canonical frame address.</param>
internal sealed record UnwindState(int CfaOffset, IReadOnlyList<SavedRegister> Saved);
