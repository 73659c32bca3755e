using System.Reflection;
using Verification.Toolchain.Ir;

namespace Verification.Toolchain.Il;

/// <summary>A value on the evaluation stack. A struct's value is the address of a temporary that holds it.</summary>
/// <param name="Value">The value.</param>
/// <param name="Type">Its C# type, as far as IL tells.</param>
internal sealed record Entry(Instr Value, Type Type);

/// <summary>
/// Translates one method's IL. Arguments, locals and struct temporaries become slots, which later promotion to values
/// takes away again; finally blocks are cloned to each place that leaves the try block; code behind a condition that is
/// constant while importing (<c>Vector128.IsHardwareAccelerated</c>, <c>typeof(T) == typeof(int)</c>) is never looked at.
/// </summary>
internal sealed partial class Importer
{
    private sealed record SiteKey(int Offset, FinallyContext? Context);

    private readonly Compilation _unit;
    private readonly MethodBase _method;
    private readonly Function _function;
    private readonly MethodBody _body;
    private readonly IlInstruction[] _code;
    private readonly Dictionary<int, int> _indexOf = [];
    private readonly HashSet<int> _leaders = [];
    private readonly Type[] _typeArguments;
    private readonly Type[] _methodArguments;
    private readonly List<(Slot Slot, Type Type)> _arguments = [];
    private readonly List<(Slot Slot, Type Type)> _locals = [];
    private readonly (int Offset, SourcePoint Point)[] _points;
    private readonly Dictionary<SiteKey, Site> _sites = [];
    private readonly Queue<Site> _work = new();
    private readonly List<Entry> _stack = [];
    private readonly Dictionary<int, Place> _places = [];
    private Block _block = null!;
    private Site _site = null!;
    private IlInstruction _current;
    private Type? _constrained;
    private bool _isVolatile;
    private bool _isUnaligned;

    // The arithmetic of decimals goes over 32-bit parts by 64-bit pointers, which every host of the CLR takes.
    private readonly bool _isLoose;

    // Addresses of fields that their layout does not align, and of what lies in them.
    private readonly HashSet<Instr> _misplaced = [];
    private bool _isReachable;
    private bool _hasRefused;

    private Importer(Compilation unit, MethodKey key)
    {
        _unit = unit;
        _method = key.Method;
        Type returnType = _method is MethodInfo method ? method.ReturnType : typeof(void);
        _function = new Function(key, returnType);
        _body = _method.GetMethodBody() ?? throw NoBody(_method);
        _code = IlDecoder.Decode(_body.GetILAsByteArray()!);
        for (int index = 0; index < _code.Length; index++) _indexOf[_code[index].Offset] = index;
        _typeArguments = _method.DeclaringType!.GetGenericArguments();
        _methodArguments = _method.IsGenericMethod ? _method.GetGenericArguments() : [];
        _points = unit.Symbols(_method).Of(_method);
        _isLoose = _method.DeclaringType.FullName?.StartsWith("System.Decimal+DecCalc", StringComparison.Ordinal) == true;
        _isUnaligned = _isLoose;
    }

    /// <summary>The IL offset reached, for the message of an internal error.</summary>
    public int IlOffset => _current.Offset;

    /// <summary>Translates a method.</summary>
    public static Function Import(Compilation unit, MethodKey key)
    {
        Importer importer = new(unit, key);
        try
        {
            importer.Run();
        }
        catch (Exception fault) when (fault is not Refusal and not InternalFault)
        {
            throw new InternalFault($"{SymbolNames.Display(key.Method)} at IL offset {importer.IlOffset}: {fault.Message}", fault);
        }

        return importer._function;
    }

    /// <summary>Why a method without IL cannot be called.</summary>
    public static Refusal NoBody(MethodBase method) =>
        Compilation.IsKernelCode(method) ? Refusal.Extern(SymbolNames.Display(method)) : Refusal.NoBody(method);

    private void Run()
    {
        foreach (CustomAttributeData attribute in _method.GetCustomAttributesData())
        {
            if (attribute.AttributeType.Name is not ("AsyncStateMachineAttribute" or "AsyncIteratorStateMachineAttribute" or "IteratorStateMachineAttribute")) continue;
            Refusal refusal = attribute.AttributeType.Name == "IteratorStateMachineAttribute"
                ? Refusal.Iterator(SymbolNames.Display(_method))
                : Refusal.Async(SymbolNames.Display(_method));
            throw new Refusal(refusal.Id, refusal.Message, BodyOfStateMachine(attribute));
        }

        FindLeaders();
        _block = _function.NewBlock();
        DeclareParameters();
        DeclareLocals();
        Site entry = SiteAt(0, null);
        Jump(entry);
        while (_work.TryDequeue(out Site? site)) ImportSite(site);
        FlowOrder.Sort(_function);
    }

    // The method itself only makes the state machine; what its author wrote is that one's MoveNext.
    private SourcePoint? BodyOfStateMachine(CustomAttributeData attribute)
    {
        Type? machine = attribute.ConstructorArguments is [{ Value: Type type }] ? type : null;
        MethodInfo? body = machine?.GetMethod("MoveNext", BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly);
        if (body?.GetMethodBody()?.GetILAsByteArray() is not { } code) return null;
        // In code that is not optimised, the opening brace has a place of its own: a nop.
        // A loop's condition stands behind its body: what comes first in the source is told.
        SourcePoint? first = null;
        foreach ((int offset, SourcePoint point) in _unit.Symbols(body).Of(body))
        {
            if (code[offset] != 0 && (first is not { } found || (point.Line, point.Column).CompareTo((found.Line, found.Column)) < 0)) first = point;
        }

        return first;
    }

    private void DeclareParameters()
    {
        int index = 0;
        if (TypeLayout.IsStruct(_function.ReturnType)) _function.ReturnSlot = _function.NewSlot(_function.ReturnType);
        if (!_method.IsStatic)
        {
            Type self = _function.Key.Self ?? _method.DeclaringType!;
            Declare(index++, "this", self.IsValueType ? self.MakeByRefType() : self);
        }

        foreach (ParameterInfo parameter in _method.GetParameters())
            Declare(index++, parameter.Name ?? $"argument{index}", WithComparer(parameter.ParameterType, _function.Key.Comparer));
    }

    private void Declare(int index, string name, Type type)
    {
        bool isStruct = TypeLayout.IsStruct(type);
        Slot slot = _function.NewSlot(type);
        slot.Variable = new Variable(type, index, [new ScopedName(name, 0, int.MaxValue)]);
        _arguments.Add((slot, type));
        Slot incoming = slot;
        if (isStruct && TypeLayout.Of(type).SizeBytes <= 16)
        {
            // What arrives in registers is taken apart at once; the copy dissolves into values.
            incoming = _function.NewSlot(type);
            Copy(_function.Address(slot), _function.Address(incoming), type);
        }

        _function.Parameters.Add(new ParameterPassing(type, isStruct ? incoming : null));
        if (!isStruct) Store(_function.Address(slot), 0, _function.Parameter(IrTypes.Of(type), IrTypes.Memory(type), index), type);
    }

    private void DeclareLocals()
    {
        Dictionary<int, List<ScopedName>> names = _unit.Symbols(_method).LocalNames(_method);
        foreach (LocalVariableInfo local in _body.LocalVariables)
        {
            Slot slot = _function.NewSlot(local.LocalType);
            if (names.TryGetValue(local.LocalIndex, out List<ScopedName>? known)) slot.Variable = new Variable(local.LocalType, -1, known);
            _locals.Add((slot, local.LocalType));
            if (_body.InitLocals) Zero(_function.Address(slot), local.LocalType);
        }
    }

    private void FindLeaders()
    {
        foreach (IlInstruction instruction in _code)
        {
            if (instruction.Targets is { } targets)
            {
                foreach (int target in targets) _leaders.Add(target);
            }
            else if (IsBranch(instruction.Code))
            {
                _leaders.Add((int)instruction.Operand);
            }
        }

        foreach (ExceptionHandlingClause clause in _body.ExceptionHandlingClauses)
        {
            _leaders.Add(clause.TryOffset);
            _leaders.Add(clause.HandlerOffset);
        }
    }

    private static bool IsBranch(IlOp code) =>
        code is (>= IlOp.BrS and <= IlOp.BltUn) or IlOp.Leave or IlOp.LeaveS;

    private void ImportSite(Site site)
    {
        _site = site;
        _block = site.Block;
        _stack.Clear();
        for (int index = 0; index < site.Stack!.Count; index++)
        {
            (Slot slot, Type type) = site.Stack[index];
            Instr address = _function.Address(slot);
            if (TypeLayout.IsStruct(type))
            {
                _stack.Add(CopyToTemporary(address, type));
            }
            else
            {
                _stack.Add(new Entry(Load(address, 0, type, slot.SizeBytes == 4 && type != typeof(float) ? IrType.I32 : IrTypes.Of(type)), type));
            }
        }

        _isReachable = true;
        int next = _indexOf[site.Offset];
        while (true)
        {
            try
            {
                if (next == _indexOf[site.Offset]) CheckHandlers(site.Offset);
                ImportFrom(next);
                return;
            }
            catch (Refusal refusal)
            {
                Refused(refusal);
                // The next statement may hold more to tell. The program is refused, so that what lacks here does no harm.
                if (NextStatement() is { } statement)
                {
                    next = statement;
                    continue;
                }
            }
            catch (ArgumentOutOfRangeException) when (_hasRefused)
            {
                // That was no statement's begin: something lacks on the stack.
            }

            if (!_block.IsTerminated) Append(_function.New(Op.Unreachable, IrType.Void));
            return;
        }
    }

    private void ImportFrom(int first)
    {
        for (int index = first; _isReachable; index++)
        {
            _current = _code[index];
            if (index != first && _leaders.Contains(_current.Offset))
            {
                Jump(SiteAt(_current.Offset, _site.Context));
                return;
            }

            ImportInstruction(_current);
        }
    }

    private void Refused(Refusal refusal)
    {
        _hasRefused = true;
        if (refusal.IsTold) _unit.Report(refusal, CurrentPlace());
        else _unit.Withhold(refusal, CurrentPlace());
    }

    /// <summary>Index of the instruction that the next statement begins with, in the same stretch of code; null if there is none.</summary>
    private int? NextStatement()
    {
        _stack.Clear();
        _isVolatile = false;
        _isUnaligned = _isLoose;
        _constrained = null;
        if (_block.IsTerminated) return null;
        for (int index = _indexOf[_current.Offset]; index < _code.Length; index++)
        {
            IlInstruction instruction = _code[index];
            bool begins = _points.Any(point => point.Offset == instruction.Offset);
            if (begins && instruction.Offset > _current.Offset)
            {
                // What an optimised statement leaves on the stack for a later one is not known here.
                for (int count = 0; count < 8; count++) Push(_function.Const(IrType.I64, 0), typeof(object));
                return index;
            }

            if (instruction.Offset > _current.Offset) Reach(instruction);
            IEnumerable<int> targets = instruction.Targets ?? (IsBranch(instruction.Code) ? [(int)instruction.Operand] : []);
            foreach (int target in targets.Where(target => _points.Any(point => point.Offset == target)))
            {
                Site reached = SiteAt(target, _site.Context);
                if (reached.Stack is not null) continue;
                reached.Stack = [];
                _work.Enqueue(reached);
            }

            if (EndsFlow(instruction.Code)) return null;
        }

        return null;
    }

    // What the rest of a refused statement calls may hold more to tell.
    private void Reach(IlInstruction skipped)
    {
        if (skipped.Code != IlOp.Call || !Compilation.IsKernelCode(_method)) return;
        IlInstruction refused = _current;
        _current = skipped;
        MethodBase method = ResolveMethod();
        if (method.Module == _method.Module && !method.IsAbstract && method.GetMethodBody() is not null) _unit.Reference(new MethodKey(method, null), CurrentPlace());
        _current = refused;
    }

    // Control does not go on to the instruction behind it.
    private static bool EndsFlow(IlOp code) => code is IlOp.Ret or IlOp.Throw or IlOp.Br or IlOp.BrS or IlOp.Leave or IlOp.LeaveS or IlOp.Endfinally;

    private void CheckHandlers(int offset)
    {
        if (IsSortHelper(_method.DeclaringType!)) return;
        foreach (ExceptionHandlingClause clause in _body.ExceptionHandlingClauses)
        {
            if (clause.TryOffset == offset &&
                clause.Flags is ExceptionHandlingClauseOptions.Clause or ExceptionHandlingClauseOptions.Filter)
            {
                int handler = clause.Flags == ExceptionHandlingClauseOptions.Filter ? clause.FilterOffset : clause.HandlerOffset;
                _current = _code[_indexOf[handler]];
                // The head of the clause has a place of its own only in code that is not optimised.
                foreach ((int at, SourcePoint point) in _points)
                {
                    if (at >= handler) throw Refusal.Catch(point);
                }

                throw Refusal.Catch();
            }
        }
    }

    /// <summary>The source place of the current instruction.</summary>
    private Place CurrentPlace()
    {
        SourcePoint? found = null;
        int start = -1;
        foreach ((int offset, SourcePoint point) in _points)
        {
            if (offset > _current.Offset) break;
            found = point;
            start = offset;
        }

        if (_places.TryGetValue(start, out Place? place)) return place;
        place = new Place(_method, found, null) { Offset = Math.Max(start, 0) };
        _places.Add(start, place);
        return place;
    }

    private Module Module => _method.Module;

    private MethodBase ResolveMethod() => Module.ResolveMethod((int)_current.Operand, _typeArguments, _methodArguments)!;

    private FieldInfo ResolveField() => Module.ResolveField((int)_current.Operand, _typeArguments, _methodArguments)!;

    private Type ResolveType() => Module.ResolveType((int)_current.Operand, _typeArguments, _methodArguments);
}

/// <summary>A fault of the compiler itself, with the method that it was compiling.</summary>
internal sealed class InternalFault(string message, Exception? inner = null) : Exception(message, inner);
