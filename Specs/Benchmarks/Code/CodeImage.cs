using Verification.Machine;
using Verification.Machine.Harts;
using Verification.Machine.Isa;

namespace Verification.Specs.Benchmarks.Code;

/// <summary>Machine code of a kernel, ready to be called in the model.</summary>
/// <param name="Pieces">What lies where.</param>
/// <param name="EntryAddress">Where the function begins.</param>
/// <param name="CodeBytes">Bytes of instructions, without the panic handler.</param>
public sealed record CodeImage(IReadOnlyList<(ulong Address, byte[] Content)> Pieces, ulong EntryAddress, int CodeBytes)
{
    /// <summary>Where images are linked.</summary>
    public const ulong LoadAddress = 0x8020_0000;

    private const ulong ReturnAddress = 0x8000_0000;
    private const ulong HostExit = 0x8000_0400;
    private const ulong StackTop = 0x8100_0000;
    private const ulong MemoryAddress = 0x8200_0000;
    private const ulong InstructionBudget = 50_000_000;

    /// <summary>Calls the function with a copy of the kernel's memory.</summary>
    public KernelRun Run(CodeKernel kernel)
    {
        ulong around = Call(kernel, ReturnAddress).Instructions;
        (ulong result, ulong instructions, byte[] memory) = Call(kernel, EntryAddress);
        return new KernelRun(result, memory, instructions - around);
    }

    private (ulong Result, ulong Instructions, byte[] Memory) Call(CodeKernel kernel, ulong entry)
    {
        using Board board = new(new BoardConfiguration { Misaligned = MisalignedAccess.Trapped });
        foreach ((ulong address, byte[] content) in Pieces) board.Memory.Write(address, content);
        board.Memory.Write(ReturnAddress, Assembler.Assemble(
            $"auipc t0, 0\n li t1, 1\n sd t1, {HostExit - ReturnAddress}(t0)\n", new AssemblerOptions { BaseAddress = ReturnAddress }).Bytes);
        board.Memory.Write(MemoryAddress, kernel.Input);
        board.HostExitAddress = HostExit;
        Hart hart = board.Harts[0];
        hart.Start(PrivilegeMode.Machine, entry, MemoryAddress, (ulong)kernel.Input.Length);
        hart.SetRegister(1, ReturnAddress);
        hart.SetRegister(2, StackTop);
        StopReason reason = board.Run(InstructionBudget);
        if (reason is not StopReason.HostExit)
            throw new InvalidOperationException($"{kernel.Name} did not return: {reason}, pc 0x{hart.Pc:x}.");
        byte[] memory = new byte[kernel.Input.Length];
        board.Memory.Read(MemoryAddress, memory);
        return (hart.GetRegister(10), board.Retired, memory);
    }
}

/// <summary>What a call came to.</summary>
/// <param name="Result">The returned word.</param>
/// <param name="Memory">The kernel's memory afterwards.</param>
/// <param name="Instructions">Instructions executed; 0 on the CLR.</param>
public sealed record KernelRun(ulong Result, byte[] Memory, ulong Instructions)
{
    /// <summary>One number for result and memory (FNV-1a), to be written down.</summary>
    public ulong Fingerprint
    {
        get
        {
            ulong hash = 0xcbf29ce484222325;
            foreach (byte value in BitConverter.GetBytes(Result).Concat(Memory)) hash = (hash ^ value) * 0x100000001b3;
            return hash;
        }
    }
}
