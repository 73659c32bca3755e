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
        CompiledProgram program = Compiler.Compile(kernel.Assembly, new CompilerOptions { FloatingPoint = options.FloatingPoint });
        if (!Report(program.Diagnostics, output)) return Failed;

        (IReadOnlyList<StubCode> stubs, IReadOnlyList<Diagnostic> stubDiagnostics) =
            StubAssembler.Assemble(kernel.Assembly, program.Stubs);
        if (!Report(stubDiagnostics, output)) return Failed;

        if (!TrySizeStacks(options, program, stubs, output, out int bootBytes, out int trapBytes)) return Failed;
        LinkerLayout layout = LinkerLayout.For(options.StackPlacement, bootBytes) with
        {
            BootTrapStackSizeBytes = trapBytes,
            HartStackCount = options.HartStackCount,
            HartStackSizeBytes = options.HartStackSizeBytes,
        };
        (LinkedImage? image, IReadOnlyList<Diagnostic> linkDiagnostics) = Linker.Link(program, stubs, layout);
        Report(linkDiagnostics, output);
        if (image is null) return Failed;

        File.WriteAllBytes(options.Output, ElfWriter.Write(image, DebugSections.Write(image, options.SourceRoot)));
        if (options.Raw is { } raw) File.WriteAllBytes(raw, RawImageWriter.Write(image));
        if (options.Map is { } map) File.WriteAllText(map, LinkMap.Write(image));
        return Succeeded;
    }

    /// <summary>Sizes what is to be sized by its bound, and compares every bound with the size that was given.</summary>
    private static bool TrySizeStacks(
        BuildOptions options, CompiledProgram program, IReadOnlyList<StubCode> stubs, TextWriter output, out int bootBytes, out int trapBytes)
    {
        StackBound boot = StackBound.OfBootStack(program, stubs, options.TrapNesting);
        StackBound trap = StackBound.OfTrapStack(program, stubs, options.TrapNesting);
        bootBytes = options.BootStackSizeBytes ?? boot.SizeBytes;
        trapBytes = options.BootTrapStackSizeBytes ?? trap.SizeBytes;
        List<Diagnostic> diagnostics = [];
        if (options.BootStackSizeBytes is null && boot.Unresolved is { } unsized) diagnostics.Add(unsized);
        if (options.BootTrapStackSizeBytes is null && trap.Unresolved is { } untrapped) diagnostics.Add(untrapped);
        foreach ((CompiledMethod entry, int declaredBytes, StackBound bound) in StackBound.OfDeclaredStacks(program, stubs))
        {
            if (bound.SizeBytes > declaredBytes) diagnostics.Add(LinkDiagnostics.StackTooSmall(entry, declaredBytes, bound));
        }

        if (!Report(diagnostics, output)) return false;
        string chain = string.Join(" -> ", boot.Chain);
        output.WriteLine(boot.SizeBytes > bootBytes
            ? string.Create(CultureInfo.InvariantCulture, $"kernel: warning KT0914: the boot path can need {boot.SizeBytes} bytes of a boot stack of {bootBytes}: {chain}")
            : string.Create(CultureInfo.InvariantCulture, $"boot stack: {bootBytes} bytes; the boot path needs {(boot.Unresolved is null ? "" : "at least ")}{boot.SizeBytes}: {chain}"));
        return true;
    }

    private static bool Report(IReadOnlyList<Diagnostic> diagnostics, TextWriter output)
    {
        foreach (Diagnostic diagnostic in diagnostics) output.WriteLine(diagnostic);
        return diagnostics.All(diagnostic => diagnostic.Severity != DiagnosticSeverity.Error);
    }
}
