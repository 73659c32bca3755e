namespace Verification.Toolchain.Ir;

/// <summary>Types of values that fit a register. An I32 lies in its register sign-extended, as the psABI has it.</summary>
internal enum IrType : byte
{
    Void,
    I32,
    I64,
    F32,
    F64,
}

/// <summary>What a memory access reads or writes, and how a narrow read is extended.</summary>
internal enum MemType : byte
{
    I8,
    U8,
    I16,
    U16,
    I32,
    U32,
    I64,
    F32,
    F64,
}

/// <summary>Operations of the intermediate representation.</summary>
internal enum Op : byte
{
    // Without a block: equal ones are one object per function.
    Const,          // Immediate
    SymbolAddress,  // Symbol + Immediate
    SlotAddress,    // Slot (Reference) + Immediate
    Parameter,      // Immediate: index
    ArgumentRegister, // Immediate: 0-7 for a0-a7, then stack
    Pseudo,         // Reference: a Type, ExceptionValue, BoxedValue...; exists while importing only

    Phi,

    // Pure
    Add,
    Sub,
    Mul,
    MulHigh,
    MulHighUnsigned,
    Div,            // traps are checked before
    DivUnsigned,
    Rem,
    RemUnsigned,
    And,
    Or,
    Xor,
    Shl,
    Shr,            // arithmetic
    ShrUnsigned,
    SignExtend8,
    SignExtend16,
    SignExtend32,   // I32 to I64: no instruction
    ZeroExtend8,
    ZeroExtend16,
    ZeroExtend32,   // I32 to I64
    Truncate,       // I64 to I32
    Eq,
    Ne,
    Lt,
    Ge,
    LtUnsigned,
    GeUnsigned,
    NonNegative,    // its operand, known to be >= 0 as a signed number
    CountLeadingZeros,
    CountTrailingZeros,
    PopCount,
    ReverseBytes,
    RotateLeft,
    RotateRight,
    FAdd,
    FSub,
    FMul,
    FDiv,
    FNeg,
    FAbs,
    FSqrt,
    FMin,
    FMax,
    FMultiplyAdd,   // first * second + third, rounded once
    FEq,
    FLt,
    FLe,
    FConvert,       // float to float
    FFromSigned,
    FFromUnsigned,
    FToSigned,      // saturating, as fcvt does
    FToUnsigned,
    FBits,          // float to integer, same bits
    FOfBits,

    Materialise,    // a constant or address, put into a register here

    // Memory
    Load,           // address + Immediate
    Store,          // address + Immediate, value
    MemoryCopy,     // destination, source; Immediate: size
    MemoryZero,     // destination; Immediate: size

    // Effects
    Call,           // Reference: CallTarget
    Amo,            // Reference: AmoKind; address, value; result the old value
    CompareExchange, // address, new value, comparand
    Fence,          // Immediate: pred and succ bits
    FenceInstruction,
    CsrRead,        // Immediate: number
    CsrWrite,       // value
    CsrSwap,        // value; result the old value
    CsrSet,         // value; result the old value
    CsrClear,
    MachineCode,    // Reference: assembly words without operands
    SecondResult,   // the second word that a call returned

    // Reference: DebugBinding. For the debugger alone: no operand, no code, but a place in the order of things.
    DebugValue,

    // Terminators
    Jump,
    Branch,         // condition; successors: taken when non-zero, otherwise
    Switch,         // value; successors: one per value from 0, then the default
    Return,         // values
    Panic,          // Reference: PanicSite; does not return
    Unreachable,
}
