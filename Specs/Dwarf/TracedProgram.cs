using System.Globalization;
using System.Text;

namespace Verification.Specs.Dwarf;

/// <summary>
/// A random program in two versions, line by line the same: one as it is, and one that tells before each statement what
/// its variables hold. <c>Tick</c> counts, with a store that no compiler may move, so that a place in a run has a name:
/// how many ticks have passed, and which line comes next.
/// </summary>
public sealed class TracedProgram
{
    private const string Head = """
        public struct Pair { public int X; public long Y; }
        public static class Trace
        {
            public static System.Collections.Generic.Dictionary<(int Ticks, int Line), System.Collections.Generic.Dictionary<string, long>> Seen = new();
            public static void At(int line, params (string Name, long Value)[] variables)
            {
                var all = new System.Collections.Generic.Dictionary<string, long>();
                foreach (var (name, value) in variables) all[name] = value;
                // A place that a run comes to twice has no name of its own.
                if (!Seen.TryAdd((Test.s_ticks, line), all)) Seen[(Test.s_ticks, line)].Clear();
            }
        }
        """;

    private readonly StringBuilder _text = new();
    private readonly bool _isTraced;
    private readonly List<(string Name, string Type)> _scope = [];
    private ulong _state;
    private int _line;
    private int _names;

    private TracedProgram(int seed, bool isTraced)
    {
        _state = ((ulong)(uint)seed << 17) ^ 0x9e37_79b9_7f4a_7c15;
        _isTraced = isTraced;
    }

    /// <summary>The program's text; <c>Test.Run(long, long)</c> is its method.</summary>
    /// <param name="seed">Which program.</param>
    /// <param name="isTraced">True for the version that tells.</param>
    /// <param name="linesBefore">Lines that stand before the text in the file.</param>
    public static string Write(int seed, bool isTraced, int linesBefore)
    {
        TracedProgram program = new(seed, isTraced) { _line = linesBefore };
        program.WriteAll();
        return program._text.ToString();
    }

    private void WriteAll()
    {
        foreach (string line in Head.ReplaceLineEndings("\n").Split('\n'))
        {
            // The guest has no heap; the lines stay where they are.
            Line(_isTraced || line.Contains("struct Pair", StringComparison.Ordinal) ? line : "");
        }

        Line("public static class Test {");
        Line("public static int s_ticks;");
        Line("public static long s_sum;");
        Line("[MethodImpl(MethodImplOptions.AggressiveInlining)] static void Tick() => Volatile.Write(ref s_ticks, s_ticks + 1);");
        Line("[MethodImpl(MethodImplOptions.NoInlining)] static void Change(ref int value) { value = value * 7 + 1; }");
        Line("[MethodImpl(MethodImplOptions.NoInlining)] static long Far(long value) { return value * 3 - s_sum; }");
        Method("static int Mix(int u, int v)", [("u", "int"), ("v", "int")], "return u ^ w1;", () =>
        {
            Statement("int w1 = u * 5 + v;");
            Declared("w1", "int");
            Statement("w1 = w1 + (u << 2);");
            Statement("u = u - w1;");
        });
        Method("public static long Run(long a, long b)", [("a", "long"), ("b", "long")], "return s_sum + a * 3 + b;", () => Block(3, 7));
        Line("}");
    }

    private void Method(string head, (string Name, string Type)[] parameters, string last, Action body)
    {
        Line(head);
        Line("{");
        _scope.Clear();
        _scope.AddRange(parameters);
        Line("Tick();");
        body();
        Statement(last);
        Line("}");
    }

    private void Block(int depth, int length)
    {
        int outer = _scope.Count;
        for (int index = 0; index < length; index++)
        {
            switch (Next(depth > 0 ? 9 : 6))
            {
                case 0 or 1:
                    string type = Next(3) switch { 0 => "long", 1 => "byte", _ => "int" };
                    string name = $"x{_names++}";
                    Statement($"{type} {name} = unchecked({Cast(type)}({Expression(2)}));");
                    Declared(name, type);
                    break;
                case 2:
                    string pair = $"p{_names++}";
                    Statement($"Pair {pair} = new Pair {{ X = unchecked((int)({Expression(1)})), Y = {Expression(1)} }};");
                    Declared(pair, "Pair");
                    break;
                case 3 when Pick("int") is { } changed && Next(3) == 0:
                    Statement($"Change(ref {changed});");
                    break;
                case 4 when Pick("int") is { } mixed:
                    Statement($"{mixed} = Mix({mixed}, unchecked((int)({Expression(1)})));");
                    Line("Tick();");
                    break;
                case 5 when Pick("Pair") is { } part:
                    Statement(Next(2) == 0 ? $"{part}.X = unchecked((int)({Expression(2)}));" : $"{part}.Y = {Expression(2)};");
                    break;
                case 6:
                    Statement($"if (({Expression(1)}) > {Next(50) - 25})");
                    Braces(depth);
                    if (Next(2) == 0)
                    {
                        Line("else");
                        Braces(depth);
                    }

                    Line("Tick();");
                    break;
                case 7:
                    string counter = $"i{_names++}";
                    Line($"for (int {counter} = 0; {counter} < {2 + Next(4)}; {counter}++)");
                    Braces(depth, counter);
                    Line("Tick();");
                    break;
                default:
                    Assign();
                    break;
            }
        }

        _scope.RemoveRange(outer, _scope.Count - outer);
    }

    private void Braces(int depth, string? counter = null)
    {
        Line("{");
        Line("Tick();");
        // A loop's counter is read, and not written: the loop ends.
        if (counter is not null) Declared(counter, "const int");
        Block(depth - 1, 2 + Next(3));
        if (counter is not null) _scope.RemoveAll(variable => variable.Name == counter);
        Line("}");
    }

    private void Assign()
    {
        List<(string Name, string Type)> targets = [.. _scope.Where(variable => variable.Type is "int" or "long" or "byte")];
        if (targets.Count == 0 || Next(5) == 0)
        {
            Statement($"s_sum = s_sum + Far({Expression(2)});");
            return;
        }

        (string name, string type) = targets[Next(targets.Count)];
        Statement($"{name} = unchecked({Cast(type)}({Expression(2)}));");
    }

    private static string Cast(string type) => type == "long" ? "" : $"({type})";

    private string? Pick(string type)
    {
        List<string> names = [.. _scope.Where(variable => variable.Type == type).Select(variable => variable.Name)];
        return names.Count == 0 ? null : names[Next(names.Count)];
    }

    private string Expression(int depth)
    {
        if (depth == 0 || Next(4) == 0)
        {
            if (_scope.Count == 0 || Next(4) == 0) return (Next(200) - 100).ToString(CultureInfo.InvariantCulture);
            (string name, string type) = _scope[Next(_scope.Count)];
            return type == "Pair" ? $"{name}.{(Next(2) == 0 ? "X" : "Y")}" : name;
        }

        string operation = Next(6) switch { 0 => "-", 1 => "*", 2 => "^", 3 => "&", 4 => "|", _ => "+" };
        return $"({Expression(depth - 1)} {operation} {Expression(depth - 1)})";
    }

    private void Declared(string name, string type) => _scope.Add((name, type));

    private void Statement(string text)
    {
        if (!_isTraced)
        {
            Line(text);
            return;
        }

        IEnumerable<string> variables = _scope.SelectMany(variable => variable.Type == "Pair"
            ? new[] { $"(\"{variable.Name}+0\", {variable.Name}.X)", $"(\"{variable.Name}+8\", {variable.Name}.Y)" }
            : [$"(\"{variable.Name}\", {variable.Name})"]);
        string told = $"Trace.At({_line + 1}{string.Concat(variables.Select(variable => ", " + variable))});";
        Line($"{told} {text}");
    }

    private void Line(string text)
    {
        _text.Append(text).Append('\n');
        _line++;
    }

    private int Next(int limit)
    {
        _state = _state * 6364136223846793005 + 1442695040888963407;
        return (int)((_state >> 33) % (ulong)limit);
    }
}
