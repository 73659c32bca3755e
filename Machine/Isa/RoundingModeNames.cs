namespace Verification.Machine.Isa;

/// <summary>Names of the values of the <c>rm</c> field (unprivileged specification 20240411, table 24).</summary>
public static class RoundingModeNames
{
    /// <summary>The value for "as <c>frm</c> says".</summary>
    public const int Dynamic = 7;

    private static readonly string[] Names = ["rne", "rtz", "rdn", "rup", "rmm", "5", "6", "dyn"];

    /// <summary>The name of a value of the field.</summary>
    public static string Of(int mode) => Names[mode];

    /// <summary>The value with this name.</summary>
    public static bool TryParse(string name, out int mode)
    {
        mode = Array.IndexOf(Names, name);
        return mode is >= 0 and not (5 or 6);
    }
}
