namespace Verification.Machine.Translation;

/// <summary>What the code of a block knows of its registers, step by step (<see cref="Bounds"/>).</summary>
internal sealed class RegisterBounds
{
    // Offsets are smaller; a constant that is larger is an address, and what is added to it an offset from there.
    private const long LeastAddress = 1 << 20;

    private static readonly Bounds[] s_atEntry = [.. Enumerable.Range(0, 32).Select(Bounds.Of)];

    private readonly Bounds[] _known = [.. s_atEntry];
    private Bounds? _loaded;

    /// <summary>What is known of an expression's value; null for nothing.</summary>
    internal Bounds? Of(Expression expression) => Bounds.Of(expression, _known, _loaded);

    /// <summary>An effect has taken place.</summary>
    /// <returns>The register that it has set; 0 for none.</returns>
    internal int Advance(Effect effect)
    {
        switch (effect)
        {
            case Effect.SetRegister set:
                Set(set.Register, Of(set.Value));
                return set.Register;
            case Effect.Jump jump:
                Set(jump.Link, null);
                return jump.Link;
            case Effect.Load { SizeBytes: < 8 } load:
                _loaded = Bounds.Unsigned(8 * load.SizeBytes);
                return 0;
            case Effect.Load or Effect.Update or Effect.LoadReserved or Effect.StoreConditional or Effect.Float or Effect.ReadControl
                or Effect.Perform:
                _loaded = null;
                return 0;
            default:
                return 0;
        }
    }

    // What went by the register's old value is known by itself alone from here on.
    private void Set(int register, Bounds? value)
    {
        if (register == 0) return;
        for (var other = 1; other < _known.Length; other++)
            if (_known[other].Register == register) _known[other] = Bounds.Of(other);
        _known[register] = value is { } known && known.Register != register && known.Low is > -LeastAddress and < LeastAddress
            ? known : Bounds.Of(register);
    }
}
