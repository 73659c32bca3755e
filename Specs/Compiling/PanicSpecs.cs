using Xunit;

namespace Verification.Specs.Compiling;

/// <summary>Where the CLR would throw, compiled code calls the panic handler with the reason and the C# line.</summary>
public sealed class PanicSpecs(PanicSpecs.Library library) : IClassFixture<PanicSpecs.Library>
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

    private const string LibrarySource =
        """
        public struct Item : IUtf8SpanFormattable
        {
            public long Value;
            public bool TryFormat(Span<byte> text, out int written, ReadOnlySpan<char> format, IFormatProvider provider)
            {
                if (Value > 100)
                    written = (int)(1000 / (Value - 101));
                else
                    written = int.Parse(format);
                return true;
            }
        }
        public static unsafe class Test
        {
            private static ReadOnlySpan<char> Text(long a) => a == 0 ? "12" : a == 1 ? "x" : "999999999999999999999999";
            public static long RunTwoLines(long a, long b)
            {
                long first = short.Parse(Text(a));
                return first +
                    long.Parse(Text(b));
            }
            public static long RunDeepInside(long a, long b)
            {
                Span<char> text = stackalloc char[40];
                a.TryFormat(text, out int written, b == 1 ? "y" : "N0");
                decimal.Parse(Text(a)).TryFormat(text, out int more,
                    b == 2 ? "q" : "F");
                return written + more;
            }
            public static long RunTail(long a, long b)
            {
                return Last(a) +
                    Last(b);
            }
            [MethodImpl(MethodImplOptions.NoInlining)]
            private static long Last(long a) => long.Parse(Text(a), System.Globalization.NumberStyles.Number);
            public static long RunPointer(long a, long b)
            {
                delegate*<ReadOnlySpan<char>, IFormatProvider, int> parse = &int.Parse;
                return parse(Text(a), null)
                    + parse(Text(b), null);
            }
            public static long RunCallback(long a, long b)
            {
                Span<byte> text = stackalloc byte[40];
                Item item = new() { Value = a };
                System.Text.Unicode.Utf8.TryWrite(text, $"{item:12}", out int written);
                System.Text.Unicode.Utf8.TryWrite(text[written..], $"{item:z}", out written);
                return written;
            }
        }
        """;

    // The CLR knows the line of each frame: the first that has one is the kernel's.
    [Theory]
    [InlineData("RunTwoLines", 0, 0, 0)]
    [InlineData("RunTwoLines", 1, 0, 19)]
    [InlineData("RunTwoLines", 2, 0, 19)]
    [InlineData("RunTwoLines", 0, 1, 20)]
    [InlineData("RunTwoLines", 0, 2, 20)]
    [InlineData("RunDeepInside", 0, 1, 26)]
    [InlineData("RunDeepInside", 1, 0, 27)]
    [InlineData("RunDeepInside", 0, 2, 27)]
    [InlineData("RunTail", 1, 0, 37)]
    [InlineData("RunTail", 0, 2, 37)]
    [InlineData("RunPointer", 1, 0, 41)]
    [InlineData("RunPointer", 0, 2, 41)]
    [InlineData("RunCallback", 0, 0, 10)]
    [InlineData("RunCallback", 101, 0, 8)]
    public void A_failure_in_a_method_of_the_base_library_is_told_at_the_line_that_called_it(string method, long a, long b, int line)
    {
        Outcome told = library.Program.RunInModel(a, b, method);
        Assert.Equal(library.Program.RunOnClr(a, b, method), told);
        Assert.Equal(line, told.Line);
    }

    /// <summary>The program of the library's failures, compiled once.</summary>
    public sealed class Library : IDisposable
    {
        public GuestProgram Program { get; } = new(LibrarySource);

        public void Dispose() => Program.Dispose();
    }
}
