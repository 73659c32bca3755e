using Verification.Machine;
using Verification.Machine.Devices;
using Verification.Machine.Harts;
using Verification.Machine.Isa;
using Verification.Machine.Memory;
using Verification.Machine.Schedule;
using Verification.Machine.State;

namespace Verification.Specs.Harts;

/// <summary>
/// A machine with a guest that does everything a guest should not: random instructions at devices, rings full of garbage, page
/// tables that point anywhere, code that overwrites itself, traps without end; one to four harts, from a seed.
/// </summary>
internal static class HostileGuest
{
    public const ulong MemoryBytes = 1 << 20;

    private const ulong Code = 0x8000_0000, CodeBytes = 0x4000, Rings = Code + 0x1_0000, Tables = Code + 0x2_0000;

    private const ulong Handler = Code + CodeBytes;

    // Most machines have a handler of M-mode that goes on behind what trapped, or anywhere in the code where that is elsewhere: a
    // guest that does nothing but trap is worth trying, but not every time.
    private const string HandlerText = """
            csrr    t0, mepc
            addi    t0, t0, 4
            lui     t1, 0x80004
            slli    t1, t1, 32
            srli    t1, t1, 32
            bgeu    t0, t1, 1f
            lui     t2, 0x80000
            slli    t2, t2, 32
            srli    t2, t2, 32
            bgeu    t0, t2, 2f
        1:  csrr    t0, mcycle
            slli    t0, t0, 52
            srli    t0, t0, 50
            lui     t2, 0x80000
            slli    t2, t2, 32
            srli    t2, t2, 32
            add     t0, t0, t2
        2:  andi    t0, t0, -4
            csrw    mepc, t0
            mret
        """;

    private static readonly byte[] HandlerCode = Assembler.Assemble(HandlerText).Bytes;

    // Registers and windows of every device, and the edges of things.
    private static readonly ulong[] Places =
    [
        0x1000, 0x10_0000, 0x10_1000, 0x200_0000, 0x200_4000, 0x200_BFF8, 0x300_0000, 0xC00_0000, 0xC00_1000, 0xC00_2000, 0xC20_0000, 0xC20_1000,
        0x1000_0000, 0x1000_1000, 0x1000_2000, 0x1000_3000, 0x1000_4000, 0x1000_8000, 0x1010_0000, 0x1010_0010, 0x2000_0000, 0x2200_0000,
        0x3000_0000, 0x4000_0000, 0x4_0000_0000, Code, Rings, Tables, Code + MemoryBytes - 8, Code + MemoryBytes, 0, ulong.MaxValue - 7, 1UL << 55, 1UL << 63,
    ];

    // What accesses memory or the hart's own registers, twice as often as what merely computes.
    private static readonly InstructionForm[] Forms =
    [
        .. InstructionSet.Rows, .. InstructionSet.Rows.Where(form => form.Mnemonic.StartsWith("amo", StringComparison.Ordinal)
            || form.Mnemonic is "lr.w" or "lr.d" or "sc.w" or "sc.d" or "ld" or "sd" or "sw" or "lw" or "cbo.zero" or "fsd" or "fld" or "csrrw" or "sfence.vma"),
    ];

    public static Board Load(int seed)
    {
        var random = new Random(seed);
        var hasModel = random.Next(4) == 0;
        var board = new Board(new BoardConfiguration
        {
            Harts = [.. Enumerable.Range(0, random.Next(1, 5)).Select(i => new HartConfiguration((ulong)i))],
            Memory = [new MemoryBank(Code, MemoryBytes)],
            Fill = random.Next(2) == 0 ? MemoryFill.Zero : MemoryFill.Noise((ulong)seed),
            Extensions = random.Next(4) == 0 ? IsaExtensions.Default : IsaExtensions.All,
            Misaligned = random.Next(2) == 0 ? MisalignedAccess.Done : MisalignedAccess.Trapped,
            Schedule = new ScheduleChoice.Interleaved((ulong)seed, 1, (ulong)random.Next(2, 200)),
            VirtioTransport = random.Next(2) == 0 ? VirtioTransport.Legacy : VirtioTransport.Modern,
            Devices =
            [
                new DeviceConfiguration.VirtioBlock(new byte[0x1_0000].ToValueList()) { Slot = 0 }, new DeviceConfiguration.VirtioNet { Slot = 1 },
                new DeviceConfiguration.VirtioConsole { Slot = 2 }, new DeviceConfiguration.VirtioRandom { Slot = 3 },
                new DeviceConfiguration.VirtioNet { Slot = 7, Peer = new NetworkPeer.Scripted([new("", [1, 2], 5), new("..", [3, 4], 1)]) },
            ],
            Firmware = hasModel ? new FirmwareChoice.Model() : new FirmwareChoice.None(),
        });
        FillCode(board.Memory, random, hasModel);
        board.Memory.Write(Handler, HandlerCode);
        FillRings(board.Memory, random);
        FillTables(board.Memory, random);
        foreach (var hart in board.Harts) Prepare(hart, random, hasModel);
        return board;
    }

    private static void Prepare(Hart hart, Random random, bool hasModel)
    {
        var mode = hasModel ? PrivilegeMode.Supervisor : random.Next(3) switch { 0 => PrivilegeMode.User, 1 => PrivilegeMode.Supervisor, _ => PrivilegeMode.Machine };
        hart.Start(mode, Code + (ulong)random.Next((int)CodeBytes) & ~3UL, hart.Id, 0);
        foreach (var register in new[] { 0x305, 0x105 }) hart.TrySetCsr(register, Code + ((ulong)random.Next((int)CodeBytes) & ~3UL) + (ulong)random.Next(2));
        if (random.Next(4) != 0) hart.TrySetCsr(0x305, Handler);
        hart.TrySetCsr(0x3B0, random.Next(8) == 0 ? (ulong)random.NextInt64() : ulong.MaxValue >> 10);
        hart.TrySetCsr(0x3A0, random.Next(8) == 0 ? (ulong)random.NextInt64() : 0x1F);
        hart.TrySetCsr(0x304, (ulong)random.Next(0x1000));
        hart.TrySetCsr(0x303, (ulong)random.Next(0x1000));
        hart.TrySetCsr(0x302, (ulong)random.Next(0x10000));
        hart.TrySetCsr(0x300, (ulong)random.NextInt64() | 3UL << 13);
        if (random.Next(2) == 0) hart.TrySetCsr(0x180, (ulong)random.Next(8, 11) << 60 | (random.Next(6) == 0 ? (ulong)random.NextInt64(1L << 44) : Tables >> 12));
        for (var i = 1; i < 32; i++) hart.SetRegister(i, Value(random));
    }

    /// <summary>Half of it drives devices: a place, a value, a store or a load; the rest is any instruction, or none.</summary>
    private static void FillCode(PhysicalMemory memory, Random random, bool hasModel)
    {
        for (var at = 0UL; at < CodeBytes; at += 4) memory.Write(Code + at, Word());

        uint Word()
        {
            switch (random.Next(12))
            {
                case 0: return random.Next(4) == 0 ? (uint)random.NextInt64() : 0x3020_0073; // mret, of which a trap's handler has none
                case 1: return hasModel && random.Next(4) == 0 ? 0x0000_0073u : Encoder.Encode("addi", random.Next(32), random.Next(32), 0, immediate: random.Next(-2048, 2048));
                // Backward, so that whatever it did is done again.
                case 2: return Encoder.Encode("jal", 0, 0, 0, immediate: random.Next(-200, 60) * 4);
                case 3 or 4 or 5 or 6: return Access(random.Next(2) == 0 ? 0x23u : 0x03u);
                // Into a register: a ring, a device, a page.
                case 7 or 8: return Encoder.Encode("lui", random.Next(32), 0, 0, immediate: (long)(int)((uint)(Value(random) >> 12) << 12));
                default:
                    var picture = Forms[random.Next(Forms.Length)].Picture;
                    return picture.Match | (uint)random.NextInt64() & ~picture.Mask;
            }
        }

        // A word in most cases, at the offset of a virtio register.
        uint Access(uint opcode)
        {
            var offset = (uint)(random.Next(3) == 0 ? random.Next(0x800) : random.Next(0x40) * 4);
            var (rs1, other, width) = ((uint)random.Next(32), (uint)random.Next(32), random.Next(3) == 0 ? (uint)random.Next(8) : 2);
            return opcode == 0x23
                ? opcode | (offset & 31) << 7 | width << 12 | rs1 << 15 | other << 20 | offset >> 5 << 25
                : opcode | other << 7 | width << 12 | rs1 << 15 | offset << 20;
        }
    }

    /// <summary>Descriptors, rings and indirect tables: nearly right, so that a device goes far into them.</summary>
    private static void FillRings(PhysicalMemory memory, Random random)
    {
        for (var at = 0UL; at < 0x4000; at += 16)
        {
            memory.Write(Rings + at, random.Next(3) == 0 ? Value(random) : Rings + (ulong)random.Next(0x4000) & ~15UL);
            memory.Write(Rings + at + 8, random.Next(4) switch { 0 => (uint)random.NextInt64(), 1 => 0u, _ => (uint)random.Next(0x1000) });
            memory.Write(Rings + at + 12, (ushort)(random.Next(4) == 0 ? random.Next(0x10000) : random.Next(8)));
            memory.Write(Rings + at + 14, (ushort)(random.Next(4) == 0 ? random.Next(0x10000) : random.Next(16)));
        }
    }

    private static void FillTables(PhysicalMemory memory, Random random)
    {
        for (var at = 0UL; at < 0x3000; at += 8)
        {
            var page = random.Next(4) switch { 0 => (ulong)random.NextInt64(1L << 44), 1 => Places[random.Next(Places.Length)] >> 12, _ => (Code >> 12) + (ulong)random.Next(0x100) };
            memory.Write(Tables + at, page << 10 & ((1UL << 54) - 1) | (random.Next(4) == 0 ? (ulong)random.Next(256) : 0xCF) | (random.Next(20) == 0 ? (ulong)random.Next(1024) << 54 : 0));
        }
        // The root's third gigabyte is the machine itself, in most cases: there is code to come to.
        if (random.Next(4) != 0) memory.Write(Tables + 16, Code >> 2 | 0xCF | (random.Next(2) == 0 ? 16UL : 0));
    }

    private static ulong Value(Random random) => random.Next(8) switch
    {
        0 => (ulong)random.NextInt64(long.MinValue, long.MaxValue),
        1 => (ulong)random.Next(16),
        2 => Rings + ((ulong)random.Next(0x4000) & ~15UL),
        3 => (Rings >> 12) + (ulong)random.Next(4),
        4 => Code + (ulong)random.Next((int)MemoryBytes),
        _ => Places[random.Next(Places.Length)] + (random.Next(3) == 0 ? (ulong)random.Next(0x200) : 0),
    };
}
