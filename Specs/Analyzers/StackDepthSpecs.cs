using Microsoft.CodeAnalysis.Testing;
using Verification.Analyzers.StackDepth;
using Xunit;

namespace Verification.Specs.Analyzers;

public class StackDepthSpecs
{
    private const string Story = """
        using System.Runtime.CompilerServices;
        using Verification.Intrinsics;
        [InlineArray(160)] struct Cache { private ulong _first; }
        static class Kernel
        {
            static int sum;
            [BootEntry] public static void {|#0:Main|}() => Parse();
            static void {|#1:Parse|}() { Cache cache = default; for (int i = 0; i < 160; i++) Fill(ref cache, i); }
            static void {|#2:Fill|}(ref Cache cache, int i)
            {
                cache[i] = (ulong)i;
                for (int j = 0; j < i; j++) { sum += j * i + (int)cache[j]; sum ^= i; sum -= j; sum *= 3; }
            }
        }
        """;

    [Fact]
    public async Task A_cache_by_value_on_a_small_stack_is_told_at_the_entry_and_at_the_method_that_holds_it() =>
        await KernelSource.Check<StackDepthAnalyzer>(Story, "1024", Depth(0), Depth(1));

    [Theory]
    [InlineData("65536")]
    [InlineData("0x10000")]
    [InlineData("auto")]
    [InlineData(null)]
    public async Task A_stack_that_is_big_enough_or_sized_by_the_build_is_not_told(string? bootStackSize) =>
        await KernelSource.Check<StackDepthAnalyzer>(Story, bootStackSize);

    [Fact]
    public async Task An_entry_with_a_stack_of_its_own_is_measured_against_that() => await KernelSource.Check<StackDepthAnalyzer>(
        Story.Replace("[BootEntry]", "[BootEntry(StackSizeBytes = 512)]"), "65536", Depth(0), Depth(1));

    [Fact]
    public async Task Code_that_no_entry_reaches_is_not_told() =>
        await KernelSource.Check<StackDepthAnalyzer>(Story.Replace("[BootEntry] ", ""), "1024");

    [Fact]
    public async Task A_recursion_is_told_at_each_method_of_its_cycle() => await KernelSource.Check<StackDepthAnalyzer>("""
        using Verification.Intrinsics;
        static class Kernel
        {
            [BootEntry] public static int Main() => Even(10);
            static int {|KV0002:Even|}(int n) => n == 0 ? 1 : Odd(n - 1);
            static int {|KV0002:Odd|}(int n) => n == 0 ? 0 : Even(n - 1);
        }
        """, "65536");

    [Fact]
    public async Task Calls_whose_target_is_open_are_told() => await KernelSource.Check<StackDepthAnalyzer>("""
        using System;
        using Verification.Intrinsics;
        interface IShape { int Area(); }
        static class Kernel
        {
            static IShape shape; static Func<int> function;
            [BootEntry] public static unsafe void Main(delegate*<int> pointer)
            {
                int sum = {|KV0003:pointer()|};
                sum += {|KV0003:shape.Area()|};
                sum += {|KV0003:function()|};
                {|KV0003:GC.Collect()|};
            }
        }
        """, "65536");

    [Fact]
    public async Task Calls_that_types_decide_are_followed() => await KernelSource.Check<StackDepthAnalyzer>("""
        using System;
        using Verification.Intrinsics;
        interface IShape { int Area(); static abstract int Sides(); int Twice() => 2 * Area(); }
        struct Square : IShape { public int Area() => 1; public static int Sides() => 4; }
        struct Guard : IDisposable { public void Dispose() { } }
        struct Walk
        {
            private int i;
            public Walk GetEnumerator() => this;
            public bool MoveNext() => i++ < 3;
            public int Current => i;
        }
        static class Kernel
        {
            static int Sum<T>(T shape) where T : struct, IShape => shape.Area() + T.Sides();
            [Assembly("csrr a0, time\nret")] static ulong Time() => throw new PlatformNotSupportedException();
            [BootEntry] public static int Main()
            {
                using Guard guard = default;
                int sum = Sum(new Square()) + (int)Time();
                foreach (int i in new Walk()) sum += i;
                Span<byte> bytes = stackalloc byte[16];
                bytes.Clear();
                foreach (byte b in bytes[1..^1]) sum += b;
                return sum;
            }
        }
        """, "65536");

    [Fact]
    public async Task Assembly_text_that_moves_the_stack_is_told() => await KernelSource.Check<StackDepthAnalyzer>("""
        using System;
        using Verification.Intrinsics;
        static class Kernel
        {
            [Assembly("addi sp, sp, -16\naddi sp, sp, 16\nret")] static void Stub() => throw new PlatformNotSupportedException();
            [BootEntry] public static void Main() => {|KV0003:Stub()|};
        }
        """, "65536");

    [Fact]
    public async Task Stack_allocations_without_a_constant_bound_are_told() => await KernelSource.Check<StackDepthAnalyzer>("""
        using System;
        using Verification.Intrinsics;
        static class Kernel
        {
            [BootEntry] public static unsafe void Main(int n)
            {
                byte* a = stackalloc byte[16];
                byte* b = {|KV0004:stackalloc byte[n]|};
                for (int i = 0; i < n; i++) { Span<byte> c = {|KV0004:stackalloc byte[8]|}; c[0] = 1; }
            }
        }
        """, "65536");

    [Fact]
    public async Task What_is_not_counted_is_said_in_the_depth() => await KernelSource.Check<StackDepthAnalyzer>("""
        using System;
        using Verification.Intrinsics;
        static class Kernel
        {
            [BootEntry] public static unsafe void {|#0:Main|}(delegate*<int> pointer)
            {
                Span<byte> bytes = stackalloc byte[2000];
                bytes[0] = (byte){|#1:pointer()|};
            }
        }
        """, "1024",
        Depth(0).WithMessage("'Kernel.Main' needs an estimated at least 2,208 bytes of stack and has 1,024 bytes: "
            + "Kernel.Main 2,048 > base library 160; unresolved: Kernel.Main (a function pointer is called)"),
        new DiagnosticResult("KV0003", Microsoft.CodeAnalysis.DiagnosticSeverity.Warning).WithLocation(1));

    [Fact]
    public async Task The_panic_handlers_stack_is_part_of_every_depth() => await KernelSource.Check<StackDepthAnalyzer>("""
        using System;
        using Verification.Intrinsics;
        static class Kernel
        {
            [PanicHandler] static unsafe void {|#1:Panic|}(void* site) { Span<byte> line = stackalloc byte[4096]; line[0] = 1; }
            [BootEntry] public static int {|#0:Main|}(int a, int b) => a / b;
        }
        """, "4096", Depth(1), Depth(0));

    private static DiagnosticResult Depth(int location) =>
        new DiagnosticResult("KV0001", Microsoft.CodeAnalysis.DiagnosticSeverity.Warning).WithLocation(location)
            .WithOptions(DiagnosticOptions.IgnoreAdditionalLocations);
}
