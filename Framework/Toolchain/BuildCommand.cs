using System.Globalization;
using Verification.Toolchain.Dwarf;
using Verification.Toolchain.Il;
using Verification.Toolchain.Images;
using Verification.Toolchain.Linking;

namespace Verification.Toolchain;

/// <summary>
/// Builds an image from a kernel's assembly: compile, assemble, link, write. What is wrong is printed in MSBuild's
/// canonical form, one line each, so that a build shows it as its own.
/// </summary>
public static class BuildCommand
{
    private const int Succeeded = 0;
    private const int Failed = 1;
    private const int Misused = 2;

    /// <summary>Runs the command line; the result is the process's exit code.</summary>
    public static int Run(IReadOnlyList<string> arguments, TextWriter output, TextWriter errors)
    {
        BuildOptions? options = BuildOptions.Parse(arguments, out string? mistake);
        if (options is null)
        {
            errors.WriteLine($"toolchain: error KT0910: {mistake}");
            errors.WriteLine(BuildOptions.Usage);
            return Misused;
        }

        try
        {
            return Build(options, output);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or BadImageFormatException)
        {
            errors.WriteLine($"toolchain: error KT0911: {fault.Message}");
            return Failed;
        }
    }

    private static int Build(BuildOptions options, TextWriter output)
    {
        using KernelAssembly kernel = KernelAssembly.Load(options.Assembly);
        CompiledProgram program = Compiler.Compile(kernel.Assembly, new CompilerOptions());
        if (!Report(program.Diagnostics, output)) return Failed;

        (IReadOnlyList<StubCode> stubs, IReadOnlyList<Diagnostic> stubDiagnostics) =
            StubAssembler.Assemble(kernel.Assembly, program.Stubs);
        if (!Report(stubDiagnostics, output)) return Failed;

        int sizeBytes;
        if (options.BootStackSizeBytes is { } given)
        {
            sizeBytes = given;
        }
        else
        {
            StackBound bound = StackBound.OfBootStack(program);
            if (bound.Unresolved is { } reason)
            {
                output.WriteLine($"kernel: error KT0912: the boot stack can't be sized: {reason}");
                return Failed;
            }

            sizeBytes = bound.SizeBytes;
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"boot stack: {sizeBytes} bytes, {string.Join(" -> ", bound.Chain)}"));
        }

        (LinkedImage? image, IReadOnlyList<Diagnostic> linkDiagnostics) =
            Linker.Link(program, stubs, LinkerLayout.For(options.StackPlacement, sizeBytes));
        Report(linkDiagnostics, output);
        if (image is null) return Failed;

        File.WriteAllBytes(options.Output, ElfWriter.Write(image, DebugSections.Write(image, options.SourceRoot)));
        if (options.Raw is { } raw) File.WriteAllBytes(raw, RawImageWriter.Write(image));
        if (options.Map is { } map) File.WriteAllText(map, LinkMap.Write(image));
        return Succeeded;
    }

    private static bool Report(IReadOnlyList<Diagnostic> diagnostics, TextWriter output)
    {
        foreach (Diagnostic diagnostic in diagnostics) output.WriteLine(diagnostic);
        return diagnostics.All(diagnostic => diagnostic.Severity != DiagnosticSeverity.Error);
    }
}
