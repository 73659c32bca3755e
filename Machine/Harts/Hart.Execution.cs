using System.Runtime.CompilerServices;
using Verification.Machine.Isa;

namespace Verification.Machine.Harts;

// What tiers share: the position inside a block, attention between blocks, fetches that the TLB did not answer.
public sealed unsafe partial class Hart
{
    private Block? _block;
    private ulong _blockPc;
    private uint _singleEncoding;
    private int _singleBase;
    private bool _fetchTrapped;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void EnterBlock(Block block, ulong pc) => (_block, _blockPc) = (block, pc);

    /// <summary>A block of this one instruction.</summary>
    internal void EnterSingle(in Instruction instruction, ulong pc)
    {
        (_singleEncoding, _singleBase) = (instruction.Encoding, instruction.Rs1);
        EnterBlock(Block.Uncached, pc);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void LeaveBlock() => _block = null;

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

    /// <summary>Instructions that the block being executed has done before the current one.</summary>
    private ulong InstructionsOfBlock()
    {
        if (_block is null) return 0;
        var pc = _blockPc;
        ulong count = 0;
        foreach (ref readonly var step in _block.Steps.AsSpan())
        {
            if (pc == State->Pc) return count;
            pc += step.Instruction.SizeBytes;
            count++;
        }
        return count;
    }

    /// <summary>The register that the current instruction computes its address from.</summary>
    internal int CurrentBaseRegister => _singleBase;

    private uint CurrentEncoding()
    {
        if (_block is null || _block.Steps.Length == 0) return _singleEncoding;
        return _block.Steps[(int)InstructionsOfBlock()].Instruction.Encoding;
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
        var pc = State->Pc;
        if (!TryFetchUncached(isFetched, out var instruction)) return;
        State->NextPc = pc + instruction.SizeBytes;
        EnterSingle(in instruction, pc);
        BlockDecoder.MeaningOf(in instruction)(new InterpreterMachine(State), in instruction);
        LeaveBlock();
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
