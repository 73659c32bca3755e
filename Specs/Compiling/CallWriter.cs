using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;

namespace Verification.Specs.Compiling;

/// <summary>
/// Writes C# that calls a method with random arguments: <c>Run(a, b)</c> makes them from two numbers, calls, and returns
/// a hash of the result and of whatever the call could change. On the CLR and on the board the same text runs.
/// </summary>
public sealed class CallWriter
{
    private const string Kit =
        """
        #nullable disable
        [InlineArray(16)] public struct Of16<T> { private T _item; }
        [InlineArray(2048)] public struct Bytes2048 { private byte _item; }
        public static class R
        {
            private static ulong s_state;
            private static int s_taken;
            private static Bytes2048 s_pool;
            public static long Hash;

            public static void Start(long a, long b)
            {
                s_state = unchecked((ulong)a * 0x9e3779b97f4a7c15 + (ulong)b);
                s_taken = 0;
                Hash = 1;
            }

            public static ulong Next()
            {
                ulong x = s_state = unchecked(s_state + 0x9e3779b97f4a7c15);
                x = unchecked((x ^ (x >> 30)) * 0xbf58476d1ce4e5b9);
                x = unchecked((x ^ (x >> 27)) * 0x94d049bb133111eb);
                return x ^ (x >> 31);
            }

            // Small ones, large ones, single bits and runs of bits.
            public static ulong Number()
            {
                int by = (int)(Next() & 63);
                switch (Next() % 6)
                {
                    case 0: return Next() & 7;
                    case 1: return Next() & 127;
                    case 2: return 1UL << by;
                    case 3: return unchecked((ulong)(long.MinValue >> by));
                    case 4: return Next() >> by;
                    default: return Next();
                }
            }

            // A text that is known, one byte away from it now and then, or noise. Each is a part of the pool of its own.
            public static Span<byte> Bytes()
            {
                ReadOnlySpan<byte> word = Words(Next());
                Span<byte> taken = ((Span<byte>)s_pool).Slice(s_taken, word.Length < 16 ? 16 : word.Length);
                s_taken += taken.Length;
                for (int index = 0; index < taken.Length; index++) taken[index] = (byte)Number();
                word.CopyTo(taken);
                if ((Next() & 7) == 0) return taken[..(int)(Next() % (ulong)(taken.Length + 1))];
                if (word.Length > 0) taken = taken[..word.Length];
                for (ulong damage = Next() & 3; damage == 3 && taken.Length > 0; damage = Next() & 3) taken[(int)(Next() % (ulong)taken.Length)] = (byte)Number();
                return taken;
            }

            public static void Add(long value) => Hash = unchecked((Hash ^ value) * 0x100000001b3 + (Hash >> 17));
            public static void Add(double value) => Add(double.IsNaN(value) ? 0x7ff8L : BitConverter.DoubleToInt64Bits(value));

            private static ReadOnlySpan<byte> Words(ulong choice)
            {
                switch (choice % WORDCOUNT)
                {
        WORDS
                    default: return default;
                }
            }
        }
        """;

    private readonly StringBuilder _text = new();
    private readonly StringBuilder _fields = new();
    private int _names;
    private string? _bytes;

    private CallWriter()
    {
    }

    /// <summary>What all calls share.</summary>
    /// <param name="words">Bytes that arguments are likely to be.</param>
    public static SourceFile KitOf(IReadOnlyList<byte[]> words) => new("CallKit.cs", Kit
        .Replace("WORDCOUNT", $"{(words.Count * 3 / 2) + 2}", StringComparison.Ordinal)
        .Replace("WORDS", string.Join("\n", words.Select((word, index) => $"            case {index}: return [{string.Join(", ", word)}];")), StringComparison.Ordinal));

    /// <summary>Whether arguments of all of a method's types can be made, and its result be looked at.</summary>
    public static bool CanCall(MethodBase method) =>
        !method.ContainsGenericParameters
        && (method.IsStatic || method.IsConstructor || CanMake(method.DeclaringType!))
        && Needed(method).All(parameter => CanMake(Plain(parameter.ParameterType)))
        && (method is not MethodInfo { ReturnType: var result } || result == typeof(void) || (!result.IsByRef && CanLookAt(result)));

    /// <summary>The program that calls a method; its class is <c>{name}.Test</c>.</summary>
    public static SourceFile Write(string name, MethodBase method)
    {
        CallWriter writer = new();
        writer.Call(method);
        return new SourceFile(
            $"{name}.cs",
            $"#nullable disable\nnamespace {name};\npublic static unsafe class Test\n{{\n{writer._fields}    public static long Run(long a, long b)\n    {{\n        R.Start(a, b);\n{writer._text}        return R.Hash;\n    }}\n}}\n");
    }

    // What has a default and cannot be made is left to it.
    private static IEnumerable<ParameterInfo> Needed(MethodBase method) =>
        method.GetParameters().Where(parameter => !parameter.IsOptional || CanMake(Plain(parameter.ParameterType)));

    private static Type Plain(Type type) => type.IsByRef ? type.GetElementType()! : type;

    private static bool IsSpan(Type type) =>
        type.IsGenericType && (type.GetGenericTypeDefinition() == typeof(Span<>) || type.GetGenericTypeDefinition() == typeof(ReadOnlySpan<>));

    private static bool IsNumber(Type type) => type.IsEnum || type == typeof(Int128) || type == typeof(UInt128) || (type.IsPrimitive && type != typeof(nint) && type != typeof(nuint));

    private static bool CanMake(Type type) =>
        IsNumber(type) || (IsSpan(type) ? IsElement(type.GetGenericArguments()[0])
            : type.IsByRefLike ? IsOfKernel(type) && type.GetConstructors(Own) is [var constructor, ..] && CanCall(constructor) : IsElement(type));

    private static bool CanLookAt(Type type) => IsNumber(type) || (IsSpan(type) ? CanLookAt(type.GetGenericArguments()[0]) : CanMake(type));

    private static bool IsElement(Type type) =>
        IsNumber(type) || (type.IsValueType && !type.IsGenericType && !type.IsPointer && IsOfKernel(type) && FieldsOf(type).All(field => field.FieldType.IsPointer || IsElement(field.FieldType)));

    // Of the base library's own structs, nobody may set the fields.
    private static bool IsOfKernel(Type type) => type.Namespace?.StartsWith("System", StringComparison.Ordinal) == false;

    private const BindingFlags Own = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    private static FieldInfo[] FieldsOf(Type type) => [.. type.GetFields(Own).OrderBy(field => field.MetadataToken)];

    private static string NameOf(Type type)
    {
        if (IsSpan(type)) return $"{type.Name.Split('`')[0]}<{NameOf(type.GetGenericArguments()[0])}>";
        return type.FullName!.Replace('+', '.');
    }

    private static int? InlineLengthOf(Type type) => type.GetCustomAttribute<InlineArrayAttribute>()?.Length;

    private string NewName() => $"v{_names++}";

    private void Line(string text) => _text.Append("        ").Append(text).Append('\n');

    private void Call(MethodBase method)
    {
        string? receiver = method.IsStatic || method.IsConstructor ? null : Make(method.DeclaringType!);
        List<(string Name, ParameterInfo Parameter)> arguments = [.. Needed(method).Select(parameter => (parameter.IsOut ? Declare(Plain(parameter.ParameterType)) : Make(Plain(parameter.ParameterType)), parameter))];
        string list = Arguments(arguments);
        string callee = receiver ?? NameOf(method.DeclaringType!);
        Type result = method is MethodInfo info ? info.ReturnType : method.DeclaringType!;
        string call = method.IsConstructor ? $"new {NameOf(result)}({list})"
            : method.IsSpecialName && method.Name.StartsWith("get_", StringComparison.Ordinal) ? $"{callee}.{method.Name[4..]}"
            : $"{callee}.{method.Name}{(method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(NameOf))}>" : "")}({list})";
        if (result == typeof(void))
        {
            Line($"{call};");
        }
        else
        {
            string value = NewName();
            Line($"{NameOf(result)} {value} = {call};");
            LookAt(result, value);
        }

        if (receiver is not null) LookAt(method.DeclaringType!, receiver);
        foreach ((string name, ParameterInfo parameter) in arguments) LookAt(Plain(parameter.ParameterType), name);
    }

    private static string Arguments(IEnumerable<(string Name, ParameterInfo Parameter)> arguments) =>
        string.Join(", ", arguments.Select(argument => $"{(argument.Parameter.IsOut ? "out " : argument.Parameter.IsIn ? "in " : argument.Parameter.ParameterType.IsByRef ? "ref " : "")}{argument.Name}"));

    private string Declare(Type type)
    {
        string name = NewName();
        Line($"{NameOf(type)} {name};");
        return name;
    }

    private string Make(Type type)
    {
        string name = NewName();
        string text = NameOf(type);
        if (IsNumber(type))
        {
            Line($"{text} {name} = {Number(type)};");
        }
        else if (IsSpan(type) && type.GetGenericArguments()[0] == typeof(byte))
        {
            Line($"{text} {name} = R.Bytes();");
            _bytes = name;
        }
        else if (IsSpan(type))
        {
            Type element = type.GetGenericArguments()[0];
            _fields.Append($"    private static Of16<{NameOf(element)}> s_{name};\n");
            Line($"Span<{NameOf(element)}> {name}x = s_{name};");
            Line($"for (int index = 0; index < 16; index++) {{ {NameOf(element)} item = default; {Fill(element, "item")} {name}x[index] = item; }}");
            Line($"{text} {name} = {name}x[..(int)(R.Next() % 17)];");
        }
        else if (type.IsByRefLike)
        {
            List<(string, ParameterInfo)> arguments = [.. type.GetConstructors(Own)[0].GetParameters().Select(parameter => (Make(Plain(parameter.ParameterType)), parameter))];
            Line($"{text} {name} = new {text}({Arguments(arguments)});");
            // What goes through something step by step is met on its way.
            if (type.GetMethod("Read", Own, []) is not null) Line($"for (ulong steps = R.Next() & 15; steps > 0; steps--) {name}.Read();");
        }
        else
        {
            Line($"{text} {name} = default;");
            Line(Fill(type, name));
            // A header that tells of other bytes is mostly refused at once.
            if (_bytes is not null && type.GetMethod("Read", BindingFlags.Static | BindingFlags.Public, [typeof(ReadOnlySpan<byte>), type.MakeByRefType()]) is not null)
                Line($"if ((R.Next() & 7) != 0) {text}.Read({_bytes}, out {name});");
        }

        return name;
    }

    private static string Number(Type type) =>
        type == typeof(bool) ? "(R.Next() & 1) != 0"
        : type == typeof(float) ? "BitConverter.UInt32BitsToSingle((uint)R.Number())"
        : type == typeof(double) ? "BitConverter.UInt64BitsToDouble(R.Number())"
        : type == typeof(UInt128) || type == typeof(Int128) ? $"({type.Name})new UInt128(R.Number(), R.Number())"
        : type.IsEnum ? $"({NameOf(type)})(R.Next() % {type.GetFields(BindingFlags.Static | BindingFlags.Public).Length}UL)"
        : $"unchecked(({NameOf(type)})R.Number())";

    private static string Fill(Type type, string name)
    {
        if (IsNumber(type)) return $"{name} = {Number(type)};";
        if (InlineLengthOf(type) is { } length)
        {
            string index = "i" + name.Count(letter => letter == '[');
            return $"for (int {index} = 0; {index} < {length}; {index}++) {{ {Fill(FieldsOf(type)[0].FieldType, $"{name}[{index}]")} }}";
        }

        return string.Join(" ", FieldsOf(type).Where(field => !field.FieldType.IsPointer).Select(field => Fill(field.FieldType, $"{name}.{field.Name}")));
    }

    private void LookAt(Type type, string name) => Line(Look(type, name));

    private static string Look(Type type, string name)
    {
        if (type == typeof(bool)) return $"R.Add({name} ? 1L : 2L);";
        if (type == typeof(float) || type == typeof(double)) return $"R.Add((double){name});";
        if (type == typeof(UInt128) || type == typeof(Int128)) return $"R.Add((long)(ulong)((UInt128){name} >> 64)); R.Add((long)(ulong)(UInt128){name});";
        if (IsNumber(type)) return $"R.Add(unchecked((long){name}));";
        if (IsSpan(type))
        {
            string item = "x" + name.Replace('.', '_').Replace('[', '_').Replace(']', '_');
            return $"R.Add((long){name}.Length); foreach (var {item} in {name}) {{ {Look(type.GetGenericArguments()[0], item)} }}";
        }

        if (InlineLengthOf(type) is { } length)
        {
            string index = "i" + name.Count(letter => letter == '[');
            return $"for (int {index} = 0; {index} < {length}; {index}++) {{ {Look(FieldsOf(type)[0].FieldType, $"{name}[{index}]")} }}";
        }

        return string.Join(" ", FieldsOf(type).Where(field => !field.FieldType.IsPointer).Select(field => Look(field.FieldType, $"{name}.{MemberOf(field)}")));
    }

    // The field behind a property is seen through it.
    private static string MemberOf(FieldInfo field) => field.Name is ['<', .. var rest] ? rest[..rest.IndexOf('>', StringComparison.Ordinal)] : field.Name;
}
