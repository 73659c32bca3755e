using System.Buffers.Binary;
using System.Reflection;
using Verification.Machine.Isa;
using Verification.Toolchain;
using Verification.Toolchain.Linking;

namespace Verification.Specs.Linking;

/// <summary>
/// A kernel made by hand, so that linker and writers can be judged without the compiler: it prints <c>K</c> through the
/// firmware's legacy console and switches the machine off. Machine code after the unprivileged specification, chapter 37.
/// </summary>
public static class HandMadeProgram
{
    public const int FrameSizeBytes = 16;

    public static CompiledProgram Program { get; } = new(
        [Method("kmain", KmainCode, KmainRelocations), Method("print", PrintCode, [])],
        [
            Data("letter", [(byte)'K', 0, 0, 0], isReadOnly: true),
            Data("started", [1, 0, 0, 0, 0, 0, 0, 0], isReadOnly: false),
            new DataObject("big", "Sample.big", null, 100, 8, false, [], null),
            new DataObject("KMEM", "Sample.KMEM", null, 32, 8, false, [], typeof(Sample)),
        ],
        [],
        []);

    public static IReadOnlyList<StubCode> Stubs { get; } =
    [
        new StubCode(
            "Entry", SectionKind.Head, Words(0x00000117, 0x00010113, 0x00000097, 0x000080E7, 0x0000006F), 4,
            [
                new Relocation(0, RelocationKind.PcRelHi20, "boot_stack_top", 0),
                new Relocation(4, RelocationKind.PcRelLo12I, "_start", 0),
                new Relocation(8, RelocationKind.CallPlt, "kmain", 0),
            ],
            [new StubSymbol("_start", 0, IsGlobal: true)],
            [new LineRow(0, "/src/Entry.cs", 10, 0), new LineRow(8, "/src/Entry.cs", 11, 0)],
            new StubUnwind(StubFrame.Outermost, [])),
    ];

    /// <summary>The struct that the program's variable KMEM is said to have.</summary>
    public struct Sample
    {
        public ulong Holder;
        public uint Count;
        public SampleState State;
        public unsafe byte* Pages;
    }

    public enum SampleState
    {
        Free,
        Taken,
    }

    public static LinkedImage Link(LinkerLayout layout)
    {
        (LinkedImage? image, IReadOnlyList<Diagnostic> diagnostics) = Linker.Link(Program, Stubs, layout);
        return image ?? throw new InvalidOperationException(string.Join('\n', diagnostics));
    }

    public static byte[] Words(params ReadOnlySpan<uint> words)
    {
        byte[] bytes = new byte[words.Length * sizeof(uint)];
        for (int index = 0; index < words.Length; index++)
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(index * sizeof(uint)), words[index]);
        return bytes;
    }

    // addi sp, sp, -16; sd ra, 8(sp); auipc a0, letter; lbu a0, letter(a0); jal ra, print; li a7, 8; ecall; ld ra, 8(sp);
    // addi sp, sp, 16; ret
    private static byte[] KmainCode => Words(
        0xFF010113, 0x00113423, 0x00000517, 0x00054503, 0x000000EF, 0x00800893, 0x00000073, 0x00813083, 0x01010113, 0x00008067);

    private static Relocation[] KmainRelocations =>
    [
        new(8, RelocationKind.PcRelHi20, "letter", 0),
        new(12, RelocationKind.PcRelLo12I, "kmain", 8),
        new(16, RelocationKind.Jal, "print", 0),
    ];

    // li a7, 1; ecall; ret
    private static byte[] PrintCode => Words(0x00100893, 0x00000073, 0x00008067);

    private static void Kmain(int hartId, Sample sample) => throw new NotSupportedException();

    private static CompiledMethod Method(string symbol, byte[] code, IReadOnlyList<Relocation> relocations)
    {
        MethodBase method = typeof(HandMadeProgram).GetMethod(nameof(Kmain), BindingFlags.Static | BindingFlags.NonPublic)!;
        bool hasFrame = symbol == "kmain";
        return new CompiledMethod(
            symbol, $"Sample.{symbol}", code, relocations, hasFrame ? FrameSizeBytes : 0,
            hasFrame
                ? [new LineRow(0, "/src/Main.cs", 20, 5), new LineRow(8, "/src/Main.cs", 21, 9), new LineRow(20, "/src/Main.cs", 40, 9)]
                : [new LineRow(0, "/src/Console.cs", 7, 5)],
            hasFrame ? [new CallEdge(16, CallKind.Call, ["print"])] : [],
            hasFrame
                ? [
                    new CfiRow(0, 2, 0, []),
                    new CfiRow(4, 2, 16, []),
                    new CfiRow(8, 2, 16, [new SavedRegister(1, -8)]),
                    new CfiRow(32, 2, 16, []),
                    new CfiRow(36, 2, 0, []),
                ]
                : [new CfiRow(0, 2, 0, [])],
            hasFrame
                ? [
                    new VariableLocation("hartId", typeof(int), 0, 0, 8, LocationKind.Register, 10, 0, 4),
                    new VariableLocation("sample", typeof(Sample), 1, 0, 40, LocationKind.Register, 11, 0, 8),
                    new VariableLocation("sample", typeof(Sample), 1, 0, 40, LocationKind.Frame, -16, 8, 8),
                    new VariableLocation("answer", typeof(int), -1, 0, 40, LocationKind.Constant, 42, 0, 4),
                ]
                : [],
            hasFrame ? [new InlinedCall(method, [new CodeRange(20, 28)], "/src/Main.cs", 39, 0, -1)] : [],
            method);
    }

    private static DataObject Data(string symbol, byte[] content, bool isReadOnly) =>
        new(symbol, $"Sample.{symbol}", content, content.Length, content.Length == 8 ? 8 : 4, isReadOnly, [], null);
}
