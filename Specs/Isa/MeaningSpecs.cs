using System.Numerics;
using FsCheck.Xunit;
using Verification.Machine.Isa;
using Xunit;

namespace Verification.Specs.Isa;

/// <summary>Every row's meaning against an independent statement of it.</summary>
public class MeaningSpecs
{
    /// <summary>Loads and stores: bytes, and whether the value is read as signed.</summary>
    private static readonly Dictionary<string, (int SizeBytes, bool IsSigned)> Accesses = new (string, (int, bool))[]
    {
        ("lb", (1, true)), ("lh", (2, true)), ("lw", (4, true)), ("ld", (8, true)),
        ("lbu", (1, false)), ("lhu", (2, false)), ("lwu", (4, false)),
        ("sb", (1, false)), ("sh", (2, false)), ("sw", (4, false)), ("sd", (8, false)),
    }.ToDictionary();

    /// <summary>Steps that the hart does as a whole.</summary>
    private static readonly Dictionary<string, HartOperation> Steps = new (string, HartOperation)[]
    {
        ("fence", HartOperation.Fence), ("fence.tso", HartOperation.Fence), ("fence.i", HartOperation.FenceInstruction),
        ("ecall", HartOperation.EnvironmentCall), ("ebreak", HartOperation.Breakpoint),
        ("mret", HartOperation.MachineReturn), ("sret", HartOperation.SupervisorReturn),
        ("wfi", HartOperation.WaitForInterrupt), ("sfence.vma", HartOperation.FenceTranslation),
        ("sinval.vma", HartOperation.InvalidateTranslation), ("sfence.w.inval", HartOperation.FenceInvalidation),
        ("sfence.inval.ir", HartOperation.FenceInvalidation), ("pause", HartOperation.Pause),
        ("wrs.nto", HartOperation.Pause), ("wrs.sto", HartOperation.Pause),
        ("cbo.inval", HartOperation.CacheBlockManage), ("cbo.clean", HartOperation.CacheBlockManage),
        ("cbo.flush", HartOperation.CacheBlockManage), ("cbo.zero", HartOperation.CacheBlockZero),
    }.ToDictionary();

    private static readonly string[] Others =
    [
        "lui", "auipc", "jal", "jalr", "lr.w", "lr.d", "sc.w", "sc.d", "amocas.w", "amocas.d", "amocas.q",
        "csrrw", "csrrs", "csrrc", "csrrwi", "csrrsi", "csrrci", "prefetch.i", "prefetch.r", "prefetch.w",
    ];

    private static readonly string[] AmoSuffixes = [".w", ".d"];

    [Fact]
    public void Every_row_has_its_spec()
    {
        var specified = Formulas.All.Keys.Concat(Formulas.Branches.Keys).Concat(Accesses.Keys).Concat(Steps.Keys)
            .Concat(Formulas.Updates.Keys.SelectMany(name => AmoSuffixes.Select(suffix => name + suffix)))
            .Concat(Others).Concat(FloatMeaningSpecs.Mnemonics);
        Assert.Equal(InstructionSet.Rows.Select(row => row.Mnemonic).Order(), specified.Order());
    }

    [Property(MaxTest = 30)]
    public void Computing_rows_follow_their_formulas(int seed)
    {
        var random = new Random(seed);
        foreach (var (mnemonic, formula) in Formulas.All)
        {
            for (var i = 0; i < 4; i++)
            {
                var (state, instruction) = Prepared(mnemonic, random);
                var before = (ulong[])state.X.Clone();
                var hasImmediate = InstructionSet.Find(mnemonic).Picture.Has(OperandSlot.Immediate);
                var b = hasImmediate ? (ulong)instruction.Immediate : before[instruction.Rs2];
                state.Execute(in instruction);
                before[instruction.Rd] = Formulas.Register(formula(before[instruction.Rs1], b));
                before[0] = 0;
                Assert.Equal(before, state.X);
                Assert.Equal(state.Pc + 4, state.NextPc);
            }
        }
    }

    [Property(MaxTest = 50)]
    public void Branches_are_taken_where_their_condition_holds(int seed)
    {
        var random = new Random(seed);
        foreach (var (mnemonic, condition) in Formulas.Branches)
        {
            var (state, instruction) = Prepared(mnemonic, random);
            if (random.Next(3) == 0 && instruction.Rs1 != 0)
                state.X[instruction.Rs1] = state.X[instruction.Rs2];
            var (a, b) = (state.X[instruction.Rs1], state.X[instruction.Rs2]);
            state.Execute(in instruction);
            Assert.Equal(state.Pc + (condition(a, b) ? (ulong)instruction.Immediate : 4), state.NextPc);
        }
    }

    [Property(MaxTest = 50)]
    public void Jumps_link_and_constants_are_placed(int seed)
    {
        var random = new Random(seed);
        var (state, instruction) = Prepared("jal", random);
        state.Execute(in instruction);
        Assert.Equal(state.Pc + (ulong)instruction.Immediate, state.NextPc);
        Assert.Equal(instruction.Rd == 0 ? 0 : state.Pc + 4, state.X[instruction.Rd]);

        (state, instruction) = Prepared("jalr", random);
        var target = (state.X[instruction.Rs1] + (ulong)instruction.Immediate) / 2 * 2;
        state.Execute(in instruction);
        Assert.Equal(target, state.NextPc);
        Assert.Equal(instruction.Rd == 0 ? 0 : state.Pc + 4, state.X[instruction.Rd]);

        (state, instruction) = Prepared("lui", random);
        state.Execute(in instruction);
        Assert.Equal(instruction.Rd == 0 ? 0 : (ulong)(int)(instruction.Encoding / 4096 * 4096), state.X[instruction.Rd]);

        (state, instruction) = Prepared("auipc", random);
        state.Execute(in instruction);
        Assert.Equal(instruction.Rd == 0 ? 0 : state.Pc + (ulong)(int)(instruction.Encoding / 4096 * 4096), state.X[instruction.Rd]);
    }

    [Property(MaxTest = 50)]
    public void Loads_and_stores_move_their_bytes(int seed)
    {
        var random = new Random(seed);
        foreach (var (mnemonic, (sizeBytes, isSigned)) in Accesses)
        {
            var (state, instruction) = Prepared(mnemonic, random);
            var address = state.X[instruction.Rs1] + (ulong)instruction.Immediate;
            var content = new byte[8];
            random.NextBytes(content);
            for (var i = 0; i < 8; i++)
                state.Memory[address + (ulong)i] = content[i];
            var value = new BigInteger(content.AsSpan(0, sizeBytes), isUnsigned: !isSigned);
            var stored = state.X[instruction.Rs2];
            state.Execute(in instruction);
            if (mnemonic[0] == 'l')
            {
                Assert.Equal(instruction.Rd == 0 ? 0 : Formulas.Register(value), state.X[instruction.Rd]);
            }
            else
            {
                BitConverter.GetBytes(stored).AsSpan(0, sizeBytes).CopyTo(content);
                Assert.Equal(content, Enumerable.Range(0, 8).Select(i => state.Memory[address + (ulong)i]));
            }
        }
    }

    [Property(MaxTest = 50)]
    public void Atomic_operations_leave_the_result_and_give_the_old_value(int seed)
    {
        var random = new Random(seed);
        foreach (var (name, update) in Formulas.Updates)
        {
            foreach (var (suffix, sizeBytes) in new[] { (".w", 4), (".d", 8) })
            {
                var (state, instruction) = Prepared(name + suffix, random);
                var modulus = BigInteger.Pow(256, sizeBytes);
                var address = state.X[instruction.Rs1];
                state.Write(address, 8, Any(random));
                var (old, above) = (state.Read(address, sizeBytes), state.Read(address + (ulong)sizeBytes, 4));
                var operand = state.X[instruction.Rs2] % modulus;
                state.Execute(in instruction);
                Assert.Equal(Formulas.Register(update(old, operand, modulus)) % modulus, state.Read(address, sizeBytes));
                Assert.Equal(above, state.Read(address + (ulong)sizeBytes, 4));
                Assert.Equal(instruction.Rd == 0 ? 0 : Formulas.Register(Formulas.Signed(old, modulus)), state.X[instruction.Rd]);
            }
        }
    }

    [Theory]
    [InlineData(".w", 4)]
    [InlineData(".d", 8)]
    public void A_store_conditional_stores_once_after_its_load(string suffix, int sizeBytes)
    {
        var state = new PlainMachine.State();
        state.X[10] = 0x1000;
        state.X[11] = 0x1122_3344_5566_7788;
        state.Write(0x1000, 8, 0x8899_aabb_ccdd_eeff);
        state.Execute(Decode(Encoder.Encode("lr" + suffix, rd: 12, rs1: 10)));
        Assert.Equal(sizeBytes == 4 ? 0xffff_ffff_ccdd_eeff : 0x8899_aabb_ccdd_eeff, state.X[12]);
        state.Execute(Decode(Encoder.Encode("sc" + suffix, rd: 12, rs1: 10, rs2: 11)));
        Assert.Equal(0ul, state.X[12]);
        Assert.Equal(sizeBytes == 4 ? 0x8899_aabb_5566_7788 : 0x1122_3344_5566_7788, state.Read(0x1000, 8));
        state.Execute(Decode(Encoder.Encode("sc" + suffix, rd: 12, rs1: 10, rs2: 0)));
        Assert.Equal(1ul, state.X[12]);
        Assert.NotEqual(0ul, state.Read(0x1000, 8));
    }

    [Theory]
    [InlineData("amocas.w", 4, true)]
    [InlineData("amocas.w", 4, false)]
    [InlineData("amocas.d", 8, true)]
    [InlineData("amocas.d", 8, false)]
    [InlineData("amocas.q", 16, true)]
    [InlineData("amocas.q", 16, false)]
    public void Compare_and_swap_stores_where_memory_is_as_expected(string mnemonic, int sizeBytes, bool isAsExpected)
    {
        var state = new PlainMachine.State();
        ulong[] memory = [0x8000_0001_9000_0002, 0xa000_0003_b000_0004];
        state.Write(0x1000, 8, memory[0]);
        state.Write(0x1008, 8, memory[1]);
        state.X[10] = 0x1000;
        (state.X[12], state.X[13]) = (memory[0], sizeBytes == 16 && !isAsExpected ? 0 : memory[1]);
        if (sizeBytes < 16 && !isAsExpected)
            state.X[12]++;
        (state.X[14], state.X[15]) = (0x1111_2222_3333_4444, 0x5555_6666_7777_8888);
        state.Execute(Decode(Encoder.Encode(mnemonic, rd: 12, rs1: 10, rs2: 14)));

        Assert.Equal(sizeBytes == 4 ? 0xffff_ffff_9000_0002 : memory[0], state.X[12]);
        var low = sizeBytes == 4 ? 0x8000_0001_3333_4444 : 0x1111_2222_3333_4444;
        Assert.Equal(isAsExpected ? low : memory[0], state.Read(0x1000, 8));
        Assert.Equal(isAsExpected && sizeBytes == 16 ? 0x5555_6666_7777_8888 : memory[1], state.Read(0x1008, 8));
        if (sizeBytes == 16)
            Assert.Equal(memory[1], state.X[13]);
    }

    [Fact]
    public void A_pair_of_x0_is_zero_and_takes_nothing()
    {
        var state = new PlainMachine.State();
        (state.X[1], state.X[10]) = (77, 0x1000);
        state.Write(0x1000, 8, 0);
        state.Write(0x1008, 8, 0);
        state.X[14] = 5;
        state.Execute(Decode(Encoder.Encode("amocas.q", rd: 0, rs1: 10, rs2: 14)));
        Assert.Equal((5ul, 77ul), (state.Read(0x1000, 8), state.X[1]));
        state.Execute(Decode(Encoder.Encode("amocas.q", rd: 14, rs1: 10, rs2: 0)));
        Assert.Equal((0ul, 0ul), (state.Read(0x1000, 8), state.Read(0x1008, 8)));
    }

    [Theory]
    [InlineData("csrrw", 5, 6, "read write", 0xff00ul)]
    [InlineData("csrrw", 0, 6, "write", 0xff00ul)]
    [InlineData("csrrw", 5, 0, "read write", 0ul)]
    [InlineData("csrrs", 5, 6, "read write", 0xfff0ul)]
    [InlineData("csrrs", 0, 6, "read write", 0xfff0ul)]
    [InlineData("csrrs", 5, 0, "read", 0x0ff0ul)]
    [InlineData("csrrc", 5, 6, "read write", 0x00f0ul)]
    [InlineData("csrrc", 5, 0, "read", 0x0ff0ul)]
    [InlineData("csrrwi", 5, 31, "read write", 31ul)]
    [InlineData("csrrwi", 0, 0, "write", 0ul)]
    [InlineData("csrrsi", 5, 31, "read write", 0x0ffful)]
    [InlineData("csrrsi", 5, 0, "read", 0x0ff0ul)]
    [InlineData("csrrci", 5, 16, "read write", 0x0fe0ul)]
    [InlineData("csrrci", 0, 0, "read", 0x0ff0ul)]
    public void Csr_instructions_read_and_write_as_table_6_says(string mnemonic, int rd, int rs1, string access, ulong expected)
    {
        var state = new PlainMachine.State { Csr = 0x0ff0 };
        state.X[6] = 0xff00;
        state.Execute(Decode(Encoder.Encode(mnemonic, rd: rd, rs1: rs1, immediate: 0x340)));
        Assert.Equal([$"csr 340 {access}"], state.Asked);
        Assert.Equal(expected, state.Csr);
        Assert.Equal(rd == 0 ? 0 : 0x0ff0ul, state.X[rd]);
    }

    [Fact]
    public void Steps_of_the_hart_are_asked_of_it_and_nothing_else_happens()
    {
        var random = new Random(5);
        foreach (var (mnemonic, step) in Steps)
        {
            var (state, instruction) = Prepared(mnemonic, random);
            var before = (ulong[])state.X.Clone();
            state.Execute(in instruction);
            Assert.Equal([step.ToString()], state.Asked);
            Assert.Equal(before, state.X);
        }
    }

    [Fact]
    public void Prefetches_do_nothing()
    {
        var random = new Random(6);
        foreach (var mnemonic in new[] { "prefetch.i", "prefetch.r", "prefetch.w" })
        {
            var (state, instruction) = Prepared(mnemonic, random);
            var before = (ulong[])state.X.Clone();
            state.Execute(in instruction);
            Assert.Equal(before, state.X);
            Assert.Empty(state.Asked);
            Assert.Empty(state.Memory);
        }
    }

    internal static Instruction Decode(uint word) => Decoder.Decode(word, IsaExtensions.All)!.Value;

    /// <summary>Registers of interesting values, and the row with random operands.</summary>
    internal static (PlainMachine.State State, Instruction Instruction) Prepared(string mnemonic, Random random)
    {
        var state = new PlainMachine.State { Pc = 0x8000_0000 + (ulong)random.Next(1 << 20) * 2 };
        for (var register = 1; register < 32; register++)
            (state.X[register], state.F[register]) = (Any(random), Any(random));
        while (true)
        {
            var word = Words.Of(InstructionSet.Find(mnemonic), random);
            var instruction = Decode(word);
            if (InstructionSet.Rows[instruction.Row].Mnemonic == mnemonic) // and not a special case of it
                return (state, instruction);
        }
    }

    internal static ulong Any(Random random) => random.Next(8) switch
    {
        0 => 0,
        1 => ulong.MaxValue << random.Next(64),
        2 => 1UL << random.Next(64),
        3 => (ulong)random.NextInt64() >> random.Next(64),
        4 => (ulong)(int)random.NextInt64(),
        _ => (ulong)random.NextInt64() << 1 ^ (ulong)random.Next(),
    };
}
