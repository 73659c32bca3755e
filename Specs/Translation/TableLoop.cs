using System.Text;
using Verification.Machine;
using Verification.Machine.Harts;
using Verification.Machine.Images;
using Verification.Machine.Isa;
using Verification.Machine.Memory;
using Verification.Specs.Harts;

namespace Verification.Specs.Translation;

/// <summary>
/// A loop over tables and structures about the borders of four pages, from a seed: indices that are masked and scaled, fields
/// beside them, computations in one register or woven into each other; pages that are absent, read-only, elsewhere, or hold
/// code, and a device. What traps is passed over and counted.
/// </summary>
internal static class TableLoop
{
    private const ulong Start = 0x8000_0000, Pages = Start + 0x1_0000, Elsewhere = Start + 0x40_0000;
    private const ulong Root = Start + 0x2_0000, Middle = Root + 0x1000, Leaves = Root + 0x2000;
    private const int Medeleg = 0x302, Stvec = 0x105, Satp = 0x180;
    private const ulong UartScratch = 0x1000_0007, TimerCompare = 0x0200_4000;
    private const ulong Valid = 1, ReadOnly = 0x43, Full = 0xCF;

    private static readonly string[] s_tables = ["s0", "s1", "s2", "s3"], s_indices = ["t0", "t1", "t2"], s_values = ["a0", "a1", "a2", "a3"];
    private static readonly string[] s_woven = [.. s_indices, .. s_values, "a5", "a6", "a7", "t4"];
    private static readonly int[] s_masks = [7, 31, 255, 511, 1023, 2040, 0x7f0];
    private static readonly (string Mnemonic, int Size)[] s_loads = [("lb", 1), ("lbu", 1), ("lh", 2), ("lhu", 2), ("lw", 4), ("lwu", 4), ("ld", 8), ("ld", 8)];
    private static readonly (string Mnemonic, int Size)[] s_stores = [("sb", 1), ("sh", 2), ("sw", 4), ("sd", 8)];

    /// <param name="seed">Says which.</param>
    /// <param name="body">Of what it consists.</param>
    internal static Board Create(int seed, TableLoopBody body)
    {
        var random = new Random(seed);
        var code = Assembler.Assemble(Source(random, body), new AssemblerOptions { BaseAddress = Start, Extensions = IsaExtensions.All & ~IsaExtensions.C });
        var board = Board.Boot(
            new BoardConfiguration
            {
                Memory = [new MemoryBank(Start, 16 << 20)],
                Extensions = IsaExtensions.All,
                Misaligned = random.Next(2) == 0 ? MisalignedAccess.Done : MisalignedAccess.Trapped,
                Firmware = new FirmwareChoice.None(),
            },
            KernelImage.FromRaw(code.Bytes, Start));
        Map(board.Memory, random);
        var hart = board.FindHart(0)!;
        hart.Start(PrivilegeMode.Supervisor, Start, 0, 0);
        hart.AllowAllMemory();
        hart.TrySetCsr(Medeleg, 0xFFFF);
        hart.TrySetCsr(Stvec, Start + 0x1000);
        if (random.Next(4) != 0) hart.TrySetCsr(Satp, (8ul << 60) | (Root >> 12));
        return board;
    }

    private static void Map(PhysicalMemory memory, Random random)
    {
        memory.Write(Root, Full);
        memory.Write(Root + 16, (Middle >> 2) | Valid);
        memory.Write(Middle, (Leaves >> 2) | Valid);
        for (var page = 0ul; page < 512; page++)
        {
            var at = Start + (page << 12);
            var isTable = at is >= Pages and < Pages + 0x4000;
            var entry = !isTable ? (at >> 2) | Full : random.Next(6) switch
            {
                0 => 0,
                1 => (at >> 2) | ReadOnly,
                2 => ((Elsewhere + (page << 13)) >> 2) | Full,
                _ => (at >> 2) | Full,
            };
            memory.Write(Leaves + (8 * page), entry);
        }

        for (var at = Pages; at < Pages + 0x4000; at += 8)
            memory.Write(at, (ulong)random.NextInt64());
    }

    private static string Source(Random random, TableLoopBody body)
    {
        var text = new StringBuilder();
        foreach (var table in s_tables)
            text.AppendLine($"li {table}, {Pages + 0x1000 + (ulong)(random.Next(3) * 0x1000) - (ulong)(random.Next(2) == 0 ? random.Next(320) * 8 : random.Next(2560))}");
        text.AppendLine($"li s4, {random.NextInt64()}\nli s5, {random.NextInt64() | 1}\nli s7, {Pages + 0x2000}\nli s8, 0x8067\nli s9, {UartScratch}\nli a4, {TimerCompare}");
        text.AppendLine("1: mul s4, s4, s5\naddi s4, s4, 291");
        for (var item = body == TableLoopBody.Mixed ? random.Next(3, 12) : random.Next(1, 4); item > 0; item--)
        {
            if (body == TableLoopBody.Mixed) AppendAccesses(text, random);
            if (body == TableLoopBody.Rounds) AppendRounds(text, random);
            if (random.Next(3) == 0) AppendRotation(text, random);
            if (body == TableLoopBody.Woven || random.Next(3) == 0) AppendWeave(text, random);
            if (body == TableLoopBody.Mixed && random.Next(4) == 0) AppendWalk(text, random);
        }

        // Now and then a page of the tables is one that holds code.
        if (random.Next(3) == 0) text.AppendLine("sw s8, 1024(s7)\naddi t0, s7, 1024\njalr t3, t0");
        text.AppendLine("addi s6, s6, 1\nj 1b\n.balign 4096");
        text.AppendLine("csrr t6, sepc\naddi t6, t6, 4\ncsrw sepc, t6\ncsrr t5, stval\nadd s10, s10, t5\naddi s11, s11, 1");
        // What registers hold where something traps is remembered.
        foreach (var register in s_woven) text.AppendLine($"roriw s10, s10, 7\nadd s10, s10, {register}");
        text.AppendLine("sret");
        return text.ToString();
    }

    private static void AppendAccesses(StringBuilder text, Random random)
    {
        var (table, index, value) = (One(s_tables, random), One(s_indices, random), One(s_values, random));
        text.AppendLine($"srli {index}, s4, {random.Next(50)}");
        text.AppendLine(random.Next(5) == 0 ? $"lbu {index}, {random.Next(64)}({table})" : $"andi {index}, {index}, {One(s_masks, random)}");
        if (random.Next(2) == 0) text.AppendLine($"slli {index}, {index}, {random.Next(1, 4)}");
        if (random.Next(4) == 0)
        {
            text.AppendLine($"addi t3, {table}, {random.Next(-8, 9) * 8}");
            table = "t3";
        }

        text.AppendLine(random.Next(4) switch
        {
            0 => $"sh{random.Next(1, 4)}add {index}, {index}, {table}",
            1 => $"sub {index}, {table}, {index}",
            _ => $"add {index}, {table}, {index}",
        });
        var moves = random.Next(4) == 0 ? random.Next(-250, 250) * 8 : 0;
        if (moves != 0) text.AppendLine($"addi {table}, {table}, {moves}");
        for (var accesses = random.Next(1, 4); accesses > 0; accesses--)
        {
            var through = random.Next(3) == 0 ? table : index;
            var (mnemonic, size) = random.Next(3) == 0 ? One(s_stores, random) : One(s_loads, random);
            text.AppendLine($"{mnemonic} {(mnemonic[0] == 's' ? value : One(s_values, random))}, {random.Next(-20, 40) * size}({through})");
        }

        if (moves != 0) text.AppendLine($"addi {table}, {table}, {-moves}");
        var other = One(s_values, random);
        text.AppendLine($"xor {value}, {value}, {other}");
        if (random.Next(2) == 0) text.AppendLine($"addi {other}, {other}, 3");
        text.AppendLine($"addi {value}, {value}, 1\nslli {value}, {value}, {random.Next(1, 3)}\nadd {value}, {value}, s4");
    }

    // Computations in a few registers, step by step, and accesses in between: what a step reads may have changed since, and what
    // it sets may be replaced unread.
    private static void AppendWeave(StringBuilder text, Random random)
    {
        string[] all = [.. s_woven];
        random.Shuffle(all);
        if (random.Next(8) == 0) AppendManySteps(text, all, random);
        var registers = all[..random.Next(2, all.Length + 1)];
        for (var step = random.Next(5, 40); step > 0; step--)
        {
            var (target, table) = (One(registers, random), One(s_tables, random));
            var source = random.Next(2) == 0 ? target : One(registers, random);
            var (load, store) = (One(s_loads, random), One(s_stores, random));
            text.AppendLine(random.Next(14) switch
            {
                < 3 => $"{One(["slli", "srli", "srai", "srliw", "slliw", "roriw"], random)} {target}, {source}, {random.Next(1, 32)}",
                < 5 => $"{One(["addi", "andi", "xori", "addiw"], random)} {target}, {source}, {random.Next(256)}",
                < 8 => $"{One(["add", "sub", "xor", "or", "and", "addw", "subw", "mul"], random)} {target}, {source}, {One(registers, random)}",
                8 => $"li {target}, {random.Next(-5000, 5000)}",
                9 => $"{One(["mv", "not", "sext.w", "zext.b"], random)} {target}, {One(registers, random)}",
                10 => $"andi {source}, {source}, {One(s_masks, random)}\nadd {source}, {source}, {table}\n{load.Mnemonic} {target}, {random.Next(-8, 16) * load.Size}({source})",
                11 => random.Next(2) == 0
                    ? $"{store.Mnemonic} {source}, {random.Next(-20, 40) * store.Size}({table})"
                    : $"{load.Mnemonic} {source}, {random.Next(-20, 40) * load.Size}({table})",
                12 => One([$"lbu {target}, 0(s9)", $"sb {source}, 0(s9)", $"ld {target}, 0(a4)", $"sd {source}, 0(a4)"], random),
                _ => $"add {target}, {source}, {table}\n{store.Mnemonic} {One(registers, random)}, {random.Next(-8, 16) * store.Size}({target})",
            });
        }
    }

    // Straight code that is gone through many times, entered in its middle for one: mostly words of 32 bits that are turned, moved on
    // from register to register, and left behind. The next round begins with what this one has, and may be left anywhere.
    private static void AppendRounds(StringBuilder text, Random random)
    {
        string[] all = [.. s_woven];
        random.Shuffle(all);
        var (registers, words) = (all[..random.Next(3, all.Length + 1)], random.Next(2) == 0 ? 9 : 5);
        text.AppendLine($"li tp, {random.Next(1, 30)}\nli gp, {Pages + (ulong)(random.Next(4 * 512) * 8)}");
        if (random.Next(3) == 0) text.AppendLine("j 3f");
        text.AppendLine("2:");
        AppendMoves(text, registers, random);
        text.AppendLine("3:");
        for (var step = random.Next(4, 30); step > 0; step--)
        {
            var (target, source, other, bits) = (One(registers, random), One(registers, random), One(registers, random), random.Next(1, 32));
            var load = One(s_loads, random);
            text.AppendLine(random.Next(12) switch
            {
                < 3 when random.Next(10) < words => $"{One(["srliw", "slliw", "sraiw", "roriw", "addiw"], random)} {target}, {source}, {bits}",
                < 3 => $"{One(["srli", "slli", "srai", "rori", "addi"], random)} {target}, {source}, {bits}",
                < 5 when random.Next(10) < words => $"{One(["addw", "subw", "mulw"], random)} {target}, {source}, {other}",
                < 6 => $"{One(["and", "or", "xor", "add", "sub"], random)} {target}, {source}, {other}",
                6 => $"srliw {target}, {source}, {bits}\nslliw {other}, {source}, {32 - bits}\nor {One(registers, random)}, {target}, {other}",
                7 => $"{One(["mv", "sext.w", "not", "zext.w"], random)} {target}, {source}",
                8 => $"{load.Mnemonic} {target}, {random.Next(-2, 3) * load.Size}(gp)",
                9 => $"lw {target}, {random.Next(-20, 40) * 4}({One(s_tables, random)})",
                10 when random.Next(3) == 0 => One([$"lbu {target}, 0(s9)", $"sb {source}, 0(s9)", $"ld {target}, 0(a4)", $"sw {source}, 0(gp)"], random),
                _ => $"li {target}, {random.Next(-5000, 5000)}",
            });
        }

        AppendMoves(text, registers, random);
        text.AppendLine($"addi gp, gp, {One([4, 8, 8, 64, -8], random)}\naddi tp, tp, -1\nbnez tp, 2b");
    }

    private static void AppendMoves(StringBuilder text, string[] registers, Random random)
    {
        for (var moves = random.Next(6); moves > 0; moves--)
            text.AppendLine($"{One(["mv", "sext.w", "sext.w"], random)} {One(registers, random)}, {One(registers, random)}");
    }

    // As many registers as there are get a step on each; an access; and then they are read, and replaced.
    private static void AppendManySteps(StringBuilder text, string[] registers, Random random)
    {
        foreach (var register in registers) text.AppendLine($"addi {register}, {register}, {random.Next(1, 100)}");
        text.AppendLine($"lw t3, {random.Next(-20, 40) * 4}({One(s_tables, random)})\nsb t3, 0(s9)");
        foreach (var register in registers[..^1]) text.AppendLine($"xor {registers[^1]}, {registers[^1]}, {register}\nslli {register}, s4, {random.Next(64)}");
    }

    // Pointers that walk over the tables and what lies beside them, up or down.
    private static void AppendWalk(StringBuilder text, Random random)
    {
        string[] pointers = ["gp", "sp"];
        foreach (var pointer in pointers)
            text.AppendLine($"li {pointer}, {Pages + (ulong)random.Next(4 * 4096) - 64}\n{(random.Next(3) == 0 ? "" : $"andi {pointer}, {pointer}, -8")}");
        text.AppendLine($"li tp, {random.Next(2, 40)}\n2:");
        for (var access = random.Next(1, 6); access > 0; access--)
        {
            var pointer = One(pointers, random);
            var (mnemonic, size) = random.Next(2) == 0 ? One(s_stores, random) : One(s_loads, random);
            text.AppendLine($"{mnemonic} {One(s_values, random)}, {random.Next(-2, 3) * size}({pointer})");
            if (random.Next(2) == 0) text.AppendLine($"addi {pointer}, {pointer}, {One([1, 4, 8, 8, 8, -8, 64, -120, 256], random)}");
            if (random.Next(12) == 0) text.AppendLine("bltz a0, 3f\naddi a1, a1, 1\n3:");
        }

        text.AppendLine($"addi gp, gp, {One([8, 8, 16, -8], random)}\naddi sp, sp, {One([8, 1, 4, -16], random)}\naddi tp, tp, -1\nbnez tp, 2b");
    }

    // A rotation as compilers write it, and now and then what only looks like one.
    private static void AppendRotation(StringBuilder text, Random random)
    {
        var (value, other, distance) = (One(s_values, random), One(s_values, random), random.Next(1, 32));
        var (part, rest) = (One(s_indices, random), One(s_indices, random));
        var up = random.Next(6) == 0 ? random.Next(1, 32) : 32 - distance;
        var between = random.Next(6) == 0 ? $"\naddi {One([value, part], random)}, {value}, 1\n" : "\n";
        text.AppendLine(random.Next(3) == 0
            ? $"srli {part}, {value}, {distance}{between}slli {rest}, {value}, {32 + up}"
            : $"srliw {part}, {value}, {distance}{between}slliw {rest}, {(random.Next(6) == 0 ? other : value)}, {up}");
        text.AppendLine($"or {other}, {part}, {rest}\n{One(["rori", "roriw"], random)} {rest}, {other}, {distance}\nxor {part}, {other}, {rest}");
        text.AppendLine($"li {rest}, 5\nadd {value}, {value}, {part}\nmv {part}, {other}");
    }

    private static T One<T>(T[] of, Random random) => of[random.Next(of.Length)];
}

/// <summary>Of what a <see cref="TableLoop"/> consists.</summary>
internal enum TableLoopBody
{
    /// <summary>Accesses to tables, and some of all else.</summary>
    Mixed,

    /// <summary>Computations that are woven into each other.</summary>
    Woven,

    /// <summary>Loops without a fork inside.</summary>
    Rounds,
}
