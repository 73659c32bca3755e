using System.Reflection;

namespace Verification.Toolchain.Ir;

/// <summary>A piece of the stack frame: a local, a parameter in memory, a temporary, a <c>stackalloc</c>.</summary>
internal sealed class Slot(int id, int sizeBytes, int alignment, Type? type)
{
    /// <summary>Number within the function.</summary>
    public int Id { get; } = id;

    /// <summary>Size.</summary>
    public int SizeBytes { get; } = sizeBytes;

    /// <summary>Alignment.</summary>
    public int Alignment { get; } = alignment;

    /// <summary>C# type, where it has one.</summary>
    public Type? Type { get; } = type;

    /// <summary>The C# variable, where it is one.</summary>
    public Variable? Variable { get; set; }

    /// <summary>True once a store of the variable's was dropped as dead: from then on the slot is no witness of it.</summary>
    public bool HasLostStores { get; set; }

    /// <summary>The variable that a debugger may read here.</summary>
    public Variable? Told => HasLostStores ? null : Variable;

    /// <summary>Offset from sp, once the frame is laid out.</summary>
    public int FrameOffset { get; set; } = -1;
}

/// <summary>A place in the source, with the chain of calls that were inlined to get there.</summary>
/// <param name="Method">The method that the place lies in.</param>
/// <param name="Point">The place; null in code that has no symbols.</param>
/// <param name="Caller">The inlined call, if any.</param>
internal sealed record Place(MethodBase Method, Il.SourcePoint? Point, Place? Caller)
{
    /// <summary>IL offset at which the place's statement begins.</summary>
    public int Offset { get; init; }

    /// <summary>True if the place, or a call that was inlined on the way to it, stands in the kernel's own code.</summary>
    public bool IsOfKernel
    {
        get
        {
            for (Place? place = this; place is not null; place = place.Caller)
            {
                if (place.Point is not null || Compilation.IsKernelCode(place.Method)) return true;
            }

            return false;
        }
    }

    /// <summary>The nearest place outwards that has a source line.</summary>
    public Il.SourcePoint? Nearest
    {
        get
        {
            for (Place? place = this; place is not null; place = place.Caller)
            {
                if (place.Point is { } point) return point;
            }

            return null;
        }
    }
}

/// <summary>How a parameter or a result travels.</summary>
/// <param name="Type">C# type.</param>
/// <param name="Slot">The slot of a struct parameter; null for a scalar.</param>
internal sealed record ParameterPassing(Type Type, Slot? Slot);

/// <summary>A function in SSA form.</summary>
internal sealed class Function(MethodKey key, Type returnType)
{
    private readonly Dictionary<(Op, IrType, long, object?), Instr> _floating = [];
    private int _nextInstr;
    private int _nextBlock;
    private int _nextSlot;

    /// <summary>Which method it is.</summary>
    public MethodKey Key { get; } = key;

    /// <summary>Result type.</summary>
    public Type ReturnType { get; } = returnType;

    /// <summary>Parameters, <c>this</c> first.</summary>
    public List<ParameterPassing> Parameters { get; } = [];

    /// <summary>Where a struct result is put; null for scalars and void.</summary>
    public Slot? ReturnSlot { get; set; }

    /// <summary>Blocks; the first is the entry.</summary>
    public List<Block> Blocks { get; set; } = [];

    /// <summary>Slots.</summary>
    public List<Slot> Slots { get; } = [];

    /// <summary>One past the largest instruction number.</summary>
    public int InstrCount => _nextInstr;

    /// <summary>One past the largest block number.</summary>
    public int BlockCount => _nextBlock;

    /// <summary>False once rotations have been replaced by what the machine has.</summary>
    public bool RecognisesRotations { get; set; } = true;

    /// <summary>The entry.</summary>
    public Block Entry => Blocks[0];

    /// <summary>A new block at the end.</summary>
    public Block NewBlock()
    {
        Block block = new(_nextBlock++);
        Blocks.Add(block);
        return block;
    }

    /// <summary>A new slot.</summary>
    public Slot NewSlot(int sizeBytes, int alignment, Type? type)
    {
        Slot slot = new(_nextSlot++, sizeBytes, alignment, type);
        Slots.Add(slot);
        return slot;
    }

    /// <summary>A new slot for a value of the type.</summary>
    public Slot NewSlot(Type type)
    {
        Il.TypeLayout layout = Il.TypeLayout.Of(type);
        return NewSlot(layout.SizeBytes, layout.Alignment, type);
    }

    /// <summary>A new instruction that stands nowhere yet.</summary>
    public Instr New(Op op, IrType type, params Instr[] args) => new(_nextInstr++, op, type, args);

    /// <summary>A constant.</summary>
    public Instr Const(IrType type, long value) => Floating(Op.Const, type, type == IrType.I32 ? (int)value : value, null);

    /// <summary>The address of a symbol.</summary>
    public Instr Symbol(string symbol, long offset = 0) => Floating(Op.SymbolAddress, IrType.I64, offset, symbol);

    /// <summary>The address of a slot.</summary>
    public Instr Address(Slot slot, long offset = 0) => Floating(Op.SlotAddress, IrType.I64, offset, slot);

    /// <summary>What arrives in an argument register; from 8 on, on the stack.</summary>
    public Instr ArgumentRegister(IrType type, MemType memory, int register)
    {
        Instr argument = Floating(Op.ArgumentRegister, type, register, null);
        argument.Memory = memory;
        return argument;
    }

    /// <summary>A parameter, by position, before the calling convention is applied.</summary>
    public Instr Parameter(IrType type, MemType memory, int index)
    {
        Instr parameter = Floating(Op.Parameter, type, index, null);
        parameter.Memory = memory;
        return parameter;
    }

    /// <summary>A value without a block; equal ones are the same object.</summary>
    public Instr Floating(Op op, IrType type, long immediate, object? reference)
    {
        if (_floating.TryGetValue((op, type, immediate, reference), out Instr? known)) return known;
        Instr instr = New(op, type);
        instr.Immediate = immediate;
        instr.Reference = reference;
        _floating.Add((op, type, immediate, reference), instr);
        return instr;
    }

    /// <summary>Follows replacements in all operands.</summary>
    public void ResolveArguments()
    {
        foreach (Block block in Blocks)
        {
            foreach (Instr instr in block.Body)
            {
                Instr[] args = instr.Args;
                for (int index = 0; index < args.Length; index++)
                {
                    if (args[index].Replacement is not null) args[index] = args[index].Resolved;
                }
            }
        }
    }

    /// <summary>How often each value is used, by instruction number.</summary>
    public int[] CountUses()
    {
        int[] uses = new int[_nextInstr];
        foreach (Block block in Blocks)
        {
            foreach (Instr instr in block.Body)
            {
                foreach (Instr arg in instr.Args) uses[arg.Id]++;
            }
        }

        return uses;
    }

    /// <summary>Instructions in blocks: what inlining and reports call the size.</summary>
    public int Size => Blocks.Sum(block => block.CodeCount);
}

/// <summary>
/// Identity of a compiled method. A default interface method is compiled per struct that it serves, because its calls
/// on <c>this</c> are resolved by that struct; a method of the base library that takes a way to compare text, per such way,
/// because the others need a culture; and one that sorts by a struct that compares, per such struct, because the CLR makes
/// an object of it.
/// </summary>
/// <param name="Method">The method, with all type arguments.</param>
/// <param name="Self">The struct that stands behind <c>this</c>, for interface methods with a body.</param>
internal sealed record MethodKey(MethodBase Method, Type? Self)
{
    /// <summary>The value that its parameter of that type has at every call.</summary>
    public StringComparison? Comparison { get; init; }

    /// <summary>The struct whose address its parameter has that the CLR passes an object or a delegate by which to compare.</summary>
    public Type? Comparer { get; init; }

    /// <summary>The symbol.</summary>
    public string Symbol => SymbolNames.Of(Method) + (Self is null ? "" : $"@{SymbolNames.Of(Self)}") + (Comparison is { } comparison ? $"@{comparison}" : "") +
        (Comparer is null ? "" : $"@{SymbolNames.Of(Comparer)}");
}
