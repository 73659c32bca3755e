namespace Verification.Toolchain.Linking;

/// <summary>What can keep a compiled program from being linked. Each is an error of the build.</summary>
internal static class LinkDiagnostics
{
    public static Diagnostic DuplicateSymbol(string name) => New("KT0901", $"two definitions of the symbol {name}");

    public static Diagnostic UndefinedSymbol(string name, string user) =>
        New("KT0902", $"{user} refers to the symbol {name}, which nothing defines");

    public static Diagnostic OutOfReach(string name, string user, RelocationKind kind) =>
        New("KT0903", $"{user} refers to {name}, which lies out of the reach of {kind}");

    public static Diagnostic NoEntry(string name) =>
        New("KT0904", $"no assembly stub in section .head defines the entry {name}");

    public static Diagnostic BadStub(string file, int line, string message) =>
        new("KT0905", DiagnosticSeverity.Error, file, line, 1, message);

    public static Diagnostic UnknownFrame(string file, int line, string message) =>
        new("KT0906", DiagnosticSeverity.Error, file, line, 1, message);

    public static Diagnostic StackTooSmall(CompiledMethod entry, int declaredBytes, StackBound bound)
    {
        LineRow place = entry.Lines.FirstOrDefault(row => row.Line > 0);
        string chain = string.Join(" -> ", bound.Chain);
        return new Diagnostic(
            "KT0913", DiagnosticSeverity.Error, place.File ?? "", place.Line, place.Column,
            $"{entry.DisplayName} can need {bound.SizeBytes} bytes of a stack of {declaredBytes}: {chain}");
    }

    private static Diagnostic New(string id, string message) => new(id, DiagnosticSeverity.Error, "", 0, 0, message);
}
