using System.Buffers.Binary;
using System.Text;
using Verification.Machine;
using Verification.Machine.Images;
using Verification.Machine.Isa;
using Verification.Specs.Oracles;
using Xunit;

namespace Verification.Specs.Firmware;

/// <summary>
/// The model's SBI against OpenSBI's on QEMU: one S-mode program makes every call of a list and prints what came back. Where the
/// two differ, the table says why.
/// </summary>
public class SbiAgainstOpenSbiSpecs
{
    private const string Qemu = "qemu-system-riscv64";
    private const ulong Entry = 0x8020_0000, Calls = Entry + 0x1000, Mask = Entry + 0x800;
    private const uint Time = 0x5449_4d45, Ipi = 0x0073_5049, RemoteFence = 0x5246_4e43, HartState = 0x0048_534d, Reset = 0x5352_5354;
    private const ulong All = ulong.MaxValue;

    private sealed record Call(uint Extension, uint Function, params ulong[] Arguments)
    {
        public override string ToString() => $"0x{Extension:x}.{Function}({string.Join(", ", Arguments.Select(a => $"0x{a:x}"))})";
    }

    /// <summary>What OpenSBI 1.1 answers otherwise, and why.</summary>
    private static readonly (Func<Call, bool> Is, string Why)[] Listed =
    [
        (call => call is { Extension: 0x10, Function: 0 or 1 or 2 or 5 or 6 }, "versions, implementations and QEMU's marchid"),
        (call => call is { Extension: 0x10, Function: 3 } && call.Arguments[0] == 0x4442_434e, "the debug console is of SBI 2.0, OpenSBI 1.1 knows 1.0"),
        (call => call is { Extension: 0x10, Function: 3 } && call.Arguments[0] == 0x0050_4d55, "no event is counted, so there is no PMU"),
        (call => call.Extension is Ipi or RemoteFence && call.Function < 3 && HasStranger(call.Arguments), "OpenSBI 1.1 passes over harts that are not there; the specification has an error for them"),
        (call => call is { Extension: 0x0050_4d55 }, "no event is counted, so there is no PMU"),
        (call => call is { Extension: HartState, Function: 3 } && (call.Arguments[0] & 0x7000_0000) != 0, "kinds of suspension that no platform has: an invalid parameter since SBI 2.0"),
        (call => call is { Extension: RemoteFence, Function: >= 3 and <= 6 }, "QEMU's harts have hypervisor mode, ours have not"),
    ];

    private static bool HasStranger(ulong[] arguments) => arguments[1] == 0 && (arguments[0] & ~3UL) != 0;

    [RequiresToolFact(Qemu)]
    public void Every_call_answers_as_OpenSBI_does_but_for_the_table()
    {
        var calls = Every().ToList();
        var image = Image(calls);
        using var board = Board.Boot(new BoardConfiguration { Harts = [new(0), new(1)], Devices = [] }, KernelImage.FromRaw(image, Entry));
        board.Run(50_000_000);
        var ours = Read(board.ConsoleOutput);
        var theirs = Read(RunQemu(image));

        Assert.Equal(calls.Count, ours.Count);
        Assert.Equal(calls.Count, theirs.Count);
        var differences = Enumerable.Range(0, calls.Count)
            .Where(i => ours[i] != theirs[i] && !Listed.Any(row => row.Is(calls[i])))
            .Select(i => $"{calls[i]}: ours {ours[i]}, OpenSBI's {theirs[i]}").ToList();
        Assert.True(differences.Count == 0, $"{differences.Count} of {calls.Count} calls differ\n" + string.Join('\n', differences));
    }

    private static IEnumerable<Call> Every()
    {
        for (uint function = 0; function < 9; function++) yield return new(0x10, function);
        foreach (var extension in new ulong[] { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 15, 0x10, 0x11, Time, Ipi, RemoteFence, HartState, Reset, 0x0050_4d55, 0x4442_434e, 0x5555, 0x0900_0000 })
            yield return new(0x10, 3, extension);
        foreach (var extension in new uint[] { 9, 15, 0x11, 0x5555, 0x1234_5678, 0x0050_4d55 }) yield return new(extension, 0, 1, 2, 3);
        yield return new(Time, 0, All);
        yield return new(Time, 1, 5);
        foreach (var (mask, start) in Masks())
        {
            // Software interrupts are masked, and taken back by the legacy call.
            yield return new(Ipi, 0, mask, start);
            yield return new(3, 0);
            for (uint function = 0; function < 8; function++) yield return new(RemoteFence, function, mask, start, 0x8000_0000, 0x1000, 3);
            yield return new(RemoteFence, 1, mask, start, 0, All);
            yield return new(RemoteFence, 1, mask, start, 0x1000, 0);
        }
        yield return new(Ipi, 1, 1, 0);
        foreach (var hart in new ulong[] { 0, 1, 2, 64, All }) yield return new(HartState, 2, hart);
        foreach (var (hart, address) in new (ulong, ulong)[] { (0, Entry), (2, Entry), (All, Entry), (2, 0x1000) })
            yield return new(HartState, 0, hart, address, 7);
        foreach (var kind in new ulong[] { 1, 0x0FFF_FFFF, 0x1000_0000, 0x7FFF_FFFF, 0x8000_0001, 0xFFFF_FFFF, 0x1_0000_0005 }) yield return new(HartState, 3, kind, Entry, 0);
        for (uint function = 4; function < 6; function++) yield return new(HartState, function, 1);
        foreach (var (kind, reason) in new (ulong, ulong)[] { (3, 0), (0x7FFF_FFFF, 0), (0xEFFF_FFFF, 0), (0, 2), (0, 0xDFFF_FFFF), (1, 0xF), (0xFFFF_FFFF, 0) }) yield return new(Reset, 0, kind, reason);
        yield return new(Reset, 1, 0, 0);
        yield return new(0, 0, All);
        yield return new(2, 0);
        foreach (uint legacy in new uint[] { 4, 5, 6, 7 })
        {
            yield return new(legacy, 0, 0, 0, 0x1000);
            yield return new(3, 0);
            yield return new(legacy, 0, Mask, 0, 0x1000, 5);
            yield return new(3, 0);
        }
    }

    private static IEnumerable<(ulong Mask, ulong Start)> Masks() =>
        [(1, 0), (3, 0), (0, 0), (0, All), (5, All), (1, 1), (4, 0), (5, 0), (1, 2), (1, 1000), (1UL << 63, 0), (2, All - 1), (0, 5)];

    private static string RunQemu(byte[] image)
    {
        var folder = Directory.CreateTempSubdirectory("sbi-specs");
        try
        {
            File.WriteAllBytes(Path.Combine(folder.FullName, "calls.bin"), image);
            _ = Tool.Run(Qemu, ["-machine", "virt", "-smp", "2", "-m", "128M", "-display", "none", "-monitor", "none", "-serial", "file:results.txt", "-kernel", "calls.bin"],
                null, folder.FullName).SuccessfulOutput;
            return File.ReadAllText(Path.Combine(folder.FullName, "results.txt"));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    // Results stand between '<' and '>': a0 and a1 of each call.
    private static List<(long Error, ulong Value)> Read(string text)
    {
        var from = text.LastIndexOf('<') + 1;
        var digits = text[from..Math.Max(from, text.LastIndexOf('>'))];
        return [.. digits.Chunk(32).Where(pair => pair.Length == 32).Select(pair =>
            (BinaryPrimitives.ReadInt64BigEndian(Convert.FromHexString(pair.AsSpan(0, 16))), BinaryPrimitives.ReadUInt64BigEndian(Convert.FromHexString(pair.AsSpan(16)))))];
    }

    private static byte[] Image(List<Call> calls)
    {
        var source = new StringBuilder($"""
                li      t0, 2
                csrc    sstatus, t0
                csrw    sie, zero
                bnez    a0, park            # QEMU may start any hart: hart 0 goes on in either case
            begin:
                li      s0, {Calls}
                la      s1, results
                la      s2, results
            1:  ld      a7, 0(s0)
                ld      a6, 8(s0)
                ld      a0, 16(s0)
                ld      a1, 24(s0)
                ld      a2, 32(s0)
                ld      a3, 40(s0)
                ld      a4, 48(s0)
                li      a5, 0
                ecall
                sd      a0, 0(s1)
                sd      a1, 8(s1)
                addi    s1, s1, 16
                addi    s0, s0, 56
                la      t0, results
                bltu    s0, t0, 1b
                li      a0, 60
                call    put
            2:  ld      s3, 0(s2)
                addi    s2, s2, 8
                li      s4, 60
            3:  srl     a0, s3, s4
                andi    a0, a0, 15
                li      t0, 10
                blt     a0, t0, 4f
                addi    a0, a0, 39
            4:  addi    a0, a0, 48
                call    put
                addi    s4, s4, -4
                bgez    s4, 3b
                bne     s2, s1, 2b
                li      a0, 62
                call    put
                li      a7, 0x53525354
                li      a6, 0
                li      a0, 0
                li      a1, 0
                ecall
            5:  j       5b
            put:
                li      a7, 1
                ecall
                ret
            park:                           # hart 1 booted: it starts hart 0 and stops
                li      a7, 0x48534d
                li      a6, 0
                li      a0, 0
                la      a1, begin
                li      a2, 0
                ecall
                li      a7, 0x48534d
                li      a6, 1
                ecall
                .p2align 11
                .dword  1
                .p2align 12

            """);
        foreach (var call in calls)
            source.AppendLine(".dword " + string.Join(", ", new ulong[] { call.Extension, call.Function }.Concat(call.Arguments).Concat(new ulong[5]).Take(7).Select(word => $"0x{word:x}")));
        source.AppendLine("results:");
        return Assembler.Assemble(source.ToString(), new AssemblerOptions { BaseAddress = Entry }).Bytes;
    }
}
