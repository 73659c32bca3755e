namespace Verification.Machine.Translation.X64;

/// <summary>
/// Which guest registers live in which registers of the host while code runs; the others are memory, the hart's state.
/// Code is entered and left under <see cref="Standard"/>; loops have maps of their own (<see cref="ForLoop"/>) and change
/// over where they are entered and left.
/// </summary>
internal sealed class RegisterMap
{
    /// <summary>The first xmm register that a map may give away: those below are scratch.</summary>
    private const int FirstXmm = 3;

    // Windows' calling convention keeps the upper ones for the caller.
    private static readonly int s_lastXmm = OperatingSystem.IsWindows() ? 5 : 15;

    private readonly R?[] _hosts = new R?[32];
    private readonly int[] _xmms = new int[32];

    private RegisterMap() => Array.Fill(_xmms, -1);

    /// <summary>The map between pieces of code: the registers that compiled code uses most, and no floating-point ones.</summary>
    internal static RegisterMap Standard { get; } = CreateStandard();

    internal bool IsStandard => this == Standard;

    /// <summary>The integer registers that live in host registers, in ascending order.</summary>
    internal IEnumerable<(int Guest, R Host)> Integers =>
        from guest in Enumerable.Range(1, 31) where _hosts[guest] is not null select (guest, _hosts[guest]!.Value);

    /// <summary>The floating-point registers that live in xmm registers.</summary>
    internal IEnumerable<(int Guest, int Xmm)> Floats =>
        from guest in Enumerable.Range(0, 32) where _xmms[guest] >= 0 select (guest, _xmms[guest]);

    internal R? HostOf(int register) => _hosts[register];

    /// <summary>The xmm register of a floating-point register, or -1 where it is memory.</summary>
    internal int XmmOf(int register) => _xmms[register];

    /// <summary>
    /// A map for code that uses registers as often as the weights say: the standard one, with what the code uses most in
    /// place of what it uses least.
    /// </summary>
    /// <returns>The standard map itself where nothing is worth a change.</returns>
    internal static RegisterMap ForLoop(ReadOnlySpan<long> integers, ReadOnlySpan<long> floats)
    {
        const int WorthAChange = 2;
        var map = new RegisterMap();
        Standard._hosts.CopyTo(map._hosts, 0);
        var isChanged = false;
        while (true)
        {
            var (newcomer, evicted) = (-1, -1);
            for (var guest = 1; guest < 32; guest++)
            {
                if (map._hosts[guest] is null && (newcomer < 0 || integers[guest] > integers[newcomer])) newcomer = guest;
                if (map._hosts[guest] is not null && (evicted < 0 || integers[guest] < integers[evicted])) evicted = guest;
            }

            if (integers[newcomer] - integers[evicted] < WorthAChange) break;
            (map._hosts[newcomer], map._hosts[evicted]) = (map._hosts[evicted], null);
            isChanged = true;
        }

        var weights = floats.ToArray();
        var byWeight = Enumerable.Range(0, 32).Where(guest => weights[guest] > 0).OrderByDescending(guest => weights[guest]);
        foreach (var (place, guest) in byWeight.Take(s_lastXmm - FirstXmm + 1).Index())
        {
            map._xmms[guest] = FirstXmm + place;
            isChanged = true;
        }

        return isChanged ? map : Standard;
    }

    private static RegisterMap CreateStandard()
    {
        var map = new RegisterMap();
        (int Guest, R Host)[] pins =
        [
            (2, R.Rbx), (8, R.R12), (9, R.R13), (10, R.Rdi), (11, R.Rsi), (12, R.R8), (13, R.R9), (14, R.R10), (15, R.R11),
            (16, R.R14),
        ];
        foreach (var (guest, host) in pins) map._hosts[guest] = host;
        return map;
    }
}
