using System.Buffers.Binary;
using Verification.Machine.Isa;
using Verification.Machine.Translation.X64;

namespace Verification.Machine.Translation;

/// <summary>
/// Finds the blocks of a page that are reached from one of its instructions: along branches and jumps within the page, and
/// behind calls. What is translated already, or is the interpreter's, is where it stops.
/// </summary>
internal sealed class BlockReader
{
    private const int MostInstructions = 512;
    private const int MostInstructionsInBlock = 128;

    private static readonly Row<RecordingMachine>[] Rows = [.. InstructionTable<RecordingMachine, RecordedWord>.Rows];

    private readonly Recording _recording = new();
    private readonly KnownRegisters _known = new();
    private readonly Dictionary<int, DecodedInstruction?> _decoded = [];
    private readonly SortedSet<int> _leaders = [];
    private readonly Queue<int> _work = [];

    /// <summary>The most instructions that one reading may find, those of <see cref="LaterRounds"/> a second time.</summary>
    internal const int MostInstructionsFound = MostInstructions + MostInstructionsInBlock + LaterRounds.MostInstructions;

    /// <summary>Blocks in ascending order; none when the first instruction is the interpreter's.</summary>
    internal List<BasicBlock> Read(TranslatedPage page, int offset)
    {
        _decoded.Clear();
        _leaders.Clear();
        _work.Clear();
        Lead(page, offset);
        while (_work.TryDequeue(out var start) && _decoded.Count < MostInstructions)
        {
            Follow(page, start);
            if (page.IsTail) break;
        }

        // A tail is never executed to the end of its block: nothing behind that counts.
        if (page.IsTail) _leaders.RemoveWhere(leader => leader != offset);
        var blocks = new List<BasicBlock>();
        foreach (var leader in _leaders)
        {
            var block = Gather(page, leader);
            if (block.Instructions.Count == 0) continue;
            blocks.Add(block);
        }

        // A successor that turned out to be no block is left for like any other place.
        var found = blocks.Select(static block => block.Offset).ToHashSet();
        foreach (var block in blocks)
            block.Successors.RemoveAll(successor => !found.Contains(successor));
        if (!found.Contains(offset)) return [];
        Improve(blocks, page.IsTail);
        return blocks;
    }

    private static void Improve(List<BasicBlock> blocks, bool isTail)
    {
        var loops = LoopRegion.Find(blocks);
        if (!isTail) LaterRounds.Add(blocks);
        foreach (var block in blocks)
        {
            block.Check();
            block.Group(isTail ? null : block.Loop);
        }

        foreach (var block in isTail ? [] : blocks.ToArray())
        {
            if (block.IsRounds) continue;
            if (block.Rounds is not { } rounds) Temporaries.Of(block).Apply();
            else if (!LaterRounds.Fold(block, rounds)) Remove(rounds, block);
        }

        foreach (var loop in loops) loop.Settle();

        void Remove(BasicBlock rounds, BasicBlock first)
        {
            blocks.Remove(rounds);
            rounds.Loop!.RemoveRounds(rounds, first);
            first.Rounds = null;
        }
    }

    /// <summary>The offset of an address, if it is in the page.</summary>
    internal static int? OffsetIn(TranslatedPage page, ulong address)
    {
        var offset = address - page.VirtualAddress;
        return offset < TranslatedPage.SizeBytes && (offset & 1) == 0 ? (int)offset : null;
    }

    private void Lead(TranslatedPage page, int? offset)
    {
        if (offset is { } start && start < TranslatedPage.SizeBytes && page.Entries[start / 2] == 0 && _leaders.Add(start))
            _work.Enqueue(start);
    }

    private void Follow(TranslatedPage page, int offset)
    {
        _known.Clear();
        for (var count = 0; ; count++)
        {
            if (offset >= TranslatedPage.SizeBytes || page.Entries[offset / 2] != 0) return;
            if (count == MostInstructionsInBlock)
            {
                Lead(page, offset);
                return;
            }

            if (!_decoded.TryGetValue(offset, out var decoded))
                _decoded[offset] = decoded = Decode(page, offset);
            if (decoded is null) return;
            offset = decoded.End;
            decoded = Resolved(page, decoded);
            if (!decoded.EndsBlock) continue;
            switch (decoded.Effects[^1])
            {
                case Effect.Branch branch:
                    Lead(page, OffsetIn(page, page.VirtualAddress + (ulong)decoded.Offset + (ulong)branch.Offset));
                    Lead(page, offset);
                    break;
                case Effect.Jump jump:
                    if (jump.Link != 0) Lead(page, offset);
                    else if (jump.Target.IsConstant) Lead(page, OffsetIn(page, jump.Target.Value));
                    break;
                case Effect.Perform:
                    // Whoever answers a call comes back behind it.
                    Lead(page, offset);
                    break;
            }

            return;
        }
    }

    private BasicBlock Gather(TranslatedPage page, int leader)
    {
        var block = new BasicBlock(leader);
        var offset = leader;
        _known.Clear();
        while (true)
        {
            var decoded = _decoded.GetValueOrDefault(offset);
            if (decoded is null)
            {
                block.EndsBeforeInterpreted = _decoded.ContainsKey(offset);
                return block;
            }

            decoded = Resolved(page, decoded);
            block.Instructions.Add(decoded);
            offset = decoded.End;
            if (decoded.EndsBlock)
            {
                AddSuccessors(page, block, decoded);
                return block;
            }

            if (!_leaders.Contains(offset) && block.Instructions.Count < MostInstructionsInBlock) continue;
            block.Successors.Add(offset);
            return block;
        }
    }

    // In this place: another block may have a part of the same instructions, and come there with other registers.
    private DecodedInstruction Resolved(TranslatedPage page, DecodedInstruction decoded)
    {
        if (_known.TargetOf(decoded) is { } target && page.Interests?.Targets.Contains(target) != true)
        {
            var jump = (Effect.Jump)decoded.Effects[^1];
            var resolved = decoded with { Effects = [.. decoded.Effects[..^1], jump with { Target = Expression.Constant(target) }] };
            if (!IsMisalignedJump(page, resolved)) return resolved;
        }

        _known.Advance(decoded);
        return decoded;
    }

    private static void AddSuccessors(TranslatedPage page, BasicBlock block, DecodedInstruction last)
    {
        switch (last.Effects[^1])
        {
            case Effect.Branch branch:
                if (OffsetIn(page, page.VirtualAddress + (ulong)last.Offset + (ulong)branch.Offset) is { } taken)
                    block.Successors.Add(taken);
                block.Successors.Add(last.End);
                break;
            case Effect.Jump { Link: 0, Target: { IsConstant: true, Value: var target } }:
                if (OffsetIn(page, target) is { } place)
                    block.Successors.Add(place);
                break;
        }
    }

    // Null for what is the interpreter's: what is no instruction, jumps that trap, what stands on two pages.
    private DecodedInstruction? Decode(TranslatedPage page, int offset)
    {
        if (offset < page.Known.Start || offset > page.Known.End - 2) return null;
        uint word = BinaryPrimitives.ReadUInt16LittleEndian(page.Content.AsSpan(offset));
        if (Decoder.SizeBytes(word) == 4)
        {
            if (offset + 4 > page.Known.End) return null;
            word = BinaryPrimitives.ReadUInt32LittleEndian(page.Content.AsSpan(offset));
        }

        if (!Decoder.TryDecode(word, page.Extensions, out var instruction)) return null;
        _recording.Effects.Clear();
        _recording.Pc = page.VirtualAddress + (ulong)offset;
        _recording.Extensions = page.Extensions;
        Rows[instruction.Row].Meaning(new RecordingMachine(_recording), instruction);
        var decoded = new DecodedInstruction(offset, instruction, [.. _recording.Effects]);
        if (IsMisalignedJump(page, decoded)) return null;
        if (page.Refused.Contains(offset) || !CodeSupport.IsPossible(decoded))
        {
            if (decoded.EndsBlock || Array.Exists(decoded.Effects, static effect => effect.Access is not null)) return null;
            decoded = decoded.Performed();
        }

        return page.Interests is { } interests ? ObservedEffects.Of(page, interests, decoded) : decoded;
    }

    // A jump to half a word traps where there are no compressed instructions; computed targets are checked when they are known.
    private static bool IsMisalignedJump(TranslatedPage page, DecodedInstruction decoded)
    {
        if (page.Extensions.HasFlag(IsaExtensions.C)) return false;
        return decoded.Effects is [.., Effect.Branch { Offset: var distance }] && (distance & 2) != 0
            || decoded.Effects is [.., Effect.Jump { Target: { IsConstant: true, Value: var target } }] && (target & 2) != 0;
    }
}
