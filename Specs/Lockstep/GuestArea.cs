namespace Verification.Specs.Lockstep;

/// <summary>
/// Where everything lies in a lock-step guest. A driver at the start of memory copies each program in turn from its store
/// to the area below, which is always the same place, sets all registers and enters it.
/// </summary>
/// <remarks>
/// <code>
/// 0x80000000  driver, which is not compared instruction by instruction
/// 0x80200000  area: 64 KiB
///   +0x0000   handlers of M and S, their save areas
///   +0x1000   initial registers
///   +0x2000   where to go on after a trap: an offset for each half-word of code
///   +0x4000   code
///   +0x6000   data
///   +0xa000   page tables: roots of Sv57, Sv48, Sv39, one middle table, leaves of the low and of the high window
/// 0x80400000  store: one area's content for each program
/// </code>
/// </remarks>
internal static class GuestArea
{
    public const ulong Driver = 0x8000_0000;
    public const ulong Start = 0x8020_0000;
    public const ulong Store = 0x8040_0000;
    public const ulong MemoryEnd = 0x8800_0000;
    public const int SizeBytes = 0x10000;

    public const int Registers = 0x1000, ResumeTable = 0x2000, Code = 0x4000, CodeBytes = 0x2000, Data = 0x6000, DataBytes = 0x4000;
    public const int RootSv57 = 0xA000, RootSv48 = 0xB000, RootSv39 = 0xC000, MiddleTable = 0xD000, LowLeaves = 0xE000, HighLeaves = 0xF000;

    /// <summary>Offsets of initial values in <see cref="Registers"/>.</summary>
    public const int InitialX = 0, InitialF = 0x100, InitialCsrs = 0x200;

    /// <summary>In <see cref="Registers"/>: where to go on after going astray, the first unit of each 128 bytes of code.</summary>
    public const int AstrayTable = 0x800, AstrayStep = 128;

    /// <summary>How far the second window lies above the area: same low bits, reached by sign extension in every mode.</summary>
    public const ulong HighWindow = 0xFFFF_FFFF_8040_0000;

    /// <summary>Two MiB to the area as one large page, and a gigabyte to all of memory as one.</summary>
    public const ulong LargeWindow = 0x8060_0000, HugeWindow = 0x1_0020_0000;

    /// <summary>More programs than this don't fit into the store.</summary>
    public const int MostPrograms = (int)((MemoryEnd - Store) / SizeBytes);

    public const int MachineEntry = 0x000, SupervisorEntry = 0x100, SupervisorExit = 0x1C0, Marker = 0x1E0;

    /// <summary>What the resume table holds where the program ends.</summary>
    public const ushort End = 0xFFFF;

    /// <summary>Set before each program, in this order, from the initial registers.</summary>
    public static readonly int[] InitialCsrNumbers =
    [
        0x302, 0x303, 0x305, 0x105, 0x140, 0x141, 0x142, 0x143, 0x306, 0x106, 0x30A, 0x10A, 0x14D, 0x180,
        .. Enumerable.Range(0x3B0, 16), 0x3A0, 0x3A2, 0x003, 0x344, 0x304, 0x300, 0x341, 0x342, 0x343, 0x340,
    ];

    /// <summary>Whether an address is compared instruction by instruction: the area in both windows.</summary>
    public static bool IsCompared(ulong pc) => pc - Start < SizeBytes || pc - HighWindow < SizeBytes;

    /// <summary>The filter for QEMU's log.</summary>
    public const string LogFilter = "0x80200000..0x8020ffff,0xffffffff80400000..0xffffffff8040ffff";
}
