using System.Text;

namespace Verification.Framework.DebugInfo;

/// <summary>A name of Rust's v0 mangling (RFC 2603). Crate hashes are left out, as <c>{:#}</c> shows names.</summary>
internal sealed class RustName(string mangled)
{
    private const int DeepestNesting = 100;
    private const int LongestName = 4096;

    private readonly StringBuilder text = new();
    private int position;
    private bool isBroken;

    /// <summary>The readable name; null when it isn't understood in full.</summary>
    public string? Read()
    {
        Path(0, inValue: true);
        return isBroken || text.Length == 0 ? null : text.ToString();
    }

    private char Next() => position < mangled.Length && !isBroken ? mangled[position++] : Break();

    private char Peek() => position < mangled.Length ? mangled[position] : '\0';

    private char Break()
    {
        isBroken = true;
        return '\0';
    }

    private void Append(string part)
    {
        if (text.Length + part.Length > LongestName) Break();
        else text.Append(part);
    }

    private void Path(int depth, bool inValue)
    {
        if (depth > DeepestNesting || isBroken)
        {
            Break();
            return;
        }

        switch (Next())
        {
            case 'C':
                Disambiguator();
                Append(Identifier());
                break;
            case 'N':
                var space = Next();
                Path(depth + 1, inValue);
                var number = Disambiguator();
                var name = Identifier();
                if (char.IsAsciiLetterUpper(space)) Append($"::{{{(space == 'C' ? "closure" : space == 'S' ? "shim" : space.ToString())}{(name.Length > 0 ? ":" + name : "")}#{number}}}");
                else if (name.Length > 0) Append("::" + name);
                break;
            case 'M':
                ImplementationPath(depth);
                Append("<");
                Type(depth + 1);
                Append(">");
                break;
            case 'X':
                ImplementationPath(depth);
                Trait(depth);
                break;
            case 'Y':
                Trait(depth);
                break;
            case 'I':
                Path(depth + 1, inValue);
                Append(inValue ? "::<" : "<");
                for (var first = true; Peek() != 'E' && !isBroken; first = false)
                {
                    if (!first) Append(", ");
                    GenericArgument(depth + 1);
                }

                Next();
                Append(">");
                break;
            case 'B':
                Back(() => Path(depth + 1, inValue));
                break;
            default:
                Break();
                break;
        }
    }

    private void Trait(int depth)
    {
        Append("<");
        Type(depth + 1);
        Append(" as ");
        Path(depth + 1, inValue: false);
        Append(">");
    }

    // The path of an impl tells where it stands, which the readable name leaves out.
    private void ImplementationPath(int depth)
    {
        Disambiguator();
        var length = text.Length;
        Path(depth + 1, inValue: false);
        if (!isBroken) text.Length = length;
    }

    private void GenericArgument(int depth)
    {
        if (Peek() == 'L')
        {
            Next();
            Base62();
            Append("'_");
        }
        else if (Peek() == 'K')
        {
            Break();
        }
        else
        {
            Type(depth);
        }
    }

    private void Type(int depth)
    {
        if (depth > DeepestNesting || isBroken)
        {
            Break();
            return;
        }

        var letter = Peek();
        if (BasicType(letter) is { } basic)
        {
            Next();
            Append(basic);
            return;
        }

        switch (letter)
        {
            case 'R' or 'Q':
                Next();
                if (Peek() == 'L')
                {
                    Next();
                    Base62();
                }

                Append(letter == 'R' ? "&" : "&mut ");
                Type(depth + 1);
                break;
            case 'P' or 'O':
                Next();
                Append(letter == 'P' ? "*const " : "*mut ");
                Type(depth + 1);
                break;
            case 'S':
                Next();
                Append("[");
                Type(depth + 1);
                Append("]");
                break;
            case 'T':
                Next();
                Append("(");
                for (var first = true; Peek() != 'E' && !isBroken; first = false)
                {
                    if (!first) Append(", ");
                    Type(depth + 1);
                }

                Next();
                Append(")");
                break;
            case 'B':
                Next();
                Back(() => Type(depth + 1));
                break;
            case 'C' or 'M' or 'X' or 'Y' or 'N' or 'I':
                Path(depth + 1, inValue: false);
                break;
            default:
                Break();
                break;
        }
    }

    private void Back(Action read)
    {
        var here = position - 1;
        var target = Base62();
        // Only backward, so that it ends.
        if (isBroken || target >= (ulong)here)
        {
            Break();
            return;
        }

        var after = position;
        position = (int)target;
        read();
        position = after;
    }

    private ulong Disambiguator()
    {
        if (Peek() != 's') return 0;
        Next();
        return Base62() + 1;
    }

    private ulong Base62()
    {
        if (Peek() == '_')
        {
            Next();
            return 0;
        }

        var value = 0ul;
        while (!isBroken && Next() is var digit && digit != '_')
        {
            value = (value * 62) + digit switch
            {
                >= '0' and <= '9' => (ulong)(digit - '0'),
                >= 'a' and <= 'z' => (ulong)(digit - 'a' + 10),
                >= 'A' and <= 'Z' => (ulong)(digit - 'A' + 36),
                _ => Break(),
            };
        }

        return value + 1;
    }

    private string Identifier()
    {
        // Punycode is not decoded.
        if (Peek() == 'u') Break();
        var length = 0;
        while (char.IsAsciiDigit(Peek()) && length < LongestName) length = (length * 10) + (Next() - '0');
        if (Peek() == '_') Next();
        if (length > mangled.Length - position) Break();
        if (isBroken) return "";
        position += length;
        return mangled.Substring(position - length, length);
    }

    private static string? BasicType(char letter) => letter switch
    {
        'a' => "i8",
        'b' => "bool",
        'c' => "char",
        'd' => "f64",
        'e' => "str",
        'f' => "f32",
        'h' => "u8",
        'i' => "isize",
        'j' => "usize",
        'l' => "i32",
        'm' => "u32",
        'n' => "i128",
        'o' => "u128",
        'p' => "_",
        's' => "i16",
        't' => "u16",
        'u' => "()",
        'v' => "...",
        'x' => "i64",
        'y' => "u64",
        'z' => "!",
        _ => null,
    };
}
