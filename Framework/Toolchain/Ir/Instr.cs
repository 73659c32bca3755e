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

    /// <summary>C# variables that hold this value, for the debugger.</summary>
    public List<VariablePart>? Variables { get; set; }

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

    /// <summary>True if it ends a block.</summary>
    public bool IsTerminator => Op >= Op.Jump;

    /// <summary>True if it may be dropped when nobody uses its value.</summary>
    public bool IsDroppable => IsPure || IsFloating || Op == Op.Phi || (Op == Op.Load && !IsVolatile);

    /// <summary>True for a comparison that gives 0 or 1.</summary>
    public bool IsCompare => Op is >= Op.Eq and <= Op.GeUnsigned;

    /// <summary>True if this is the constant.</summary>
    public bool Is(long value) => Op == Op.Const && Immediate == value;
}

/// <summary>A scalar part of a C# variable.</summary>
/// <param name="Variable">Which variable.</param>
/// <param name="Offset">Which part of it, in bytes.</param>
internal readonly record struct VariablePart(Variable Variable, int Offset);

/// <summary>A C# parameter or local.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type.</param>
/// <param name="Parameter">Position among the parameters, or -1.</param>
internal sealed record Variable(string Name, Type Type, int Parameter)
{
    /// <summary>The inlined call that it belongs to; null for the method's own variables.</summary>
    public Place? Inlined { get; init; }
}
