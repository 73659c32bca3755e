using System.Buffers.Binary;
using Verification.Machine;
using Verification.Machine.Harts;
using Verification.Machine.Isa;
using Verification.Machine.Memory;
using Verification.Machine.Schedule;
using Verification.Specs.Harts;
using Verification.Specs.Isa;

namespace Verification.Specs.Translation;

/// <summary>
/// A machine with a random program in it, from a seed: any instruction that exists, jumps and branches near by, registers
/// that mostly point to memory, code and data in the same pages, traps that come back, a timer, page tables that map
/// everything to itself; one to four harts.
/// </summary>
internal static class RandomProgram
{
    private const ulong Code = 0x8000_0000;
    private const ulong Data = Code + 0x2000;
    private const ulong Table = Code + 0x8000;
    private const int CodeBytes = 0x2000;
    private const int Mtvec = 0x305, Stvec = 0x105, Satp = 0x180, Mie = 0x304, Mstatus = 0x300,
        Fcsr = 0x003, Medeleg = 0x302, Mideleg = 0x303;

    // Most numbers are no register: these are, each with something of its own to it.
    private static readonly int[] s_registers =
    [
        0x001, 0x002, 0x003, 0xC00, 0xC01, 0xC02, 0x100, 0x104, 0x105, 0x106, 0x140, 0x141, 0x142, 0x143, 0x144, 0x14D, 0x180,
        0x300, 0x302, 0x303, 0x304, 0x305, 0x306, 0x30A, 0x340, 0x341, 0x342, 0x343, 0x344, 0xB00, 0xB02, 0xF14,
    ];

    private static readonly string[] s_sums =
        ["add", "sub", "and", "or", "xor", "addw", "subw", "sll", "srl", "sra", "sllw", "mul", "sh1add", "sh2add", "sh3add", "add.uw", "slt"];

    /// <param name="seed">Says which.</param>
    /// <param name="hasIdioms">Control registers are mostly such as there are, and some instructions belong together as compilers' do.</param>
    internal static Board Create(int seed, bool hasIdioms = true)
    {
        var random = new Random(seed);
        var harts = random.Next(3) == 0 ? random.Next(2, 5) : 1;
        var board = new Board(new BoardConfiguration
        {
            Harts = [.. Enumerable.Range(0, harts).Select(static i => new HartConfiguration((ulong)i))],
            Memory = [new MemoryBank(Code, 1 << 20)],
            Extensions = random.Next(4) == 0 ? IsaExtensions.Default & ~IsaExtensions.C : IsaExtensions.All,
            Misaligned = random.Next(2) == 0 ? MisalignedAccess.Done : MisalignedAccess.Trapped,
            Schedule = new ScheduleChoice.Interleaved((ulong)seed, 1, (ulong)random.Next(2, 400)),
            Firmware = new FirmwareChoice.None(),
        });
        var program = new byte[CodeBytes];
        Fill(program, random, board.Configuration.Extensions, hasIdioms);
        board.Memory.Write(Code, program);

        // Sv39, one gigapage to itself: every permission, or now and then not.
        for (var i = 0ul; i < 4; i++)
            board.Memory.Write(Table + (8 * i), (i << 28) | (random.Next(8) == 0 ? (ulong)random.Next(256) : 0xEFul & ~(random.Next(2) == 0 ? 0x10ul : 0)));
        foreach (var hart in board.Harts)
            Prepare(hart, random);
        return board;
    }

    private static void Prepare(Hart hart, Random random)
    {
        var mode = random.Next(3) switch { 0 => PrivilegeMode.User, 1 => PrivilegeMode.Supervisor, _ => PrivilegeMode.Machine };
        hart.Start(mode, Code + (ulong)(random.Next(64) * 4), 0, 0);
        hart.AllowAllMemory();
        hart.TrySetCsr(Mtvec, Code + (ulong)(random.Next(64) * 4));
        hart.TrySetCsr(Stvec, Code + (ulong)(random.Next(64) * 4));
        hart.TrySetCsr(Medeleg, (ulong)random.Next(0x10000));
        hart.TrySetCsr(Mideleg, 0x222);
        hart.TrySetCsr(Mie, (ulong)random.Next(0x1000));
        hart.TrySetCsr(Mstatus, (ulong)random.Next() & 0x1FE0FFF | (random.Next(8) == 0 ? 0 : 3ul << 13));
        hart.TrySetCsr(Fcsr, random.Next(2) == 0 ? 0 : (ulong)random.Next(256));
        if (random.Next(2) == 0)
            hart.TrySetCsr(Satp, (8ul << 60) | (Table >> 12));
        for (var i = 1; i < 32; i++)
        {
            hart.SetRegister(i, random.Next(8) switch
            {
                0 => (ulong)random.NextInt64(),
                1 => (ulong)(long)random.Next(-20, 20),
                2 => Code + (ulong)(random.Next(CodeBytes) & ~3),
                3 => Data + (ulong)random.Next(0x4000),
                _ => Data + (ulong)(random.Next(0x4000) & ~7),
            });
            hart.SetFloatRegister(i, random.Next(3) switch
            {
                0 => (ulong)random.NextInt64(),
                1 => BitConverter.DoubleToUInt64Bits((random.NextDouble() - 0.5) * 1e6),
                _ => 0xFFFF_FFFF_0000_0000 | BitConverter.SingleToUInt32Bits((float)((random.NextDouble() - 0.5) * 1e6)),
            });
        }
    }

    // auipc, now and then something in between, and a jump through the register; or another one that was not meant.
    private static int FillFarJump(Span<byte> program, Random random)
    {
        var register = (byte)random.Next(1, 8);
        var at = 0;
        Put(program, ref at, Encoder.Encode("auipc", register, 0, 0, immediate: 0));
        if (random.Next(3) == 0)
            Put(program, ref at, Encoder.Encode("addi", register, (byte)random.Next(1, 8), 0, immediate: random.Next(-4, 5) * 4));
        Put(program, ref at, Encoder.Encode("jalr", (byte)random.Next(3), register, 0, immediate: random.Next(-20, 30) * 4));
        return at;
    }

    // lr and sc through one register, mostly of one size; now and then with a store in between, or another lr.
    private static int FillReservation(Span<byte> program, Random random)
    {
        var address = (byte)random.Next(1, 32);
        var size = random.Next(2) == 0 ? "w" : "d";
        var at = 0;
        Put(program, ref at, Encoder.Encode("lr." + size, random.Next(32), address));
        if (random.Next(3) == 0)
        {
            Put(program, ref at, random.Next(2) == 0
                ? Encoder.Encode("sw", 0, random.Next(32), random.Next(32), immediate: random.Next(-8, 9) * 4)
                : Encoder.Encode("lr.d", random.Next(32), (byte)random.Next(32)));
        }

        if (random.Next(6) == 0) size = "d";
        Put(program, ref at, Encoder.Encode("sc." + size, random.Next(32), address, random.Next(32)));
        return at;
    }

    // Accesses near a register, some of them at an index that has been masked and scaled: a table's entries, a structure's fields.
    private static int FillTable(Span<byte> program, Random random)
    {
        var (table, index) = ((byte)random.Next(1, 32), (byte)random.Next(1, 32));
        var at = 0;
        Put(program, ref at, random.Next(4) switch
        {
            0 => Encoder.Encode("lbu", index, table, immediate: random.Next(-8, 64)),
            1 => Encoder.Encode("srliw", index, random.Next(32), 0, immediate: random.Next(20, 32)),
            2 => Encoder.Encode("addi", index, table, immediate: random.Next(-64, 65) * 8),
            _ => Encoder.Encode("andi", index, random.Next(32), 0, immediate: random.Next(2) == 0 ? 255 : random.Next(2048)),
        });
        if (random.Next(2) == 0) Put(program, ref at, Encoder.Encode("slli", index, index, 0, immediate: random.Next(5)));
        if (random.Next(4) != 0) Put(program, ref at, Encoder.Encode("add", index, random.Next(2) == 0 ? table : index, random.Next(2) == 0 ? table : index));
        for (var accesses = random.Next(1, 5); accesses > 0; accesses--)
        {
            var through = random.Next(3) == 0 ? table : index;
            var offset = random.Next(6) == 0 ? random.Next(-2048, 2048) : random.Next(-4, 64) * 8;
            Put(program, ref at, random.Next(3) == 0
                ? Encoder.Encode(((string[])["sb", "sh", "sw", "sd"])[random.Next(4)], 0, through, random.Next(32), immediate: offset)
                : Encoder.Encode(((string[])["lb", "lbu", "lh", "lwu", "lw", "ld"])[random.Next(6)], random.Next(32), through, immediate: offset));
        }

        return at;
    }

    // A computation in one register, step by step; what it has read may change in between.
    private static int FillSteps(Span<byte> program, Random random)
    {
        var register = (byte)random.Next(1, 32);
        var at = 0;
        for (var steps = random.Next(2, 6); steps > 0; steps--)
        {
            var other = (byte)(random.Next(8) == 0 ? register : random.Next(32));
            Put(program, ref at, random.Next(4) switch
            {
                0 => Encoder.Encode(((string[])["slli", "srli", "srai"])[random.Next(3)], register, register, 0,
                    immediate: random.Next(3) == 0 ? random.Next(64) : ((int[])[1, 2, 3, 32, 48, 56])[random.Next(6)]),
                1 => Encoder.Encode(((string[])["addi", "andi", "xori", "addiw"])[random.Next(4)], register, register, 0,
                    immediate: random.Next(4) == 0 ? 255 : random.Next(-2048, 2048)),
                2 => Encoder.Encode(s_sums[random.Next(s_sums.Length)], register, register, other),
                _ => Encoder.Encode(s_sums[random.Next(s_sums.Length)], register, other, register),
            });
            if (random.Next(4) == 0) Put(program, ref at, Encoder.Encode("addi", other, random.Next(32), 0, immediate: random.Next(64)));
        }

        return at;
    }

    private static void Put(Span<byte> program, ref int at, uint word)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(program[at..], word);
        at += 4;
    }

    private static void Fill(Span<byte> program, Random random, IsaExtensions extensions, bool hasIdioms)
    {
        InstructionForm[] forms = [.. InstructionSet.Rows, .. InstructionSet.CompressedRows];
        var at = 0;
        while (at < program.Length - 4)
        {
            if (hasIdioms && at < program.Length - 20 && random.Next(50) == 0)
                at += FillFarJump(program[at..], random);
            if (hasIdioms && at < program.Length - 20 && random.Next(40) == 0)
                at += FillReservation(program[at..], random);
            if (hasIdioms && at < program.Length - 60 && random.Next(25) == 0)
                at += FillTable(program[at..], random);
            if (hasIdioms && at < program.Length - 60 && random.Next(25) == 0)
                at += FillSteps(program[at..], random);
            var form = forms[random.Next(forms.Length)];
            var word = Words.Of(form, random);
            if (Decoder.Decode(word, extensions) is not { } instruction)
                continue;

            // What goes far away mostly does not come back, and what waits does not end.
            if (form.Mnemonic is "wfi" or "jalr" or "mret" or "sret" or "c.jr" or "c.jalr" && random.Next(8) != 0)
                continue;
            if (form.Mnemonic is "jal" or "beq" or "bne" or "blt" or "bge" or "bltu" or "bgeu")
                word = Encoder.Encode(form.Mnemonic, instruction.Rd, instruction.Rs1, instruction.Rs2,
                    immediate: random.Next(-40, 60) * 2 & (extensions.HasFlag(IsaExtensions.C) ? -2 : -4));
            if (hasIdioms && form.Mnemonic.StartsWith("csr", StringComparison.Ordinal) && random.Next(4) != 0)
                word = word & 0xF_FFFF | (uint)s_registers[random.Next(s_registers.Length)] << 20;
            if (instruction.SizeBytes == 2)
                BinaryPrimitives.WriteUInt16LittleEndian(program[at..], (ushort)word);
            else
                BinaryPrimitives.WriteUInt32LittleEndian(program[at..], word);
            at += instruction.SizeBytes;
        }
    }
}
