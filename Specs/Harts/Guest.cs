using Verification.Machine;
using Verification.Machine.Harts;
using Verification.Machine.Isa;

namespace Verification.Specs.Harts;

/// <summary>A bare board with an assembled program at the start of memory, entered in M-mode by every hart.</summary>
internal static class Guest
{
    public const ulong Start = 0x8000_0000;

    public static BoardConfiguration Bare { get; } = new() { Firmware = new FirmwareChoice.None() };

    public static Board Load(string assembly, BoardConfiguration? configuration = null)
    {
        var board = new Board(configuration ?? Bare);
        var code = Assembler.Assemble(assembly, new AssemblerOptions { BaseAddress = Start });
        board.Memory.Write(Start, code.Bytes);
        foreach (var hart in board.Harts) hart.Start(PrivilegeMode.Machine, Start, hart.Id, 0);
        return board;
    }

    /// <summary>The hart after so many instructions of the program.</summary>
    public static Hart Run(string assembly, ulong instructions, BoardConfiguration? configuration = null)
    {
        var board = Load(assembly, configuration);
        board.Run(instructions);
        return board.Harts[0];
    }

    public static ulong Csr(this Hart hart, int number)
    {
        Xunit.Assert.True(hart.TryGetCsr(number, out var value), $"There is no register 0x{number:x}.");
        return value;
    }

    /// <summary>Lets all modes access all memory: one PMP entry, NAPOT over everything (privileged specification 3.7.1).</summary>
    public static void AllowAllMemory(this Hart hart)
    {
        hart.TrySetCsr(0x3B0, ulong.MaxValue >> 10);
        hart.TrySetCsr(0x3A0, 0x1F);
    }

    /// <summary>A register by its ABI name.</summary>
    public static ulong Register(this Hart hart, string name)
    {
        Xunit.Assert.True(RegisterNames.TryParseInteger(name, out var register), name);
        return hart.GetRegister(register);
    }
}
