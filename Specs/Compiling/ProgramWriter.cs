using System.Globalization;
using System.Text;

namespace Verification.Specs.Compiling;

/// <summary>
/// Writes random C# programs: one seed, one program. Every program compiles and ends; it may panic, as the CLR may throw
/// on it. What it is made of is the language table of the toolchain's README.
/// </summary>
public sealed partial class ProgramWriter
{
    private static readonly string[] Integers = ["sbyte", "byte", "short", "ushort", "int", "uint", "long", "ulong"];
    private static readonly string[] Comparisons = ["<", "<=", ">", ">=", "==", "!="];

    private readonly StringBuilder _text = new();
    private readonly int _functionCount;
    private ulong _state;
    private int _depth;
    private int _names;
    private int _loops;
    private List<(string Name, string Type)> _scope = [];
    private List<(string Name, string Element, int Length)> _spans = [];
    private List<string> _structs = [];
    private List<(string Name, string Result, string[] Parameters)> _functions = [];
    private bool _mayReturn;
    private bool _isWide;
    private bool _isSmall;
    private string _result = "long";

    private ProgramWriter(int seed, int functionCount)
    {
        _state = ((ulong)(uint)seed << 20) + 0x9e3779b97f4a7c15;
        _functionCount = functionCount;
    }

    /// <summary>The program of a seed; its methods <c>Run0</c> and following take two longs and return one.</summary>
    public static string Write(int seed, int functionCount)
    {
        ProgramWriter writer = new(seed, functionCount);
        writer.WriteProgram();
        return writer._text.ToString();
    }

    // Steele, Lea, Flood: "Fast Splittable Pseudorandom Number Generators" (SplitMix64).
    private int Next(int bound)
    {
        _state += 0x9e3779b97f4a7c15;
        ulong mixed = _state;
        mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
        mixed ^= mixed >> 31;
        return (int)(mixed % (ulong)bound);
    }

    private bool Chance(int percent) => Next(100) < percent;

    private T Any<T>(IReadOnlyList<T> choices) => choices[Next(choices.Count)];

    private string AnyInteger() => Any(Integers);

    private void WriteProgram()
    {
        WriteTypes();
        Line("public static class Test");
        Line("{");
        WriteHelpers("private");
        for (int index = 0; index < 3; index++) WriteFunction($"F{index}", Any(Integers), [AnyInteger(), AnyInteger()], isPublic: false);
        for (int index = 0; index < _functionCount; index++) WriteFunction($"Run{index}", "long", ["long", "long"], isPublic: true);
        Line("}");
    }

    private void WriteTypes()
    {
        Line("public interface IMix { int Mix(int x); static abstract long Seed { get; } int Twice(int x) => Mix(Mix(x)); }");
        Line("public struct Adder : IMix { public int Step; public int Mix(int x) => x + Step++; public static long Seed => 77; }");
        Line("public struct Xorer : IMix { public uint Key; public int Mix(int x) => x ^ (int)Key; public static long Seed => -5; public int Twice(int x) => x * 3; }");
        Line("public struct Pair { public int A; public long B; public byte C; public Pair(int a, long b) { A = a; B = b; C = (byte)(a ^ b); } public readonly long Sum() => A + B + C; public void Bump(int by) { A += by; B ^= by; C++; } }");
        Line("public struct Nest { public Pair P; public ushort S; public Pair Q; public long All => P.Sum() * 31 + Q.Sum() + S; }");
        Line("public readonly record struct Key(int X, ulong Y);");
        Line("[InlineArray(6)] public struct Six { private int _item; }");
        Line("[StructLayout(LayoutKind.Explicit)] public struct Overlay { [FieldOffset(0)] public ulong Whole; [FieldOffset(0)] public int Low; [FieldOffset(4)] public int High; [FieldOffset(3)] public byte Middle; }");
        Line("public ref struct Scope { private ref int _count; public Scope(ref int count) { _count = ref count; _count += 3; } public void Dispose() { _count *= 2; } }");
        Line("public enum Colour : byte { Red, Green = 5, Blue = 200 }");
    }

    private void WriteHelpers(string access)
    {
        Line($"    {access} static readonly int[] Table = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9, 3];");
        Line($"    {access} static readonly ulong Salt = 0x1234_5678_9abc_def0;");
        Line($"    {access} static ReadOnlySpan<byte> Bytes => \"the quick brown fox\"u8;");
        Line($"    {access} static ReadOnlySpan<short> Shorts => [1, -2, 300, -4000, 32767, -32768, 7, 8];");
        Line($"    {access} static long Generic<T>(T mixer, int x) where T : struct, IMix => mixer.Mix(x) + mixer.Twice(x + 1) + T.Seed + mixer.Mix(0);");
        Line("    " + access + " static long Tally(ReadOnlySpan<byte> text, byte wanted) { long n = 0; foreach (byte item in text) { if (item == wanted) n++; else n += item >> 6; } return n; }");
        Line("    " + access + " static bool Swap(ref int left, ref int right) { (left, right) = (right, left); return left < right; }");
        Line($"    {access} static Pair Make(int a, long b) => new Pair(a, b);");
        Line("    " + access + " static Nest Deep(Pair p, ushort s) { Nest n = default; n.P = p; n.S = s; n.Q = Make(s, p.B); n.Q.Bump(p.A); return n; }");
        Line("    " + access + " static Pair Through(Pair p, Key k, Nest n) { p.A += k.X; p.B += (long)k.Y + n.All; return p; }");
    }

    private void WriteFunction(string name, string result, string[] parameters, bool isPublic)
    {
        _scope = [];
        _spans = [];
        _structs = [];
        _names = 0;
        _loops = 0;
        _result = result;
        string[] names = isPublic ? ["a", "b"] : ["p", "q"];
        for (int index = 0; index < parameters.Length; index++) _scope.Add((names[index], parameters[index]));
        Line($"    {(isPublic ? "public" : "private")} static {result} {name}({string.Join(", ", parameters.Select((type, index) => $"{type} {names[index]}"))})");
        Line("    {");
        _depth = 2;
        if (_isWide && isPublic) Line("Reset();");
        if (_isWide) _scope.AddRange([("G0", "long"), ("G1", "int"), ("G2", "byte")]);
        if (_isWide) _structs.Add("G3");
        if (Chance(_isSmall ? 25 : 60))
        {
            string element = Any((string[])["int", "byte", "long", "ushort"]);
            int length = 1 << (2 + Next(3));
            Line($"Span<{element}> buffer = stackalloc {element}[{length}];");
            _spans.Add(("buffer", element, length));
        }

        for (int index = _isSmall ? 2 : 0; index < 3; index++) Declare();
        _mayReturn = true;
        int statements = _isSmall ? 1 + Next(2) : _isWide ? 2 + Next(4) : 3 + Next(6);
        for (int index = 0; index < statements; index++) Statement(_isSmall ? 1 : 3);
        Line($"return {Mix(result)};");
        _depth = 0;
        Line("    }");
        if (!isPublic) _functions.Add((name, result, parameters));
    }

    // What a function returns depends on all that it has computed.
    private string Mix(string type)
    {
        List<string> parts = [.. _scope.Select((variable, index) => $"(long){variable.Name} * {(2 * index) + 1}")];
        parts.AddRange(_structs.Select(name => $"{name}.Sum()"));
        foreach ((string name, _, int length) in _spans) parts.Add($"(long){name}[{Next(length)}]");
        return $"unchecked(({type})({string.Join(" + ", parts)}))";
    }

    private void Line(string text) => _text.Append(' ', _depth * 4).Append(text).Append('\n');

    private string NewName() => $"v{_names++}";

    private void Declare()
    {
        string type = AnyInteger();
        string name = NewName();
        Line($"{type} {name} = {Expression(type, 2)};");
        _scope.Add((name, type));
    }

    private void Block(int depth, int most)
    {
        Line("{");
        _depth++;
        int scope = _scope.Count;
        int structs = _structs.Count;
        int count = 1 + Next(_isSmall ? 1 : most);
        for (int index = 0; index < count; index++) Statement(depth - 1);
        _scope.RemoveRange(scope, _scope.Count - scope);
        _structs.RemoveRange(structs, _structs.Count - structs);
        _depth--;
        Line("}");
    }

    private void Statement(int depth)
    {
        if (_isWide && Chance(45))
        {
            WideStatement(depth);
            return;
        }

        int choice = Next(depth > 0 ? 24 : 10);
        switch (choice)
        {
            case 0 or 1:
                Declare();
                break;
            case 2 or 3 or 4:
                (string target, string type) = Any(_scope);
                if (target.StartsWith('i')) goto default;
                Line($"{target} = {Expression(type, 3)};");
                break;
            case 5:
                (string compound, string own) = Any(_scope);
                if (compound.StartsWith('i')) goto default;
                string op = Any((string[])["+=", "-=", "*=", "^=", "|=", "&="]);
                Line($"{compound} {op} {Expression(own, 2)};");
                break;
            case 6 when _spans.Count > 0:
                (string span, string element, int length) = Any(_spans);
                Line($"{span}[{Index(length)}] {Any((string[])["=", "+=", "^="])} {Expression(element, 2)};");
                break;
            case 7:
                string pair = NewName();
                Line($"Pair {pair} = {(Chance(50) ? $"Make({Expression("int", 1)}, {Expression("long", 1)})" : $"new Pair({Expression("int", 1)}, {Expression("long", 1)})")};");
                if (Chance(50)) Line($"{pair}.Bump({Expression("int", 1)});");
                if (_structs.Count > 0 && Chance(40)) Line($"{pair} = {Any(_structs)};");
                if (Chance(30)) Line($"{pair} = Through({pair}, new Key({Expression("int", 1)}, {Expression("ulong", 1)}), Deep({pair}, {Expression("ushort", 1)}));");
                _structs.Add(pair);
                break;
            case 8 when _structs.Count > 0:
                string known = Any(_structs);
                Line(Chance(50) ? $"{known}.Bump({Expression("int", 1)});" : $"{known}.B = {Expression("long", 2)};");
                break;
            case 10 or 11 or 12:
                Line($"if ({Condition(2)})");
                Block(depth, 3);
                if (!Chance(50)) break;
                Line("else");
                Block(depth, 3);
                break;
            case 13 or 14 when _loops < 3:
                string counter = $"i{_names++}";
                _loops++;
                Line(Chance(70)
                    ? $"for (int {counter} = 0; {counter} < {Next(9)}; {counter}++)"
                    : $"for (int {counter} = {Next(7)}; {counter} >= 0; {counter}--)");
                _scope.Add((counter, "int"));
                Block(depth, 3);
                _scope.RemoveAt(_scope.Count - 1);
                _loops--;
                break;
            case 15 when _spans.Count > 0 && _loops < 3:
                (string walked, string item, _) = Any(_spans);
                string position = $"i{_names++}";
                _loops++;
                Line($"for (int {position} = 0; {position} < {walked}.Length; {position}++)");
                Line("{");
                _scope.Add((position, "int"));
                Line($"    {walked}[{position}] {Any((string[])["+=", "="])} {Expression(item, 2)};");
                Line("}");
                _scope.RemoveAt(_scope.Count - 1);
                _loops--;
                break;
            case 16:
                Line($"switch ({Expression("int", 1)} & {Any((int[])[3, 7, 15])})");
                Line("{");
                _depth++;
                int cases = 2 + Next(5);
                for (int index = 0; index < cases; index++)
                {
                    Line($"case {index}:");
                    Block(depth - 1, 2);
                    Line("break;");
                }

                if (Chance(60))
                {
                    Line("default:");
                    Block(depth - 1, 2);
                    Line("break;");
                }

                _depth--;
                Line("}");
                break;
            case 17:
                Line("try");
                Block(depth, 2);
                Line("finally");
                bool outer = _mayReturn;
                _mayReturn = false;
                Block(depth - 1, 2);
                _mayReturn = outer;
                break;
            case 18 when _scope.Count(variable => variable.Type == "int" && !variable.Name.StartsWith('i')) >= 2:
                List<string> ints = [.. _scope.Where(variable => variable.Type == "int" && !variable.Name.StartsWith('i')).Select(variable => variable.Name)];
                Line($"if (Swap(ref {Any(ints)}, ref {Any(ints)})) {Any(ints)}++;");
                break;
            case 19:
                string guarded = NewName();
                Line($"int {guarded} = {Expression("int", 1)};");
                Line($"using (new Scope(ref {guarded}))");
                Block(depth, 2);
                _scope.Add((guarded, "int"));
                break;
            case 20 when _mayReturn && depth < 3:
                Line($"if ({Condition(1)}) return {Mix(_result)};");
                break;
            case 21:
                string six = NewName();
                Line($"Six {six} = default;");
                Line($"for (int i = 0; i < 6; i++) {six}[i] = {Expression("int", 1)} * (i + 1);");
                string sum = NewName();
                Line($"long {sum} = {six}[{Index(6)}];");
                Line($"foreach (int item in {six}) {sum} = {sum} * 7 + item;");
                _scope.Add((sum, "long"));
                break;
            case 22:
                string overlay = NewName();
                Line($"Overlay {overlay} = default;");
                Line($"{overlay}.Whole = {Expression("ulong", 1)};");
                Line($"{overlay}.{Any((string[])["Low", "High"])} = {Expression("int", 1)};");
                if (Chance(50)) Line($"{overlay}.Middle = {Expression("byte", 1)};");
                string read = NewName();
                Line($"ulong {read} = {overlay}.Whole + {overlay}.Middle + (ulong){overlay}.Low;");
                _scope.Add((read, "ulong"));
                break;
            case 23 when Chance(15):
                Line($"if ({Condition(1)} && {Condition(1)} && {Condition(1)}) throw new InvalidOperationException(\"reason {Next(9)}\");");
                break;
            default:
                Line($"{Wide()};");
                break;
        }
    }

    // A statement that is a call for its effect, of a kind that always exists.
    private string Wide()
    {
        string value = Expression("long", 3);
        string name = NewName();
        _scope.Add((name, "long"));
        return $"long {name} = {value}";
    }

    // Mostly within bounds; now and then not.
    private string Index(int length) => Chance(99) && System.Numerics.BitOperations.IsPow2(length)
        ? $"{Expression("int", 1)} & {length - 1}"
        : Chance(80) ? Next(length).ToString(CultureInfo.InvariantCulture) : Variable("int");

    private string Condition(int depth)
    {
        if (depth > 0 && Chance(30)) return $"({Condition(depth - 1)} {(Chance(50) ? "&&" : "||")} {Condition(depth - 1)})";
        if (Chance(10)) return $"!({Condition(0)})";
        string type = AnyInteger();
        return $"{Expression(type, 1)} {Any(Comparisons)} {Expression(type, 1)}";
    }

    private string Variable(string type)
    {
        (string name, string own) = Any(_scope);
        return own == type ? name : $"unchecked(({type}){name})";
    }

    private string Literal(string type)
    {
        long value = Next(5) switch
        {
            0 => Next(4),
            1 => Next(300) - 150,
            2 => 1L << Next(63),
            3 => ((long)Next(int.MaxValue) << 31) ^ Next(int.MaxValue),
            _ => long.MinValue >> Next(64),
        };
        return $"unchecked(({type})({value.ToString(CultureInfo.InvariantCulture)}L))";
    }

    private string Expression(string type, int depth)
    {
        if (depth == 0 || (_isSmall && Chance(35))) return Chance(70) ? Variable(type) : Literal(type);
        switch (Next(26))
        {
            case 0:
                return Literal(type);
            case 1 or 2 or 3:
                return Variable(type);
            case 4 or 5 or 6 or 7:
                return $"unchecked(({type})({Expression(type, depth - 1)} {Any((string[])["+", "-", "*", "&", "|", "^"])} {Expression(type, depth - 1)}))";
            case 8:
                return $"unchecked(({type})({Expression(type, depth - 1)} {Any((string[])["<<", ">>", ">>>"])} {Expression("int", 0)}))";
            case 9:
                return $"unchecked(({type})({Expression(type, depth - 1)} {Any((string[])["/", "%"])} ({Variable(type)} | 1)))";
            // Only unsigned numbers: the CLR on x86-64 reports some signed divisions by zero as an overflow.
            case 10 when type is "uint" or "ulong" && Chance(8):
                return $"unchecked(({type})({Variable(type)} {Any((string[])["/", "%"])} {Variable(type)}))";
            case 11 when Chance(8):
                return $"checked(({type})({Variable(type)} {Any((string[])["+", "-", "*"])} {Variable(type)}))";
            case 12:
                return $"({Condition(1)} ? {Expression(type, depth - 1)} : {Expression(type, depth - 1)})";
            case 13:
                string from = AnyInteger();
                return $"unchecked(({type}){Expression(from, depth - 1)})";
            case 14 when _spans.Count > 0:
                (string name, string element, int length) = Any(_spans);
                string item = $"{name}[{Index(length)}]";
                return element == type ? item : $"unchecked(({type}){item})";
            case 15 when _structs.Count > 0:
                return $"unchecked(({type}){Any(_structs)}.{Any((string[])["A", "B", "C", "Sum()"])})";
            case 16 when _functions.Count > 0:
                (string function, string result, string[] parameters) = Any(_functions);
                return $"unchecked(({type}){function}({Expression(parameters[0], depth - 1)}, {Expression(parameters[1], depth - 1)}))";
            case 17:
                return $"unchecked(({type})Table[{Index(16)}])";
            case 18:
                return Chance(50)
                    ? $"unchecked(({type})Generic(new Adder {{ Step = {Expression("int", 0)} }}, {Expression("int", depth - 1)}))"
                    : $"unchecked(({type})Generic(new Xorer {{ Key = {Expression("uint", 0)} }}, {Expression("int", depth - 1)}))";
            case 19:
                return $"unchecked(({type})Tally(Bytes[({Expression("int", depth - 1)} & 7)..], {Expression("byte", 0)}))";
            case 20:
                return $"unchecked(({type})({Any((string[])["-", "~"])}{Expression(type == "ulong" ? "long" : type, depth - 1)}))";
            case 21:
                return $"unchecked(({type})BitOperations.{Any((string[])["RotateLeft", "RotateRight"])}({Expression("uint", depth - 1)}, {Expression("int", 0)}))";
            case 22:
                return $"unchecked(({type})BitOperations.{Any((string[])["PopCount", "LeadingZeroCount", "TrailingZeroCount"])}({Expression(Any((string[])["uint", "ulong"]), depth - 1)}))";
            case 23:
                return $"unchecked(({type})BinaryPrimitives.ReadUInt32{Any((string[])["Big", "Little"])}Endian(Bytes[({Expression("int", depth - 1)} & 15)..]))";
            case 24:
                return $"unchecked(({type})({Expression("int", depth - 1)} switch {{ {Next(40)} => {Next(9)}, > {50 + Next(90)} => {Next(9)}, < {-Next(70)} => {Next(9)}, _ => {Next(9)} }}))";
            default:
                return $"unchecked(({type})(Math.{Any((string[])["Max", "Min"])}({Expression("long", depth - 1)}, {Expression("long", 0)}) + Shorts[{Index(8)}] + (long)Salt))";
        }
    }
}
