using Verification.Machine.Isa;

namespace Verification.Specs.Benchmarks;

/// <summary>A bare-metal program for both machines: text in Guests/, how many harts run it, and how many rounds.</summary>
internal sealed record Guest(string Name, string File, int Harts, long Rounds)
{
    /// <summary>Where both machines load and start it.</summary>
    public const ulong LoadAddress = 0x8000_0000;

    /// <summary>What starting and ending a machine costs.</summary>
    public static Guest Empty { get; } = new("empty", "empty", 1, 1);

    /// <summary>The guests of the table, sized so that each runs for some tenths of a second or more.</summary>
    public static IReadOnlyList<Guest> All { get; } =
    [
        new("integer mix", "integer", 1, 40_000_000),
        new("memory", "memory", 1, 6_000),
        new("branches and calls", "calls", 1, 20_000),
        new("atomics, 1 hart", "atomics", 1, 10_000_000),
        new("atomics, 4 harts", "atomics", 4, 2_500_000),
        new("paged, TLB load", "paged", 1, 10_000),
        new("context switches", "switches", 1, 200_000),
        new("traps", "traps", 1, 5_000_000),
        new("MMIO", "mmio", 1, 2_000_000),
        new("floating point", "floating", 1, 10_000_000),
    ];

    /// <summary>The program's bytes, assembled by the model's own assembler.</summary>
    public byte[] Image()
    {
        var source = $".equ HARTS, {Harts}\n.equ ROUNDS, {Rounds}\n{Text("start.s")}\n{Text(File + ".s")}";
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
