using System.Buffers.Binary;
using Verification.Machine;
using Verification.Machine.Isa;
using Verification.Specs.Oracles;

namespace Verification.Specs.Privileged;

/// <summary>
/// A list of steps as one bare-metal program, for the model and for QEMU alike: the program patches each instruction into a
/// page of its own, enters it in the step's mode, and writes down what came of it; in the end it prints all of it in
/// hexadecimal and powers off.
/// </summary>
internal sealed class Script
{
    public const string Qemu = "qemu-system-riscv64";

    public const ulong Base = 0x8000_0000;

    /// <summary>The page with the instruction, and an <c>ebreak</c> behind it.</summary>
    public const ulong StubAddress = Base + 0x1000;

    /// <summary>Where <c>stvec</c> points: a row of <c>ebreak</c>s, so that M-mode hears of what was delegated.</summary>
    public const ulong SupervisorHandler = Base + 0x2000;

    /// <summary>Where M-mode's handler lies; the low two bits of <c>mtvec</c> are for steps to play with.</summary>
    public const ulong MachineHandler = Base + 0x400;

    /// <summary>Memory for tables and data: 192 KiB.</summary>
    public const ulong Work = Base + 0x1_0000;

    private const ulong StepsAddress = Base + 0x4_0000;
    private const int StepBytes = 48, OutcomeWords = 5;

    private readonly List<ScriptStep> _steps = [];

    public IReadOnlyList<ScriptStep> Steps => _steps;

    public void Add(ScriptStep step) => _steps.Add(step);

    /// <summary>Executes an instruction in M-mode.</summary>
    public void Machine(string assembly, ulong a0 = 0, ulong a1 = 0) =>
        Add(new ScriptStep(Word(assembly), Verification.Machine.Harts.PrivilegeMode.Machine, a0, a1, ScriptStep.FloatOn | 3UL << 11) { What = assembly });

    /// <summary>Stores a doubleword.</summary>
    public void Store(ulong address, ulong value) => Machine("sd a1, 0(a0)", address, value);

    /// <summary>Sets a control and status register, from M-mode.</summary>
    public void Register(string name, ulong value) => Machine($"csrw {name}, a0", value);

    public static uint Word(string assembly) =>
        BitConverter.ToUInt32([.. Assembler.Assemble(assembly).Bytes, 0, 0, 0], 0);

    /// <summary>What the model makes of it.</summary>
    public Outcome[] RunModel(BoardConfiguration configuration)
    {
        using var board = new Board(configuration with { Firmware = new FirmwareChoice.None() });
        var image = Image();
        board.Memory.Write(Base, image);
        foreach (var hart in board.Harts) hart.Start(Verification.Machine.Harts.PrivilegeMode.Machine, Base, hart.Id, 0);
        var reason = board.Run(100_000UL + (ulong)_steps.Count * 4_000);
        Xunit.Assert.True(reason is Verification.Machine.Harts.StopReason.PowerOff, $"The script ends with {reason} in the model, after «{board.ConsoleOutput}».");
        return Read(board.ConsoleOutput);
    }

    /// <summary>What QEMU makes of it.</summary>
    public Outcome[] RunQemu(params string[] arguments)
    {
        var folder = Directory.CreateTempSubdirectory("script-specs");
        try
        {
            File.WriteAllBytes(Path.Combine(folder.FullName, "script.bin"), Image());
            // Into a file: a pipe that is read too slowly makes the UART drop characters.
            _ = Tool.Run(Qemu,
            [
                "-machine", "virt", "-m", "128M", "-display", "none", "-monitor", "none", "-serial", "file:results.txt",
                "-bios", "script.bin", .. arguments,
            ], null, folder.FullName).SuccessfulOutput;
            return Read(File.ReadAllText(Path.Combine(folder.FullName, "results.txt")));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>The differences between two runs, one line each.</summary>
    public IReadOnlyList<string> Differences(Outcome[] ours, Outcome[] theirs, Func<ScriptStep, Outcome, Outcome, bool> isListed)
    {
        Xunit.Assert.Equal(_steps.Count, ours.Length);
        Xunit.Assert.Equal(_steps.Count, theirs.Length);
        var differences = new List<string>();
        for (var i = 0; i < _steps.Count; i++)
        {
            var step = _steps[i];
            var (a, b) = (Masked(ours[i], step), Masked(theirs[i], step));
            if (a == b || isListed(step, a, b)) continue;
            differences.Add($"{i}: {step.What} «{Disassembler.Text(step.Word, 0)}» in {step.Mode}, a0 {step.A0:x}, a1 {step.A1:x}, status {step.Status:x}: ours {a}, QEMU's {b}");
        }
        return differences;
    }

    // mtval of the ebreak behind an instruction that did not trap says nothing of the instruction, and QEMU on a busy host was
    // once seen to give another value than 0. An ebreak that is the step itself lies at offset 0 and is compared whole.
    private static Outcome Masked(Outcome outcome, ScriptStep step) => outcome with
    {
        A0 = outcome.A0 & step.Compared,
        Value = outcome is { Cause: 3, Offset: 4 } ? 0 : outcome.Value,
    };

    private Outcome[] Read(string text)
    {
        text = text[(text.LastIndexOf('=') + 1)..];
        var words = Enumerable.Range(0, text.Length / 16)
            .Select(i => BinaryPrimitives.ReadUInt64BigEndian(Convert.FromHexString(text.AsSpan(i * 16, 16)))).ToArray();
        return [.. words.Chunk(OutcomeWords).Select(w => new Outcome(w[0], w[1], w[2], w[3], w[4]))];
    }

    private byte[] Image()
    {
        var results = StepsAddress + (ulong)_steps.Count * StepBytes;
        var code = Assembler.Assemble(Program(results), new AssemblerOptions { BaseAddress = Base });
        Xunit.Assert.Empty(code.Relocations);
        var image = new byte[results - Base];
        code.Bytes.CopyTo(image, 0);
        for (var i = 0; i < _steps.Count; i++)
        {
            var step = _steps[i];
            var at = image.AsSpan((int)(StepsAddress - Base) + i * StepBytes);
            BinaryPrimitives.WriteUInt32LittleEndian(at, step.Word);
            BinaryPrimitives.WriteUInt32LittleEndian(at[4..], (uint)step.Mode);
            BinaryPrimitives.WriteUInt64LittleEndian(at[8..], step.A0);
            BinaryPrimitives.WriteUInt64LittleEndian(at[16..], step.A1);
            BinaryPrimitives.WriteUInt64LittleEndian(at[24..], step.Status);
            BinaryPrimitives.WriteUInt64LittleEndian(at[32..], step.Entry);
        }
        return image;
    }

    private string Program(ulong results) => $"""
        start:
            la      s6, handler
            csrw    mtvec, s6
            li      t0, {SupervisorHandler}
            csrw    stvec, t0
            li      t0, -1              # one protection entry lets S and U do everything
            csrw    pmpaddr0, t0
            li      t0, 0x1f
            csrw    pmpcfg0, t0
            li      s4, {StepsAddress}
            li      s5, {results}
            li      s7, {results}       # also the end of the steps
            li      s8, {StubAddress}

        next:
            bgeu    s4, s7, finish
            csrw    mtvec, s6
            lw      t0, 0(s4)
            andi    t1, t0, 3
            li      t2, 3
            beq     t1, t2, 1f
            slli    t0, t0, 48          # a short instruction: ebreak fills the word
            srli    t0, t0, 48
            li      t2, 0x90020000
            or      t0, t0, t2
        1:  sw      t0, 0(s8)
            fence.i
            sfence.vma
            lw      t2, 4(s4)
            ld      a0, 8(s4)
            ld      a1, 16(s4)
            ld      t1, 24(s4)
            ld      s9, 32(s4)
            li      t3, 3
            beq     t2, t3, 2f
            slli    t2, t2, 11
            or      t1, t1, t2
            csrw    mstatus, t1
            csrw    mepc, s9
            mret
        2:  csrw    mstatus, t1
            jr      s9

            .p2align 10
        handler:
            csrr    t1, mstatus
            li      t0, 0x20000         # memory is reached by M-mode's own addresses
            csrc    mstatus, t0
            csrr    t2, mcause
            csrr    t3, mtval
            csrr    t4, mepc
            sub     t4, t4, s9
            sd      a0, 0(s5)
            sd      t2, 8(s5)
            sd      t3, 16(s5)
            sd      t4, 24(s5)
            sd      t1, 32(s5)
            addi    s5, s5, 40
            addi    s4, s4, {StepBytes}
            j       next

        finish:
            li      t0, 3               # the UART as it was, whatever the steps did to it
            li      a1, 0x10000000
            sb      zero, 4(a1)
            sb      t0, 3(a1)
            li      t1, 61              # '=': here the results begin
            sb      t1, 0(a1)
            li      a4, 10
        3:  ld      a0, 0(s7)
            addi    s7, s7, 8
            li      t2, 60
        4:  srl     a3, a0, t2
            andi    a3, a3, 15
            blt     a3, a4, 5f
            addi    a3, a3, 39
        5:  addi    a3, a3, 48
            sb      a3, 0(a1)
            addi    t2, t2, -4
            bgez    t2, 4b
            bne     s7, s5, 3b
            li      a0, 0x100000
            li      a1, 0x5555
            sw      a1, 0(a0)
        6:  j       6b

            .p2align 12
            .word   0
            ebreak
            ebreak
            .p2align 12
            {string.Join("; ", Enumerable.Repeat("ebreak", 16))}
        """;
}
