namespace Verification.Toolchain;

/// <summary>What compiling a kernel assembly gives: code, data, and whatever was wrong with the source.</summary>
/// <param name="Methods">The compiled methods, in the order in which they were reached from the roots.</param>
/// <param name="Data">Static fields, read-only tables and literals.</param>
/// <param name="Stubs">Methods carrying <c>[Assembly]</c> that compiled code refers to; the linker assembles them.</param>
/// <param name="Diagnostics">Errors and warnings, in source order. A program with an error must not be linked.</param>
public sealed record CompiledProgram(
    IReadOnlyList<CompiledMethod> Methods,
    IReadOnlyList<DataObject> Data,
    IReadOnlyList<StubReference> Stubs,
    IReadOnlyList<Diagnostic> Diagnostics)
{
    /// <summary>True if nothing stands against linking the program.</summary>
    public bool IsComplete => Diagnostics.All(diagnostic => diagnostic.Severity != DiagnosticSeverity.Error);
}

/// <summary>A method without IL whose code is an assembly stub of that symbol.</summary>
/// <param name="Symbol">The symbol that compiled code calls.</param>
/// <param name="Method">The method that carries the assembly text.</param>
public sealed record StubReference(string Symbol, System.Reflection.MethodBase Method);
