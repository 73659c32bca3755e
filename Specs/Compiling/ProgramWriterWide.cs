using System.Globalization;

namespace Verification.Specs.Compiling;

/// <summary>
/// The wider half of the language: what a program in a batch may hold besides. The helpers that it calls stand in
/// <see cref="Kit"/>, once for all programs of a batch.
/// </summary>
public sealed partial class ProgramWriter
{
    /// <summary>Types and methods that all programs of a batch share.</summary>
    public static SourceFile Kit { get; } = new("Kit.cs", WriteKit());

    /// <summary>
    /// A program of a batch: one method <c>Run</c>, variables that it changes, and <c>RunState</c>, which tells what they
    /// hold. It needs <see cref="Kit"/>. Most are of a few statements, so that many can be tried; one in sixteen is long.
    /// </summary>
    public static SourceFile WriteForBatch(int seed)
    {
        ProgramWriter writer = new(seed, 1) { _isWide = true };
        string name = $"P{(uint)seed}";
        writer.Line("#nullable disable");
        writer.Line($"namespace {name};");
        writer.Line("using static Kit;");
        writer.Line("public static unsafe class Test");
        writer.Line("{");
        writer.Line("    private static long G0;");
        writer.Line("    private static int G1;");
        writer.Line("    private static byte G2;");
        writer.Line("    private static Pair G3;");
        writer.Line("    private static void Reset() { G0 = 5; G1 = -3; G2 = 200; G3 = new Pair(1, 2); }");
        writer.Line("    public static long RunState(long a, long b) => unchecked(G0 * 31 + G1 * 7 + G2 + G3.Sum());");
        writer._isSmall = writer.Next(16) != 0;
        int functions = writer.Next(writer._isSmall ? 8 : 3) / (writer._isSmall ? 7 : 1);
        for (int index = 0; index < functions; index++) writer.WriteFunction($"F{index}", writer.AnyInteger(), [writer.AnyInteger(), writer.AnyInteger()], isPublic: false);
        writer.WriteFunction("Run", "long", ["long", "long"], isPublic: true);
        writer.Line("}");
        return new SourceFile($"{name}.cs", writer._text.ToString());
    }

    private static string WriteKit()
    {
        ProgramWriter writer = new(0, 0);
        writer.Line("#nullable disable");
        writer.WriteTypes();
        writer.Line("public static unsafe class Kit");
        writer.Line("{");
        writer.WriteHelpers("public");
        writer.Line(WideHelpers);
        writer.Line("}");
        writer.Line(WideTypes);
        return writer._text.ToString();
    }

    private const string WideHelpers =
        """
            public static long Bits(double x) => double.IsNaN(x) ? 0x7ff8 : BitConverter.DoubleToInt64Bits(x);
            public static long Bits(float x) => float.IsNaN(x) ? 0x7fc0 : BitConverter.SingleToInt32Bits(x);
            public static (long, int) Both(long x, int y) => (x + y, y);
            public static long Plus(long x, long y) => unchecked(x + y);
            public static long Minus(long x, long y) => unchecked(x - y);
            public static ref int Pick(ref int x, ref int y, bool first) => ref first ? ref x : ref y;
            public static T Largest<T>(T x, T y, T z) where T : IComparable<T> => x.CompareTo(y) > 0 ? x.CompareTo(z) > 0 ? x : z : y.CompareTo(z) > 0 ? y : z;
            public static long Listed(ReadOnlySpan<byte> s) => s switch { [] => 1, [var x] => x, [> 110, .., var y] => 1000 + y, [_, (byte)'h' or (byte)'q', .. var rest] => 2000 + rest.Length, _ => 3000 };
            public static int Spell(string word) { switch (word) { case "boot": return 1; case "halt": return 2; case "": return 3; default: return word.Length + word[0]; } }
            public static long Count(params ReadOnlySpan<int> items) { long sum = items.Length; foreach (int item in items) sum = unchecked(sum * 5 + item); return sum; }
        """;

    private const string WideTypes =
        """
        public struct Acc { public long Total; public int Count; public void operator +=(long by) { unchecked { Total += by; } Count++; } public void operator ++() => Count += 10; public static Acc operator checked -(Acc x, int by) => new() { Total = checked(x.Total - by), Count = x.Count }; public static Acc operator -(Acc x, int by) => new() { Total = unchecked(x.Total - by), Count = x.Count }; }
        public readonly struct Countdown(int from) { public Enumerator GetEnumerator() => new() { Current = from + 1 }; public struct Enumerator { public int Current { readonly get; set; } public bool MoveNext() => --Current > 0; } }
        [InlineArray(4)] public struct Four<T> { private T _item; }
        public struct Stack4<T> { private Four<T> _items; private int _count; public void Push(T item) { if (_count == 4) throw new InvalidOperationException("stack is full"); _items[_count++] = item; } public T Pop() => _items[--_count]; }
        public struct Level { private int _value; public int Value { readonly get => _value; set => _value = value > 1000 ? 1000 : value; } public int Twice { readonly get => field; set => field = unchecked(value * 2); } }
        [InterpolatedStringHandler] public ref struct Hasher { public long Hash; public Hasher(int literalLength, int formattedCount) => Hash = literalLength * 7 + formattedCount; public void AppendLiteral(string s) { foreach (char c in s) Hash = unchecked(Hash * 31 + c); } public void AppendFormatted(long x) => Hash = unchecked(Hash * 37 + x); public void AppendFormatted(bool x, string format) => Hash = unchecked(Hash * 41 + (x ? format.Length : 3)); }
        public static class Extensions { extension<T>(T x) where T : INumber<T> { public bool Odd => T.IsOddInteger(x); } extension(long x) { public long Thrice => unchecked(x * 3); } extension(ref Pair p) { public int Left { get => p.A; set => p.A = unchecked(value + 1); } } public static long Hashed(this Hasher h) => h.Hash; }
        """;

    private void Keep(string name, string type) => _scope.Add((name, type));

    private string Ints() => Any([.. _scope.Where(variable => variable.Type == "int" && !variable.Name.StartsWith('i')).Select(variable => variable.Name)]);

    private void WideStatement(int depth)
    {
        string v = NewName();
        string w = NewName();
        string E(string type) => Expression(type, 1);
        switch (Next(27))
        {
            case 0:
                Line($"double {v} = {E("long")} / {Next(9) + 1}.5 + {E("int")};");
                if (Chance(50)) Line($"{v} {Any((string[])["+=", "-=", "*=", "/=", "%="])} {E("uint")};");
                Line($"long {w} = Bits({v}) + (long){v} + ({v} {Any(Comparisons)} {E("long")} ? 1 : 2) + Bits((float){v});");
                break;
            case 1:
                Line($"float {v} = (float){E("int")} * {Next(99)}.25f;");
                Line($"long {w} = Bits({v} - {E("short")}) + unchecked((int)Math.{Any((string[])["Floor", "Ceiling", "Truncate", "Round", "Abs"])}({v})) + unchecked((uint){v});");
                break;
            case 2:
                Line($"Int128 {v} = (Int128){E("long")} * {E("long")} {Any((string[])["+", "-", "^", "|"])} {E("int")};");
                Line($"long {w} = (long)({v} >> {Next(100)}) ^ (long)({v} / ({E("int")} | 1)) + ({v} > {E("long")} ? 1 : 0);");
                break;
            case 3:
                Line($"UInt128 {v} = ((UInt128){E("ulong")} << {Next(90)}) + {E("uint")};");
                Line($"long {w} = (long)(ulong)({v} % ({E("ushort")} | 1u)) ^ (long)(ulong)({v} * {E("ulong")}) + (long)UInt128.LeadingZeroCount({v});");
                break;
            case 4:
                Line($"int? {v} = {Condition(1)} ? {E("int")} : null;");
                Line($"unchecked {{ {v} {Any((string[])["+=", "-=", "^="])} {E("int")}; }}");
                Line($"long {w} = {v} ?? {E("long")} + ({v} > {Next(100)} ? 1 : 2) + ({v}.HasValue ? 10 : 20);");
                break;
            case 5:
                Line($"(long {v}, int {w}x) = Both({E("long")}, {E("int")});");
                Line($"({v}, {w}x) = ({w}x, unchecked((int){v}));");
                Line($"long {w} = {v} + (({v}, {w}x) == ({E("long")}, {E("int")}) ? 1 : 0);");
                break;
            case 6 when _loops < 2 && _spans.Count == 0:
                Line($"long {v} = {E("long")};");
                Line($"long Local{v}(int x) {{ unchecked {{ {v} += x * {E("long")}; return {v} ^ {E("int")}; }} }}");
                Line($"long {w} = unchecked(Local{v}({E("int")}) + Local{v}({Next(50)})) ^ {v};");
                break;
            case 7 when _loops < 2:
                Line($"long {w} = {E("long")};");
                Line($"foreach (int {v} in new Countdown({E("int")} & 7)) {w} = unchecked({w} * 3 + {v} ^ {E("long")});");
                break;
            case 8 when _loops < 2:
                Line($"int {v} = 0;");
                Line($"long {w} = {E("long")};");
                Line($"again{v}: {v}++;");
                Line($"{w} = unchecked({w} * 5 + {E("int")});");
                Line($"if ({v} < {2 + Next(6)} && {Condition(1)}) goto again{v};");
                break;
            case 9:
                Line($"string {v} = {Condition(1)} ? \"boot\" : {Condition(1)} ? \"halt\" : \"reset it\";");
                Line($"long {w} = Spell({v}) + {v}.Length + {v}[{E("int")} & 3] + ({v} == \"halt\" ? 7 : 8) + ({v} switch {{ \"boot\" => 5, _ => 6 }});");
                break;
            case 10:
                Line($"long {w} = Listed(Bytes[({E("int")} & 7)..({E("int")} & 7 | 8)]) + (Bytes[{Next(9)}..] is [var first{v}, .., var last{v}] ? first{v} - last{v} : 0);");
                break;
            case 11:
                Line($"delegate*<long, long, long> {v} = {Condition(1)} ? &Plus : &Minus;");
                Line($"long {w} = {v}({E("long")}, {E("long")});");
                break;
            case 12:
                Line($"long {w} = Interlocked.{Any((string[])["Add", "Exchange", "And", "Or"])}(ref G1, {E("int")}) + Interlocked.CompareExchange(ref G0, {E("long")}, {(Chance(50) ? "5" : E("long"))}) + Interlocked.Exchange(ref G2, {E("byte")});");
                break;
            case 13:
                Line($"Acc {v} = default;");
                Line($"{v} += {E("long")}; {v} += {E("int")}; {v}++;");
                Line($"Acc {v}x = {(Chance(80) ? "unchecked" : "checked")}({v} - {E("int")});");
                Line($"long {w} = {v}.Total + {v}.Count + {v}x.Total;");
                break;
            case 14 when _scope.Count(variable => variable.Type == "int" && !variable.Name.StartsWith('i')) >= 2:
                Line($"ref int {v} = ref Pick(ref {Ints()}, ref {Ints()}, {Condition(1)});");
                Line($"unchecked {{ {v} += {E("int")}; }}");
                Line($"long {w} = {v};");
                break;
            case 15:
                Line($"long {w} = checked((byte)({E("int")} & 255)) + checked((ushort)({E("long")} & 0xffff)) + checked(({E("int")} >> 2) + ({E("int")} >> 2));");
                if (Chance(6)) Line($"{w} += checked((sbyte)({Variable("int")} & 255));");
                break;
            case 16:
                Line($"long {w} = {E("long")};");
                // A local function may use any variable of the scope, and then its address cannot be taken.
                Line($"{{ long {v}x = {w}; long* {v} = &{v}x; *{v} ^= {E("long")}; ((byte*){v})[{E("int")} & 7] += 5; ((int*){v})[1] = unchecked((int){E("long")}); {w} = {v}x; }}");
                break;
            case 17:
                Line($"Stack4<{Any((string[])["int", "byte", "long"])}> {v} = default;");
                Line($"{v}.Push(unchecked((byte){E("int")})); {v}.Push({Next(100)}); {v}.Push(unchecked((byte){E("long")}));");
                Line($"long {w} = {v}.Pop() * 3L + {v}.Pop();");
                break;
            case 18:
                Line($"long {w} = {E("long")}.Thrice + ({E("int")}.Odd ? 1 : 2) + G3.Left;");
                Line($"G3.Left = {E("int")};");
                break;
            case 19:
                Line($"Key {v} = new Key({E("int")}, {E("ulong")}) with {{ X = {E("int")} }};");
                Line($"long {w} = {v}.GetHashCode() + ({v} == new Key({E("int")}, {v}.Y) ? 1 : 0) + {v}.X;");
                break;
            case 20 when _loops < 2:
                Line($"long {w} = {E("long")};");
                Line($"int {v} = {Next(8)};");
                Line($"do {{ {v}--; if ({Condition(1)}) continue; {w} = unchecked({w} + {E("int")}); if ({Condition(1)}) break; }} while ({v} > 0);");
                break;
            case 21:
                Line($"long {w} = {E("long")};");
                Line($"switch ({E("int")} & 7) {{ case 0: {w}++; goto case 3; case 1 when {Condition(1)}: {w} = {E("long")}; break; case 3: {w} ^= {E("int")}; goto default; case > 5: {w} -= 3; break; default: {w} = unchecked({w} * 3); break; }}");
                break;
            case 22:
                Line($"char {v} = unchecked((char){E("int")});");
                Line($"bool {v}x = {Condition(1)} ^ {Condition(1)} | {v} > 'x';");
                Line($"long {w} = {v}x ? {v} : {v} + 1 + (char.IsAsciiLetter({v}) ? 5 : 6);");
                break;
            case 23 when _spans.Count > 0:
                (string span, string element, int length) = Any(_spans);
                Line($"{span}[..{length / 2}].CopyTo({span}[{Next(length / 2)}..]);");
                if (Chance(50)) Line($"{span}[{Next(length)}..].{Any((string[])["Reverse()", "Clear()", $"Fill({E(element)})"])};");
                Line($"long {w} = {span}.IndexOf({E(element)}) + ({span}[{Next(length)}..].SequenceEqual({span}[..{Next(length)}]) ? 100 : 200) + {span}.Count({E(element)});");
                break;
            case 24:
                Line($"Hasher {v} = $\"x{{{E("long")}}}y{{{Condition(1)}:on}}{{{E("int")}}}\";");
                Line($"long {w} = {v}.Hashed() + Count({E("int")}, {Next(9)}, {E("int")}) + nameof({v}).Length;");
                break;
            case 25:
                Line($"Level {v} = new() {{ Value = {E("int")}, Twice = {E("int")} }};");
                Line($"unchecked {{ {v}.Value += {E("short")}; {v}.Twice -= {E("byte")}; }}");
                Line($"long {w} = {v}.Value + (long){v}.Twice;");
                break;
            default:
                Line($"long {w} = Largest({E("long")}, {E("long")}, {E("long")}) + Largest({E("byte")}, {E("byte")}, {E("byte")}) + Largest({E("short")}, {E("short")}, {Next(9).ToString(CultureInfo.InvariantCulture)});");
                break;
        }

        Keep(w, "long");
    }
}
