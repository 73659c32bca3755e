namespace Verification.Machine.Isa;

/// <summary>What an instruction may do besides computing.</summary>
[Flags]
public enum InstructionTraits
{
    /// <summary>It computes on registers only.</summary>
    None = 0,

    /// <summary>Reads its own address.</summary>
    ReadsPc = 1,

    /// <summary>Reads memory.</summary>
    Loads = 2,

    /// <summary>Writes memory.</summary>
    Stores = 4,

    /// <summary>Atomic memory access.</summary>
    Atomic = 8,

    /// <summary>Goes on elsewhere under a condition.</summary>
    Branches = 16,

    /// <summary>Goes on elsewhere.</summary>
    Jumps = 32,

    /// <summary>Reads a CSR.</summary>
    ReadsCsr = 64,

    /// <summary>Writes a CSR.</summary>
    WritesCsr = 128,

    /// <summary>Needs the floating-point unit.</summary>
    Float = 256,

    /// <summary>A step that the hart does as a whole (<see cref="HartOperation"/>).</summary>
    System = 512,

    /// <summary>May raise an exception.</summary>
    CanTrap = 1024,
}

/// <summary>What an instruction reads, writes and may do, read off its meaning.</summary>
/// <param name="IntegerReads">Bit n: reads xn. x0 is never listed.</param>
/// <param name="IntegerWrites">Bit n: writes xn. x0 is never listed.</param>
/// <param name="FloatReads">Bit n: reads fn.</param>
/// <param name="FloatWrites">Bit n: writes fn.</param>
/// <param name="Traits">What else it may do.</param>
public readonly record struct InstructionEffects(
    uint IntegerReads, uint IntegerWrites, uint FloatReads, uint FloatWrites, InstructionTraits Traits)
{
    /// <summary>The effects of <paramref name="instruction"/>.</summary>
    public static InstructionEffects Of(in Instruction instruction)
    {
        var notes = new EffectRecorder.Notes();
        InstructionTable<EffectRecorder, HostWord>.Rows[instruction.Row].Meaning(new EffectRecorder(notes), in instruction);
        return new(notes.IntegerReads, notes.IntegerWrites, notes.FloatReads, notes.FloatWrites, notes.Traits);
    }

    /// <summary>Whether all of <paramref name="traits"/> apply.</summary>
    public bool Has(InstructionTraits traits) => (Traits & traits) == traits;
}
