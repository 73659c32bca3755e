namespace Verification.Machine.Isa;

/// <summary>Names of the registers in the standard calling convention (RISC-V ELF psABI, chapter 1).</summary>
public static class RegisterNames
{
    /// <summary>ABI names of x0 to x31.</summary>
    public static readonly IReadOnlyList<string> Integer =
    [
        "zero", "ra", "sp", "gp", "tp", "t0", "t1", "t2", "s0", "s1", "a0", "a1", "a2", "a3", "a4", "a5",
        "a6", "a7", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9", "s10", "s11", "t3", "t4", "t5", "t6",
    ];

    /// <summary>ABI names of f0 to f31.</summary>
    public static readonly IReadOnlyList<string> Float =
    [
        "ft0", "ft1", "ft2", "ft3", "ft4", "ft5", "ft6", "ft7", "fs0", "fs1", "fa0", "fa1", "fa2", "fa3", "fa4", "fa5",
        "fa6", "fa7", "fs2", "fs3", "fs4", "fs5", "fs6", "fs7", "fs8", "fs9", "fs10", "fs11", "ft8", "ft9", "ft10", "ft11",
    ];

    private static readonly Dictionary<string, int> IntegerNumbers = Numbers(Integer, "x", ("fp", 8));
    private static readonly Dictionary<string, int> FloatNumbers = Numbers(Float, "f");

    /// <summary>The number of an integer register, by its ABI name, <c>fp</c>, or <c>x0</c> to <c>x31</c>.</summary>
    public static bool TryParseInteger(string name, out int register) => IntegerNumbers.TryGetValue(name, out register);

    /// <summary>The number of a floating-point register, by its ABI name or <c>f0</c> to <c>f31</c>.</summary>
    public static bool TryParseFloat(string name, out int register) => FloatNumbers.TryGetValue(name, out register);

    private static Dictionary<string, int> Numbers(
        IReadOnlyList<string> names, string prefix, params (string Name, int Number)[] others)
    {
        var numbers = new Dictionary<string, int>();
        for (var i = 0; i < names.Count; i++)
        {
            numbers[names[i]] = i;
            numbers[prefix + i] = i;
        }

        foreach (var (name, number) in others)
            numbers[name] = number;
        return numbers;
    }
}
