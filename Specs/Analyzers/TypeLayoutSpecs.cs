using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Microsoft.CodeAnalysis;
using Verification.Analyzers.StackDepth;
using Xunit;

namespace Verification.Specs.Analyzers;

/// <summary>Layouts against the CLR's own: a 64-bit host lays structs out as rv64 does.</summary>
public class TypeLayoutSpecs
{
    private const string Structs = """
        using System;
        using System.Runtime.CompilerServices;
        using System.Runtime.InteropServices;
        public struct Empty { }
        public struct Mixed { public byte A; public long B; public short C; }
        [StructLayout(LayoutKind.Sequential, Pack = 1)] public struct Packed { public byte A; public long B; public short C; }
        [StructLayout(LayoutKind.Sequential, Size = 100)] public struct Sized { public int A; }
        [StructLayout(LayoutKind.Explicit)] public struct Union { [FieldOffset(0)] public long A; [FieldOffset(4)] public int B; [FieldOffset(16)] public byte C; }
        public unsafe struct Buffer { public fixed ushort Name[33]; public byte Length; }
        [InlineArray(160)] public struct Cache { private Mixed _first; }
        public struct Pair<T, U> { public T A; public U B; }
        public struct Nested { public Pair<byte, Pair<int, bool>> A; public Pair<Mixed, Nullable<int>> B; }
        public enum Small : ushort { A }
        public unsafe struct Pointers { public byte* A; public delegate*<int> B; public Small C; public nint D; public char E; }
        public struct Captured(int a, long b) { public long Sum => a + b; }
        public struct NotCaptured(int a, long b) { public long A = a; public int B = (int)b; }
        public record struct Record(byte A, int B) { public short C { get; set; } }
        public struct Tuples { public (byte A, long B) A; public (int, int) B; }
        """;

    public static TheoryData<string> Names => ["Empty", "Mixed", "Packed", "Sized", "Union", "Buffer", "Cache", "Nested", "Small", "Pointers", "Captured", "NotCaptured", "Record", "Tuples"];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_struct_has_the_clrs_size(string name) => Assert.Equal(OnTheClr(Structs, name), Estimated(Structs, name));

    [Property(MaxTest = 10)]
    public Property Any_struct_of_primitives_has_the_clrs_size()
    {
        var type = Gen.Elements("byte", "short", "int", "long", "bool", "char", "double", "float", "nint", "Inner");
        var fields = type.NonEmptyListOf();
        return Prop.ForAll(fields.Two().ToArbitrary(), pair =>
        {
            var source = $"public struct Inner {{ {Fields(pair.Item1.Where(field => field != "Inner"))} }} public struct Outer {{ {Fields(pair.Item2)} }}";
            return OnTheClr(source, "Outer") == Estimated(source, "Outer");
        });
    }

    private static string Fields(IEnumerable<string> types) =>
        string.Concat(types.Select((type, index) => $"public {type} F{index}; "));

    private static long Estimated(string source, string name) =>
        TypeLayout.Of(KernelSource.Compile(source).GetTypeByMetadataName(name)!, new ConcurrentDictionary<ITypeSymbol, TypeLayout>(SymbolEqualityComparer.Default)).SizeBytes;

    private static long OnTheClr(string source, string name)
    {
        using var image = new MemoryStream();
        var emitted = KernelSource.Compile(source).Emit(image);
        Assert.True(emitted.Success, string.Join('\n', emitted.Diagnostics));
        image.Position = 0;
        var context = new AssemblyLoadContext("layout", isCollectible: true);
        try
        {
            var type = context.LoadFromStream(image).GetType(name)!;
            return (int)typeof(Unsafe).GetMethod(nameof(Unsafe.SizeOf), BindingFlags.Public | BindingFlags.Static)!.MakeGenericMethod(type).Invoke(null, null)!;
        }
        finally
        {
            context.Unload();
        }
    }
}
