using Verification.Toolchain.Ir;

namespace Verification.Toolchain.Codegen;

/// <summary>What a machine instruction is before encoding.</summary>
internal enum MachineKind : byte
{
    /// <summary>An instruction of the table, by mnemonic.</summary>
    Plain,

    /// <summary>A copy between registers.</summary>
    Move,

    /// <summary>A constant into a register.</summary>
    Constant,

    /// <summary>A constant from read-only data into a register: <c>auipc</c> and <c>ld</c>.</summary>
    Number,

    /// <summary>A symbol's address into a register.</summary>
    SymbolAddress,

    /// <summary>A slot's address into a register.</summary>
    SlotAddress,

    /// <summary>A load or store at a symbol: <c>auipc</c> and the access.</summary>
    SymbolAccess,

    /// <summary>A load or store in the frame.</summary>
    SlotAccess,

    /// <summary>A compare and exchange: a loop around <c>lr</c> and <c>sc</c>.</summary>
    CompareExchange,

    /// <summary>A call of a symbol, or through a register.</summary>
    Call,

    /// <summary>A call that ends the method: the frame is given back first.</summary>
    TailCall,

    /// <summary>A call of the panic handler.</summary>
    Panic,

    /// <summary>Return, with the frame given back.</summary>
    Return,

    /// <summary>An unconditional jump.</summary>
    Jump,

    /// <summary>A conditional branch; the other way is the jump behind it.</summary>
    Branch,

    /// <summary>A word as it is.</summary>
    Word,

    /// <summary>No code: from here on a variable has a value.</summary>
    DebugValue,

    /// <summary>No code: a copy that vanished because both values lie in one register.</summary>
    DebugCopy,
}

/// <summary>
/// One machine instruction or short fixed sequence. Registers are numbers: 0-31 the integer registers, 32-63 the
/// floating-point registers, from 64 on virtual ones; -1 where there is none.
/// </summary>
internal sealed class MachineInstr
{
    public const int None = -1;
    public const int FirstVirtual = 64;

    public MachineKind Kind { get; set; }

    public string Mnemonic { get; set; } = "";

    public int Rd { get; set; } = None;

    /// <summary>A scratch register that the sequence writes early.</summary>
    public int Scratch { get; set; } = None;

    public int Rs1 { get; set; } = None;

    public int Rs2 { get; set; } = None;

    /// <summary>A third operand, of a compare and exchange.</summary>
    public int Rs3 { get; set; } = None;

    public long Immediate { get; set; }

    public string? Symbol { get; set; }

    public Slot? Slot { get; set; }

    public MachineBlock? Target { get; set; }

    /// <summary>How many of a branch's runs take it, from 0 to 1.</summary>
    public double Share { get; set; } = 0.5;

    /// <summary>Registers that a call takes its arguments in.</summary>
    public int[] Uses { get; set; } = [];

    /// <summary>Mode field: ordering or rounding.</summary>
    public int Mode { get; set; }

    /// <summary>What a call calls.</summary>
    public CallTarget? Call { get; set; }

    /// <summary>Symbols that a call may reach; none if that is not known.</summary>
    public IReadOnlyList<string> Targets { get; set; } = [];

    /// <summary>True for a call through which a failure of the base library finds its line.</summary>
    public bool LeadsBack { get; set; }

    public Place? Place { get; set; }

    /// <summary>What a <see cref="MachineKind.DebugValue"/> says.</summary>
    public DebugBinding? Binding { get; set; }

    /// <summary>The value that the instruction makes, or that a variable has: a virtual register's number before allocation.</summary>
    public int Value { get; set; } = None;

    /// <summary>For a copy, the value that is copied.</summary>
    public int CopiedValue { get; set; } = None;

    /// <summary>Number of the first item of code that it became; <see cref="None"/> if it was left out.</summary>
    public int FirstItem { get; set; } = None;

    /// <summary>Number of the first item behind its own.</summary>
    public int EndItem { get; set; } = None;

    /// <summary>True if the result may be made again instead of kept: constants and addresses.</summary>
    public bool IsRematerialisable => Kind is MachineKind.Constant or MachineKind.SymbolAddress or MachineKind.SlotAddress or MachineKind.Number;

    /// <summary>True if the destination is written before the operands have been read.</summary>
    public bool WritesEarly => Kind == MachineKind.CompareExchange;

    /// <summary>True if it becomes no code.</summary>
    public bool IsDebug => Kind is MachineKind.DebugValue or MachineKind.DebugCopy;

    public MachineInstr Clone() => (MachineInstr)MemberwiseClone();
}

/// <summary>A block of machine instructions.</summary>
internal sealed class MachineBlock(int id, Block source)
{
    public int Id { get; } = id;

    public Block Source { get; } = source;

    public List<MachineInstr> Body { get; set; } = [];

    public List<MachineBlock> Successors { get; } = [];

    /// <summary>Number of instructions that become code.</summary>
    public int CodeCount => Body.Count(instr => !instr.IsDebug);

    /// <summary>How often it runs, roughly, for one run of the method.</summary>
    public double Frequency { get; set; } = 1;
}

/// <summary>A method in machine instructions.</summary>
internal sealed class MachineFunction(Function source)
{
    private readonly List<bool> _isFloat = [];

    public Function Source { get; } = source;

    /// <summary>Blocks in the order in which they will lie.</summary>
    public List<MachineBlock> Blocks { get; set; } = [];

    public int VirtualCount => _isFloat.Count;

    /// <summary>Bytes for arguments of calls that do not fit registers.</summary>
    public int OutgoingSizeBytes { get; set; }

    /// <summary>A new virtual register.</summary>
    public int NewVirtual(bool isFloat)
    {
        _isFloat.Add(isFloat);
        return MachineInstr.FirstVirtual + _isFloat.Count - 1;
    }

    /// <summary>True for a floating-point register, virtual or not.</summary>
    public bool IsFloat(int register) =>
        register >= MachineInstr.FirstVirtual ? _isFloat[register - MachineInstr.FirstVirtual] : register >= 32;
}
