using Verification.Machine.Harts;
using Verification.Machine.Isa;
using Verification.Machine.Translation.X64;
using Xunit;

namespace Verification.Specs.Translation;

/// <summary>One compilation fits into what is kept free for it, whatever the page holds.</summary>
public class CodeSizeSpecs
{
    // As many as one reading finds, the ways back included.
    private const int Instructions = 505;

    private const ulong Start = 0x8000_0000;

    // What takes most code, alone and where registers are owed their values meanwhile.
    [Theory]
    [InlineData("sd a0, 0(s1)")]
    [InlineData("sd a0, 0(sp)")]
    [InlineData("sd a0, 0(s0)")]
    [InlineData("fsd fa0, 0(s0)")]
    [InlineData("lr.d a0, (s0)")]
    [InlineData("lr.d a0, (s0)\nsc.d a1, a2, (s0)")]
    [InlineData("amomax.d a0, a1, (s0)")]
    [InlineData("amomaxu.w a0, a1, (s1)")]
    [InlineData("addi s1, s1, 8\nsd a0, 0(s1)")]
    [InlineData("addi a1, a1, 1\naddi a2, a2, 1\naddi a3, a3, 1\naddi a4, a4, 1\nsd a0, 0(s0)\nsd a0, 8(s0)\nsd a0, 16(s0)\nsd a0, 24(s0)\nsd a0, 32(s0)\nsd a0, 40(s0)\nsd a0, 48(s0)\nxor t6, a1, a2\nxor t6, a3, a4\nli a1, 1\nli a2, 2\nli a3, 1\nli a4, 1")]
    [InlineData("jalr (a0)")]
    [InlineData("div a0, a1, a2\nrem a3, a4, a5")]
    [InlineData("fcvt.lu.d a0, fa1\nfmadd.d fa0, fa1, fa2, fa3")]
    public void What_is_kept_free_is_enough(string body)
    {
        // All of it is one loop, or four that have code for later rounds.
        foreach (var loops in (int[])[1, 4])
            AssertFits(Program(body, loops));
    }

    private static string Program(string body, int loops)
    {
        var count = ((Instructions / loops) - 2) / body.Split('\n').Length;
        var back = loops == 1 ? "j 1b\n" : "bnez a7, 1b\n";
        return string.Concat(Enumerable.Repeat("1: nop\n" + string.Concat(Enumerable.Repeat(body + "\n", count)) + back, loops));
    }

    private static unsafe void AssertFits(string program)
    {
        var content = new byte[4096];
        Assembler.Assemble(program, new AssemblerOptions { BaseAddress = Start }).Bytes.CopyTo(content, 0);
        foreach (var watched in (CodeInterests?[])[null, new Interests(StackInterest.Privileged, [], []).Code])
        {
            if (TranslationCache.TryCreate() is not { } cache) return;
            var before = cache.CopyOfCode().Length;
            var page = cache.PageOf(Start, IsaExtensions.Default, watched, content, (0, content.Length));
            cache.CodeFor(page, 0, 1, content);
            var sizeBytes = cache.CopyOfCode().Length - before;
            Assert.InRange(sizeBytes, 1, BlockCompiler.MostCodeBytes * 3 / 4);
        }
    }
}
