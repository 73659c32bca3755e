namespace Verification.Machine.Isa.Assembling;

/// <summary>An expression in an operand or a directive.</summary>
internal abstract record Expression
{
    internal sealed record Number(long Value) : Expression;

    internal sealed record Symbol(string Name) : Expression;

    internal sealed record Unary(char Operator, Expression Operand) : Expression;

    internal sealed record Binary(string Operator, Expression Left, Expression Right) : Expression;

    /// <summary><c>%hi(x)</c> and its kind.</summary>
    internal sealed record Modifier(string Name, Expression Operand) : Expression;
}

/// <summary>What an expression comes to: a number, plus a symbol's address, minus another's.</summary>
internal readonly record struct ExpressionValue(string? Symbol, string? Subtracted, long Number)
{
    internal bool IsNumber => Symbol is null && Subtracted is null;
}

/// <summary>Reads expressions, with GNU's precedence: first * / % and shifts, then | &amp; ^, then + and -.</summary>
/// <param name="text">The expression's text.</param>
/// <param name="here">The symbol that <c>.</c> stands for.</param>
/// <param name="localLabel">The symbol that <c>1f</c> or <c>1b</c> stands for.</param>
internal sealed class ExpressionReader(string text, Func<string> here, Func<string, bool, string> localLabel)
{
    private static readonly string[][] Levels = [["+", "-"], ["|", "&", "^"], ["*", "/", "%", "<<", ">>"]];
    private int position;

    /// <summary>The whole text as one expression.</summary>
    /// <exception cref="FormatException">It is none; the message is a sentence.</exception>
    internal Expression ReadAll()
    {
        var expression = ReadLevel(0);
        SkipSpace();
        return position == text.Length
            ? expression
            : throw new FormatException($"«{text[position..]}» is left over after the expression «{text[..position].Trim()}».");
    }

    private Expression ReadLevel(int level)
    {
        if (level == Levels.Length)
            return ReadUnary();
        var left = ReadLevel(level + 1);
        while (Levels[level].FirstOrDefault(Accept) is { } symbol)
            left = new Expression.Binary(symbol, left, ReadLevel(level + 1));
        return left;
    }

    private Expression ReadUnary()
    {
        SkipSpace();
        if (position == text.Length)
            throw new FormatException(text.Trim().Length == 0 ? "An operand is missing." : $"«{text.Trim()}» ends too early.");
        var c = text[position];
        if (c is '-' or '~' or '+' or '!')
        {
            position++;
            return new Expression.Unary(c, ReadUnary());
        }

        if (c == '(')
        {
            position++;
            var inner = ReadLevel(0);
            Require(')');
            return inner;
        }

        if (c == '%')
        {
            position++;
            var name = ReadWhile(IsSymbolPart);
            Require('(');
            var operand = ReadLevel(0);
            Require(')');
            return new Expression.Modifier(name, operand);
        }

        if (c == '\'')
            return ReadCharacter();
        if (char.IsAsciiDigit(c))
            return ReadNumber(ReadWhile(char.IsAsciiLetterOrDigit));
        if (c == '"')
        {
            var end = text.IndexOf('"', position + 1);
            if (end < 0)
                throw new FormatException("A quoted name has no end.");
            var quoted = text[(position + 1)..end];
            position = end + 1;
            return new Expression.Symbol(quoted);
        }

        var symbol = ReadWhile(IsSymbolPart);
        return symbol switch
        {
            "" => throw new FormatException($"«{text.Trim()}» is no expression."),
            "." => new Expression.Symbol(here()),
            _ => new Expression.Symbol(symbol),
        };
    }

    internal static bool IsSymbolPart(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '$' || c > 127;

    private Expression ReadNumber(string digits)
    {
        var lower = digits.ToLowerInvariant();
        if (lower.Length >= 2 && lower[^1] is 'b' or 'f' && lower[..^1].All(char.IsAsciiDigit))
            return new Expression.Symbol(localLabel(lower[..^1], lower[^1] == 'f'));
        try
        {
            return new Expression.Number(lower switch
            {
                ['0', 'x', .. var hex] => (long)Convert.ToUInt64(hex, 16),
                ['0', 'b', .. var binary] => (long)Convert.ToUInt64(binary, 2),
                ['0', _, ..] => (long)Convert.ToUInt64(lower, 8),
                _ => (long)ulong.Parse(lower),
            });
        }
        catch (Exception e) when (e is FormatException or OverflowException or ArgumentException)
        {
            throw new FormatException($"«{digits}» is no number of 64 bits.");
        }
    }

    private Expression.Number ReadCharacter()
    {
        var rest = text[(position + 1)..];
        if (rest.Length == 0)
            throw new FormatException("A character constant is empty.");
        var length = rest[0] == '\\' ? 2 : 1;
        var bytes = StringLiteral.Bytes(rest[..Math.Min(length, rest.Length)]);
        position += 1 + length;
        if (position < text.Length && text[position] == '\'')
            position++;
        return new(bytes[0]);
    }

    private bool Accept(string symbol)
    {
        SkipSpace();
        if (!text.AsSpan(position).StartsWith(symbol))
            return false;
        position += symbol.Length;
        return true;
    }

    private void Require(char symbol)
    {
        if (!Accept(symbol.ToString()))
            throw new FormatException($"«{text.Trim()}» lacks a «{symbol}».");
    }

    private string ReadWhile(Func<char, bool> condition)
    {
        var start = position;
        while (position < text.Length && condition(text[position]))
            position++;
        return text[start..position];
    }

    private void SkipSpace()
    {
        while (position < text.Length && char.IsWhiteSpace(text[position]))
            position++;
    }
}
