using Verification.Machine.Harts;
using Xunit;

namespace Verification.Specs.Harts;

/// <summary>Physical memory protection in M-mode (privileged specification 3.7.1).</summary>
public class ProtectionSpecs
{
    private const int ExceptionCauseNumber = 0x342, TrapValue = 0x343;

    // Entry 0 matches the four bytes at 0x80100000, unlocked and without any permission.
    private const string FourBytes = """
            la t0, trapped
            csrw mtvec, t0
            li s0, 0x80100000
            srli t0, s0, 2
            csrw pmpaddr0, t0
            li t0, 0x10
            csrw pmpcfg0, t0

        """;

    private const string End = "\n li a0, 1\n1: j 1b\n .p2align 2\ntrapped: li a0, 2\n2: j 2b";

    [Theory]
    [InlineData("lw t1, 0(s0)"), InlineData("sw t1, 0(s0)"), InlineData("ld t1, 8(s0)"), InlineData("lhu t1, 2(s0)")]
    public void An_unlocked_entry_binds_no_access_that_it_matches_whole_or_not_at_all(string access) =>
        Assert.Equal(1UL, Guest.Run(FourBytes + access + End, 40).Register("a0"));

    [Theory]
    [InlineData("ld t1, 0(s0)", 5, 0x8010_0000UL), InlineData("sd t1, 0(s0)", 7, 0x8010_0000UL)]
    public void An_access_that_an_entry_matches_in_part_fails_whatever_the_entry_says(string access, ulong cause, ulong address)
    {
        var hart = Guest.Run(FourBytes + access + End, 40);

        Assert.Equal((2UL, cause, address), (hart.Register("a0"), hart.Csr(ExceptionCauseNumber), hart.Csr(TrapValue)));
    }
}
