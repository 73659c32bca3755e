namespace Verification.Toolchain;

/// <summary>How much a diagnostic weighs.</summary>
public enum DiagnosticSeverity
{
    /// <summary>Worth reading; the program is complete.</summary>
    Warning,

    /// <summary>The program cannot be compiled.</summary>
    Error,
}

/// <summary>Something wrong with the kernel's source, at its place.</summary>
/// <param name="Id">KT0001 and following; the toolchain's README lists them.</param>
/// <param name="Severity">How much it weighs.</param>
/// <param name="File">C# file; empty if no portable PDB names one.</param>
/// <param name="Line">Line, from 1; 0 if unknown.</param>
/// <param name="Column">Column, from 1; 0 if unknown.</param>
/// <param name="Message">One sentence: what is refused and why.</param>
public sealed record Diagnostic(string Id, DiagnosticSeverity Severity, string File, int Line, int Column, string Message)
{
    /// <summary>MSBuild's canonical form, so that a build shows it as its own.</summary>
    public override string ToString()
    {
        string place = File.Length == 0 ? "kernel" : Line == 0 ? File : $"{File}({Line},{Math.Max(Column, 1)})";
        return $"{place}: {(Severity == DiagnosticSeverity.Error ? "error" : "warning")} {Id}: {Message}";
    }
}
