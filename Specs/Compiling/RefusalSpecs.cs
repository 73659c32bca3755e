using Verification.Toolchain;
using Xunit;

namespace Verification.Specs.Compiling;

/// <summary>What a kernel cannot have is refused at its C# line, with an id of its own.</summary>
public sealed class RefusalSpecs
{
    [Theory]
    [InlineData("KT0001", "object o = new object(); return o is null ? 1 : 0;")]
    [InlineData("KT0002", "int[] items = new int[a]; return items.Length;")]
    [InlineData("KT0003", "object o = a; object p = b; return ReferenceEquals(o, p) ? 1 : 0;")]
    [InlineData("KT0004", "Func<long, long> f = x => x + 1; return f(a);")]
    [InlineData("KT0005", "Shape s = Shape.Only; return s.Area();")]
    [InlineData("KT0006", "try { return b / a; } catch (DivideByZeroException) { return 0; }")]
    [InlineData("KT0008", "return Environment.TickCount64;")]
    [InlineData("KT0009", "return typeof(int).Name.Length;")]
    [InlineData("KT0010", "return Impure.Now;")]
    [InlineData("KT0011", "return (a.ToString() + b).Length;")]
    [InlineData("KT0012", "Span<byte> s = stackalloc byte[(int)a]; return s.Length;")]
    [InlineData("KT0013", "return Foreign.Call(a);")]
    [InlineData("KT0014", "double d = a; return (long)(d * 1.5);")]
    [InlineData("KT0016", "return Threaded.Value;")]
    public void A_refusal_names_the_line(string id, string body)
    {
        string source =
            "public abstract class Shape { public static Shape Only = null!; public abstract long Area(); }\n" +
            "public static class Impure { public static readonly long Now = Environment.TickCount64; }\n" +
            "public static class Foreign { [DllImport(\"nothing\")] public static extern long Call(long a); }\n" +
            "public static class Threaded { [ThreadStatic] public static long Value; }\n" +
            "public static class Test {\n public static long Run(long a, long b) {\n" + body + "\n} }\n";
        using GuestProgram program = new(source);
        Diagnostic diagnostic = Assert.Single(program.Program.Diagnostics, found => found.Id == id);
        // What a static field begins with is refused where it is made, not where it is used.
        Assert.Equal((CSharpSource.FileName, id == "KT0010" ? 3 : 8), (diagnostic.File, diagnostic.Line));
        Assert.Equal(DiagnosticSeverity.Error, diagnostic.Severity);
        Assert.Empty(program.Program.Methods);
    }
}
