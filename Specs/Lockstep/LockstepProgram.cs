using System.Buffers.Binary;
using Verification.Machine.Isa;

namespace Verification.Specs.Lockstep;

/// <summary>A random program, as a value: initial registers, data, page tables, and units of code.</summary>
/// <param name="Seed">Where it came from.</param>
/// <param name="Profile">What it is about.</param>
/// <param name="Units">The code.</param>
/// <param name="X">Initial integer registers.</param>
/// <param name="F">Initial floating-point registers.</param>
/// <param name="Csrs">Initial values of <see cref="GuestArea.InitialCsrNumbers"/>.</param>
/// <param name="Memory">Data and page tables: the area from <see cref="GuestArea.Data"/> on.</param>
internal sealed record LockstepProgram(
    int Seed, LockstepProfile Profile, IReadOnlyList<ProgramUnit> Units, ulong[] X, ulong[] F, ulong[] Csrs, byte[] Memory)
{
    /// <summary>The area as the driver copies it.</summary>
    public byte[] ToArea()
    {
        var area = new byte[GuestArea.SizeBytes];
        GuestCode.HandlerPage.CopyTo(area);
        var registers = area.AsSpan(GuestArea.Registers);
        Write(registers[GuestArea.InitialX..], X);
        Write(registers[GuestArea.InitialF..], F);
        Write(registers[GuestArea.InitialCsrs..], Csrs);
        Memory.CopyTo(area, GuestArea.Data);
        WriteCode(area);
        return area;
    }

    private void WriteCode(Span<byte> area)
    {
        var resume = area[GuestArea.ResumeTable..];
        var code = area[GuestArea.Code..];
        var starts = Starts();
        var at = 0;
        foreach (var unit in Units)
        {
            foreach (var word in Placed(unit, at, starts))
            {
                var size = Decoder.SizeBytes(word);
                BinaryPrimitives.WriteUInt16LittleEndian(code[at..], (ushort)word);
                if (size == 4) BinaryPrimitives.WriteUInt16LittleEndian(code[(at + 2)..], (ushort)(word >> 16));
                for (var half = 0; half < size; half += 2)
                    BinaryPrimitives.WriteUInt16LittleEndian(resume[(at + half)..], (ushort)(at + size));
                at += size;
            }
        }

        var astray = area[(GuestArea.Registers + GuestArea.AstrayTable)..];
        for (var from = 0; from < GuestArea.CodeBytes; from += GuestArea.AstrayStep)
        {
            var start = Array.FindIndex(starts, offset => offset >= from);
            BinaryPrimitives.WriteUInt16LittleEndian(astray[(from / GuestArea.AstrayStep * 2)..], start < 0 ? GuestArea.End : (ushort)starts[start]);
        }

        // Whatever stands behind the last unit traps, and ends the program.
        for (; at < GuestArea.CodeBytes; at += 2)
            BinaryPrimitives.WriteUInt16LittleEndian(resume[at..], GuestArea.End);
    }

    /// <summary>Offsets of units by their number; of one that is gone, that of the next.</summary>
    private int[] Starts()
    {
        var starts = new int[Units.Count == 0 ? 1 : Units[^1].Number + 2];
        Array.Fill(starts, Units.Sum(unit => unit.SizeBytes));
        var end = starts[0];
        for (var i = Units.Count - 1; i >= 0; i--)
            starts[Units[i].Number] = end -= Units[i].SizeBytes;
        for (var i = starts.Length - 2; i >= 0; i--)
        {
            if (starts[i] > starts[i + 1]) starts[i] = starts[i + 1];
        }

        return starts;
    }

    private static uint[] Placed(ProgramUnit unit, int start, int[] starts)
    {
        var words = unit.Words.ToArray();
        foreach (var patch in unit.Patches)
        {
            var target = starts[Math.Min(patch.Target, starts.Length - 1)];
            var at = start + words.Take(patch.Word).Sum(word => Decoder.SizeBytes(word));
            switch (patch.Kind)
            {
                case PatchKind.Branch:
                    words[patch.Word] = WithImmediate(words[patch.Word], target - at);
                    break;
                case PatchKind.Distance:
                    words[patch.Word] = WithImmediate(words[patch.Word], target - (at - 4));
                    break;
                default:
                    var window = patch.Kind == PatchKind.LowAddress ? unchecked((int)GuestArea.Start) : unchecked((long)GuestArea.HighWindow);
                    var address = window + GuestArea.Code + target;
                    var low = address << 52 >> 52;
                    words[patch.Word] = WithImmediate(words[patch.Word], address - low);
                    words[patch.Word + 1] = WithImmediate(words[patch.Word + 1], low);
                    break;
            }
        }

        return words;
    }

    /// <summary>The word with another immediate; as it is where that does not fit, or would be another instruction.</summary>
    private static uint WithImmediate(uint word, long immediate)
    {
        if (!Decoder.TryFindForm(word, IsaExtensions.All, out var form)) return word;
        var values = form.Picture.Extract(word);
        values[OperandSlot.Immediate] = immediate;
        return form.Picture.TryEncode(in values, out var patched, out _) ? patched : word;
    }

    private static void Write(Span<byte> to, ulong[] values)
    {
        for (var i = 0; i < values.Length; i++) BinaryPrimitives.WriteUInt64LittleEndian(to[(8 * i)..], values[i]);
    }
}
