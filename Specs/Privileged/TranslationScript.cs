using Verification.Machine;
using Verification.Machine.Harts;
using Verification.Machine.Isa;

namespace Verification.Specs.Privileged;

/// <summary>
/// Random page tables, and accesses through them: three to five levels, a leaf at any of them, permissions, accessed and
/// dirty bits, misaligned superpages, addresses that are not canonical, accesses that cross into the next page; from S and
/// U, and from M-mode by MPRV, with SUM and MXR.
/// </summary>
internal static class TranslationScript
{
    private const ulong Level5 = Script.Work, Level4 = Level5 + 0x1000, Level3 = Level4 + 0x1000, Level2 = Level3 + 0x1000,
        Level1 = Level2 + 0x1000, Data = Script.Work + 0x8000;

    /// <summary>A page like the stub's, but for U-mode: the gigabyte of memory once more, 1 GiB higher.</summary>
    private const ulong UserStub = Script.StubAddress + 0x4000_0000;

    /// <summary>The address under test is in the root's second gigabyte, at the data page's place in it.</summary>
    private const ulong Tested = 0x4000_0000 + (Data - Script.Base);

    private const ulong Leaf = 0xCF, Pointer = 1;

    private static readonly string[] Accesses =
    [
        "ld a0, 0(a0)", "lw a0, 0(a0)", "lbu a0, 0(a0)", "sd a1, 0(a0)", "sh a1, 0(a0)", "sb a1, 0(a0)", "amoadd.d a0, a1, (a0)",
        "amoswap.w a0, a1, (a0)", "lr.d a0, (a0)", "jalr x0, 0(a0)", "jalr x0, 0(a0)",
    ];

    /// <param name="seed">Where the random tables come from.</param>
    /// <param name="tests">How many.</param>
    /// <param name="highBits">Bits 63-54 of entries that are tried: N, PBMT and reserved ones.</param>
    public static Script Create(int seed, int tests, ulong highBits)
    {
        var script = new Script();
        var random = new Random(seed);
        script.Register("mtval", 0);
        if ((highBits & 3UL << 61) != 0) script.Register("menvcfg", 1UL << 62);
        script.Store(Level3 + 8 * 2, Entry(Script.Base, Leaf));
        script.Store(Level3 + 8 * 3, Entry(Script.Base, Leaf | 16));
        script.Store(Level4, Entry(Level3, Pointer));
        script.Store(Level5, Entry(Level4, Pointer));
        for (var i = 0UL; i < 0x2000; i += 8) script.Store(Data + i % 64 + i / 64 * 0x1000 % 0x2000, 0x0010_0073_0010_0073);
        for (var i = 0; i < tests; i++) Test(script, random, highBits);
        return script;
    }

    private static void Test(Script script, Random random, ulong highBits)
    {
        var levels = random.Next(3, 6);
        var leafLevel = random.Next(levels);
        var (address, place) = leafLevel switch
        {
            4 => (1UL << 48 | Data, Level5 + 8),
            3 => (1UL << 39 | Data, Level4 + 8),
            2 => (Tested, Level3 + 8),
            1 => (Tested, Level2),
            _ => (Tested, Level1 + 8 * ((Data - Script.Base) >> 12)),
        };
        if (leafLevel < 2) script.Store(Level3 + 8, Entry(Level2, Inner(random)));
        if (leafLevel < 1) script.Store(Level2, Entry(Level1, Inner(random)));
        // The physical page: aligned for its level, or now and then not.
        var target = leafLevel switch { 0 => Data, 1 or 2 => Script.Base, _ => 0UL };
        if (random.Next(12) == 0) target += (ulong)random.Next(1, 512) << 12;
        var flags = Flags(random);
        // A table where no memory is: an access fault to the specification, a page fault to QEMU.
        if (target < Script.Base && (flags & 0xE) == 0) flags |= 2;
        var entry = Entry(target, flags) | High(random, highBits);
        script.Store(place, entry);
        var next = leafLevel == 0 ? Entry(Data + 0x1000, Flags(random)) : 0;
        if (leafLevel == 0) script.Store(place + 8, next);
        script.Register("satp", (ulong)(levels + 5) << 60 | (ulong)random.Next(0x10000) << 44 | Root(levels) >> 12);
        if (random.Next(16) == 0) address ^= 1UL << random.Next(38, 64);
        for (var i = random.Next(1, 4); i > 0; i--) Access(script, random, address);
        script.Register("satp", 0);
        script.Machine("ld a0, 0(a0)", place);
        if (leafLevel == 0) script.Machine("ld a0, 0(a0)", place + 8);
    }

    private static void Access(Script script, Random random, ulong address)
    {
        var text = Accesses[random.Next(Accesses.Length)];
        // Mostly aligned; else somewhere, or across the end of the page.
        address += random.Next(6) switch { 0 => (ulong)random.Next(0xFF8), 1 => 0xFFD, _ => (ulong)random.Next(16) * 8 };
        if (text.StartsWith("jalr", StringComparison.Ordinal)) address &= ~3UL;
        if (text.StartsWith("amo", StringComparison.Ordinal) || text.StartsWith("lr", StringComparison.Ordinal)) address &= ~7UL;
        var status = ScriptStep.FloatOn | (random.Next(2) == 0 ? ScriptStep.Sum : 0) | (random.Next(2) == 0 ? ScriptStep.Mxr : 0);
        var mode = (PrivilegeMode)random.Next(2);
        var byMprv = random.Next(3) == 0 && !text.StartsWith("jalr", StringComparison.Ordinal);
        script.Add(byMprv
            ? new ScriptStep(Script.Word(text), PrivilegeMode.Machine, address, 0x0010_0073_0010_0073, status | ScriptStep.Mprv | (ulong)mode << 11)
            : new ScriptStep(Script.Word(text), mode, address, 0x0010_0073_0010_0073, status, mode == PrivilegeMode.User ? UserStub : Script.StubAddress));
    }

    private static ulong Root(int levels) => levels switch { 3 => Level3, 4 => Level4, _ => Level5 };

    private static ulong Entry(ulong target, ulong flags) => target >> 12 << 10 | flags;

    private static ulong Inner(Random random) => random.Next(10) != 0 ? Pointer : (ulong)random.Next(256) & ~0xEUL | 1;

    private static ulong Flags(Random random) => random.Next(4) switch
    {
        0 => (ulong)random.Next(1024),
        1 => (ulong)random.Next(256) | 1,
        _ => (ulong)random.Next(256) | 0xC1 | (random.Next(3) == 0 ? 0UL : 2),
    };

    private static ulong High(Random random, ulong bits)
    {
        ulong high = random.Next(3) switch
        {
            0 => (ulong)random.NextInt64(long.MinValue, long.MaxValue) & bits,
            1 => 1UL << random.Next(54, 64) & bits,
            _ => 0,
        };
        // The fourth memory type is reserved, and QEMU takes it for one all the same.
        return (high & 3UL << 61) == 3UL << 61 && (bits & 0x7FUL << 54) == 0 ? high & ~(1UL << 61) : high;
    }
}
