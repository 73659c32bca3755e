using Verification.Analyzers.Refusals;
using Xunit;

namespace Verification.Specs.Analyzers;

public class RefusalSpecs
{
    private const string OfNoHeap = """
        using System;
        using Verification.Intrinsics;
        struct Point { public int X; }
        [AttributeUsage(AttributeTargets.All)] class Marked : Attribute;
        [Marked] static class Kernel
        {
            static readonly uint[] Table = [1, 2, 3];
            static readonly byte[] Bytes = new byte[] { 1, 2 };
            static ReadOnlySpan<byte> Digits => new byte[] { 48, 49 };
            static Point A() => new Point { X = 1 };
            static int B() { Span<int> s = stackalloc int[4]; return s[0]; }
            static int C() => throw new InvalidOperationException("no");
            static int D() { ReadOnlySpan<int> s = [1, 2, 3]; return s[1]; }
            [Assembly("ret")] static object E() => new object();
        }
        """;

    [Fact]
    public Task Objects_are_refused() => KernelSource.Check<ObjectRefusal>("""
        using System.Collections.Generic;
        class Node;
        static class Kernel
        {
            static object A() => {|KT0001:new Node()|};
            static object B() => {|KT0001:new { X = 1 }|};
            static List<int> C() => {|KT0001:[1, 2]|};
        }
        """);

    [Fact]
    public Task Arrays_are_refused() => KernelSource.Check<ArrayRefusal>("""
        static class Kernel
        {
            static byte[] A(int n) => {|KT0002:new byte[n]|};
            static int[] B() => {|KT0002:[1, 2]|};
            static int Sum(params int[] x) => x[0];
            static int C() => {|KT0002:Sum(1, 2)|};
        }
        """);

    [Fact]
    public Task Mathematics_of_the_C_library_is_refused() => KernelSource.Check<RuntimeRefusal>("""
        using System;
        static class Kernel
        {
            static readonly double Quarter = Math.Sin(0.25);
            static double A(double x) => {|KT0008:Math.Sin(x)|} + {|KT0008:double.Log2(x)|} + double.SinPi(x);
            static float B(float x) => {|KT0008:MathF.Pow(x, 2)|} + MathF.Sqrt(x);
        }
        """);

    [Fact]
    public Task What_lives_on_the_stack_or_in_the_image_is_no_object() => KernelSource.Check<ObjectRefusal>(OfNoHeap);

    [Fact]
    public Task What_lives_on_the_stack_or_in_the_image_is_no_array() => KernelSource.Check<ArrayRefusal>(OfNoHeap);

    [Fact]
    public Task Boxing_is_refused() => KernelSource.Check<BoxingRefusal>("""
        using System;
        interface IShape { int Area(); }
        struct Square : IShape { public int Area() => 1; }
        static class Kernel
        {
            static object A(int x) => {|KT0003:x|};
            static IShape B(Square s) => {|KT0003:s|};
            static int C(Square s) => {|KT0003:s.GetHashCode()|};
            static ValueType D<T>(T t) where T : struct => {|KT0003:t|};
        }
        """);

    [Fact]
    public Task A_constrained_call_boxes_nothing() => KernelSource.Check<BoxingRefusal>("""
        interface IShape { int Area(); }
        struct Square : IShape { public int Area() => 1; }
        static class Kernel
        {
            static int A<T>(T t) where T : struct, IShape => t.Area();
            static int B() => A(new Square());
            static long C(int x) => x;
            static int? D(int x) => x;
        }
        """);

    [Fact]
    public Task Delegates_are_refused() => KernelSource.Check<DelegateRefusal>("""
        using System;
        static class Kernel
        {
            static int Twice(int x) => 2 * x;
            static Func<int, int> A() => {|KT0004:x => x + 1|};
            static Func<int, int> B() => {|KT0004:Twice|};
            static unsafe delegate*<int, int> C() => &Twice;
            static int D(int x) { int Inner(int y) => x + y; return Inner(1); }
        }
        """);

    [Fact]
    public Task Calls_through_a_class_or_an_interface_are_refused() => KernelSource.Check<VirtualCallRefusal>("""
        interface IShape { int Area(); }
        abstract class Shape { public abstract int Area(); public virtual int Sides => 0; public int Plain() => 1; }
        struct Square : IShape { public int Area() => 1; }
        static class Kernel
        {
            static int A(IShape s) => {|KT0005:s.Area()|};
            static int B(Shape s) => {|KT0005:s.Area()|} + {|KT0005:s.Sides|} + s.Plain();
            static int C(Square s) => s.Area();
            static int D<T>(ref T t) where T : struct, IShape => t.Area();
        }
        """);

    [Fact]
    public Task Catching_is_refused_and_finally_is_not() => KernelSource.Check<CatchRefusal>("""
        using System;
        static class Kernel
        {
            static int x;
            static void A() { try { x++; } {|KT0006:catch { x--; }|} }
            static void B() { try { x++; } {|KT0006:catch (Exception) when (x > 1) { x--; }|} }
            static void C() { try { x++; } finally { x--; } }
        }
        """);

    [Fact]
    public Task State_machines_are_refused() => KernelSource.Check<StateMachineRefusal>("""
        using System.Collections.Generic;
        using System.Threading.Tasks;
        static class Kernel
        {
            static IEnumerable<int> A() { {|KT0007:yield return 1;|} }
            static async Task B() { {|KT0007:await Task.Yield();|} }
        }
        """);

    [Fact]
    public Task Services_of_the_runtime_are_refused() => KernelSource.Check<RuntimeRefusal>("""
        using System;
        using System.Threading;
        static class Kernel
        {
            static int x;
            static void A() => {|KT0008:Console.WriteLine()|};
            static void B() => {|KT0008:Thread.Sleep(1)|};
            static void C(object o) { {|KT0008:lock (o) { }|} }
            static int F() => Interlocked.Increment(ref x) + Volatile.Read(ref x);
        }
        """);

    [Fact]
    public Task Reflection_is_refused_and_comparing_types_is_not() => KernelSource.Check<ReflectionRefusal>("""
        using System;
        static class Kernel
        {
            static Type A() => {|KT0009:typeof(int)|};
            static bool B<T>() => typeof(T) == typeof(int);
        }
        """);

    [Fact]
    public Task Strings_made_at_run_time_are_refused() => KernelSource.Check<StringRefusal>("""
        using System;
        using System.Runtime.CompilerServices;
        [InterpolatedStringHandler]
        ref struct Line
        {
            public Line(int literalLength, int formattedCount) { }
            public void AppendLiteral(string s) { }
            public void AppendFormatted(int x) { }
        }
        static class Kernel
        {
            static string A(int x) => {|KT0011:$"x is {x}"|};
            static string B(string s) => {|KT0011:s + "!"|};
            static string C(int x) => {|KT0011:x.ToString()|};
            const string Greeting = "good " + "day";
            static ReadOnlySpan<byte> D() => "hello"u8;
            static int E(string s) => s.Length;
            static void Write(Line line) { }
            static void F(int x) => Write($"x is {x}");
        }
        """);

    [Fact]
    public Task Static_data_that_asks_the_machine_is_refused() => KernelSource.Check<StaticInitialisationRefusal>("""
        using System;
        using Verification.Intrinsics;
        static class Kernel
        {
            [Assembly("csrr a0, time\nret")] static ulong Time() => throw new PlatformNotSupportedException();
            static readonly ulong Start = {|KT0010:Time()|};
            static readonly uint[] Table = Make();
            static uint[] Make() => new uint[4];
            static ulong Now() => Time();
        }
        """);
}
