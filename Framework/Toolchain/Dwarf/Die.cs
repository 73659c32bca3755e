namespace Verification.Toolchain.Dwarf;

/// <summary>A debugging information entry under construction (DWARF 5, section 2.1).</summary>
/// <param name="tag">What it describes.</param>
internal sealed class Die(Tag tag)
{
    public Tag Tag { get; } = tag;

    public List<(At Name, Form Form, object Value)> Attributes { get; } = [];

    public List<Die> Children { get; } = [];

    /// <summary>Offset in .debug_info, once written.</summary>
    public int Offset { get; set; }

    public Die Text(At name, string text) => Add(name, Form.Strp, text);

    public Die Number(At name, long value) => Add(name, Form.Udata, value);

    public Die Signed(At name, long value) => Add(name, Form.Sdata, value);

    public Die Address(At name, ulong value) => Add(name, Form.Addr, value);

    public Die Flag(At name) => Add(name, Form.FlagPresent, 0);

    public Die Reference(At name, Die target) => Add(name, Form.Ref4, target);

    public Die Section(At name, int offset) => Add(name, Form.SecOffset, offset);

    /// <summary>An offset in another section that is known when the entry is written.</summary>
    public Die Section(At name, Func<int> offset) => Add(name, Form.SecOffset, offset);

    public Die Expression(At name, byte[] expression) => Add(name, Form.Exprloc, expression);

    public Die Child(Die child)
    {
        Children.Add(child);
        return this;
    }

    private Die Add(At name, Form form, object value)
    {
        Attributes.Add((name, form, value));
        return this;
    }
}
