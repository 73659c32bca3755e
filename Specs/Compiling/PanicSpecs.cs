using Xunit;

namespace Verification.Specs.Compiling;

/// <summary>Where the CLR would throw, compiled code calls the panic handler with the reason and the C# line.</summary>
public sealed class PanicSpecs
{
    private const string Source =
        """
        public static class Test
        {
            public static long RunIndex(long a, long b)
            {
                Span<int> items = stackalloc int[4];
                items[0] = 1;
                return items[(int)a];
            }
            public static long RunDivide(long a, long b)
            {
                long first = a + 1;
                return first / b;
            }
            public static long RunRange(long a, long b) =>
                "abc"u8[(int)a..].Length;
            public static long RunThrow(long a, long b)
            {
                if (a == 9)
                    throw new InvalidOperationException("the reason");
                return b;
            }
            public static long RunOverflow(long a, long b)
            {
                return checked((byte)a);
            }
        }
        """;

    [Fact]
    public void A_number_whose_text_outgrows_its_buffer_panics()
    {
        using GuestProgram program = new(
            """
            public static class Test
            {
                public static long Run(long a, long b)
                {
                    Span<byte> text = stackalloc byte[200];
                    return a.TryFormat(text, out int written, b == 0 ? "N99" : "N199") ? written : 0;
                }
            }
            """);
        Assert.Equal(program.RunOnClr(7, 0), program.RunInModel(7, 0));
        Assert.Equal("the number's text is longer than 128 characters", program.RunInModel(7, 1).Panic);
    }

    // The panic handler's line comes first, the source behind it: line 1 of the source is line 2 of the file.
    [Theory]
    [InlineData("RunIndex", 4, 0, "index out of range", 8)]
    [InlineData("RunDivide", 4, 0, "division by zero", 13)]
    [InlineData("RunRange", 5, 0, "argument out of range", 16)]
    [InlineData("RunThrow", 9, 0, "the reason", 20)]
    [InlineData("RunOverflow", 256, 0, "arithmetic overflow", 25)]
    public void A_panic_names_reason_and_line(string method, long a, long b, string reason, int line)
    {
        using GuestProgram program = new(Source);
        Assert.Equal(new Outcome(0, reason, line), program.RunInModel(a, b, method));
        Assert.Equal(reason, program.RunOnClr(a, b, method).Panic);
    }
}
