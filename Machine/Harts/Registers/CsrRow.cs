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

    internal bool IsReadOnly => Number >> 10 == 3;

    internal int LowestMode => Number >> 8 & 3;
}
