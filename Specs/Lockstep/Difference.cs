using System.Text;
using Verification.Machine.Isa;
using Decoder = Verification.Machine.Isa.Decoder;

namespace Verification.Specs.Lockstep;

/// <summary>Where model and QEMU part: the first instruction after which their states differ.</summary>
/// <param name="Program">The program.</param>
/// <param name="Word">The instruction, as fetched by the model.</param>
/// <param name="Before">The state before it, the same for both.</param>
/// <param name="Ours">The model's state after it.</param>
/// <param name="Theirs">QEMU's; null where its run ended.</param>
internal sealed record Difference(LockstepProgram Program, uint Word, ulong[] Before, ulong[] Ours, ulong[]? Theirs)
{
    private static readonly bool s_brief = Environment.GetEnvironmentVariable("LOCKSTEP_BRIEF") is not null;

    /// <summary>What differs after which instruction, for telling one difference from another.</summary>
    public string Kind => Theirs is null ? "end" : (Decoder.TryFindForm(Word, IsaExtensions.All, out var form) ? form.Mnemonic : "illegal") + " "
        + string.Join(' ', Enumerable.Range(0, HartPicture.Size).Where(i => Ours[i] != Theirs[i]).Select(HartPicture.KindOf));

    /// <summary>The instruction and what differs, in a few lines.</summary>
    public string Summary()
    {
        var pc = Before[HartPicture.Pc];
        var mode = Before[HartPicture.Privilege] switch { 3 => "M", 1 => "S", _ => "U" };
        var text = new StringBuilder($"{Program.Profile} {Program.Seed}: {pc:x} in {mode}-mode: {Disassembler.Text(Word, pc)} ({Word:x})\n");
        if (pc - GuestArea.Start == GuestArea.Marker) text.Append("  (at the program's end: a2 is a digest of memory; a3-a7, s0-s11 hold CSRs)\n");
        if (Theirs is null) return text.Append("  QEMU's run ended here.\n").ToString();
        foreach (var line in HartPicture.Differences(Ours, Theirs)) text.Append("  ").Append(line).Append('\n');
        return text.ToString();
    }

    /// <summary>All of it: the program as assembly, and the states.</summary>
    public string Report()
    {
        var area = Program.ToArea();
        var text = new StringBuilder(Summary()).Append(s_brief ? "" : "before:\n" + HartPicture.Text(Before) + "\n")
            .Append("initial CSRs:\n").Append(InitialCsrs()).Append("program:\n");
        var end = GuestArea.Code + Program.Units.Sum(unit => unit.SizeBytes);
        for (var at = GuestArea.Code; at < end;)
        {
            var word = BitConverter.ToUInt32(area, at);
            var size = Decoder.SizeBytes(word);
            if (size == 2) word &= 0xFFFF;
            text.Append($"  {GuestArea.Start + (ulong)at:x}  {word.ToString(size == 2 ? "x4" : "x8"),-8}  {Disassembler.Text(word, GuestArea.Start + (ulong)at)}\n");
            at += size;
        }

        return text.ToString();
    }

    /// <summary>Four in a line; most of the state's after the first instruction are in <see cref="Before"/>, those of protection aren't.</summary>
    private string InitialCsrs() => string.Concat(GuestArea.InitialCsrNumbers.Zip(Program.Csrs, (number, value) => $"{CsrNames.Of(number),-12}{value:x16}")
        .Chunk(4).Select(line => string.Join("  ", line) + "\n"));
}
