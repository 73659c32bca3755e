using Verification.Machine.Isa;

namespace Verification.Machine.Harts;

/// <summary>Decodes memory into blocks.</summary>
internal static class BlockDecoder
{
    /// <summary>The row number of what is no instruction.</summary>
    internal const ushort IllegalRow = ushort.MaxValue;

    private static readonly Row<InterpreterMachine>[] Rows = InstructionTable<InterpreterMachine, HostWord>.Rows;

    private static readonly Meaning<InterpreterMachine> Illegal =
        static (m, in i) => m.Perform(HartOperation.Illegal, in i);

    // Where a block's steps are gathered: most blocks are far shorter.
    [ThreadStatic]
    private static Step[]? t_steps;

    // Whatever sets the next address without a trap ends a block.
    private static readonly bool[] EndsBlock =
        [.. InstructionSet.Rows.Select(row => row.Mnemonic is "jal" or "jalr" or "beq" or "bne" or "blt" or "bge" or "bltu" or "bgeu")];

    /// <summary>Decodes the block at an offset of a page.</summary>
    /// <param name="page">The page's content.</param>
    /// <param name="offset">Where it starts.</param>
    /// <param name="extensions">What the hart has; for <see cref="SharedCode.Common"/>, what all have that execute it.</param>
    /// <param name="coveredBytes">How many bytes were looked at.</param>
    internal static Block Decode(ReadOnlySpan<byte> page, int offset, IsaExtensions extensions, out int coveredBytes)
    {
        Span<Step> steps = t_steps ??= new Step[Block.StepsMax];
        var (count, at) = (0, offset);
        while (count < Block.StepsMax && at < page.Length)
        {
            uint word = BitConverter.ToUInt16(page[at..]);
            if (Decoder.SizeBytes(word) == 4)
            {
                if (at + 4 > page.Length) break;
                word = BitConverter.ToUInt32(page[at..]);
            }
            if (extensions == SharedCode.Common && !IsCommon(word)) break;
            var step = DecodeStep(word, extensions);
            steps[count++] = step;
            at += step.Instruction.SizeBytes;
            if (step.Instruction.Row == IllegalRow || EndsBlock[step.Instruction.Row]) break;
        }
        coveredBytes = Math.Max(at - offset, 2);
        return count == 0 ? Block.Uncached : new Block(steps[..count].ToArray(), at - offset);
    }

    /// <summary>Whether every machine that has the common extensions takes the word for the same instruction.</summary>
    private static bool IsCommon(uint word) => Decoder.TryFindForm(word, SharedCode.Common, out var common)
        ? Decoder.TryFindForm(word, IsaExtensions.All, out var any) && any == common
        : !Decoder.TryFindForm(word, IsaExtensions.All, out _);

    internal static Meaning<InterpreterMachine> MeaningOf(in Instruction instruction) =>
        instruction.Row == IllegalRow ? Illegal : Rows[instruction.Row].Meaning;

    internal static Step DecodeStep(uint word, IsaExtensions extensions)
    {
        if (Decoder.TryDecode(word, extensions, out var instruction))
            return new Step(Rows[instruction.Row].Meaning, instruction);
        var size = Decoder.SizeBytes(word);
        return new Step(Illegal, new Instruction
        {
            Row = IllegalRow,
            SizeBytes = (byte)size,
            Encoding = size == 2 ? word & 0xFFFF : word,
        });
    }
}
