namespace Verification.Machine.Devicetree;

/// <summary>
/// The integer expressions of source text: C's operators with C's precedence on unsigned 64-bit numbers, in parentheses
/// where a cell stands (Devicetree Specification v0.4, section 6.3).
/// </summary>
internal static class SourceExpression
{
    // Parentheses and unary signs recurse on the host's stack.
    private const int DeepestNesting = 100;

    // Longer signs first within a level, so that << is not read as two <.
    private static readonly string[][] Levels =
    [
        ["||"], ["&&"], ["|"], ["^"], ["&"], ["==", "!="], ["<=", ">=", "<", ">"], ["<<", ">>"], ["+", "-"], ["*", "/", "%"],
    ];

    /// <summary>A cell's value: a number, a character, or an expression in parentheses.</summary>
    public static ulong Primary(SourceScanner scanner) => Primary(scanner, 0);

    private static ulong Primary(SourceScanner scanner, int depth)
    {
        if (scanner.Peek() == '\'') return scanner.Character();
        if (!scanner.Accept("(")) return scanner.Number();
        var value = Ternary(scanner, Deeper(scanner, depth));
        scanner.Expect(")");
        return value;
    }

    private static ulong Ternary(SourceScanner scanner, int depth)
    {
        var condition = Binary(scanner, 0, depth);
        if (!scanner.Accept("?")) return condition;
        var whenTrue = Ternary(scanner, Deeper(scanner, depth));
        scanner.Expect(":");
        var whenFalse = Ternary(scanner, Deeper(scanner, depth));
        return condition != 0 ? whenTrue : whenFalse;
    }

    private static ulong Binary(SourceScanner scanner, int level, int depth)
    {
        if (level == Levels.Length) return Unary(scanner, depth);
        var left = Binary(scanner, level + 1, depth);
        while (AcceptOperator(scanner, level) is { } sign)
        {
            var at = scanner.Position;
            var right = Binary(scanner, level + 1, depth);
            if (sign is "/" or "%" && right == 0) throw scanner.BadAt(at, "The division is by zero");
            left = Apply(sign, left, right);
        }

        return left;
    }

    private static ulong Unary(SourceScanner scanner, int depth)
    {
        if (scanner.Accept("-")) return 0 - Unary(scanner, Deeper(scanner, depth));
        if (scanner.Accept("~")) return ~Unary(scanner, Deeper(scanner, depth));
        if (scanner.Peek() == '!' && scanner.PeekSecond() != '=')
        {
            scanner.Expect("!");
            return Unary(scanner, Deeper(scanner, depth)) == 0 ? 1u : 0u;
        }

        return Primary(scanner, depth);
    }

    private static string? AcceptOperator(SourceScanner scanner, int level)
    {
        // & before &, | before |, < before < belong to another level.
        var (next, second) = (scanner.Peek(), scanner.PeekSecond());
        foreach (var sign in Levels[level])
        {
            if (sign.Length == 1 && next == sign[0] && (next is '&' or '|' or '<' or '>') && second == next) continue;
            if (scanner.Accept(sign)) return sign;
        }

        return null;
    }

    private static ulong Apply(string sign, ulong left, ulong right) => sign switch
    {
        "||" => left != 0 || right != 0 ? 1u : 0u,
        "&&" => left != 0 && right != 0 ? 1u : 0u,
        "|" => left | right,
        "^" => left ^ right,
        "&" => left & right,
        "==" => left == right ? 1u : 0u,
        "!=" => left != right ? 1u : 0u,
        "<=" => left <= right ? 1u : 0u,
        ">=" => left >= right ? 1u : 0u,
        "<" => left < right ? 1u : 0u,
        ">" => left > right ? 1u : 0u,
        "<<" => right < 64 ? left << (int)right : 0,
        ">>" => right < 64 ? left >> (int)right : 0,
        "+" => left + right,
        "-" => left - right,
        "*" => left * right,
        "/" => left / right,
        _ => left % right,
    };

    private static int Deeper(SourceScanner scanner, int depth) =>
        depth < DeepestNesting ? depth + 1 : throw scanner.Bad($"The expression is nested deeper than {DeepestNesting} levels");
}
