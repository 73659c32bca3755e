using System.Globalization;
using System.Reflection;
using System.Text;

namespace Verification.Specs.Compiling;

/// <summary>
/// Calls of the base library's public methods, written as C#: what a method takes is made of two numbers, and what it
/// gives and changes becomes one.
/// </summary>
internal static class BaseLibraryCalls
{
    private static readonly Dictionary<Type, string> Makers = new()
    {
        [typeof(bool)] = "(N() & 1) != 0",
        [typeof(char)] = "(char)N()",
        [typeof(sbyte)] = "(sbyte)N()",
        [typeof(byte)] = "(byte)N()",
        [typeof(short)] = "(short)N()",
        [typeof(ushort)] = "(ushort)N()",
        [typeof(int)] = "(int)N()",
        [typeof(uint)] = "(uint)N()",
        [typeof(long)] = "N()",
        [typeof(ulong)] = "(ulong)N()",
        [typeof(nint)] = "(nint)N()",
        [typeof(nuint)] = "(nuint)N()",
        [typeof(float)] = "F()",
        [typeof(double)] = "D()",
        [typeof(Half)] = "(Half)F()",
        [typeof(Int128)] = "new Int128((ulong)N(), (ulong)N())",
        [typeof(UInt128)] = "new UInt128((ulong)N(), (ulong)N())",
        [typeof(decimal)] = "new decimal((int)N(), (int)N(), (int)N(), (N() & 1) != 0, (byte)(N() & 15))",
        [typeof(TimeSpan)] = "new TimeSpan(N())",
        [typeof(DateTime)] = "new DateTime(N() & 0x0fff_ffff_ffff_ffff)",
        [typeof(Index)] = "new Index((int)(N() & 15), (N() & 1) != 0)",
        [typeof(System.Text.Rune)] = "new System.Text.Rune((char)(N() & 0x7fff))",
        [typeof(Guid)] = "new Guid((int)N(), (short)N(), (short)N(), 1, 2, 3, 4, 5, 6, 7, 8)",
        [typeof(ReadOnlySpan<byte>)] = "Bytes()",
        [typeof(Span<byte>)] = "Bytes()",
        [typeof(ReadOnlySpan<char>)] = "Chars()",
        [typeof(Span<char>)] = "Chars()",
        [typeof(ReadOnlySpan<int>)] = "MemoryMarshal.Cast<byte, int>(Bytes())",
        [typeof(Span<int>)] = "MemoryMarshal.Cast<byte, int>(Bytes())",
        [typeof(string)] = "\"some text 12\"",
    };

    /// <summary>What stands before the calls: numbers, and memory that a call may change.</summary>
    public const string Prelude =
        """
        public unsafe struct Store { public fixed byte Data[64]; }
        public static unsafe class Given
        {
            private static ulong State;
            private static Store Memory;
            public static void Begin(long a, long b)
            {
                State = (ulong)a * 3 + (ulong)b;
                for (int i = 0; i < 64; i++) Memory.Data[i] = (byte)((N() & 7) == 0 ? N() : 'a' + (N() & 3));
            }
            public static long N()
            {
                State = State * 6364136223846793005 + 1442695040888963407;
                long value = (long)(State ^ State >> 29);
                return (value & 0xf0) switch { 0 => 0, 16 => 1, 32 => -1, 48 => value >> 8 & 7, 64 => value >> 8 & 255, 80 => value >> 40, 96 => value >> 32, 112 => long.MinValue >> (int)(value >> 8 & 63), 128 => 1L << (int)(value >> 8 & 63), _ => value };
            }
            public static double D() => (N() & 7) switch { 0 => 0, 1 => double.NaN, 2 => double.PositiveInfinity, 3 => BitConverter.Int64BitsToDouble(N()), 4 => N() / 16.0, _ => (int)N() / 4.0 };
            public static float F() => (N() & 7) switch { 0 => 0, 1 => float.NaN, 2 => float.NegativeInfinity, 3 => BitConverter.Int32BitsToSingle((int)N()), 4 => (int)N() / 16f, _ => (short)N() / 4f };
            public static Span<byte> Bytes() => MemoryMarshal.CreateSpan(ref Memory.Data[N() & 7], (int)(N() & 31));
            public static Span<char> Chars() => MemoryMarshal.CreateSpan(ref Unsafe.As<byte, char>(ref Memory.Data[(N() & 7) * 2]), (int)(N() & 15));
            public static long End(long result)
            {
                for (int i = 0; i < 64; i++) result = (result * 31) + Memory.Data[i];
                return result;
            }
            public static long H(bool x) => x ? 1 : 0;
            public static long H(int x) => x;
            public static long H(uint x) => x;
            public static long H(long x) => x;
            public static long H(ulong x) => (long)x;
            public static long H(nint x) => x;
            public static long H(nuint x) => (long)x;
            public static long H(double x) => double.IsNaN(x) ? 0x7ff8 : BitConverter.DoubleToInt64Bits(x);
            public static long H(float x) => float.IsNaN(x) ? 0x7fc0 : BitConverter.SingleToInt32Bits(x);
            public static long H(Half x) => Half.IsNaN(x) ? 0x7e00 : BitConverter.HalfToInt16Bits(x);
            public static long H(Int128 x) => (long)x ^ (long)(x >> 64) * 3;
            public static long H(UInt128 x) => (long)x ^ (long)(x >> 64) * 3;
            public static long H(TimeSpan x) => x.Ticks;
            public static long H(DateTime x) => x.Ticks;
            public static long H(Index x) => x.Value;
            public static long H(System.Text.Rune x) => x.Value;
            public static long H(string? x) => x is null ? -7 : x.Length;
            public static long H(decimal x) => H(Unsafe.As<decimal, Int128>(ref x));
            public static long H(Guid x) => H(Unsafe.As<Guid, Int128>(ref x));
            public static long H(ReadOnlySpan<byte> x) { long sum = x.Length; foreach (byte item in x) sum = sum * 31 + item; return sum; }
            public static long H(ReadOnlySpan<char> x) { long sum = x.Length; foreach (char item in x) sum = sum * 31 + item; return sum; }
            public static long H(ReadOnlySpan<int> x) { long sum = x.Length; foreach (int item in x) sum = sum * 31 + item; return sum; }
            public static long H<T>(T x) where T : struct, Enum => Unsafe.SizeOf<T>() == 1 ? Unsafe.As<T, byte>(ref x) : Unsafe.SizeOf<T>() == 4 ? Unsafe.As<T, int>(ref x) : 5;
        }
        """;

    /// <summary>Public methods of types of numbers, text and memory, each in the generic instances that make sense.</summary>
    public static IEnumerable<MethodInfo> Methods
    {
        get
        {
            foreach (Type type in Types)
            {
                BindingFlags which = BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly | (type.IsValueType ? BindingFlags.Instance : 0);
                foreach (MethodInfo method in type.GetMethods(which).OrderBy(method => method.MetadataToken))
                {
                    if (!method.IsGenericMethodDefinition)
                    {
                        yield return method;
                        continue;
                    }

                    if (method.GetGenericArguments().Length > 1) continue;
                    foreach (Type argument in (Type[])[typeof(byte), typeof(char), typeof(int), typeof(long), typeof(double)])
                    {
                        if (Close(method, argument) is { } closed) yield return closed;
                    }
                }
            }
        }
    }

    /// <summary>The body of a method that makes the call; null where there is no way to give it what it takes.</summary>
    public static string? Write(MethodInfo method, string name)
    {
        if (method.GetCustomAttributesData().Any(attribute => attribute.AttributeType.Name is "ObsoleteAttribute" or "ExperimentalAttribute" or "RequiresPreviewFeaturesAttribute")) return null;
        StringBuilder body = new();
        List<string> arguments = [];
        List<string> afterwards = [];
        string Local(string type, string value)
        {
            string local = $"v{arguments.Count}_{body.Length}";
            body.Append(CultureInfo.InvariantCulture, $"{type} {local} = {value}; ");
            return local;
        }

        string instance = "";
        if (!method.IsStatic)
        {
            if (Maker(method.DeclaringType!) is not { } maker) return null;
            instance = Local(Name(method.DeclaringType!), maker);
            afterwards.Add(instance);
        }

        foreach (ParameterInfo parameter in method.GetParameters())
        {
            Type type = parameter.ParameterType;
            bool isByRef = type.IsByRef;
            if (isByRef) type = type.GetElementType()!;
            if (Maker(type) is not { } maker || !CanBeSeen(type)) return null;
            string local = Local(Name(type), maker);
            arguments.Add(!isByRef ? local : parameter.IsOut ? $"out {local}" : parameter.IsIn ? $"in {local}" : $"ref {local}");
            if (isByRef && !parameter.IsIn) afterwards.Add(local);
        }

        Type result = method.ReturnType.IsByRef ? method.ReturnType.GetElementType()! : method.ReturnType;
        if (result != typeof(void) && !CanBeSeen(result)) return null;
        string target = method.IsStatic ? Name(method.DeclaringType!) : instance;
        if (Call(method, target, arguments) is not { } call) return null;
        string sum = result == typeof(void) ? $"{call}; long sum = 1;" : $"long sum = H({call});";
        string rest = string.Concat(afterwards.Select(local => $" sum = sum * 31 + H({local});"));
        return $"public static long {name}(long a, long b) {{ Begin(a, b); {body}{sum}{rest} return End(sum); }}";
    }

    private static IEnumerable<Type> Types =>
    [
        typeof(bool), typeof(char), typeof(sbyte), typeof(byte), typeof(short), typeof(ushort), typeof(int), typeof(uint), typeof(long), typeof(ulong),
        typeof(nint), typeof(nuint), typeof(Int128), typeof(UInt128), typeof(float), typeof(double), typeof(Half), typeof(decimal),
        typeof(Math), typeof(MathF), typeof(System.Numerics.BitOperations), typeof(System.Buffers.Binary.BinaryPrimitives), typeof(BitConverter),
        typeof(MemoryExtensions), typeof(System.Runtime.InteropServices.MemoryMarshal), typeof(System.Runtime.CompilerServices.Unsafe),
        typeof(Interlocked), typeof(Volatile), typeof(Buffer), typeof(System.Buffers.Text.Utf8Formatter), typeof(System.Buffers.Text.Utf8Parser),
        typeof(System.Buffers.Text.Base64), typeof(System.Text.Ascii), typeof(System.Text.Rune), typeof(System.Text.Unicode.Utf8), typeof(TimeSpan), typeof(DateTime), typeof(Index),
        typeof(Convert), typeof(Guid), typeof(HashCode), typeof(string), typeof(ArgumentOutOfRangeException), typeof(Nullable), typeof(ValueTuple), typeof(DateOnly),
        typeof(Span<byte>), typeof(ReadOnlySpan<byte>), typeof(Span<char>), typeof(ReadOnlySpan<char>), typeof(Span<int>), typeof(ReadOnlySpan<int>), typeof(BitConverter), typeof(Enum),
        typeof(System.Runtime.InteropServices.CollectionsMarshal), typeof(System.Runtime.InteropServices.NativeMemory), typeof(System.Runtime.CompilerServices.RuntimeHelpers),
        typeof(System.Text.Encoding), typeof(System.IO.Path), typeof(Environment), typeof(GC), typeof(Thread), typeof(Console), typeof(Type), typeof(Array), typeof(System.Numerics.Vector),
    ];

    private static MethodInfo? Close(MethodInfo method, Type argument)
    {
        try
        {
            return method.MakeGenericMethod(argument);
        }
        catch (ArgumentException)
        {
            return null; // a constraint that the type does not meet
        }
    }

    private static bool CanBeSeen(Type type) => Makers.ContainsKey(type) || (type.IsEnum && type.IsPublic);

    private static string? Maker(Type type) =>
        Makers.TryGetValue(type, out string? maker) ? maker : type.IsEnum && type.IsPublic ? $"({Name(type)})(N() & 3)" : null;

    private static string Name(Type type) =>
        type.IsGenericType ? $"{type.Namespace}.{type.Name[..type.Name.IndexOf('`')]}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>"
        : type.IsNested ? $"{Name(type.DeclaringType!)}.{type.Name}" : $"{type.Namespace}.{type.Name}";

    private static string? Call(MethodInfo method, string target, List<string> arguments)
    {
        string list = string.Join(", ", arguments);
        if (method.Name.StartsWith("get_", StringComparison.Ordinal))
            return arguments.Count == 0 ? $"{target}.{method.Name[4..]}" : $"{target}[{list}]";
        if (method.Name.StartsWith("set_", StringComparison.Ordinal)) return null;
        if (!method.Name.StartsWith("op_", StringComparison.Ordinal))
            return $"{target}.{method.Name}{(method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(Name))}>" : "")}({list})";
        if (arguments.Count == 1 && method.Name is "op_Explicit" or "op_Implicit") return $"({Name(method.ReturnType)}){arguments[0]}";
        if (arguments.Count == 1 && method.Name == "op_CheckedExplicit") return $"checked(({Name(method.ReturnType)}){arguments[0]})";
        return Operators.TryGetValue(method.Name, out string? sign)
            ? arguments.Count == 2 ? $"unchecked({arguments[0]} {sign} {arguments[1]})" : null
            : method.Name switch
            {
                "op_CheckedAddition" => $"checked({arguments[0]} + {arguments[1]})",
                "op_CheckedSubtraction" => $"checked({arguments[0]} - {arguments[1]})",
                "op_CheckedMultiply" => $"checked({arguments[0]} * {arguments[1]})",
                "op_UnaryNegation" => $"unchecked(-{arguments[0]})",
                "op_OnesComplement" => $"~{arguments[0]}",
                _ => null,
            };
    }

    private static readonly Dictionary<string, string> Operators = new()
    {
        ["op_Addition"] = "+", ["op_Subtraction"] = "-", ["op_Multiply"] = "*", ["op_Division"] = "/", ["op_Modulus"] = "%", ["op_BitwiseAnd"] = "&",
        ["op_BitwiseOr"] = "|", ["op_ExclusiveOr"] = "^", ["op_LeftShift"] = "<<", ["op_RightShift"] = ">>", ["op_UnsignedRightShift"] = ">>>",
        ["op_Equality"] = "==", ["op_Inequality"] = "!=", ["op_LessThan"] = "<", ["op_GreaterThan"] = ">", ["op_LessThanOrEqual"] = "<=", ["op_GreaterThanOrEqual"] = ">=",
    };
}
