using Verification.Toolchain.Il;
using Verification.Toolchain.Ir;

namespace Verification.Toolchain.Codegen;

/// <summary>Selection of memory accesses, calls, machine instructions and terminators.</summary>
internal sealed partial class Selector
{
    private const int AcquireRelease = 3;
    private const int Acquire = 2;

    private Instr? _tailCall;

    private void SelectEffect(Instr instr)
    {
        switch (instr.Op)
        {
            case Op.Load:
                // A volatile load is made even if nobody wants what it gives.
                Access(instr, LoadName(instr), Register(instr), MachineInstr.None);
                break;
            case Op.Store:
                int size = IrTypes.SizeBytes(instr.Memory);
                Instr value = instr.Args[1];
                int stored = IrTypes.IsFloat(value.Type) ? Use(value) : size <= 4 ? UseLow(value) : Use(value);
                Access(instr, StoreName(instr), MachineInstr.None, stored);
                break;
            case Op.Call:
                SelectCall(instr);
                break;
            case Op.SecondResult:
                break;
            case Op.Amo:
                string suffix = instr.Type == IrType.I32 ? ".w" : ".d";
                bool isWanted = _registers.ContainsKey(instr);
                Add(new MachineInstr
                {
                    Mnemonic = AmoName((AmoKind)instr.Reference!) + suffix,
                    Rd = isWanted ? Register(instr) : Registers.Zero,
                    Rs1 = Use(instr.Args[0]),
                    Rs2 = Use(instr.Args[1]),
                    Mode = AcquireRelease,
                });
                break;
            case Op.CompareExchange:
                Add(new MachineInstr
                {
                    Kind = MachineKind.CompareExchange,
                    Mnemonic = instr.Type == IrType.I32 ? ".w" : ".d",
                    Rd = Register(instr),
                    Scratch = _machine.NewVirtual(isFloat: false),
                    Rs1 = Use(instr.Args[0]),
                    Rs2 = Use(instr.Args[1]),
                    Rs3 = Use(instr.Args[2]),
                });
                break;
            case Op.Fence:
                Add(new MachineInstr { Mnemonic = "fence", Rd = 0, Rs1 = 0, Mode = (int)instr.Immediate });
                break;
            case Op.FenceInstruction:
                Add(new MachineInstr { Kind = MachineKind.Word, Immediate = 0x0000100f });
                break;
            case Op.MachineCode:
                Add(new MachineInstr { Kind = MachineKind.Word, Immediate = instr.Immediate });
                break;
            case Op.CsrRead or Op.CsrWrite or Op.CsrSwap or Op.CsrSet or Op.CsrClear:
                SelectCsr(instr);
                break;
            default:
                SelectTerminator(instr);
                break;
        }
    }

    private static string LoadName(Instr load) => load.Memory switch
    {
        MemType.I8 => "lb",
        MemType.U8 => "lbu",
        MemType.I16 => "lh",
        MemType.U16 => "lhu",
        MemType.I32 => "lw",
        MemType.U32 => load.Type == IrType.I64 ? "lwu" : "lw",
        MemType.F32 => "flw",
        MemType.F64 => "fld",
        _ => "ld",
    };

    private static string StoreName(Instr store) => store.Memory switch
    {
        MemType.F32 => "fsw",
        MemType.F64 => "fsd",
        _ => IrTypes.SizeBytes(store.Memory) switch { 1 => "sb", 2 => "sh", 4 => "sw", _ => "sd" },
    };

    private static string AmoName(AmoKind kind) => kind switch
    {
        AmoKind.Swap => "amoswap",
        AmoKind.Add => "amoadd",
        AmoKind.And => "amoand",
        AmoKind.Or => "amoor",
        AmoKind.Xor => "amoxor",
        AmoKind.MinSigned => "amomin",
        AmoKind.MaxSigned => "amomax",
        AmoKind.MinUnsigned => "amominu",
        _ => "amomaxu",
    };

    private void Access(Instr access, string mnemonic, int rd, int stored)
    {
        Instr address = Same(access.Args[0]);
        long offset = access.Immediate;
        MachineInstr made = new() { Mnemonic = mnemonic, Rd = rd, Rs2 = stored };
        switch (address.Op)
        {
            case Op.SlotAddress:
                made.Kind = MachineKind.SlotAccess;
                made.Slot = (Slot)address.Reference!;
                made.Immediate = address.Immediate + offset;
                break;
            case Op.SymbolAddress:
                string symbol = (string)address.Reference!;
                if (address.Immediate is >= -1024 and <= 1024 && address.Immediate + offset is >= -2048 and <= 2047 &&
                    SymbolBase(symbol) is { } known)
                {
                    made.Rs1 = known;
                    made.Immediate = address.Immediate + offset;
                    break;
                }

                made.Kind = MachineKind.SymbolAccess;
                made.Symbol = symbol;
                made.Immediate = address.Immediate + offset;
                // A load reaches the address through its own destination; a store needs a register for it.
                made.Scratch = rd == MachineInstr.None || _machine.IsFloat(rd) ? _machine.NewVirtual(isFloat: false) : MachineInstr.None;
                break;
            default:
                made.Rs1 = Use(address);
                made.Immediate = offset;
                break;
        }

        Add(made);
    }

    private void SelectCsr(Instr instr)
    {
        int rd = instr.Op == Op.CsrWrite || !_registers.ContainsKey(instr) ? Registers.Zero : Register(instr);
        string mnemonic = instr.Op switch { Op.CsrWrite or Op.CsrSwap => "csrrw", Op.CsrClear => "csrrc", _ => "csrrs" };
        int source = instr.Op == Op.CsrRead ? Registers.Zero : Use(instr.Args[0]);
        Add(new MachineInstr { Mnemonic = mnemonic, Rd = rd, Rs1 = source, Immediate = instr.Immediate });
    }

    // A call whose result is the method's own result, from a frame that nothing points into, needs no way back.
    private Instr? TailCall(Instr result)
    {
        if (_unit.Options.Optimisation == OptimisationLevel.Minimal || _function.Slots.Count > 0) return null;
        int index = BeforeEnd(_block.Body.Count - 1);
        if (index >= 0 && _block.Body[index].Op == Op.SecondResult) index = BeforeEnd(index);
        if (index < 0 || _block.Body[index] is not { Op: Op.Call, Reference: CallTarget { Symbol: not null, IsNoReturn: false } } call) return null;
        if (call.Args.Length > Registers.ArgumentCount) return null;
        // A failure in the library is told at this line: the way back must lead through it.
        if (call.Place?.IsOfKernel == true && _unit.PanicCalls.MayFail((CallTarget)call.Reference!)) return null;
        if (result.Args.Length > 0 && result.Args[0] != call) return null;
        if (result.Args.Length > 1 && (result.Args[1].Op != Op.SecondResult || result.Args[1].Args[0] != call)) return null;
        if (result.Args.Length == 1 && _secondOf.ContainsKey(call)) return null;
        return call;
    }

    // The operation before another one, but for what is there for the debugger alone.
    private int BeforeEnd(int index)
    {
        do index--;
        while (index >= 0 && _block.Body[index].IsDebug);
        return index;
    }

    private void SelectCall(Instr call)
    {
        if (call == _tailCall) return;
        CallTarget target = (CallTarget)call.Reference!;
        bool isIndirect = target.Symbol is null;
        int pointer = isIndirect ? Use(call.Args[0]) : MachineInstr.None;
        int[] uses = PassArguments(isIndirect ? call.Args[1..] : call.Args);
        Add(new MachineInstr
        {
            Kind = MachineKind.Call,
            Symbol = target.Symbol,
            Rs1 = pointer,
            Uses = uses,
            Call = target,
            Targets = target.Symbol is { } symbol ? [symbol] : _unit.IndirectTargets(target),
            LeadsBack = _unit.PanicCalls.MayFail(target),
        });
        if (_registers.TryGetValue(call, out int result))
            Add(new MachineInstr { Kind = MachineKind.Move, Rd = result, Rs1 = Registers.FirstArgument });
        if (_secondOf.TryGetValue(call, out Instr? second) && _registers.TryGetValue(second, out int other))
            Add(new MachineInstr { Kind = MachineKind.Move, Rd = other, Rs1 = Registers.FirstArgument + 1 });
    }

    private int[] PassArguments(Instr[] args)
    {
        int[] values = new int[args.Length];
        // What has to be made is made before the first argument register is taken.
        for (int index = 0; index < args.Length; index++)
            values[index] = index < Registers.ArgumentCount && Same(args[index]).IsFloating && Same(args[index]).Op is Op.Const or Op.SymbolAddress or Op.SlotAddress ? MachineInstr.None : Use(args[index]);
        for (int index = Registers.ArgumentCount; index < args.Length; index++)
        {
            int offset = 8 * (index - Registers.ArgumentCount);
            _machine.OutgoingSizeBytes = Math.Max(_machine.OutgoingSizeBytes, offset + 8);
            Add(new MachineInstr { Kind = MachineKind.SlotAccess, Mnemonic = "sd", Rs2 = values[index], Slot = OutgoingSlot, Immediate = offset });
        }

        int count = Math.Min(args.Length, Registers.ArgumentCount);
        for (int index = 0; index < count; index++) MoveTo(Registers.FirstArgument + index, args[index], values[index]);
        int[] registers = new int[count];
        for (int index = 0; index < count; index++) registers[index] = Registers.FirstArgument + index;
        return registers;
    }

    private void MoveTo(int register, Instr value, int source)
    {
        if (source != MachineInstr.None)
        {
            Add(new MachineInstr { Kind = MachineKind.Move, Rd = register, Rs1 = source });
            return;
        }

        value = Same(value);
        if (value.IsConst) LoadConstant(register, value.Immediate);
        else LoadAddress(register, value);
    }

    private void SelectTerminator(Instr instr)
    {
        switch (instr.Op)
        {
            case Op.Jump:
                CopyToPhis(_block.Successors[0]);
                Add(new MachineInstr { Kind = MachineKind.Jump, Target = _blocks[_block.Successors[0]] });
                break;
            case Op.Branch:
                SelectBranch(instr.Args[0]);
                break;
            case Op.Return when TailCall(instr) is { } call:
                _tailCall = call;
                int[] arguments = PassArguments(call.Args);
                Add(new MachineInstr { Kind = MachineKind.TailCall, Symbol = ((CallTarget)call.Reference!).Symbol, Uses = arguments, Call = (CallTarget)call.Reference! });
                break;
            case Op.Return:
                int[] values = PassArguments(instr.Args);
                Add(new MachineInstr { Kind = MachineKind.Return, Uses = values });
                break;
            case Op.Panic:
                SelectPanic(((PanicReason)instr.Reference!).Message, instr.Place);
                break;
            case Op.Unreachable:
                // Where nothing can come, an illegal instruction says so if something does.
                if (BeforeEnd(_block.Body.Count - 1) is not (>= 0 and var last) || _block.Body[last].Op != Op.Call) Add(new MachineInstr { Kind = MachineKind.Word, Immediate = 0 });
                break;
            default:
                throw new InternalFault($"no instruction for {instr.Op}");
        }
    }

    private void SelectPanic(string site, Place? place)
    {
        if (_unit.PanicSymbol is not { } handler)
        {
            Add(new MachineInstr { Kind = MachineKind.Word, Immediate = 0x00100073 });
            return;
        }

        Add(new MachineInstr { Kind = MachineKind.SymbolAddress, Rd = Registers.FirstArgument, Symbol = site });
        bool isOfLibrary = place?.IsOfKernel == false && _function.Key.Method.DeclaringType != typeof(PanicRoutines);
        if (isOfLibrary) handler = _unit.Reference(new MethodKey(typeof(PanicRoutines).GetMethod(nameof(PanicRoutines.Raise))!, null), null);
        Add(new MachineInstr { Kind = MachineKind.Panic, Symbol = handler, Rs1 = isOfLibrary ? Registers.ReturnAddress : MachineInstr.None, Uses = [Registers.FirstArgument] });
    }

    private void SelectBranch(Instr condition)
    {
        MachineBlock taken = _blocks[_block.Successors[0]];
        MachineBlock otherwise = _blocks[_block.Successors[1]];
        condition = Same(condition);
        MachineInstr branch = new() { Kind = MachineKind.Branch, Target = taken, Share = BlockFrequencies.Share(_block, 0) };
        if (condition.IsCompare && !_registers.ContainsKey(condition))
        {
            branch.Mnemonic = condition.Op switch
            {
                Op.Eq => "beq",
                Op.Ne => "bne",
                Op.Lt => "blt",
                Op.Ge => "bge",
                Op.LtUnsigned => "bltu",
                _ => "bgeu",
            };
            branch.Rs1 = Use(condition.Args[0]);
            branch.Rs2 = Use(condition.Args[1]);
        }
        else
        {
            branch.Mnemonic = "bne";
            branch.Rs1 = Use(condition);
            branch.Rs2 = Registers.Zero;
        }

        Add(branch);
        Add(new MachineInstr { Kind = MachineKind.Jump, Target = otherwise });
    }

    /// <summary>
    /// The copies that an edge into a block with phis makes, all at once: a value that a copy overwrites is read before,
    /// and a ring of copies is opened with one more register.
    /// </summary>
    private void CopyToPhis(Block target)
    {
        int edge = target.Predecessors.IndexOf(_block);
        List<(int To, int From)> copies = [];
        List<(int To, Instr Value)> constants = [];
        foreach (Instr phi in target.Phis)
        {
            Instr value = Same(phi.Args[edge]);
            int to = Register(phi);
            if (value.IsFloating && value.Op is Op.Const or Op.SymbolAddress or Op.SlotAddress) constants.Add((to, value));
            else if (Register(value) is int from && from != to) copies.Add((to, from));
        }

        while (copies.Count > 0)
        {
            int ready = copies.FindIndex(copy => copies.All(other => other.From != copy.To));
            if (ready < 0)
            {
                int to = copies[0].To;
                int spare = _machine.NewVirtual(_machine.IsFloat(to));
                Add(new MachineInstr { Kind = MachineKind.Move, Rd = spare, Rs1 = to });
                for (int index = 0; index < copies.Count; index++)
                {
                    if (copies[index].From == to) copies[index] = (copies[index].To, spare);
                }

                continue;
            }

            Add(new MachineInstr { Kind = MachineKind.Move, Rd = copies[ready].To, Rs1 = copies[ready].From });
            copies.RemoveAt(ready);
        }

        foreach ((int to, Instr value) in constants) MoveTo(to, value, MachineInstr.None);
    }
}
