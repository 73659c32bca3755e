using Verification.Machine.Isa;

namespace Verification.Machine.Harts;

// What tiers share: the position inside a block, attention between blocks, fetches that the TLB did not answer.
public sealed unsafe partial class Hart
{
    private bool _fetchTrapped;

    /// <summary>Looks after what made a block end.</summary>
    /// <returns>False when the slice ends here.</returns>
    internal bool Attend()
    {
        var leave = (LeaveReason)State->Leave;
        State->Leave = (uint)(leave & LeaveReason.Slice);
        if ((leave & LeaveReason.Slice) != 0)
        {
            State->Leave |= (uint)(leave & LeaveReason.Interrupts);
            return false;
        }
        if ((leave & LeaveReason.Interrupts) != 0)
        {
            TakeInterrupt();
            State->Leave &= (uint)LeaveReason.Slice;
        }
        return State->Leave == 0;
    }

    /// <summary>The code of the page at an address, with the TLB filled; null where it trapped or can't be cached.</summary>
    internal CodePage? FetchCode(ulong pc)
    {
        State->NextPc = pc;
        _fetchTrapped = !Resolve(pc, 2, AccessKind.Fetch, out _, out _);
        return _fetchTrapped ? null : CachedCode(pc);
    }

    internal Block DecodeBlock(CodePage page, ulong pc) => Host.Code.Decode(page, (int)(pc & 0xFFF));

    /// <summary>An illegal-instruction exception for the instruction being executed.</summary>
    internal bool RaiseIllegalCurrent() => Raise(ExceptionCause.IllegalInstruction, CurrentEncoding());

    // What the block was decoded from is still there: a store into its own block ends it.
    private uint CurrentEncoding()
    {
        Span<byte> bytes = stackalloc byte[4];
        bytes.Clear();
        if (!TryReadFetched(State->Pc, bytes[..2])) return 0;
        var low = System.Buffers.Binary.BinaryPrimitives.ReadUInt16LittleEndian(bytes);
        if (Decoder.SizeBytes(low) == 4) TryReadFetched(State->Pc + 2, bytes[2..]);
        return System.Buffers.Binary.BinaryPrimitives.ReadUInt32LittleEndian(bytes);
    }

    private bool TryReadFetched(ulong address, Span<byte> half)
    {
        if (!TryTranslate(address, AccessKind.Fetch, out var physical, out _)) return false;
        if (Memory.TryRead(physical, half)) return true;
        if (!Host.Bus.Read(physical, 2, out var value)) return false;
        System.Buffers.Binary.BinaryPrimitives.WriteUInt16LittleEndian(half, (ushort)value);
        return true;
    }

    // The second half is fetched only where there is one: it may lie on another page.
    private bool FetchWord(ulong pc, out uint word)
    {
        word = 0;
        if (!FetchHalf(pc, out var low)) return false;
        word = low;
        if (Decoder.SizeBytes(low) == 2) return true;
        if (!FetchHalf(pc + 2, out var high)) return false;
        word |= high << 16;
        return true;
    }

    private bool FetchHalf(ulong address, out uint half)
    {
        half = 0;
        if (!Resolve(address, 2, AccessKind.Fetch, out var physical, out var host)) return false;
        if (host != null)
        {
            half = (uint)ReadHost(host, 2);
            return true;
        }
        if (!Host.Bus.Read(physical, 2, out var value)) return Raise(ExceptionCause.InstructionAccessFault, address);
        half = (uint)value;
        return true;
    }

    /// <summary>Executes the instruction at the program counter, fetched from wherever it lies; or counts the trap that its
    /// fetch has taken already.</summary>
    internal void ExecuteUncached(bool isFetched)
    {
        if (TryFetchUncached(isFetched, out var instruction)) Execute(in instruction);
    }

    /// <summary>Executes the instruction that stands at the program counter.</summary>
    internal void Execute(in Instruction instruction)
    {
        State->NextPc = State->Pc + instruction.SizeBytes;
        State->InBlock = 1;
        BlockDecoder.MeaningOf(in instruction)(new InterpreterMachine(State), in instruction);
        State->InBlock = 0;
        State->Pc = State->NextPc;
        State->Retired++;
    }

    /// <summary>Fetches an instruction that no block holds.</summary>
    /// <returns>False when the fetch trapped: then the hart has gone on to the handler.</returns>
    internal bool TryFetchUncached(bool isFetched, out Instruction instruction)
    {
        instruction = default;
        if ((isFetched || !_fetchTrapped) && FetchWord(State->Pc, out var word))
        {
            instruction = BlockDecoder.DecodeStep(word, Options.Extensions).Instruction;
            return true;
        }
        State->Pc = State->NextPc;
        State->Retired++;
        return false;
    }
}
