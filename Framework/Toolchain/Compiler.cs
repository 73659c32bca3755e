using System.Reflection;
using Verification.Toolchain.Il;
using Verification.Toolchain.Ir;

namespace Verification.Toolchain;

/// <summary>The C# (IL) to rv64 compiler.</summary>
public static class Compiler
{
    // Inlining goes down the call graph by recursion.
    private const int StackSizeBytes = 256 << 20;

    /// <summary>
    /// Compiles every method that the assembly's roots reach. Never throws for what the source contains: whatever cannot
    /// be compiled is a diagnostic with its place.
    /// </summary>
    /// <param name="kernel">The kernel's assembly, loaded for instance by <see cref="KernelAssembly"/>.</param>
    /// <param name="options">Choices of this compilation.</param>
    public static CompiledProgram Compile(Assembly kernel, CompilerOptions options)
    {
        CompiledProgram? program = null;
        Thread thread = new(() => program = CompileHere(kernel, options), StackSizeBytes);
        thread.Start();
        thread.Join();
        return program!;
    }

    private static CompiledProgram CompileHere(Assembly kernel, CompilerOptions options)
    {
        using Compilation unit = new(options);
        List<CompiledMethod> methods = [];
        try
        {
            List<MethodKey> roots = ProgramRoots.Find(unit, kernel);
            while (unit.Work.TryDequeue(out MethodKey? key)) unit.Import(key);
            unit.ReportCallersOfRefused();
            if (unit.Diagnostics.Count == 0) methods = Codegen.ProgramEmitter.Emit(unit, roots);
        }
        catch (Refusal refusal)
        {
            unit.Report(new Diagnostic(refusal.Id, DiagnosticSeverity.Error, "", 0, 0, refusal.Message));
        }
        catch (Exception fault)
        {
            // An internal error is a diagnostic too: a build ends with a sentence, not with a stack trace.
            string where = fault is InternalFault ? fault.Message : $"{fault.GetType().Name}: {fault.Message}";
            if (Environment.GetEnvironmentVariable("TOOLCHAIN_TRACE") is not null) where += "\n" + fault;
            unit.Report(new Diagnostic("KT0999", DiagnosticSeverity.Error, "", 0, 0, $"The compiler itself failed: {where}"));
        }

        IReadOnlyList<DataObject> data = methods.Count == 0 ? [] : ReachableData(unit, methods);
        return new CompiledProgram(methods, data, unit.Stubs, [.. unit.Diagnostics
            .OrderBy(diagnostic => diagnostic.File, StringComparer.Ordinal)
            .ThenBy(diagnostic => diagnostic.Line)
            .ThenBy(diagnostic => diagnostic.Column)]);
    }

    private static List<DataObject> ReachableData(Compilation unit, List<CompiledMethod> methods)
    {
        Dictionary<string, DataObject> known = unit.Data.Objects.ToDictionary(data => data.Symbol);
        HashSet<string> reached = [.. unit.Data.Exported];
        Stack<string> work = new(reached);
        foreach (CompiledMethod method in methods)
        {
            foreach (Relocation relocation in method.Relocations)
            {
                if (reached.Add(relocation.Symbol)) work.Push(relocation.Symbol);
            }
        }

        while (work.TryPop(out string? symbol))
        {
            if (!known.TryGetValue(symbol, out DataObject? data)) continue;
            foreach (Relocation relocation in data.Relocations)
            {
                if (reached.Add(relocation.Symbol)) work.Push(relocation.Symbol);
            }
        }

        return [.. unit.Data.Objects.Where(data => reached.Contains(data.Symbol))];
    }
}
