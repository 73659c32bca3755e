using System.Linq;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;

namespace Verification.Analyzers.StackDepth;

/// <summary>What the text of an <c>[Assembly]</c> method tells of its stack: nothing is used if it names neither sp nor a call.</summary>
internal static class StubFrames
{
    private static readonly Regex StackWords = new(@"\b(sp|x2|call|tail|jal|jalr|c\.jal|c\.jalr|c\.addi16sp)\b", RegexOptions.CultureInvariant);

    /// <summary>Whether the text can move the stack or call another function, which is then not accounted for.</summary>
    public static bool MovesStack(IMethodSymbol method)
    {
        var text = method.Attribute(KernelNames.Assembly)?.ConstructorArguments.FirstOrDefault().Value as string;
        return text is not null && StackWords.IsMatch(text);
    }
}
