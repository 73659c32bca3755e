namespace Verification.Machine.Isa.Assembling;

/// <summary>Evaluates expressions over the symbols of a text.</summary>
internal sealed class Resolver(Symbols symbols, ulong baseAddress, string baseSection)
{
    internal Symbols Symbols => symbols;

    /// <summary>What <paramref name="expression"/> comes to; differences within a section are numbers.</summary>
    internal ExpressionValue Evaluate(Expression expression, int line)
    {
        switch (expression)
        {
            case Expression.Number number:
                return new(null, null, number.Value);
            case Expression.Symbol symbol:
                return symbols.TryGetNumber(symbol.Name, out var assigned)
                    ? new(null, null, assigned)
                    : new(symbol.Name, null, 0);
            case Expression.Unary unary:
                var operand = Evaluate(unary.Operand, line);
                if (unary.Operator == '+')
                    return operand;
                if (unary.Operator == '-' && operand is { Symbol: not null, Subtracted: null })
                    return new(null, operand.Symbol, -operand.Number);
                var only = Number(operand, line);
                return new(null, null, unary.Operator switch { '-' => -only, '~' => ~only, _ => only == 0 ? 1 : 0 });
            case Expression.Binary binary:
                return Combine(binary.Operator, Evaluate(binary.Left, line), Evaluate(binary.Right, line), line);
            default:
                throw new AssemblyException(line, $"«%{((Expression.Modifier)expression).Name}» cannot stand here.");
        }
    }

    /// <summary>The number that <paramref name="expression"/> is, if no label's address enters it.</summary>
    internal bool TryGetNumber(Expression expression, int line, out long value)
    {
        value = 0;
        if (expression is Expression.Modifier)
            return false;
        var result = Evaluate(expression, line);
        value = result.Number;
        return result.IsNumber;
    }

    /// <summary>The distance from <paramref name="offset"/> in <paramref name="section"/>, if it is known.</summary>
    internal bool TryGetDistance(ExpressionValue target, Section section, long offset, out long distance)
    {
        distance = 0;
        if (target.IsNumber)
        {
            distance = target.Number - ((long)baseAddress + offset);
            return section.Name == baseSection;
        }

        if (target.Subtracted is not null || !symbols.TryGetPlace(target.Symbol!, out var other, out var place) || other != section)
            return false;
        distance = place + target.Number - offset;
        return true;
    }

    /// <summary>Complains of <c>1f</c> without a <c>1:</c> after it.</summary>
    internal string Named(ExpressionValue target, int line)
    {
        if (target.Subtracted is not null || target.Symbol is null)
            throw new AssemblyException(line, "The operand is neither a number nor a symbol with an offset.");
        if (Symbols.IsLocal(target.Symbol) && !symbols.IsDefined(target.Symbol))
            throw new AssemblyException(line, $"There is no label «{Symbols.LocalDigits(target.Symbol)}» after this line.");
        return target.Symbol;
    }

    private ExpressionValue Combine(string symbol, ExpressionValue left, ExpressionValue right, int line)
    {
        if (symbol == "+" && (left.Symbol is null || right.Symbol is null) && (left.Subtracted is null || right.Subtracted is null))
            return Reduce(new(left.Symbol ?? right.Symbol, left.Subtracted ?? right.Subtracted, left.Number + right.Number));
        if (symbol == "-" && right.Subtracted is null && (right.Symbol is null || left.Subtracted is null))
            return Reduce(new(left.Symbol, right.Symbol ?? left.Subtracted, left.Number - right.Number));
        var (a, b) = (Number(left, line), Number(right, line));
        if (symbol is "/" or "%" && b is 0)
            throw new AssemblyException(line, "The expression divides by 0.");
        return new(null, null, symbol switch
        {
            "+" => a + b,
            "-" => a - b,
            "*" => a * b,
            "/" => b == -1 ? -a : a / b,
            "%" => b == -1 ? 0 : a % b,
            "<<" => a << (int)b,
            ">>" => (long)((ulong)a >> (int)b),
            "&" => a & b,
            "|" => a | b,
            _ => a ^ b,
        });
    }

    private ExpressionValue Reduce(ExpressionValue value) =>
        value is { Symbol: { } plus, Subtracted: { } minus }
        && symbols.TryGetPlace(plus, out var section, out var place) && symbols.TryGetPlace(minus, out var other, out var start)
        && section == other
            ? new(null, null, value.Number + place - start)
            : value;

    private static long Number(ExpressionValue value, int line) => value.IsNumber
        ? value.Number
        : throw new AssemblyException(line, $"«{value.Symbol ?? value.Subtracted}» must be a number here.");
}
