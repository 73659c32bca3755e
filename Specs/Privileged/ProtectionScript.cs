using Verification.Machine.Harts;

namespace Verification.Specs.Privileged;

/// <summary>
/// Random physical memory protection over two pages: all matching modes, ranges of any size and alignment, priorities, accesses
/// that an entry matches in part; from S and U, from M-mode by MPRV, and at last from M-mode itself by locked entries.
/// </summary>
internal static class ProtectionScript
{
    private const ulong Data = Script.Work + 0x8000;
    private const int Bytes = 0x2000;

    private static readonly string[] Accesses =
    [
        "ld a0, 0(a0)", "lw a0, 0(a0)", "lhu a0, 0(a0)", "lbu a0, 0(a0)", "sd a1, 0(a0)", "sw a1, 0(a0)", "sh a1, 0(a0)", "sb a1, 0(a0)",
        "amoadd.d a0, a1, (a0)", "amoor.w a0, a1, (a0)", "jalr x0, 0(a0)",
    ];

    public static Script Create(int seed, int tests)
    {
        var script = new Script();
        var random = new Random(seed);
        script.Register("pmpaddr15", ulong.MaxValue >> 10);
        script.Register("pmpcfg2", 0x1FUL << 56);
        for (var i = 0UL; i < Bytes; i += 512) script.Store(Data + i, 0x0010_0073_0010_0073);
        for (var test = 0; test < tests; test++)
        {
            var configuration = 0UL;
            for (var i = 0; i < 6; i++)
            {
                script.Register($"pmpaddr{i}", Address(random));
                configuration |= (ulong)Configuration(random) << 8 * i;
            }
            script.Register("pmpcfg0", configuration);
            for (var i = 0; i < 6; i++) Access(script, random, (PrivilegeMode)random.Next(2));
        }
        // Locked entries bind M-mode too, and stay: they come last.
        for (var i = 8; i < 14; i++)
        {
            script.Register($"pmpaddr{i}", Address(random));
            script.Register("pmpcfg2", 0x1FUL << 56 | (ulong)(Configuration(random) | 0x80) << 8 * (i - 8));
            script.Machine("csrr a0, pmpcfg2");
            for (var j = 7; j < 15; j++)
            {
                script.Machine($"csrrw a0, pmpaddr{j}, a0", Address(random));
                script.Machine($"csrr a0, pmpaddr{j}");
            }
            for (var j = 0; j < tests / 6; j++) Access(script, random, random.Next(3) == 0 ? (PrivilegeMode)random.Next(2) : PrivilegeMode.Machine);
        }
        return script;
    }

    private static void Access(Script script, Random random, PrivilegeMode mode)
    {
        var text = Accesses[random.Next(Accesses.Length)];
        var address = Data + (ulong)random.Next(Bytes - 8);
        if (random.Next(3) != 0 || !"lsj".Contains(text[0])) address &= ~7UL;
        if (text[0] == 'j') address &= ~511UL;
        var byMprv = mode != PrivilegeMode.Machine && random.Next(3) == 0 && text[0] != 'j';
        script.Add(mode == PrivilegeMode.Machine || byMprv
            ? new ScriptStep(Script.Word(text), PrivilegeMode.Machine, address, 0x0010_0073_0010_0073,
                ScriptStep.FloatOn | (byMprv ? ScriptStep.Mprv : 0) | (ulong)mode << 11)
            : new ScriptStep(Script.Word(text), mode, address, 0x0010_0073_0010_0073));
    }

    private static ulong Address(Random random)
    {
        var word = (Data + (ulong)random.Next(Bytes)) >> 2;
        // A natural range of any size: ones from the bottom.
        return random.Next(2) == 0 ? word : word & ~0UL << random.Next(1, 12) | (1UL << random.Next(11)) - 1;
    }

    // W without R is reserved, and the two differ in what they make of it.
    private static int Configuration(Random random)
    {
        var bits = random.Next(0x20);
        return (bits & 3) == 2 ? bits | 1 : bits;
    }
}
