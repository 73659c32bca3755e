using Verification.Machine.Isa;
using Verification.Specs.Benchmarks.Code;

namespace Verification.Specs.Benchmarks;

/// <summary>A bare-metal program for both machines: text in Guests/, how many harts run it, and how many rounds.</summary>
internal sealed record Guest(string Name, string File, int Harts, long Rounds)
{
    /// <summary>Where both machines load and start it.</summary>
    public const ulong LoadAddress = 0x8000_0000;

    private const ulong InputAddress = 0x8030_0000;

    /// <summary>What starting and ending a machine costs.</summary>
    public static Guest Empty { get; } = new("empty", "empty", 1, 1);

    /// <summary>The guests of the table, sized so that each runs for some tenths of a second or more.</summary>
    public static IReadOnlyList<Guest> All { get; } =
    [
        new("integer mix", "integer", 1, 40_000_000),
        new("memory", "memory", 1, 6_000),
        new("branches and calls", "calls", 1, 20_000),
        new("atomics, 1 hart", "atomics", 1, 40_000_000),
        new("atomics, 4 harts", "atomics", 4, 2_500_000),
        new("paged, TLB load", "paged", 1, 10_000),
        new("context switches", "switches", 1, 200_000),
        new("traps", "traps", 1, 5_000_000),
        new("MMIO", "mmio", 1, 2_000_000),
        new("floating point", "floating", 1, 10_000_000),
        new("pointer chase", "chase", 1, 10_000),
        new("table look-ups", "tables", 1, 20_000_000),
        Compiled("SHA-256", 4_000),
        Compiled("CRC-32", 10_000),
        Compiled("sort", 3_000),
        Compiled("linked list", 12_000),
        Compiled("hash table", 10_000),
        Compiled("string search", 10_000),
        Compiled("devicetree walk", 15_000),
    ];

    /// <summary>A function that it calls in each round; null where all of it is assembly.</summary>
    public CodeKernel? Kernel { get; init; }

    /// <summary>The program's bytes, assembled by the model's own assembler; functions by the compiler.</summary>
    public byte[] Image()
    {
        if (Kernel is null) return Assemble("");
        var compiled = CSharpCode.Build(Kernel);
        var input = Kernel.Input.Concat(new byte[-Kernel.Input.Length & 7]).ToArray();
        var start = Assemble($".equ ENTRY, {compiled.EntryAddress}\n.equ INPUT, {InputAddress}\n.equ INPUT_BYTES, {input.Length}\n");
        var image = new byte[InputAddress - LoadAddress + (ulong)input.Length];
        foreach (var (address, content) in compiled.Pieces.Append((LoadAddress, start)).Append((InputAddress, input)))
            content.CopyTo(image.AsSpan((int)(address - LoadAddress)));
        return image;
    }

    private static Guest Compiled(string kernel, long rounds) =>
        new(kernel, "kernel", 1, rounds) { Kernel = CodeKernel.All.Single(one => one.Name == kernel) };

    private byte[] Assemble(string constants)
    {
        var source = $".equ HARTS, {Harts}\n.equ ROUNDS, {Rounds}\n{constants}{Text("start.s")}\n{Text(File + ".s")}";
        var code = Assembler.Assemble(source, new AssemblerOptions { BaseAddress = LoadAddress });
        if (code.Relocations.Count > 0) throw new InvalidOperationException($"The guest {File} leaves symbols open.");
        return code.Bytes;
    }

    /// <summary>The same guest with fewer rounds.</summary>
    public Guest Shortened(long divisor) => this with { Rounds = Math.Max(1, Rounds / divisor) };

    private static string Text(string resource)
    {
        using var stream = typeof(Guest).Assembly.GetManifestResourceStream(resource)
            ?? throw new InvalidOperationException($"There is no guest {resource}.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
