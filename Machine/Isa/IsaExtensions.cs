namespace Verification.Machine.Isa;

/// <summary>
/// The extensions of a hart, one bit each. What an extension implies is a bit of its own: <see cref="A"/> is its two
/// halves, <see cref="D"/> is always held together with <see cref="F"/>; see <see cref="IsaString.Complete"/>.
/// </summary>
[Flags]
public enum IsaExtensions : ulong
{
    /// <summary>The base integer instruction set alone (RV64I).</summary>
    None = 0,

    /// <summary>Multiplication and division.</summary>
    M = 1UL << 0,

    /// <summary>Atomic memory operations (<c>amo*</c>).</summary>
    Zaamo = 1UL << 1,

    /// <summary>Load-reserved and store-conditional.</summary>
    Zalrsc = 1UL << 2,

    /// <summary>Atomics: <see cref="Zaamo"/> and <see cref="Zalrsc"/>.</summary>
    A = Zaamo | Zalrsc,

    /// <summary>Single-precision floating point.</summary>
    F = 1UL << 3,

    /// <summary>Double-precision floating point.</summary>
    D = 1UL << 4,

    /// <summary>Compressed instructions.</summary>
    C = 1UL << 5,

    /// <summary>Supervisor mode and its instructions.</summary>
    S = 1UL << 6,

    /// <summary>User mode.</summary>
    U = 1UL << 7,

    /// <summary>Control and status register instructions.</summary>
    Zicsr = 1UL << 8,

    /// <summary>Instruction-fetch fence.</summary>
    Zifencei = 1UL << 9,

    /// <summary>Base counters: <c>cycle</c>, <c>time</c>, <c>instret</c>.</summary>
    Zicntr = 1UL << 10,

    /// <summary>Hardware performance counters.</summary>
    Zihpm = 1UL << 11,

    /// <summary>Conditional zero.</summary>
    Zicond = 1UL << 12,

    /// <summary>Pause hint.</summary>
    Zihintpause = 1UL << 13,

    /// <summary>Cache-block management.</summary>
    Zicbom = 1UL << 14,

    /// <summary>Cache-block prefetch hints.</summary>
    Zicbop = 1UL << 15,

    /// <summary>Cache-block zero.</summary>
    Zicboz = 1UL << 16,

    /// <summary>Atomic compare and swap.</summary>
    Zacas = 1UL << 17,

    /// <summary>Address generation.</summary>
    Zba = 1UL << 18,

    /// <summary>Basic bit manipulation.</summary>
    Zbb = 1UL << 19,

    /// <summary>Carry-less multiplication.</summary>
    Zbc = 1UL << 20,

    /// <summary>Single-bit instructions.</summary>
    Zbs = 1UL << 21,

    /// <summary>Half-precision moves and conversions.</summary>
    Zfhmin = 1UL << 22,

    /// <summary>Half-precision floating point.</summary>
    Zfh = 1UL << 23,

    /// <summary>Further compressed instructions.</summary>
    Zcb = 1UL << 24,

    /// <summary>Waiting on a reservation.</summary>
    Zawrs = 1UL << 25,

    /// <summary>Supervisor timer compare.</summary>
    Sstc = 1UL << 32,

    /// <summary>Accessed and dirty bits updated by hardware.</summary>
    Svadu = 1UL << 33,

    /// <summary>Accessed and dirty bits raise page faults.</summary>
    Svade = 1UL << 34,

    /// <summary>Fine-grained translation fences.</summary>
    Svinval = 1UL << 35,

    /// <summary>Naturally aligned power-of-two page ranges.</summary>
    Svnapot = 1UL << 36,

    /// <summary>Page-based memory types.</summary>
    Svpbmt = 1UL << 37,

    /// <summary>The general-purpose set: M, A, F, D, Zicsr, Zifencei.</summary>
    G = M | A | F | D | Zicsr | Zifencei,

    /// <summary>What the board's harts have unless told otherwise: RV64GC with S and U, bit manipulation and the small ones.</summary>
    Default = G | C | S | U | Zicntr | Zihpm | Zicond | Zihintpause | Zicbom | Zicboz | Zba | Zbb | Zbc | Zbs | Sstc | Svadu
        | Svinval | Svnapot | Svpbmt,

    /// <summary>Everything that the instruction table knows.</summary>
    All = Default | Zicbop | Zacas | Zawrs | Zfhmin | Zfh | Zcb | Svade,
}
