using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Reflection.Metadata;
using Verification.Analyzers.Refusals;
using Verification.Toolchain.Ir;

namespace Verification.Toolchain.Il;

/// <summary>Calls, constructors and returns.</summary>
internal sealed partial class Importer
{
    private void ImportCall(MethodBase method, bool isVirtual)
    {
        method = ComparisonOf(method);
        Type? self = null;
        Type? enumeration = _constrained is { IsEnum: true } ? _constrained : null;
        if (_constrained is { } constrained)
        {
            (method, self, isVirtual) = ResolveConstrained(constrained, method);
        }
        else if (isVirtual && ReceiverOf(method) is { } receiver)
        {
            (method, self) = ConstrainedCalls.Resolve(receiver, method);
            isVirtual = false;
        }

        if (TryIntrinsic(method) || TryTable(method)) return;
        Type owner = method.DeclaringType!;
        if (owner == typeof(object) && method.Name == "GetType") throw Refusal.Reflection("'GetType'");
        if (RuntimeService(method) is { } reason) throw Refusal.Service(method, reason);
        if (typeof(Delegate).IsAssignableFrom(owner)) throw Refusal.Delegate(owner);
        int position = _stack.Count - 1 - method.GetParameters().Length;
        if (!method.IsStatic && position >= 0) RefusePseudo(_stack[position]);
        if (isVirtual && method.IsVirtual && !method.IsFinal && !owner.IsSealed)
            throw Refusal.Virtual(SymbolNames.Display(method));
        if (owner.FullName == "System.SR")
        {
            // Texts of the base library's exceptions: a panic has its own.
            for (int count = method.GetParameters().Length; count > 0; count--) Pop();
            Push(_function.Const(IrType.I64, 0), typeof(string));
            return;
        }

        if (isVirtual && position >= 0 && (owner == typeof(string) || owner.IsArray)) CheckNotNull(_stack[position].Value);
        if (RefusesText(method, owner)) throw Refusal.Text(enumeration is null ? $"'{SymbolNames.Display(method)}'" : $"'{SymbolNames.Of(enumeration)}.{method.Name}'");
        if (MakesArray(method)) throw Refusal.ArrayOf(method);
        if (NeverReturns(method))
        {
            Panic(PanicMessage(method));
            return;
        }

        if (self is not null && _constrained is not null) CopyReceiver(self, method.GetParameters().Length);
        EmitCall(new MethodKey(method, self), ParameterTypes(method, self), ReturnTypeOf(method));
    }

    // The CLR boxes a struct for a default method of its interface: what the method changes is a copy.
    private void CopyReceiver(Type self, int parameterCount)
    {
        int position = _stack.Count - 1 - parameterCount;
        Instr address = _stack[position].Value;
        Instr copy = _function.Address(_function.NewSlot(self));
        if (TypeLayout.IsStruct(self)) Copy(copy, address, self);
        else Store(copy, 0, Load(address, 0, self, IrTypes.Of(self)), self);
        _stack[position] = new Entry(copy, _stack[position].Type);
    }

    // What the base library's methods return as an array, whatever T is, they have made. The rule of the analyzers.
    private bool MakesArray(MethodBase method) =>
        !method.IsSpecialName && Compilation.IsKernelCode(_method) && !Compilation.IsKernelCode(method)
        && method.Module.ResolveMethod(method.MetadataToken) is MethodInfo { ReturnType.IsArray: true };

    private bool RefusesText(MethodBase method, Type owner) =>
        (method is MethodInfo { ReturnType: { } result } && result == typeof(string) && !Compilation.IsKernelCode(method) && !IsKnownText(method) && !IsOwnText(method)) ||
        owner.FullName == "System.Runtime.CompilerServices.DefaultInterpolatedStringHandler";

    private static Type ReturnTypeOf(MethodBase method) => method is MethodInfo info ? info.ReturnType : typeof(void);

    private static Type[] ParameterTypes(MethodBase method, Type? self)
    {
        List<Type> types = [];
        if (!method.IsStatic)
        {
            Type owner = self ?? method.DeclaringType!;
            types.Add(owner.IsValueType ? owner.MakeByRefType() : owner);
        }

        foreach (ParameterInfo parameter in method.GetParameters()) types.Add(parameter.ParameterType);
        return [.. types];
    }

    /// <summary>The struct that a receiver on the stack is, if that is known: behind a boxing, or in a default method.</summary>
    private Type? ReceiverOf(MethodBase method)
    {
        if (method.IsStatic) return null;
        int position = _stack.Count - 1 - method.GetParameters().Length;
        Entry entry = _stack[position];
        if (entry.Value is { Op: Op.Pseudo, Reference: BoxedValue boxed })
        {
            // What C# calls a box is one, even where the code would do without.
            if (Compilation.IsKernelCode(_method) && method.DeclaringType!.IsInterface) throw Refusal.Boxing(boxed.Type, boxed.Point);
            Instr address = boxed.Value;
            if (!TypeLayout.IsStruct(boxed.Type))
            {
                address = _function.Address(_function.NewSlot(boxed.Type));
                Store(address, 0, boxed.Value, boxed.Type);
            }

            _stack[position] = new Entry(address, boxed.Type.MakeByRefType());
            return boxed.Type;
        }

        bool isObjectMethod = method.DeclaringType!.IsInterface || method.DeclaringType == typeof(object);
        return isObjectMethod && entry.Type.IsByRef && entry.Type.GetElementType() is { IsValueType: true } type ? type : null;
    }

    private (MethodBase Method, Type? Self, bool IsVirtual) ResolveConstrained(Type type, MethodBase method)
    {
        if (type.IsValueType)
        {
            (MethodBase target, Type? self) = ConstrainedCalls.Resolve(type, method);
            return (target, self, false);
        }

        if (method.IsStatic) throw Refusal.Virtual(SymbolNames.Display(method));
        int position = _stack.Count - 1 - method.GetParameters().Length;
        Instr address = _stack[position].Value;
        _stack[position] = new Entry(EmitLoad(address, 0, IrType.I64, MemType.I64, false), type);
        if (type == typeof(string) && method.Name == "ToString" && !Compilation.IsKernelCode(_method)) method = type.GetMethod("ToString", Type.EmptyTypes)!;
        return (method, null, true);
    }

    // Told where the kernel calls it, not where the base library first needs the runtime. An interface is only a shape.
    private string? RuntimeService(MethodBase method)
    {
        Type owner = method.DeclaringType!;
        if (owner.IsInterface || Compilation.IsKernelCode(method) || !Compilation.IsKernelCode(_method)) return null;
        return RuntimeServiceTable.Reason(owner.Namespace ?? "", owner.Name.Split('`')[0], MemberOf(method));
    }

    /// <summary>True for a method of the base library whose result the clock, the time zone or the culture of the machine decides.</summary>
    public static bool DependsOnHost(MethodBase method) =>
        method.DeclaringType is { } owner && RuntimeServiceTable.DependsOnHost(owner.Namespace ?? "", owner.Name.Split('`')[0], MemberOf(method));

    private static string MemberOf(MethodBase method) =>
        method.IsSpecialName && method.Name is ['g' or 's', 'e', 't', '_', .. var property] ? property : method.Name;

    // Throwing is kept out of line in the base library, by methods that say so by attribute or by name.
    private static bool NeverReturns(MethodBase method) =>
        (method.DeclaringType!.Name == "<PrivateImplementationDetails>" && method.Name.StartsWith("Throw", StringComparison.Ordinal)) || IsThrowHelper(method);

    private static bool IsThrowHelper(MethodBase method) =>
        !Compilation.IsKernelCode(method) &&
        (method.GetCustomAttribute<DoesNotReturnAttribute>() is not null ||
         (method.Name.StartsWith("Throw", StringComparison.Ordinal) && EndsInThrow(method)));

    // Some of those names throw only under a condition.
    private static bool EndsInThrow(MethodBase method) => method.GetMethodBody()?.GetILAsByteArray() is [.., (byte)IlOp.Throw];

    /// <summary>The reason that a throwing method of the base library stands for, from its name or its exception's.</summary>
    private static string PanicMessage(MethodBase method) =>
        typeof(Exception).IsAssignableFrom(method.DeclaringType)
            ? ExceptionTexts.Of(method.DeclaringType!.Name)
            : ExceptionTexts.Of(method.Name);

    private void EmitCall(MethodKey key, Type[] parameterTypes, Type returnType)
    {
        if (Attributes.LinkerSymbol(key.Method) is { } linkerSymbol)
        {
            Push(_function.Symbol(linkerSymbol), returnType);
            return;
        }

        // The body of such a method stands for an instruction of the host: it only calls itself.
        if (key == _function.Key && !Compilation.IsKernelCode(key.Method) && IsHostIntrinsic(key.Method)) throw Refusal.NoBody(key.Method);
        if (Compilation.IsKernelCode(key.Method) && key.Method.GetMethodBody() is null && Attributes.AssemblyText(key.Method) is null && !key.Method.DeclaringType!.IsArray)
            throw Refusal.Extern(SymbolNames.Display(key.Method));
        if (ConstantOf(key.Method) is { } constant)
        {
            PushInt(constant);
            return;
        }

        key = WithComparison(key);
        if (PassesComparer(key.Method))
        {
            key = key with { Comparer = _function.Key.Comparer };
            parameterTypes = [.. parameterTypes.Select(type => WithComparer(type, key.Comparer))];
        }

        // What a method of the base library would do with a box is nothing that the kernel's author wants to know.
        int count = Math.Min(parameterTypes.Length, _stack.Count);
        if (!Compilation.IsKernelCode(key.Method)) _stack.GetRange(_stack.Count - count, count).ForEach(RefuseBox);
        Place place = CurrentPlace();
        string symbol = _unit.Reference(key, place);
        MethodKey? callee = Attributes.AssemblyText(key.Method) is null ? key : null;
        CallTarget target = new(callee, symbol, returnType, parameterTypes)
        {
            IsNoReturn = Attributes.Has(key.Method, "PanicHandler"),
        };
        FinishCall(target, []);
    }

    private void RefuseBox(Entry entry)
    {
        if (entry.Value is { Op: Op.Pseudo, Reference: BoxedValue }) RefusePseudo(entry);
    }

    // The base library gives sizes of buffers by static abstract properties, which must be known before anything is inlined.
    private int? ConstantOf(MethodBase method)
    {
        if (Compilation.IsKernelCode(_method) || method is not MethodInfo { IsStatic: true, IsSpecialName: true, ReturnType: { } type } || type != typeof(int)) return null;
        if (method.GetParameters().Length > 0 || method.GetMethodBody()?.GetILAsByteArray() is not { Length: <= 6 } body) return null;
        return IlDecoder.Decode(body) is [{ Code: IlOp.LdcI4S or IlOp.LdcI4 or (>= IlOp.LdcI4M1 and <= IlOp.LdcI48) } load, { Code: IlOp.Ret }]
            ? load.Code is IlOp.LdcI4S or IlOp.LdcI4 ? (int)load.Operand : (int)load.Code - (int)IlOp.LdcI40
            : null;
    }

    private static bool IsHostIntrinsic(MethodBase method) =>
        method.GetCustomAttributesData().Any(attribute => attribute.AttributeType.FullName == "System.Runtime.CompilerServices.IntrinsicAttribute");

    private void FinishCall(CallTarget target, List<Instr> leading)
    {
        Type[] types = target.ParameterTypes;
        Instr[] operands = new Instr[types.Length];
        for (int index = types.Length - 1; index >= 0; index--)
        {
            Entry entry = Pop();
            if (entry.Value is { Op: Op.Pseudo, Reference: ComparerValue } && target.Callee is { } callee && TakesDefault(callee.Method, index)) entry = new Entry(_function.Const(IrType.I64, 0), types[index]);
            RefusePseudo(entry);
            operands[index] = TypeLayout.IsStruct(types[index]) ? entry.Value : Normalise(entry.Value, types[index]);
            if (IrTypes.IsFloat(operands[index].Type)) RequireFloat();
        }

        Instr? destination = TypeLayout.IsStruct(target.ReturnType) ? _function.Address(_function.NewSlot(target.ReturnType)) : null;
        if (destination is not null) leading.Add(destination);
        IrType type = destination is not null ? IrType.Void : IrTypes.Of(target.ReturnType);
        Instr call = _function.New(Op.Call, type, [.. leading, .. operands]);
        call.Reference = target;
        call.Memory = type == IrType.Void ? MemType.I64 : IrTypes.Memory(target.ReturnType);
        Append(call);
        if (target.IsNoReturn)
        {
            Append(_function.New(Op.Unreachable, IrType.Void));
            _isReachable = false;
        }
        else if (destination is not null)
        {
            Push(destination, target.ReturnType);
        }
        else if (type != IrType.Void)
        {
            Push(call, target.ReturnType);
        }
    }

    private void ImportIndirectCall()
    {
        MethodSignature<Type> signature = SignatureTypes.Decode(
            Module.ResolveSignature((int)_current.Operand), Module, _typeArguments, _methodArguments);
        Instr pointer = PopAddress();
        FinishCall(new CallTarget(null, null, signature.ReturnType, [.. signature.ParameterTypes]), [pointer]);
    }

    private void ImportNew(MethodBase constructor)
    {
        Type type = constructor.DeclaringType!;
        if (typeof(Exception).IsAssignableFrom(type))
        {
            ImportException(constructor, type);
            return;
        }

        if (typeof(Delegate).IsAssignableFrom(type)) throw Refusal.Delegate(type);
        if (type == typeof(string)) throw Refusal.Text("'new string'");
        if (type.IsArray) throw Refusal.Array(type.GetElementType()!, type.GetArrayRank());
        if (IsClosure(type)) throw Refusal.Closure();
        if (!type.IsValueType) throw Refusal.Allocation(type);
        if (type.FullName == "System.Runtime.CompilerServices.DefaultInterpolatedStringHandler" && Compilation.IsKernelCode(_method)) throw Refusal.Text("An interpolated string");
        if (IsSpan(type)) LengthenTextBuffer(type);
        if (TryNewIntrinsic(constructor, type)) return;
        Slot slot = _function.NewSlot(type);
        Instr address = _function.Address(slot);
        int count = constructor.GetParameters().Length;
        _stack.Insert(_stack.Count - count, new Entry(address, type.MakeByRefType()));
        Type[] types = ParameterTypes(constructor, null);
        if (!TryIntrinsic(constructor)) EmitCall(new MethodKey(constructor, null), types, typeof(void));
        PushLoadedOwned(address, type);
    }

    private static bool IsClosure(Type type) => !type.IsValueType && type.Name.StartsWith("<>c", StringComparison.Ordinal);

    // The temporary is nobody else's: no copy is needed.
    private void PushLoadedOwned(Instr address, Type type)
    {
        if (TypeLayout.IsStruct(type)) _stack.Add(new Entry(address, type));
        else PushLoaded(address, 0, type);
    }

    private void ImportException(MethodBase constructor, Type type)
    {
        ParameterInfo[] parameters = constructor.GetParameters();
        string? message = null;
        for (int index = parameters.Length - 1; index >= 0; index--)
        {
            Entry entry = Pop();
            if (entry.Value is not { Op: Op.SymbolAddress, Reference: string symbol }) continue;
            if (_unit.Data.TextOf(symbol) is not { } text) continue;
            // The base library's own exceptions also take names of parameters and files.
            bool isText = parameters[index].Name == "message" || (message is null && Compilation.IsKernelCode(constructor));
            if (isText) message = text;
        }

        PushPseudo(new ExceptionValue(type, message ?? ExceptionTexts.Of(type.Name)), type);
    }
}

/// <summary>What a panic says where the CLR would throw an exception without a text of the kernel's own.</summary>
internal static class ExceptionTexts
{
    private static readonly (string Name, string Text)[] Known =
    [
        ("IndexOutOfRange", "index out of range"),
        ("ArgumentOutOfRange", "argument out of range"),
        ("StartIndex", "argument out of range"),
        ("DivideByZero", "division by zero"),
        ("Overflow", "arithmetic overflow"),
        ("NullReference", "null reference"),
        ("ArgumentNull", "argument is null"),
        ("InvalidOperation", "invalid operation"),
        ("NotSupported", "not supported"),
        ("NotImplemented", "not implemented"),
        ("Argument", "invalid argument"),
        ("MinMax", "invalid argument"),
        ("DestinationTooS", "invalid argument"),
        ("Format", "invalid format"),
        ("Unreachable", "unreachable code reached"),
        ("SwitchExpression", "no case of the switch matches"),
    ];

    /// <summary>A few words for an exception type, or for a method that throws it.</summary>
    public static string Of(string name)
    {
        foreach ((string known, string text) in Known)
        {
            if (name.Contains(known, StringComparison.Ordinal)) return text;
        }

        return name.StartsWith("Throw", StringComparison.Ordinal) ? name["Throw".Length..] : name;
    }
}
