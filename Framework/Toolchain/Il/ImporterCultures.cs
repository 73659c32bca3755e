using System.Globalization;
using System.Reflection;
using Verification.Toolchain.Ir;

namespace Verification.Toolchain.Il;

/// <summary>
/// Cultures: a kernel has one, the invariant one, which is known at compile time. The base library's own IL formats and
/// parses; what it reads of the culture's objects are constants, so that no object is needed. A provider that a kernel
/// can pass is null or the invariant culture.
/// </summary>
internal sealed partial class Importer
{
    // What the base library writes a number's text into before it copies it, on the stack: it goes on in a pool's buffers or
    // in new arrays, which a kernel has not. Four times as long, 128 characters and 16 separators of thousands, it holds
    // every number in the formats that have a letter, unless they ask for more digits than any number has.
    private const int BufferFactor = 4;

    // Of the base library's enumeration ParsingStatus, whose other value here is an overflow.
    private const int ParsingFailed = 1;

    private const string TooLong = "the number's text is longer than 128 characters";

    private static readonly NumberFormatInfo Numbers = WithUtf8Texts();

    private bool IsTextMethod =>
        _method.DeclaringType!.FullName == "System.Number" &&
        (_method.Name == "NumberToStringFormat" || _body.LocalVariables.Any(local => IsTextBuilderType(local.LocalType)));

    private static bool IsTextBuffer(Type type) => IsSpan(type) && type.GetGenericArguments()[0] is { } element &&
        (element == typeof(int) || IsTextElement(element));

    private static bool IsSpan(Type type) => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Span<>);

    private static bool IsTextBuilderType(Type type) =>
        type.IsGenericType && type.GetGenericTypeDefinition().FullName == "System.Collections.Generic.ValueListBuilder`1" &&
        IsTextElement(type.GetGenericArguments()[0]);

    private static bool IsTextElement(Type type) => type == typeof(char) || type == typeof(byte);

    private bool CultureIntrinsic(MethodBase method)
    {
        bool isInvariant = method.Name is "get_InvariantCulture" or "get_InvariantInfo";
        if (!isInvariant && (Compilation.IsKernelCode(_method) || method.Name is not ("get_CurrentCulture" or "get_CurrentInfo" or "GetInstance" or "get_TextInfo"))) return false;
        for (int count = method.GetParameters().Length + (method.IsStatic ? 0 : 1); count > 0; count--) PopValue();
        PushInvariant(method.Name == "get_TextInfo" ? typeof(TextInfo) : method.DeclaringType!);
        return true;
    }

    private void PushInvariant(Type type) => Push(_function.Symbol(_unit.Data.Invariant(type)), type);

    /// <summary>Where a text outgrows its buffer on the stack, the base library goes on in a pool's; a kernel panics.</summary>
    private bool TextBuilderIntrinsic(MethodBase method)
    {
        if (!IsTextBuilderType(method.DeclaringType!)) return false;
        switch (method.Name)
        {
            case "Grow":
                Panic(TooLong);
                return true;
            case "Dispose":
                Pop();
                return true;
            default:
                return false;
        }
    }

    // The lengths of the buffers stand twice: where they are taken, and where a span is made of them.
    private int TextBufferBytes(int sizeBytes) => sizeBytes is 16 or 32 or 64 && IsTextMethod ? sizeBytes * BufferFactor : sizeBytes;

    private void LengthenTextBuffer(Type span)
    {
        if (_stack[^1].Value is not { IsConst: true, Immediate: 4 or 32 } length || !IsTextBuffer(span) || !IsTextMethod) return;
        Pop();
        PushInt(length.Immediate * BufferFactor);
    }

    // Texts that are there already: the culture's, of which one is a number's that is none, those of bool, and a string itself.
    private static bool IsKnownText(MethodBase method) => method.DeclaringType == typeof(NumberFormatInfo) ||
        method is { DeclaringType.FullName: "System.Number", Name: "FormatFloat" } && method.GetParameters().Length == 4;

    private bool IsOwnText(MethodBase method) =>
        method.Name == "ToString" && (method.DeclaringType == typeof(bool) || method.DeclaringType == typeof(string)) && !Compilation.IsKernelCode(_method);

    // Ordinal comparisons need no culture: such a call is of a copy of the method that knows which it is.
    private MethodKey WithComparison(MethodKey key)
    {
        ParameterInfo[] parameters = key.Method.GetParameters();
        int index = Array.FindIndex(parameters, parameter => parameter.ParameterType == typeof(StringComparison));
        if (index < 0 || Compilation.IsKernelCode(key.Method) || _stack[^(parameters.Length - index)].Value is not { IsConst: true } comparison) return key;
        return (StringComparison)comparison.Immediate is StringComparison.Ordinal or StringComparison.OrdinalIgnoreCase
            ? key with { Comparison = (StringComparison)comparison.Immediate } : key;
    }

    private bool TextIntrinsic(MethodBase method)
    {
        switch (method.Name)
        {
            case "ThrowOverflowOrFormatException":
                Pop();
                Check(Emit(Op.Eq, IrType.I32, PopValue(), _function.Const(IrType.I32, ParsingFailed)), ExceptionTexts.Of("Overflow"));
                Panic(ExceptionTexts.Of("Format"));
                return true;
            case "get_UTF8" when !Compilation.IsKernelCode(_method):
                PushInvariant(typeof(System.Text.Encoding));
                return true;
            case "HasCustomFormatter":
                PopValue();
                PushBool(_function.Const(IrType.I32, 0));
                return true;
            case "ReadUtf8":
                CallTextRoutine(nameof(TextRoutines.ReadUtf8));
                return true;
            case "TryGetBytes" when _stack[^4].Value is { Op: Op.SymbolAddress }:
                CallTextRoutine(nameof(TextRoutines.TryGetUtf8));
                Entry written = Pop();
                Pop();
                _stack.Add(written);
                return true;
            default:
                return false;
        }
    }

    private void CallTextRoutine(string name) => CallRoutine(typeof(TextRoutines).GetMethod(name, BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)!);

    // On the board an object that searches is a map of bits.
    private bool SearchIntrinsic(MethodInfo method, Type element)
    {
        if ((element != typeof(char) && element != typeof(byte)) || typeof(SearchMaps).GetMethod(method.Name) is not { } routine) return false;
        CallRoutine(routine.MakeGenericMethod(element));
        return true;
    }

    private void CallRoutine(MethodInfo routine)
    {
        EmitCall(new MethodKey(routine, null), ParameterTypes(routine, null), routine.ReturnType);
    }

    private bool TryInvariantField(FieldInfo field)
    {
        // What formats by an object of its own is a provider that a kernel has not.
        if (field.Name == "_hasCustomFormatter" && !Compilation.IsKernelCode(_method)) PushBool(_function.Const(IrType.I32, 0));
        else if (field.DeclaringType == typeof(NumberFormatInfo)) InvariantField(field);
        else return false;
        return true;
    }

    private void InvariantField(FieldInfo field)
    {
        object? value = field.GetValue(Numbers);
        Instr loaded = value switch
        {
            null => _function.Const(IrType.I64, 0),
            bool flag => _function.Const(IrType.I32, flag ? 1 : 0),
            int number => _function.Const(IrType.I32, number),
            _ => _function.Symbol(_unit.Data.Frozen(value)),
        };
        Push(loaded, field.FieldType);
    }

    // The UTF-8 texts are made when they are first asked for, each by a method of its own.
    private static NumberFormatInfo WithUtf8Texts()
    {
        NumberFormatInfo numbers = (NumberFormatInfo)NumberFormatInfo.InvariantInfo.Clone();
        foreach (MethodInfo text in typeof(NumberFormatInfo).GetMethods(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
        {
            if (!text.IsGenericMethodDefinition || !text.Name.EndsWith("TChar", StringComparison.Ordinal)) continue;
            string name = "_" + text.Name[..^"TChar".Length];
            FieldInfo? chars = Own(name);
            FieldInfo? bytes = Own(name + "Utf8");
            if (chars?.GetValue(numbers) is string value) bytes?.SetValue(numbers, System.Text.Encoding.UTF8.GetBytes(value));
        }

        return numbers;

        static FieldInfo? Own(string name) => typeof(NumberFormatInfo).GetField(name, BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.IgnoreCase);
    }
}
