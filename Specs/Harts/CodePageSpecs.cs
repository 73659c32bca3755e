using Verification.Machine;
using Verification.Machine.Memory;
using Xunit;

namespace Verification.Specs.Harts;

public class CodePageSpecs
{
    // A routine of 32 instructions is written to a page, called, and the page filled with another; and so on.
    private const string Program = """
            li s0, 0x80010000
            li s1, 3
            li s2, 0x00150513
        again: mv t0, s0
            li t1, 32
        1:  sw s2, 0(t0)
            addi t0, t0, 4
            addi t1, t1, -1
            bnez t1, 1b
            li t1, 0x00008067
            sw t1, 0(t0)
            fence.i
            jalr s0
            li t2, 0x00100000
            add s2, s2, t2
            addi s1, s1, -1
            bnez s1, again
            sw s2, 0(s0)
            mv t0, s0
            li t1, 32
        2:  sw zero, 0(t0)
            addi t0, t0, 4
            addi t1, t1, -1
            bnez t1, 2b
        3:  j 3b
        """;

    [Theory]
    [InlineData(ExecutionEngine.Interpreter), InlineData(ExecutionEngine.Translator)]
    public void A_page_whose_code_is_overwritten_is_memory_like_any_other_again(ExecutionEngine engine)
    {
        using var board = Guest.Load(Program);
        board.Engine = engine;
        board.Run(2000);

        // 32 times 1, 2 and 3 were added by what lay there at each call.
        Assert.Equal(32UL * (1 + 2 + 3), board.Harts[0].Register("a0"));
        Assert.Equal(PageMarks.None, board.Memory.MarksOf(0x80010) & PageMarks.Code);
    }
}
