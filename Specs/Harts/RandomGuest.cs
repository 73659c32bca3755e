using Verification.Machine;
using Verification.Machine.Harts;
using Verification.Machine.Isa;
using Verification.Machine.Memory;
using Verification.Machine.Schedule;

namespace Verification.Specs.Harts;

/// <summary>
/// A board full of random instructions, derived from a seed: two harts share a page of code that they also store into, a
/// page of data and page tables; registers point there or anywhere; every trap goes on somewhere in the code.
/// </summary>
internal static class RandomGuest
{
    private const int CodeWords = 512;

    private const ulong Data = Guest.Start + 0x1000;
    private const ulong Tables = Guest.Start + 0x3000;

    // Handlers point some registers into the data again, and go on somewhere in the code before them.
    private const ulong MachineHandler = Guest.Start + 4 * CodeWords;
    private const ulong SupervisorHandler = MachineHandler + 64;
    private const string Handlers = """
        machine:    auipc t5, 0
                    csrr  t6, mcycle
                    andi  t6, t6, 0x7fc
                    sub   t5, t5, t6
                    csrw  mepc, t5
                    auipc a0, 1
                    andi  a0, a0, -16
                    addi  s0, a0, 64
                    addi  sp, a0, 128
                    lui   t1, 0x1
                    mret
                    .balign 64
        supervisor: auipc t5, 0
                    csrr  t6, sepc
                    addi  t6, t6, 36
                    andi  t6, t6, 0x7fc
                    addi  t5, t5, -64
                    sub   t5, t5, t6
                    csrw  sepc, t5
                    auipc a0, 1
                    andi  a0, a0, -16
                    addi  s0, a0, 256
                    addi  sp, a0, 512
                    sret
        """;

    private static readonly InstructionForm[] Forms = [.. InstructionSet.Rows];

    // What changes modes, tables and handlers is rare, or nothing else would ever happen.
    private static readonly InstructionForm[] Ordinary =
    [
        .. Forms.Where(form => !form.Mnemonic.StartsWith("csr", StringComparison.Ordinal)
            && form.Mnemonic is not ("ecall" or "ebreak" or "mret" or "sret" or "wfi" or "jalr")),
    ];

    public static Board Load(int seed, ScheduleChoice? schedule = null)
    {
        var random = new Random(seed * 7919);
        var board = new Board(Guest.Bare with
        {
            Harts = [new HartConfiguration(0), new HartConfiguration(5)],
            Memory = [new MemoryBank(Guest.Start, 1 << 20)],
            Fill = seed % 2 == 0 ? MemoryFill.Zero : MemoryFill.Noise((ulong)seed),
            Schedule = schedule ?? new ScheduleChoice.Interleaved((ulong)seed, 1, 40),
            Extensions = IsaExtensions.Default | IsaExtensions.Zacas,
            Misaligned = seed % 3 == 0 ? MisalignedAccess.Trapped : MisalignedAccess.Done,
        });
        for (var i = 0; i < CodeWords; i++) board.Memory.Write(Guest.Start + 4 * (ulong)i, Word(random));
        board.Memory.Write(MachineHandler, Assembler.Assemble(Handlers).Bytes);
        WriteTables(board.Memory, random);
        foreach (var hart in board.Harts)
        {
            hart.Start(random.Next(2) == 0 ? PrivilegeMode.Machine : PrivilegeMode.Supervisor,
                Guest.Start + 4 * (ulong)random.Next(CodeWords), hart.Id, 0);
            for (var i = 1; i < 32; i++) hart.SetRegister(i, Value(random));
            hart.TrySetCsr(0x305, MachineHandler);
            hart.TrySetCsr(0x105, SupervisorHandler);
            // Protection lets S and U do everything, at first.
            hart.TrySetCsr(0x3B0, ulong.MaxValue);
            hart.TrySetCsr(0x3A0, 0x1F);
            hart.TrySetCsr(0x300, 0x6000);
            hart.TrySetCsr(0x304, (ulong)random.NextInt64());
            if (random.Next(2) == 0) hart.TrySetCsr(0x180, 8UL << 60 | Tables >> 12);
        }
        return board;
    }

    /// <summary>What the guest can tell of the state: everything but the scheduler's own.</summary>
    public static string Visible(Board board) => $"{Registers(board)}\n{board.Memory.Hash():x}";

    /// <summary>The part of it that lies in the harts.</summary>
    public static string Registers(Board board) => string.Join('\n', board.Harts.Select(hart =>
        $"{hart.Id} {hart.Pc:x} {hart.Privilege} {hart.RunState} {hart.Retired} {hart.Csr(0x300):x} {hart.Csr(0x344):x} "
        + string.Join(' ', Enumerable.Range(0, 32).Select(hart.GetRegister))));

    private static uint Word(Random random)
    {
        // A few words are no instruction at all, or two compressed ones.
        if (random.Next(30) == 0) return (uint)random.Next();
        var forms = random.Next(12) == 0 ? Forms : Ordinary;
        var picture = forms[random.Next(forms.Length)].Picture;
        var word = picture.Match | (uint)random.NextInt64() & ~picture.Mask;
        // Branches and jumps lead forward, or most guests would end in a loop of three instructions.
        if ((word & 0x7F) is 0x63 or 0x6F) word &= 0x7FFFFFFF;
        return (word & 0x7F) is 0x03 or 0x23 or 0x2F && random.Next(8) != 0 ? Aimed(word, random) : word;
    }

    // Through a register that the handlers point into the data, mostly aligned.
    private static uint Aimed(uint word, Random random)
    {
        uint register = random.Next(3) switch { 0 => 2, 1 => 8, _ => 10 };
        word = word & ~0xF8000U | register << 15;
        if (random.Next(6) == 0) return word;
        return (word & 0x7F) switch { 0x03 => word & ~0x00700000U, 0x23 => word & ~0x00000380U, _ => word };
    }

    private static ulong Value(Random random) => random.Next(6) switch
    {
        0 => (ulong)random.NextInt64(long.MinValue, long.MaxValue),
        1 => Guest.Start + (ulong)random.Next(0x800),
        2 => (ulong)random.Next(-2048, 2048),
        3 => Tables + (ulong)random.Next(512) * 8,
        _ => Data + (ulong)random.Next(0x2000),
    };

    // Sv39: the gigabyte of memory is a large page; a table below maps the first 2 MiB by pages, with random permissions.
    private static void WriteTables(PhysicalMemory memory, Random random)
    {
        var middle = Tables + 0x1000;
        var leaves = Tables + 0x2000;
        memory.Write(Tables + 8 * 2, middle >> 2 | 1);
        memory.Write(middle, leaves >> 2 | 1);
        for (var i = 0UL; i < 512; i++)
        {
            var permissions = random.Next(8) == 0 ? (ulong)random.Next(256) : 0xCFUL;
            memory.Write(leaves + 8 * i, (Guest.Start >> 12 | i & 0xFF) << 10 | permissions);
        }
    }
}
