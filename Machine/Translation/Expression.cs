namespace Verification.Machine.Translation;

/// <summary>A node of the small expression that one instruction's meaning builds while it is recorded.</summary>
internal sealed class Expression
{
    internal Operator Operator { get; init; }

    /// <summary>Constant's value, register's number, width of an extension in bits, or bits of a rotation.</summary>
    internal ulong Value { get; init; }

    internal Expression? First { get; init; }

    internal Expression? Second { get; init; }

    internal Expression? Third { get; init; }

    internal bool IsConstant => Operator == Operator.Constant;

    internal static Expression Constant(ulong value) => new() { Operator = Operator.Constant, Value = value };

    internal static Expression Register(int number) =>
        number == 0 ? Constant(0) : new() { Operator = Operator.Register, Value = (ulong)number };

    internal static Expression FloatRegister(int number) =>
        new() { Operator = Operator.FloatRegister, Value = (ulong)number };

    /// <summary>The word that the instruction's memory access brought.</summary>
    internal static Expression Loaded(int sizeBytes) => new() { Operator = Operator.Loaded, Value = (ulong)sizeBytes };

    internal static Expression Unary(Operator op, Expression first, ulong value = 0) =>
        new() { Operator = op, First = first, Value = value };

    internal static Expression Binary(Operator op, Expression first, Expression second) =>
        new() { Operator = op, First = first, Second = second };

    internal static Expression Select(Expression condition, Expression ifTrue, Expression ifFalse) =>
        new() { Operator = Operator.Select, First = condition, Second = ifTrue, Third = ifFalse };

    /// <summary>Adds <paramref name="weight"/> for each register that evaluating this reads.</summary>
    internal void CountUses(Span<long> integers, Span<long> floats, long weight)
    {
        if (Operator == Operator.Register) integers[(int)Value] += weight;
        if (Operator == Operator.FloatRegister) floats[(int)Value] += weight;
        First?.CountUses(integers, floats, weight);
        Second?.CountUses(integers, floats, weight);
        Third?.CountUses(integers, floats, weight);
    }

    /// <summary>How often evaluating this reads a register.</summary>
    internal int Uses(int register) => Operator == Operator.Register
        ? (int)Value == register ? 1 : 0
        : (First?.Uses(register) ?? 0) + (Second?.Uses(register) ?? 0) + (Third?.Uses(register) ?? 0);

    /// <summary>Whether it is made of the same.</summary>
    internal bool IsSame(Expression other) => Operator == other.Operator && Value == other.Value
        && AreSame(First, other.First) && AreSame(Second, other.Second) && AreSame(Third, other.Third);

    /// <summary>Whether its value goes by no more than the low 32 bits of a register.</summary>
    /// <param name="register">The register.</param>
    /// <param name="isLow">Only the low half of the value counts.</param>
    internal bool IsOfLow(int register, bool isLow = false) => Operator switch
    {
        Operator.Register => isLow || (int)Value != register,
        Operator.SignExtend or Operator.ZeroExtend => First!.IsOfLow(register, isLow || Value <= 32),
        Operator.RotateRight32 => First!.IsOfLow(register, isLow: true),
        Operator.And when Second is { IsConstant: true, Value: <= int.MaxValue } => First!.IsOfLow(register, isLow: true),
        Operator.Not or Operator.Add or Operator.Subtract or Operator.And or Operator.Or or Operator.Xor or Operator.Multiply =>
            First!.IsOfLow(register, isLow) && Second?.IsOfLow(register, isLow) != false,
        Operator.ShiftLeft => First!.IsOfLow(register, isLow) && Second!.IsOfLow(register),
        _ => First?.IsOfLow(register) != false && Second?.IsOfLow(register) != false && Third?.IsOfLow(register) != false,
    };

    private static bool AreSame(Expression? first, Expression? second) =>
        first is null || second is null ? first == second : first.IsSame(second);

    /// <summary>A constant that an instruction of the host can hold.</summary>
    internal bool IsSmall => IsConstant && (long)Value == (int)Value;

    /// <summary>An unsigned word of 32 bits that is shifted right: as a signed one it is positive too.</summary>
    internal bool IsShiftedUnsigned32 => Operator == Operator.ShiftRight
        && First is { Operator: Operator.ZeroExtend, Value: 32 } && Second is { IsConstant: true, Value: > 0 and < 32 };

    /// <summary>One operation after the other, each with a register or a constant: no more is held at a time than the value itself.</summary>
    internal bool IsChain => Operator switch
    {
        Operator.Constant or Operator.Register => true,
        Operator.Not or Operator.SignExtend or Operator.ZeroExtend or Operator.RotateRight or Operator.RotateRight32 => First!.IsChain,
        Operator.Add or Operator.Subtract or Operator.And or Operator.Or or Operator.Xor => Second!.First is null && First!.IsChain,
        Operator.ShiftLeft or Operator.ShiftRight or Operator.ShiftRightArithmetic => Second!.IsConstant && First!.IsChain,
        Operator.Multiply => First!.First is null && Second!.First is null,
        _ => false,
    };

    /// <summary>The integer registers that evaluating this reads, a bit each.</summary>
    internal uint Registers => Operator == Operator.Register ? 1u << (int)Value
        : (First?.Registers ?? 0) | (Second?.Registers ?? 0) | (Third?.Registers ?? 0);

    /// <summary>Of how many operations it is made.</summary>
    internal int Operations => First is null ? 0 : 1 + First.Operations + (Second?.Operations ?? 0) + (Third?.Operations ?? 0);

    /// <summary>Whether this or what it is made of fulfils a condition.</summary>
    internal bool Exists(Predicate<Expression> condition) =>
        condition(this) || First?.Exists(condition) == true || Second?.Exists(condition) == true || Third?.Exists(condition) == true;
}

/// <summary>The operations of <see cref="Isa.IWord{TWord}"/>, and the leaves.</summary>
internal enum Operator
{
    Constant,
    Register,
    FloatRegister,
    Loaded,
    Add,
    Subtract,
    Multiply,
    And,
    Or,
    Xor,
    Not,
    ShiftLeft,
    ShiftRight,
    ShiftRightArithmetic,
    Equal,
    Less,
    LessUnsigned,
    Select,
    SignExtend,
    ZeroExtend,
    MultiplyHigh,
    MultiplyHighUnsigned,
    Divide,
    DivideUnsigned,
    Remainder,
    RemainderUnsigned,
    PopulationCount,
    LeadingZeroCount,
    TrailingZeroCount,
    ReverseBytes,

    /// <summary>By a constant, <see cref="Expression.Value"/>.</summary>
    RotateRight,

    /// <summary>The low half, zero-extended, by a constant.</summary>
    RotateRight32,
    CarrylessMultiply,
    CarrylessMultiplyHigh,
}
