using Verification.Machine;
using Verification.Machine.Harts;
using Verification.Machine.Images;
using Verification.Machine.Isa;
using Xunit;

namespace Verification.Specs.Translation;

/// <summary>What translated code does itself that was the interpreter's once: control registers, reservations, stores beside watched words.</summary>
public class PlaceInCodeSpecs
{
    private const ulong Start = 0x8000_0000;
    private const int Rounds = 200;

    // Privileged specification 3.1.14 and 4.1.7: bit 0 of xepc is 0, and bit 1 where IALIGN is 32.
    [Theory]
    [InlineData("mepc", true, ~1UL)]
    [InlineData("mepc", false, ~3UL)]
    [InlineData("sepc", true, ~1UL)]
    [InlineData("sepc", false, ~3UL)]
    [InlineData("mscratch", true, ~0UL)]
    public void A_control_register_keeps_the_bits_that_it_has(string register, bool hasCompressed, ulong expected)
    {
        using var board = Load(
            $"""
                li a0, -1
                li t3, {Rounds}
            1:  csrw {register}, a0
                csrr a1, {register}
                csrrc a2, {register}, a0
                csrrs a3, {register}, a0
                addi t3, t3, -1
                bnez t3, 1b
                csrr a4, {register}
            2:  j 2b
            """,
            hasCompressed ? IsaExtensions.Default : IsaExtensions.Default & ~IsaExtensions.C);
        board.Run(10_000);
        var hart = board.FindHart(0)!;
        Assert.Equal([expected, expected, 0, expected], Enumerable.Range(11, 4).Select(hart.GetRegister));
        Assert.True(board.Translator.Translated > Rounds);
    }

    [Fact]
    public void A_reservation_that_the_interpreter_makes_takes_the_place_of_the_codes()
    {
        // The second lr stands on two pages, so that no code has it.
        using var board = Load(
            $"""
                li s2, {Start + 0x4000}
                li s3, {Start + 0x4100}
                li a0, 0
                li a1, 0
                li t3, {Rounds}
            1:  lr.d t0, (s2)
                j 2f
                .balign 4096
                .zero 4092
            2:  c.nop
                lr.d t1, (s3)
                sc.d t2, t3, (s2)
                add a0, a0, t2
                sd t3, 0(s2)
                lr.d t0, (s2)
                sc.d t2, t3, (s2)
                add a1, a1, t2
                addi t3, t3, -1
                bnez t3, 1b
            3:  j 3b
            """);
        board.Run(20_000);
        var hart = board.FindHart(0)!;
        Assert.Equal((Rounds, 0), ((int)hart.GetRegister(10), (int)hart.GetRegister(11)));
        Assert.True(board.Translator.Translated > 5 * Rounds);
    }

    [Fact]
    public void Where_the_code_has_no_place_for_a_reservation_no_address_is_taken_for_one()
    {
        // A page with code in it can't be stored to in place. The odd address is the one that stands for none.
        using var board = Load(
            $"""
                la t0, 3f
                csrw mtvec, t0
                li s2, {Start}
                li s3, {HartState.Nowhere}
                li t3, {Rounds}
            1:  lr.w t0, (s2)
                sc.w t1, t3, (s3)
                addi t3, t3, -1
                bnez t3, 1b
            2:  j 2b
                .balign 4
            3:  addi s4, s4, 1
                csrr t5, mepc
                addi t5, t5, 4
                csrw mepc, t5
                csrr s5, mcause
                mret
            """);
        board.Run(20_000);
        var hart = board.FindHart(0)!;
        Assert.Equal((Rounds, (int)ExceptionCause.StoreAddressMisaligned), ((int)hart.GetRegister(20), (int)hart.GetRegister(21)));
        Assert.True(board.Translator.Translated > 2 * Rounds);
    }

    [Fact]
    public void Stores_to_a_watched_word_are_told_and_those_beside_it_need_not_leave_the_code()
    {
        // What is told takes the rest of its block along: it stands last.
        using var board = Load(
            $"""
                li s2, {Start + 0x4000}
                li t3, {Rounds}
            1:  sd t3, 0(s2)
                sh t3, 16(s2)
                sw t3, 8(s2)
                sb t3, 15(s2)
                addi t3, t3, -1
                bnez t3, 1b
            2:  j 2b
            """);
        var told = new List<ulong>();
        board.Run(5_000, new Watching(new Interests(StackInterest.None, [], [(Start + 0x400C, 4)]), told));
        // The word of eight bytes that holds the watched ones is told of.
        Assert.Equal(Rounds, told.Count(address => address == Start + 0x4008));
        Assert.Equal(Rounds, told.Count(address => address == Start + 0x400F));
        Assert.True(told.Count(address => address is Start + 0x4000 or Start + 0x4010) < Rounds / 2);
        Assert.Equal(1UL, board.Memory.Read<ulong>(Start + 0x4000));
        Assert.Equal(1, board.Memory.Read<ushort>(Start + 0x4010));
    }

    private static Board Load(string source, IsaExtensions extensions = IsaExtensions.Default)
    {
        var board = Board.Boot(
            new BoardConfiguration { Firmware = new FirmwareChoice.None(), Extensions = extensions },
            KernelImage.FromRaw(Assembler.Assemble(source, new AssemblerOptions { BaseAddress = Start, Extensions = extensions }).Bytes, Start));
        board.Engine = ExecutionEngine.Translator;
        return board;
    }

    private readonly struct Watching(Interests interests, List<ulong> told) : ISelectiveObserver
    {
        public Interests Interests => interests;

        public void Fetch(Hart hart, ulong pc, in Instruction instruction)
        {
        }

        public void Access(Hart hart, in MemoryAccess access) => told.Add(access.PhysicalAddress);

        public void Trap(Hart hart, in TrapEvent trap)
        {
        }

        public void Csr(Hart hart, int csr, ulong oldValue, ulong newValue)
        {
        }

        public void Transfer(Hart hart, ulong from, ulong to, TransferKind kind)
        {
        }

        public void Register(Hart hart, int register, ulong value)
        {
        }

        public void HostCall(Hart hart, ulong extension, ulong function)
        {
        }
    }
}
