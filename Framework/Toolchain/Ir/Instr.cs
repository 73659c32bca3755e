namespace Verification.Toolchain.Ir;

/// <summary>An operation and, if it has one, its value.</summary>
internal sealed class Instr(int id, Op op, IrType type, Instr[] args)
{
    /// <summary>Number within the function; later made, larger number.</summary>
    public int Id { get; } = id;

    /// <summary>What it does.</summary>
    public Op Op { get; set; } = op;

    /// <summary>Type of its value.</summary>
    public IrType Type { get; set; } = type;

    /// <summary>Operands. A phi has one per edge into its block, in the order of the block's predecessors.</summary>
    public Instr[] Args { get; set; } = args;

    /// <summary>Constant, offset, size or number, as the operation has it.</summary>
    public long Immediate { get; set; }

    /// <summary>Symbol, slot, call target or other reference.</summary>
    public object? Reference { get; set; }

    /// <summary>Width of a memory access.</summary>
    public MemType Memory { get; set; }

    /// <summary>True for an access that must be made exactly as written.</summary>
    public bool IsVolatile { get; set; }

    /// <summary>True for an access whose address may be misaligned.</summary>
    public bool IsUnaligned { get; set; }

    /// <summary>Where it comes from.</summary>
    public Place? Place { get; set; }

    /// <summary>The block that it stands in; null for constants, addresses and parameters.</summary>
    public Block? Block { get; set; }

    /// <summary>Set when another value stands for this one.</summary>
    public Instr? Replacement { get; set; }

    /// <summary>Scratch of one pass.</summary>
    public int Mark { get; set; }

    /// <summary>The value that stands for this one in the end.</summary>
    public Instr Resolved
    {
        get
        {
            Instr value = this;
            while (value.Replacement is { } next) value = next;
            return value;
        }
    }

    /// <summary>True for a constant.</summary>
    public bool IsConst => Op == Op.Const;

    /// <summary>True if equal operands give an equal value and nothing else happens.</summary>
    public bool IsPure => Op is >= Op.Add and <= Op.FOfBits;

    /// <summary>True for values that stand in no block.</summary>
    public bool IsFloating => Op <= Op.Pseudo;

    /// <summary>True if it tells a debugger something and becomes no code.</summary>
    public bool IsDebug => Op == Op.DebugValue;

    /// <summary>True if it ends a block.</summary>
    public bool IsTerminator => Op >= Op.Jump;

    /// <summary>True if it may be dropped when nobody uses its value.</summary>
    public bool IsDroppable => IsPure || IsFloating || Op == Op.Phi || (Op == Op.Load && !IsVolatile);

    /// <summary>True for a comparison that gives 0 or 1.</summary>
    public bool IsCompare => Op is >= Op.Eq and <= Op.GeUnsigned;

    /// <summary>True if this is the constant.</summary>
    public bool Is(long value) => Op == Op.Const && Immediate == value;
}

/// <summary>A scalar part of a C# variable. Each is one object, which <see cref="Ir.Variable.Part"/> gives.</summary>
/// <param name="variable">Which variable.</param>
/// <param name="offset">Which part of it, in bytes.</param>
internal sealed class VariablePart(Variable variable, int offset)
{
    /// <summary>Which variable.</summary>
    public Variable Variable { get; } = variable;

    /// <summary>Which part of it, in bytes.</summary>
    public int Offset { get; } = offset;

    /// <summary>Scratch of one pass.</summary>
    public int Mark { get; set; }
}

/// <summary>A name of a variable, and the IL offsets between which it is known by that name.</summary>
/// <param name="Name">The C# name.</param>
/// <param name="Start">First IL offset of the scope.</param>
/// <param name="End">First IL offset behind it.</param>
internal sealed record ScopedName(string Name, int Start, int End);

/// <summary>
/// A C# parameter, or what holds a local, and after the end of its scope perhaps another one. Each has one object in a
/// function, by which it is known.
/// </summary>
/// <param name="type">Its type.</param>
/// <param name="parameter">Position among the parameters, or -1.</param>
/// <param name="names">Its names; a parameter has one, which holds everywhere.</param>
internal sealed class Variable(Type type, int parameter, IReadOnlyList<ScopedName> names)
{
    private readonly List<VariablePart> _parts = [];

    /// <summary>Its type.</summary>
    public Type Type { get; } = type;

    /// <summary>Position among the parameters, or -1.</summary>
    public int Parameter { get; } = parameter;

    /// <summary>Its names.</summary>
    public IReadOnlyList<ScopedName> Names { get; } = names;

    /// <summary>The inlined call that it belongs to, as the object that the call's places name; null for the method's own variables.</summary>
    public Place? Inlined { get; private init; }

    /// <summary>The part at an offset in bytes.</summary>
    public VariablePart Part(int offset)
    {
        foreach (VariablePart known in _parts)
        {
            if (known.Offset == offset) return known;
        }

        VariablePart part = new(this, offset);
        _parts.Add(part);
        return part;
    }

    /// <summary>The variable as one of an inlined call.</summary>
    public Variable InlinedAt(Place? call) => new(Type, Parameter, Names) { Inlined = call };
}
