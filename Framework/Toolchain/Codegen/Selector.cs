using Verification.Toolchain.Il;
using Verification.Toolchain.Ir;

namespace Verification.Toolchain.Codegen;

/// <summary>
/// Chooses instructions, from the last block to the first and from the end of each to its begin: an operation is selected
/// when someone has asked for its value, so that what an instruction can take in (a constant, an offset, a comparison, a
/// truncation) costs nothing.
/// </summary>
internal sealed partial class Selector
{
    // From so many instructions on a constant is loaded: it lies in eight bytes of data then, and takes eight of code.
    private const int LongestConstant = 3;

    private sealed record BaseRegister(string Symbol, int Register);

    private readonly Compilation _unit;
    private readonly Function _function;
    private readonly MachineFunction _machine;
    private readonly Dictionary<Instr, int> _registers = [];
    private readonly Dictionary<Block, MachineBlock> _blocks = [];
    private readonly Dictionary<Instr, Instr> _secondOf = [];
    private readonly bool _hasZba;
    private readonly bool _hasZbb;
    private int[] _uses;
    private List<MachineInstr> _reversed = [];
    private List<MachineInstr> _group = [];
    private Dictionary<string, int> _symbolUses = [];
    private List<BaseRegister> _symbolBases = [];
    private Block _block = null!;
    private Place? _place;

    private Selector(Compilation unit, Function function)
    {
        _unit = unit;
        _function = function;
        _machine = new MachineFunction(function);
        _hasZba = unit.Options.Extensions.HasFlag(TargetExtensions.Zba);
        _hasZbb = unit.Options.Extensions.HasFlag(TargetExtensions.Zbb);
        _uses = function.CountUses();
    }

    /// <summary>Selects instructions for a whole function whose operations have all been expanded.</summary>
    public static MachineFunction Select(Compilation unit, Function function)
    {
        Selector selector = new(unit, function);
        selector.Run();
        return selector._machine;
    }

    private void Run()
    {
        Dictionary<Block, double> frequencies = BlockFrequencies.Of(_function);
        foreach (Block block in _function.Blocks)
        {
            _blocks.Add(block, new MachineBlock(block.Id, block) { Frequency = frequencies[block] });
            foreach (Instr instr in block.Body)
            {
                if (instr.Op == Op.SecondResult) _secondOf[instr.Args[0]] = instr;
            }
        }

        foreach (Block block in _function.Blocks)
        {
            MachineBlock machine = _blocks[block];
            foreach (Block successor in block.Successors) machine.Successors.Add(_blocks[successor]);
            foreach (Instr phi in block.Phis) Register(phi);
        }

        for (int index = _function.Blocks.Count - 1; index >= 0; index--) SelectBlock(_function.Blocks[index]);
        foreach (Block block in _function.Blocks) _machine.Blocks.Add(_blocks[block]);
        DebugTracking.Prepare(_machine, _registers);
    }

    private void SelectBlock(Block block)
    {
        _block = block;
        _reversed = [];
        _symbolBases = [];
        CountSymbols(block);
        for (int index = block.Body.Count - 1; index >= 0; index--)
        {
            Instr instr = block.Body[index];
            if (instr.Op == Op.Phi) break;
            if (instr.Reference is DebugBinding binding)
            {
                _reversed.Add(new MachineInstr { Kind = MachineKind.DebugValue, Binding = binding, Place = instr.Place });
                continue;
            }

            bool isWanted = _registers.ContainsKey(instr);
            if (instr.IsDroppable && !isWanted) continue;
            _place = instr.Place;
            _group = [];
            SelectInstr(instr);
            for (int part = _group.Count - 1; part >= 0; part--) _reversed.Add(_group[part]);
        }

        _group = [];
        _place = null;
        if (block == _function.Entry) ReceiveArguments();
        foreach (BaseRegister known in _symbolBases)
            Add(new MachineInstr { Kind = MachineKind.SymbolAddress, Rd = known.Register, Symbol = known.Symbol });

        for (int part = _group.Count - 1; part >= 0; part--) _reversed.Add(_group[part]);
        _reversed.Reverse();
        _blocks[block].Body = _reversed;
    }

    // A symbol that a block accesses several times is worth a register.
    private void CountSymbols(Block block)
    {
        _symbolUses = [];
        foreach (Instr instr in block.Body)
        {
            foreach (Instr arg in instr.Args)
            {
                if (instr.Op is Op.Phi or Op.Panic || arg.Op != Op.SymbolAddress || arg.Immediate is < -1024 or > 1024) continue;
                string symbol = (string)arg.Reference!;
                _symbolUses[symbol] = _symbolUses.GetValueOrDefault(symbol) + 1;
            }
        }
    }

    /// <summary>The register that holds a symbol's address throughout the block, if the block uses it often.</summary>
    private int? SymbolBase(string symbol)
    {
        if (_symbolUses.GetValueOrDefault(symbol) < 2) return null;
        if (_block.Body.Any(instr => instr.Op == Op.Call)) return null;
        if (_symbolBases.Find(known => known.Symbol == symbol) is { } found) return found.Register;
        BaseRegister made = new(symbol, _machine.NewVirtual(isFloat: false));
        _symbolBases.Add(made);
        return made.Register;
    }

    private void ReceiveArguments()
    {
        foreach (Instr argument in _registers.Keys.Where(value => value.Op == Op.ArgumentRegister).OrderBy(value => value.Immediate))
        {
            int register = _registers[argument];
            int index = (int)argument.Immediate;
            if (index < Registers.ArgumentCount)
            {
                Add(new MachineInstr { Kind = MachineKind.Move, Rd = register, Rs1 = Registers.FirstArgument + index });
                continue;
            }

            Add(new MachineInstr
            {
                Kind = MachineKind.SlotAccess,
                Mnemonic = "ld",
                Rd = register,
                Slot = IncomingSlot,
                Immediate = 8 * (index - Registers.ArgumentCount),
            });
        }
    }

    /// <summary>Stands for the caller's frame, where arguments lie that did not fit registers.</summary>
    public static readonly Slot IncomingSlot = new(-1, 0, 8, null);

    /// <summary>Stands for the bottom of this frame, where arguments of calls lie that do not fit registers.</summary>
    public static readonly Slot OutgoingSlot = new(-2, 0, 8, null);

    private void Add(MachineInstr instr)
    {
        instr.Place = _place;
        _group.Add(instr);
    }

    /// <summary>The virtual register of a value that stands in a block.</summary>
    private int Register(Instr value)
    {
        value = Same(value);
        if (_registers.TryGetValue(value, out int register)) return register;
        register = _machine.NewVirtual(IrTypes.IsFloat(value.Type));
        _registers.Add(value, register);
        return register;
    }

    // These change nothing in the register.
    private static Instr Same(Instr value)
    {
        while (value.Op is Op.SignExtend32 or Op.NonNegative) value = value.Args[0];
        return value;
    }

    /// <summary>A register that holds an operand; constants and addresses are put into one here.</summary>
    private int Use(Instr value)
    {
        value = Same(value);
        switch (value.Op)
        {
            case Op.Const when value.Immediate == 0:
                return Registers.Zero;
            case Op.Const:
                int constant = _machine.NewVirtual(isFloat: false);
                LoadConstant(constant, value.Immediate);
                return constant;
            case Op.SymbolAddress or Op.SlotAddress:
                int address = _machine.NewVirtual(isFloat: false);
                LoadAddress(address, value);
                return address;
            default:
                return Register(value);
        }
    }

    /// <summary>A register whose low 32 bits are the operand's, for instructions that look at no others.</summary>
    private int UseLow(Instr value)
    {
        value = Same(value);
        while (value.Op is Op.Truncate or Op.SignExtend32 or Op.ZeroExtend32 or Op.NonNegative) value = value.Args[0];
        return Use(value);
    }

    private void LoadConstant(int register, long value)
    {
        bool isLong = value != (int)value && ConstantBuilder.Build(value).Count > LongestConstant;
        Add(isLong
            ? new MachineInstr { Kind = MachineKind.Number, Mnemonic = "ld", Rd = register, Symbol = _unit.Data.Number(value) }
            : new MachineInstr { Kind = MachineKind.Constant, Rd = register, Immediate = value });
    }

    private void LoadAddress(int register, Instr address)
    {
        if (address.Op == Op.SlotAddress)
        {
            Add(new MachineInstr { Kind = MachineKind.SlotAddress, Rd = register, Slot = (Slot)address.Reference!, Immediate = address.Immediate });
            return;
        }

        string symbol = (string)address.Reference!;
        if (address.Immediate is >= -1024 and <= 1024 && SymbolBase(symbol) is { } known)
        {
            Add(address.Immediate == 0
                ? new MachineInstr { Kind = MachineKind.Move, Rd = register, Rs1 = known }
                : new MachineInstr { Mnemonic = "addi", Rd = register, Rs1 = known, Immediate = address.Immediate });
            return;
        }

        Add(new MachineInstr { Kind = MachineKind.SymbolAddress, Rd = register, Symbol = symbol, Immediate = address.Immediate });
    }

    private void Plain(string mnemonic, int rd, int rs1, int rs2) =>
        Add(new MachineInstr { Mnemonic = mnemonic, Rd = rd, Rs1 = rs1, Rs2 = rs2 });

    private void Immediate(string mnemonic, int rd, int rs1, long immediate) =>
        Add(new MachineInstr { Mnemonic = mnemonic, Rd = rd, Rs1 = rs1, Immediate = immediate });

    private static bool IsSmall(Instr value) => value.IsConst && value.Immediate is >= -2048 and <= 2047;
}
