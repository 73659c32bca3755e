using Verification.Machine.Harts;

namespace Verification.Specs.Privileged;

/// <summary>Privileged instructions, environment calls, delegation, interrupts and their priorities, counters' enables.</summary>
internal static class TrapScript
{
    private const ulong SoftwareInterrupt = 0x0200_0000, TimerCompare = 0x0200_4000;

    private static readonly string[] Instructions =
    [
        "mret", "sret", "wfi", "sfence.vma", "sfence.vma a0, a1", "sinval.vma a0, a1", "sfence.w.inval", "sfence.inval.ir",
        "ecall", "ebreak", "c.ebreak", "csrr a0, satp", "csrw satp, zero", "rdtime a0", "rdcycle a0", "rdinstret a0", "csrr a0, hpmcounter3",
        "csrr a0, stimecmp", "fence.i", "fence", "pause", "csrr a0, mstatus", "csrr a0, sstatus", "csrw cycle, a0", "csrr a0, mhartid", "fadd.d fa0, fa1, fa2",
        "fadd.s fa0, fa1, fa2, rne", "fld fa0, 0(a0)", "csrr a0, fcsr", "csrs fcsr, zero", "c.nop",
    ];

    private static readonly uint[] Words =
    [
        0x0000_0000, 0xFFFF_FFFF, 0x0000_0001, 0x0000_8002, 0x9002, 0x0005_5553, 0x0220_7553, 0x3020_0173, 0x1050_0573, 0x1200_0573,
    ];

    public static Script Create(int seed, int tests)
    {
        var script = new Script();
        var random = new Random(seed);
        script.Store(TimerCompare, ulong.MaxValue);
        script.Register("stimecmp", ulong.MaxValue);
        for (var i = 0; i < tests; i++)
        {
            Instruction(script, random);
            Interrupt(script, random);
        }
        return script;
    }

    /// <summary>Of several interrupts QEMU 7.2 takes that of the lowest number, where the specification ranks them: external,
    /// software, timer, and M-mode's before S-mode's.</summary>
    public static bool Explain(ScriptStep step, Outcome ours, Outcome theirs) =>
        step.What == "interrupts" && ours.Cause != theirs.Cause && Rank(ours.Cause) < Rank(theirs.Cause)
            ? ours with { Cause = theirs.Cause, Offset = theirs.Offset } == theirs
            : step.What == "csrr a0, scause" && Rank(ours.A0) >= 0 && Rank(ours.A0) < Rank(theirs.A0);

    private static int Rank(ulong cause) => (cause ^ 1UL << 63) switch { 11 => 0, 3 => 1, 7 => 2, 9 => 3, 1 => 4, 5 => 5, _ => -1 };

    private static void Instruction(Script script, Random random)
    {
        // An interrupt is pending for wfi to find, and masked for everybody but U-mode.
        script.Register("mideleg", 0x222);
        script.Register("mie", 2);
        script.Register("mip", 2);
        script.Register("medeleg", random.Next(2) == 0 ? 0 : (ulong)random.Next(0x10000) & 0xB3F7);
        script.Register("mcounteren", (ulong)random.Next(16));
        script.Register("scounteren", (ulong)random.Next(16));
        script.Register("menvcfg", random.Next(2) == 0 ? 0 : 1UL << 63);
        script.Register("sepc", Script.StubAddress + 4);
        script.Register("stvec", Script.SupervisorHandler + (ulong)random.Next(2));
        var word = random.Next(8) == 0 ? Words[random.Next(Words.Length)] : Script.Word(Instructions[random.Next(Instructions.Length)]);
        var mode = random.Next(3) switch { 0 => PrivilegeMode.User, 1 => PrivilegeMode.Supervisor, _ => PrivilegeMode.Machine };
        var status = Status(random);
        if (mode == PrivilegeMode.Machine) status |= random.Next(3) switch { 0 => 0UL, 1 => 1UL << 11, _ => 3UL << 11 };
        // QEMU forgets the instruction's bits where sinval.vma may not be executed.
        if ((word & 0xFE00_7FFF) == 0x1600_0073) status &= ~ScriptStep.Tvm;
        var counts = word is 0xC010_2573 or 0xC000_2573 or 0xC020_2573 or 0x14D0_2573;
        script.Add(new ScriptStep(word, mode, 0x8001_8000, 0, status) { Compared = counts ? 0 : ulong.MaxValue });
        Look(script);
    }

    private static void Interrupt(Script script, Random random)
    {
        script.Register("medeleg", 0);
        script.Register("mideleg", (ulong)random.Next(0x1000) & 0x222);
        script.Register("mie", (ulong)random.Next(0x1000) & 0xAAA);
        script.Register("mip", (ulong)random.Next(0x1000) & 0x222);
        script.Machine("sw a1, 0(a0)", SoftwareInterrupt, (ulong)random.Next(2));
        script.Store(TimerCompare, random.Next(2) == 0 ? 0 : ulong.MaxValue);
        script.Register("stvec", Script.SupervisorHandler + (ulong)random.Next(2));
        // mie is set without MIE, and the machine's timer is seen a moment after the store: not in the first step.
        script.Machine("csrr a0, mip");
        var mode = random.Next(3) switch { 0 => PrivilegeMode.User, 1 => PrivilegeMode.Supervisor, _ => PrivilegeMode.Machine };
        script.Add(new ScriptStep(Script.Word("nop"), mode, 0, 0, Status(random) | (mode == PrivilegeMode.Machine ? 3UL << 11 : 0)) { What = "interrupts" });
        Look(script);
        script.Register("mie", 0);
        script.Register("mip", 0);
    }

    private static void Look(Script script)
    {
        foreach (var register in new[] { "scause", "sepc", "stval", "sstatus", "mip", "sip", "sie" }) script.Machine($"csrr a0, {register}");
    }

    private static ulong Status(Random random) =>
        (ulong)random.Next(4) << 13 | (ulong)random.NextInt64() & (0xAAUL | 1UL << 8 | ScriptStep.Sum | ScriptStep.Mxr)
        | (random.Next(2) == 0 ? ScriptStep.Tvm : 0) | (random.Next(2) == 0 ? ScriptStep.Tw : 0) | (random.Next(2) == 0 ? ScriptStep.Tsr : 0);
}
