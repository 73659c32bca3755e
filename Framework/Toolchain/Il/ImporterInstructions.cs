using Verification.Toolchain.Ir;

namespace Verification.Toolchain.Il;

/// <summary>One IL instruction at a time.</summary>
internal sealed partial class Importer
{
    private void ImportInstruction(IlInstruction instruction)
    {
        IlOp code = instruction.Code;
        int operand = (int)instruction.Operand;
        switch (code)
        {
            case IlOp.Nop or IlOp.Break or IlOp.Readonly or IlOp.Tail:
                return;
            case IlOp.Volatile:
                _isVolatile = true;
                return;
            case IlOp.Unaligned:
                _isUnaligned = true;
                return;
            case IlOp.Constrained:
                _constrained = ResolveType();
                return;
            case IlOp.Ldarg0 or IlOp.Ldarg1 or IlOp.Ldarg2 or IlOp.Ldarg3:
                LoadArgument(code - IlOp.Ldarg0);
                break;
            case IlOp.LdargS or IlOp.Ldarg:
                LoadArgument(operand);
                break;
            case IlOp.LdargaS or IlOp.Ldarga:
                Push(_function.Address(_arguments[operand].Slot), _arguments[operand].Type.MakeByRefType());
                break;
            case IlOp.StargS or IlOp.Starg:
                StoreVariable(_arguments[operand]);
                break;
            case IlOp.Ldloc0 or IlOp.Ldloc1 or IlOp.Ldloc2 or IlOp.Ldloc3:
                LoadVariable(_locals[code - IlOp.Ldloc0]);
                break;
            case IlOp.LdlocS or IlOp.Ldloc:
                LoadVariable(_locals[operand]);
                break;
            case IlOp.LdlocaS or IlOp.Ldloca:
                Push(_function.Address(_locals[operand].Slot), typeof(nint));
                _stack[^1] = new Entry(_stack[^1].Value, AddressType(_locals[operand].Type));
                break;
            case IlOp.Stloc0 or IlOp.Stloc1 or IlOp.Stloc2 or IlOp.Stloc3:
                StoreVariable(_locals[code - IlOp.Stloc0]);
                break;
            case IlOp.StlocS or IlOp.Stloc:
                StoreVariable(_locals[operand]);
                break;
            case IlOp.Ldnull:
                Push(_function.Const(IrType.I64, 0), typeof(object));
                break;
            case >= IlOp.LdcI4M1 and <= IlOp.LdcI48:
                PushInt((int)code - (int)IlOp.LdcI40); // the enum's own difference would be unsigned
                break;
            case IlOp.LdcI4S or IlOp.LdcI4:
                PushInt(operand);
                break;
            case IlOp.LdcI8:
                Push(_function.Const(IrType.I64, instruction.Operand), typeof(long));
                break;
            case IlOp.LdcR4 or IlOp.LdcR8:
                PushFloat(instruction.FloatOperand, code == IlOp.LdcR4 ? IrType.F32 : IrType.F64);
                break;
            case IlOp.Dup:
                Duplicate();
                break;
            case IlOp.Pop:
                Pop();
                break;
            case IlOp.Call or IlOp.Callvirt:
                ImportCall(ResolveMethod(), code == IlOp.Callvirt);
                break;
            case IlOp.Calli:
                ImportIndirectCall();
                break;
            case IlOp.Ret:
                Return();
                break;
            case IlOp.Newobj:
                ImportNew(ResolveMethod());
                break;
            case IlOp.Throw:
                Throw();
                break;
            case IlOp.Switch:
                SwitchTo(PopValue(), instruction.Targets!, instruction.NextOffset);
                break;
            case IlOp.Leave or IlOp.LeaveS:
                Leave(operand);
                break;
            case IlOp.Endfinally:
                EndFinally();
                break;
            case >= IlOp.BrS and <= IlOp.BltUn:
                ImportBranch(code < IlOp.Br ? code + (IlOp.Br - IlOp.BrS) : code, operand, instruction.NextOffset);
                break;
            case >= IlOp.Add and <= IlOp.Not or >= IlOp.AddOvf and <= IlOp.SubOvfUn:
            case IlOp.Ceq or IlOp.Cgt or IlOp.CgtUn or IlOp.Clt or IlOp.CltUn:
                ImportArithmetic(code);
                break;
            case >= IlOp.ConvI1 and <= IlOp.ConvU8 or IlOp.ConvRUn or >= IlOp.ConvOvfI1Un and <= IlOp.ConvOvfUUn:
            case >= IlOp.ConvOvfI1 and <= IlOp.ConvOvfU8 or >= IlOp.ConvU2 and <= IlOp.ConvOvfU or IlOp.ConvU:
                ImportConversion(code);
                break;
            default:
                if (!ImportMemory(code)) throw Refusal.Instruction($"The IL instruction '{code}'");
                break;
        }

        _isVolatile = false;
        _isUnaligned = _isLoose;
        _constrained = null;
    }

    // A by-reference type cannot be made of some types (ref structs can, pointers to them too; void cannot).
    private static Type AddressType(Type type) => type.IsByRef ? typeof(nint) : type.MakeByRefType();

    private void LoadArgument(int index)
    {
        if (_function.Key.Comparison is { } comparison && _arguments[index].Type == typeof(StringComparison)) PushInt((int)comparison);
        else if (IsNullComparer(_arguments[index].Type)) Push(_function.Const(IrType.I64, 0), _arguments[index].Type);
        else LoadVariable(_arguments[index]);
    }

    private void LoadVariable((Slot Slot, Type Type) variable)
    {
        PushLoaded(_function.Address(variable.Slot), 0, variable.Type);
        if (IsCountOfAllocation()) _stack[^1] = new Entry(KnownSize(_stack[^1].Value), _stack[^1].Type);
    }

    // How C# goes on from a number of elements to the memory for them.
    private bool IsCountOfAllocation()
    {
        int index = _indexOf[_current.Offset];
        if (index + 2 >= _code.Length || _code[index + 1].Code != IlOp.ConvU) return false;
        return _code[index + 2].Code == IlOp.Localloc || (index + 4 < _code.Length && _code[index + 3].Code == IlOp.MulOvfUn && _code[index + 4].Code == IlOp.Localloc);
    }

    private void StoreVariable((Slot Slot, Type Type) variable)
    {
        Entry entry = Pop();
        StorePopped(_function.Address(variable.Slot), 0, entry, variable.Type);
    }

    private void Duplicate()
    {
        Entry top = _stack[^1];
        // Each entry owns its temporary: a callee may overwrite what it is given.
        _stack.Add(TypeLayout.IsStruct(top.Type) && top.Value.Op != Op.Pseudo ? CopyToTemporary(top.Value, top.Type) : top);
    }

    private void Return()
    {
        Type type = _function.ReturnType;
        Instr result = _function.New(Op.Return, IrType.Void);
        if (type != typeof(void))
        {
            Entry entry = Pop();
            RefusePseudo(entry);
            if (_function.ReturnSlot is { } slot) Copy(_function.Address(slot), entry.Value, type);
            else result.Args = [Normalise(entry.Value, type)];
        }

        Append(result);
        _isReachable = false;
    }

    /// <summary>Makes a stack value one of a narrower type: what a parameter or result of that type holds.</summary>
    private Instr Normalise(Instr value, Type type)
    {
        if (IrTypes.Of(type) == IrType.I64 && value.Type == IrType.I32) return Emit(Op.SignExtend32, IrType.I64, value);
        if (IrTypes.Of(type) == IrType.I32 && value.Type == IrType.I64) return Emit(Op.Truncate, IrType.I32, value);
        return IrTypes.Memory(type) switch
        {
            MemType.I8 => Emit(Op.SignExtend8, IrType.I32, value),
            MemType.U8 => Emit(Op.ZeroExtend8, IrType.I32, value),
            MemType.I16 => Emit(Op.SignExtend16, IrType.I32, value),
            MemType.U16 => Emit(Op.ZeroExtend16, IrType.I32, value),
            _ => value,
        };
    }

    private void Throw()
    {
        Entry entry = Pop();
        if (entry.Value is { Op: Op.Pseudo, Reference: ExceptionValue exception })
        {
            Panic(exception.Message);
            return;
        }

        Panic("exception");
    }

    private void ImportBranch(IlOp code, int target, int next)
    {
        switch (code)
        {
            case IlOp.Br:
                Jump(SiteAt(target, _site.Context));
                return;
            case IlOp.Brtrue or IlOp.Brfalse:
                Instr condition = PopCondition();
                if (code == IlOp.Brtrue) BranchTo(condition, target, next);
                else BranchTo(condition, next, target);
                return;
        }

        Entry right = Pop();
        Entry left = Pop();
        Instr comparison = code switch
        {
            IlOp.Beq => Relate(Relation.Equal, false, left, right),
            IlOp.BneUn => Relate(Relation.NotEqual, true, left, right),
            IlOp.Bge or IlOp.BgeUn => Relate(Relation.GreaterOrEqual, code == IlOp.BgeUn, left, right),
            IlOp.Bgt or IlOp.BgtUn => Relate(Relation.Greater, code == IlOp.BgtUn, left, right),
            IlOp.Ble or IlOp.BleUn => Relate(Relation.LessOrEqual, code == IlOp.BleUn, left, right),
            _ => Relate(Relation.Less, code == IlOp.BltUn, left, right),
        };
        BranchTo(comparison, target, next);
    }

    private Instr PopCondition()
    {
        Entry entry = Pop();
        // A boxed struct is never null: how generic code asks "is this a value type".
        if (entry.Value is { Op: Op.Pseudo, Reference: BoxedValue boxed }) RefuseKeptBox(boxed);
        if (entry.Value is { Op: Op.Pseudo }) return _function.Const(IrType.I32, 1);
        if (entry.Value is { Op: Op.SymbolAddress, Immediate: 0, Reference: string symbol } && _unit.Data.IsObject(symbol)) return _function.Const(IrType.I32, 1);
        return entry.Value;
    }
}
