using Verification.Machine.Harts;
using Verification.Machine.Isa;

namespace Verification.Specs.Lockstep;

/// <summary>
/// What is compared after each instruction: program counter, registers, privilege, and the CSRs that QEMU's log has.
/// </summary>
internal static class HartPicture
{
    public const int Pc = 0, X = 1, F = 33, Csrs = 65;

    /// <summary>CSRs by QEMU's names.</summary>
    private static readonly (string Name, int Number)[] s_csrs =
    [
        ("mstatus", 0x300), ("mip", 0x344), ("mie", 0x304), ("mideleg", 0x303), ("medeleg", 0x302), ("mtvec", 0x305), ("stvec", 0x105),
        ("mepc", 0x341), ("sepc", 0x141), ("mcause", 0x342), ("scause", 0x142), ("mtval", 0x343), ("stval", 0x143),
        ("mscratch", 0x340), ("sscratch", 0x140), ("satp", 0x180),
    ];

    public static readonly int Privilege = Csrs + s_csrs.Length;

    public static readonly int Size = Privilege + 1;

    public static readonly int MachineExceptionPc = Place("mepc"), MachineCause = Place("mcause"), MachineTrapValue = Place("mtval"),
        SupervisorExceptionPc = Place("sepc"), SupervisorCause = Place("scause"), SupervisorTrapValue = Place("stval"), Satp = Place("satp"), Status = Place("mstatus"), MachineVector = Place("mtvec"), SupervisorVector = Place("stvec"), Pending = Place("mip"),
        Enabled = Place("mie"), Delegated = Place("mideleg");

    /// <summary>Names in the order of values, as QEMU's log writes them.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        "pc", .. Enumerable.Range(0, 32).Select(i => $"x{i}"), .. Enumerable.Range(0, 32).Select(i => $"f{i}"),
        .. s_csrs.Select(csr => csr.Name), "privilege",
    ];

    public static void Take(Hart hart, Span<ulong> values)
    {
        values[Pc] = hart.Pc;
        for (var i = 0; i < 32; i++)
        {
            values[X + i] = hart.GetRegister(i);
            values[F + i] = hart.GetFloatRegister(i);
        }

        for (var i = 0; i < s_csrs.Length; i++)
        {
            hart.TryGetCsr(s_csrs[i].Number, out var value);
            values[Csrs + i] = value;
        }

        values[Privilege] = (ulong)hart.Privilege;
    }

    /// <summary>Puts a hart into a state, as far as it is here.</summary>
    public static void Give(Hart hart, ReadOnlySpan<ulong> values)
    {
        for (var i = 0; i < 32; i++)
        {
            hart.SetRegister(i, values[X + i]);
            hart.SetFloatRegister(i, values[F + i]);
        }

        for (var i = 0; i < s_csrs.Length; i++)
        {
            hart.TryGetCsr(s_csrs[i].Number, out var now);
            if (now != values[Csrs + i]) hart.TrySetCsr(s_csrs[i].Number, values[Csrs + i]);
        }

        hart.Privilege = (PrivilegeMode)values[Privilege];
        hart.Pc = values[Pc];
    }

    /// <summary>One line for each value that differs.</summary>
    public static IEnumerable<string> Differences(ulong[] ours, ulong[] theirs)
    {
        for (var i = 0; i < Size; i++)
        {
            if (ours[i] != theirs[i]) yield return $"{Name(i),-12} model {ours[i]:x16}  QEMU {theirs[i]:x16}";
        }
    }

    /// <summary>All values, four in a line.</summary>
    public static string Text(ulong[] values) => string.Join('\n', Enumerable.Range(0, (Size + 3) / 4)
        .Select(line => string.Join("  ", Enumerable.Range(4 * line, Math.Min(4, Size - 4 * line)).Select(i => $"{Name(i),-12}{values[i]:x16}"))));

    /// <summary>A value's name, all registers of a file being one.</summary>
    public static string KindOf(int index) => index is >= X and < F ? "x" : index is >= F and < Csrs ? "f" : Names[index];

    private static int Place(string csr) => Csrs + Array.FindIndex(s_csrs, one => one.Name == csr);

    private static string Name(int index) => index is >= X and < F ? $"{Names[index]}/{RegisterNames.Integer[index - X]}" : Names[index];
}
