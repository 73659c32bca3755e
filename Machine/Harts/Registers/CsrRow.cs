using Verification.Machine.Isa;

namespace Verification.Machine.Harts.Registers;

/// <summary>
/// A control and status register: what it reads as, and which bits a write can change. Privilege and read-only-ness are in
/// its number (privileged specification 2.1).
/// </summary>
/// <param name="Number">Its number.</param>
/// <param name="Name">Its name in assembly.</param>
/// <param name="Read">What it reads as.</param>
/// <param name="Write">Takes the new value, and keeps the legal bits of it; null for a register that ignores writes.</param>
internal sealed record CsrRow(int Number, string Name, Func<Hart, ulong> Read, Action<Hart, ulong>? Write = null)
{
    /// <summary>Whether the hart has the register, and its state lets the current mode reach it, the number's rule aside.</summary>
    internal Func<Hart, bool>? Reachable { get; init; }

    /// <summary>What set and clear instructions start from, where that is not what the register reads as.</summary>
    internal Func<Hart, ulong>? Software { get; init; }

    /// <summary>Where the register lies, if it reads as a word of the state; translated code goes there itself.</summary>
    internal CsrCell? Cell { get; init; }

    internal bool IsReadOnly => Number >> 10 == 3;

    internal int LowestMode => Number >> 8 & 3;
}

/// <summary>A register that is a word of <see cref="HartState"/>.</summary>
/// <param name="Offset">Its displacement there, in bytes.</param>
/// <param name="Kind">What else there is to its accesses.</param>
internal readonly record struct CsrCell(int Offset, CsrCellKind Kind)
{
    /// <summary>The bits that a write can set.</summary>
    internal ulong LegalBits(IsaExtensions extensions) =>
        Kind == CsrCellKind.CodeAddress ? Hart.CodeAddressBits(extensions) : ulong.MaxValue;
}

/// <summary>Rules for a register that is a word.</summary>
internal enum CsrCellKind
{
    /// <summary>Reads as it was written, and has no other effect.</summary>
    Word,

    /// <summary>The same, but the bits that no instruction's address has read 0.</summary>
    CodeAddress,

    /// <summary>Reads as the word, in the modes that may see translation (<see cref="Hart.MaySeeTranslation"/>); a write has effects.</summary>
    Translation,
}
