using Verification.Machine.Isa;

namespace Verification.Specs.Privileged;

/// <summary>
/// Where a control and status register of QEMU 7.2 is not that of the model, which keeps to the privileged specification:
/// the bits that are not compared, and why. A register that is not in the table is the same to the last bit.
/// </summary>
internal static class RegisterDifferences
{
    private const ulong All = ulong.MaxValue, Upper = 0xFFFF_FFFF_0000_0000;

    /// <summary>Bits of <c>mstatus</c>: VS, which QEMU lets be written without vectors; GVA and MPV of hypervisors.</summary>
    public const ulong Status = 3UL << 9 | 3UL << 38;

    private static readonly (string Register, ulong Bits, string Why)[] Table =
    [
        ("sstatus", Status, "VS can be written without vectors"),
        ("mstatus", Status, "VS can be written without vectors, GVA and MPV without a hypervisor"),
        ("scounteren", Upper, "keeps 64 bits where the specification has 32"),
        ("mcounteren", Upper, "keeps 64 bits where the specification has 32"),
        ("mcountinhibit", All, "every counter can be stopped; ours are cycle and instret"),
        ("senvcfg", 0xF0, "CBIE, CBCFE and CBZE can be written without cache-block operations"),
        ("menvcfg", 0xF0, "CBIE, CBCFE and CBZE can be written without cache-block operations"),
        ("sepc", 1, "bit 0 is kept, where the specification has it always 0"),
        ("mepc", 1, "bit 0 is kept, where the specification has it always 0"),
        ("stimecmp", All, "0 after reset, so that a timer interrupt is pending at once; ours is all ones"),
        ("medeleg", 1UL << 10 | 1UL << 11 | 0xFUL << 20, "environment calls from M-mode and a hypervisor's exceptions can be delegated"),
        ("mideleg", 0x2444, "a hypervisor's interrupts can be delegated without a hypervisor"),
        ("mie", 0x2444, "a hypervisor's interrupts can be enabled without a hypervisor"),
        ("mip", 0x24E4, "a hypervisor's interrupts can be set, and both timers are pending after reset"),
        ("marchid", All, "QEMU's version; ours is 0, which says nothing"),
        ("mimpid", All, "QEMU's version; ours is 0, which says nothing"),
        ("tdata1", All, "there are triggers; ours are absent and read 0"),
        .. Enumerable.Range(0, 16).Select(i => ($"pmpaddr{i}", 0x3FFUL << 54, "64 bits are kept, where the specification has 54")),
        ("pmpcfg0", 0x6060_6060_6060_6060, "reserved bits are kept"),
        ("pmpcfg2", 0x6060_6060_6060_6060, "reserved bits are kept"),
        .. Enumerable.Range(3, 29).Select(i => ($"mhpmevent{i}", All, "events can be chosen; ours count nothing")),
    ];

    private static readonly (string Register, string Why)[] OnlyOnOne =
    [
        ("vstimecmp", "QEMU has it without a hypervisor"),
        ("tinfo", "QEMU has triggers"),
        .. Enumerable.Range(3, 29).Select(i => ($"mhpmcounter{i}", "QEMU has 16 of them, we have all 29, which read 0")),
        .. Enumerable.Range(3, 29).Select(i => ($"hpmcounter{i}", "QEMU has 16 of them, we have all 29, which read 0")),
    ];

    private static readonly Dictionary<string, ulong> Bits = Table.ToDictionary(row => row.Register, row => row.Bits);

    private static readonly HashSet<string> Existence = [.. OnlyOnOne.Select(row => row.Register)];

    /// <summary>Whether the table explains the difference between two outcomes of an access.</summary>
    public static bool Explain(ScriptStep step, Outcome ours, Outcome theirs)
    {
        var register = CsrNames.Of((int)(step.Word >> 20));
        if (Existence.Contains(register)) return true;
        // A legal value is the specification's business where we reserve W without R.
        var bits = Bits.GetValueOrDefault(register);
        if (register.StartsWith("pmpcfg", StringComparison.Ordinal)) bits |= WriteWithoutRead(theirs.A0);
        return (ours.A0 | bits) == (theirs.A0 | bits) && (ours.Status | Status) == (theirs.Status | Status)
            && (ours.Cause, ours.Value, ours.Offset) == (theirs.Cause, theirs.Value, theirs.Offset);
    }

    private static ulong WriteWithoutRead(ulong configuration)
    {
        var bits = 0UL;
        for (var i = 0; i < 64; i += 8)
            if ((configuration >> i & 3) == 2) bits |= 3UL << i;
        return bits;
    }
}
