namespace Verification.Machine.Translation;

/// <summary>A node of the small expression that one instruction's meaning builds while it is recorded.</summary>
internal sealed class Expression
{
    internal Operator Operator { get; init; }

    /// <summary>Constant's value, register's number, or width of an extension in bits.</summary>
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

    /// <summary>Whether evaluating this reads integer register <paramref name="register"/>.</summary>
    internal bool Reads(int register) =>
        (Operator == Operator.Register && Value == (ulong)register)
        || (First?.Reads(register) ?? false) || (Second?.Reads(register) ?? false) || (Third?.Reads(register) ?? false);

    /// <summary>Whether evaluating this reads floating-point register <paramref name="register"/>.</summary>
    internal bool ReadsFloat(int register) =>
        (Operator == Operator.FloatRegister && Value == (ulong)register)
        || (First?.ReadsFloat(register) ?? false) || (Second?.ReadsFloat(register) ?? false)
        || (Third?.ReadsFloat(register) ?? false);
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
    CarrylessMultiply,
    CarrylessMultiplyHigh,
}
