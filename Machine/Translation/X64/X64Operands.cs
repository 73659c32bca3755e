namespace Verification.Machine.Translation.X64;

/// <summary>A host register of x86-64, numbered as encodings number it.</summary>
internal enum R { Rax, Rcx, Rdx, Rbx, Rsp, Rbp, Rsi, Rdi, R8, R9, R10, R11, R12, R13, R14, R15 }

/// <summary>A condition of <c>jcc</c>, <c>setcc</c> and <c>cmovcc</c>, numbered as encodings number it; xor 1 negates.</summary>
internal enum Condition { Overflow, NoOverflow, Below, AboveOrEqual, Equal, NotEqual, BelowOrEqual, Above, Sign, NoSign, Parity, NoParity, Less, GreaterOrEqual, LessOrEqual, Greater }

/// <summary>The two-operand arithmetic of x86-64's first opcode row, numbered as encodings number it.</summary>
internal enum Alu { Add = 0, Or = 1, And = 4, Subtract = 5, Xor = 6, Compare = 7 }

/// <summary>Where an operand lies: at a register, plus another one if there is one, plus a displacement.</summary>
internal readonly record struct HostAddress(R Base, int Displacement = 0, R? Index = null);

/// <summary>How a narrow value fills a register.</summary>
internal enum ExtensionKind
{
    Zero,
    Sign,
}
