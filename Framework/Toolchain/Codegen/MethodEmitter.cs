using Verification.Machine.Isa;
using Verification.Toolchain.Ir;

namespace Verification.Toolchain.Codegen;

/// <summary>
/// Turns an allocated function into code: prologue and epilogues, sequences of pseudo instructions, branches as short as
/// they can be, with everything that linker and debugger want to know.
/// </summary>
internal sealed partial class MethodEmitter
{
    /// <summary>The place behind a method's code where panics go that have to save ra first.</summary>
    private sealed record PanicTail(string Handler, bool IsOfLibrary);

    private readonly CompilerOptions _options;
    private readonly MachineFunction _function;
    private readonly Frame _frame;
    private readonly string _symbol;
    private readonly List<CodeItem> _items = [];
    private readonly IsaExtensions _extensions;
    private MachineInstr? _begun;
    private Place? _place;
    private UnwindState _state = new(0, []);
    private readonly List<PanicTail> _panicTails = [];

    private MethodEmitter(CompilerOptions options, MachineFunction function, Frame frame, string symbol)
    {
        _options = options;
        _function = function;
        _frame = frame;
        _symbol = symbol;
        _extensions = options.Compressed ? IsaExtensions.G | IsaExtensions.C : IsaExtensions.None;
    }

    /// <summary>Emits a function. Looks at nothing but it: several can be emitted at once.</summary>
    public static EmittedMethod Emit(CompilerOptions options, MachineFunction function, Frame frame, string symbol)
    {
        MethodEmitter emitter = new(options, function, frame, symbol);
        emitter.Run();
        return emitter.Finish();
    }

    private void Run()
    {
        Prologue();
        UnwindState inside = _state;
        for (int index = 0; index < _function.Blocks.Count; index++)
        {
            MachineBlock block = _function.Blocks[index];
            if (MachineFlow.IsVoid(_function, block))
            {
                // Nothing of it is left but what the debugger is told.
                foreach (MachineInstr instr in block.Body) Begin(instr);
                continue;
            }

            MachineBlock? next = index + 1 < _function.Blocks.Count ? _function.Blocks[index + 1] : null;
            _items.Add(new CodeItem { Label = block, SizeBytes = 0 });
            _state = inside;
            EmitBlock(block, next);
        }

        // The last panic runs straight into the place behind.
        if (_panicTails.Count > 0 && ReferenceEquals(_items[^1].Target, _panicTails[0])) _items.RemoveAt(_items.Count - 1);
        Begin(null);
        foreach (PanicTail tail in _panicTails) EmitPanicTail(tail, inside);
    }

    // Items from here on are an instruction's, until the next one begins.
    private void Begin(MachineInstr? instr)
    {
        _begun?.EndItem = _items.Count;
        instr?.FirstItem = _items.Count;
        _begun = instr;
    }

    private void EmitBlock(MachineBlock block, MachineBlock? next)
    {
        List<MachineInstr> body = block.Body;
        for (int index = 0; index < body.Count; index++)
        {
            MachineInstr instr = body[index];
            Begin(instr);
            if (instr.IsDebug) continue;
            _place = instr.Place;
            if (instr.Kind == MachineKind.Branch && index + 1 < body.Count && body[index + 1].Kind == MachineKind.Jump)
            {
                MachineInstr jump = body[index + 1];
                MachineBlock taken = Target(instr);
                MachineBlock otherwise = Target(jump);
                if (taken == otherwise) continue;
                if (taken == next)
                {
                    Branch(Inverse(instr.Mnemonic), instr, otherwise);
                    Begin(jump);
                    return;
                }

                Branch(instr.Mnemonic, instr, taken);
                continue;
            }

            if (instr.Kind == MachineKind.Jump && index == body.Count - 1 && Target(instr) == next) return;
            EmitInstr(instr);
        }
    }

    private MachineBlock Target(MachineInstr instr) => MachineFlow.Target(_function, instr.Target!);

    private static string Inverse(string mnemonic) => mnemonic switch
    {
        "beq" => "bne",
        "bne" => "beq",
        "blt" => "bge",
        "bge" => "blt",
        "bltu" => "bgeu",
        _ => "bltu",
    };

    private void Branch(string mnemonic, MachineInstr instr, MachineBlock target)
    {
        CodeItem item = Item(mnemonic, 0, instr.Rs1, instr.Rs2);
        item.Target = target;
        item.SizeBytes = 2;
    }

    private void EmitInstr(MachineInstr instr)
    {
        switch (instr.Kind)
        {
            case MachineKind.Plain:
                Item(instr.Mnemonic, instr.Rd, instr.Rs1, instr.Rs2, instr.Immediate, instr.Mode, instr.Rs3);
                break;
            case MachineKind.Move:
                Move(instr.Rd, instr.Rs1);
                break;
            case MachineKind.Constant:
                Constant(instr.Rd, instr.Immediate);
                break;
            case MachineKind.SymbolAddress:
                CodeItem high = High(instr.Rd, instr.Symbol!, instr.Immediate);
                Low("addi", RelocationKind.PcRelLo12I, high, instr.Rd, instr.Rd, MachineInstr.None);
                break;
            case MachineKind.SymbolAccess or MachineKind.Number:
                SymbolAccess(instr);
                break;
            case MachineKind.SlotAddress:
                SlotAddress(instr);
                break;
            case MachineKind.SlotAccess:
                SlotAccess(instr);
                break;
            case MachineKind.CompareExchange:
                CompareExchange(instr);
                break;
            case MachineKind.Call:
                Call(instr);
                break;
            case MachineKind.TailCall:
                Epilogue();
                Add(new CodeItem
                {
                    Instruction = Make("jal", 0, 0, 0, 0, 0),
                    Kind = RelocationKind.Jal,
                    Symbol = instr.Symbol,
                    Place = _place,
                    Call = (CallKind.Tail, [instr.Symbol!]),
                });
                break;
            case MachineKind.Panic:
                Panic(instr.Symbol!, isOfLibrary: instr.Rs1 == Registers.ReturnAddress);
                break;
            case MachineKind.Return:
                Epilogue();
                Item("jalr", 0, Registers.ReturnAddress, 0);
                break;
            case MachineKind.Jump:
                CodeItem jump = Item("jal", 0, 0, 0);
                jump.Target = Target(instr);
                jump.SizeBytes = 2;
                break;
            case MachineKind.Word:
                Add(new CodeItem { Word = (uint)instr.Immediate, Place = _place });
                break;
            default:
                throw new Il.InternalFault($"no encoding for {instr.Kind}");
        }
    }

    private static Instruction Make(string mnemonic, int rd, int rs1, int rs2, long immediate, int mode, int rs3 = MachineInstr.None) => new()
    {
        Row = (ushort)InstructionSet.Find(mnemonic).Row,
        SizeBytes = 4,
        Rd = Number(rd),
        Rs1 = Number(rs1),
        Rs2 = Number(rs2),
        Rs3 = Number(rs3),
        Immediate = immediate,
        Mode = (byte)mode,
    };

    private static byte Number(int register) => register < 0 ? (byte)0 : (byte)(register & 31);

    private CodeItem Item(string mnemonic, int rd, int rs1, int rs2, long immediate = 0, int mode = 0, int rs3 = MachineInstr.None) =>
        Add(new CodeItem { Instruction = Make(mnemonic, rd, rs1, rs2, immediate, mode, rs3), Place = _place });

    private CodeItem Add(CodeItem item)
    {
        _items.Add(item);
        return item;
    }

    private void Move(int rd, int rs)
    {
        if (rd == rs) return;
        if (rd >= 32) Item("fsgnj.d", rd, rs, rs);
        else Item("addi", rd, rs, MachineInstr.None);
    }

    private void Constant(int rd, long value)
    {
        foreach ((string mnemonic, long immediate) in ConstantBuilder.Build(value))
        {
            if (mnemonic == "li") Item("addi", rd, Registers.Zero, MachineInstr.None, immediate);
            else if (mnemonic == "lui") Item("lui", rd, MachineInstr.None, MachineInstr.None, immediate);
            else Item(mnemonic, rd, rd, MachineInstr.None, immediate);
        }
    }

    private CodeItem High(int rd, string symbol, long addend) => Add(new CodeItem
    {
        Instruction = Make("auipc", rd, 0, 0, 0, 0),
        Kind = RelocationKind.PcRelHi20,
        Symbol = symbol,
        Addend = addend,
        Place = _place,
    });

    private void Low(string mnemonic, RelocationKind kind, CodeItem high, int rd, int rs1, int rs2) => Add(new CodeItem
    {
        Instruction = Make(mnemonic, rd, rs1, rs2, 0, 0),
        Kind = kind,
        Symbol = _symbol,
        High = high,
        Place = _place,
    });

    private void SymbolAccess(MachineInstr instr)
    {
        bool isStore = instr.Rd == MachineInstr.None;
        int register = instr.Scratch != MachineInstr.None ? instr.Scratch : instr.Rd;
        // A load that goes nowhere is still made.
        if (register == Registers.Zero) register = Registers.FrameScratch;
        CodeItem high = High(register, instr.Symbol!, instr.Immediate);
        Low(instr.Mnemonic, isStore ? RelocationKind.PcRelLo12S : RelocationKind.PcRelLo12I, high, instr.Rd, register, instr.Rs2);
    }

    private long OffsetOf(MachineInstr instr) => instr.Immediate +
        (ReferenceEquals(instr.Slot, Selector.IncomingSlot) ? _frame.SizeBytes : ReferenceEquals(instr.Slot, Selector.OutgoingSlot) ? 0 : instr.Slot!.FrameOffset);

    private void SlotAddress(MachineInstr instr)
    {
        long offset = OffsetOf(instr);
        if (offset is >= -2048 and <= Frame.Reach)
        {
            Item("addi", instr.Rd, Registers.StackPointer, MachineInstr.None, offset);
            return;
        }

        Constant(instr.Rd, offset);
        Item("add", instr.Rd, instr.Rd, Registers.StackPointer);
    }

    private void SlotAccess(MachineInstr instr)
    {
        long offset = OffsetOf(instr);
        if (offset is >= -2048 and <= Frame.Reach)
        {
            Item(instr.Mnemonic, instr.Rd, Registers.StackPointer, instr.Rs2, offset);
            return;
        }

        long low = (offset << 52) >> 52;
        Item("lui", Registers.FrameScratch, MachineInstr.None, MachineInstr.None, offset - low);
        Item("add", Registers.FrameScratch, Registers.FrameScratch, Registers.StackPointer);
        Item(instr.Mnemonic, instr.Rd, Registers.FrameScratch, instr.Rs2, low);
    }

    // lr; leave if it is not what was expected; sc; again if something came between.
    private void CompareExchange(MachineInstr instr)
    {
        object again = new();
        object done = new();
        _items.Add(new CodeItem { Label = again, SizeBytes = 0 });
        Item("lr" + instr.Mnemonic, instr.Rd, instr.Rs1, MachineInstr.None, 0, 3);
        CodeItem leave = Item("bne", 0, instr.Rd, instr.Rs3);
        leave.Target = done;
        Item("sc" + instr.Mnemonic, instr.Scratch, instr.Rs1, instr.Rs2, 0, 1);
        CodeItem back = Item("bne", 0, instr.Scratch, Registers.Zero);
        back.Target = again;
        _items.Add(new CodeItem { Label = done, SizeBytes = 0 });
    }

    private void Call(MachineInstr instr)
    {
        CallTarget target = instr.Call!;
        CallKind kind = target.IsNoReturn ? CallKind.NoReturn : CallKind.Call;
        if (instr.Symbol is { } symbol)
        {
            Add(new CodeItem
            {
                Instruction = Make("jal", Registers.ReturnAddress, 0, 0, 0, 0),
                Kind = RelocationKind.Jal,
                Symbol = symbol,
                Place = _place,
                Call = (kind, instr.Targets),
                LeadsBack = instr.LeadsBack,
            });
            return;
        }

        Add(new CodeItem
        {
            Instruction = Make("jalr", Registers.ReturnAddress, instr.Rs1, 0, 0, 0),
            Place = _place,
            Call = (kind, instr.Targets),
            LeadsBack = instr.LeadsBack,
        });
    }

    // From the library, the way back goes along: where to, and with which stack.
    private void Panic(string handler, bool isOfLibrary)
    {
        if (_frame.SavesReturnAddress)
        {
            if (isOfLibrary)
            {
                CallersStack(_frame.SizeBytes);
                Item("ld", Registers.FirstArgument + 1, Registers.FirstArgument + 2, MachineInstr.None, _frame.ReturnAddressOffset - _frame.SizeBytes);
            }

            CallHandler(handler);
            return;
        }

        // ra still holds the way back: it is saved on the way, so that the report can name the callers.
        PanicTail tail = new(handler, isOfLibrary);
        if (_panicTails.IndexOf(tail) is >= 0 and var known) tail = _panicTails[known];
        else _panicTails.Add(tail);
        CodeItem jump = Item("jal", 0, 0, 0);
        jump.Target = tail;
        jump.SizeBytes = 2;
    }

    private void EmitPanicTail(PanicTail tail, UnwindState inside)
    {
        _items.Add(new CodeItem { Label = tail, SizeBytes = 0 });
        _state = inside;
        Item("addi", Registers.StackPointer, Registers.StackPointer, MachineInstr.None, -PanicFrameBytes);
        State(new UnwindState(_state.CfaOffset + PanicFrameBytes, _state.Saved));
        Item("sd", MachineInstr.None, Registers.StackPointer, Registers.ReturnAddress, 8);
        State(new UnwindState(
            _state.CfaOffset, [.. _state.Saved, new SavedRegister(Registers.ReturnAddress, 8 - _state.CfaOffset)]));
        if (tail.IsOfLibrary)
        {
            Move(Registers.FirstArgument + 1, Registers.ReturnAddress);
            CallersStack(_frame.SizeBytes + PanicFrameBytes);
        }

        CallHandler(tail.Handler);
    }

    private void CallersStack(int sizeBytes)
    {
        const int register = Registers.FirstArgument + 2;
        if (sizeBytes <= Frame.Reach)
        {
            Item("addi", register, Registers.StackPointer, MachineInstr.None, sizeBytes);
            return;
        }

        Constant(register, sizeBytes);
        Item("add", register, register, Registers.StackPointer);
    }

    private void CallHandler(string handler) => Add(new CodeItem
    {
        Instruction = Make("jal", Registers.ReturnAddress, 0, 0, 0, 0),
        Kind = RelocationKind.Jal,
        Symbol = handler,
        Place = _place,
        Call = (CallKind.NoReturn, [handler]),
    });
}
