using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Verification.Specs.Compiling;
using Verification.Toolchain.Il;
using Verification.Toolchain.Linking;

namespace Verification.Specs.KernelImages;

/// <summary>Kernels of a few lines, compiled from text by Roslyn as if they lay in a folder.</summary>
internal static class SmallKernel
{
    /// <summary>An entry, a method that it calls, and a panic handler.</summary>
    public const string Source = """"
        using Verification.Intrinsics;
        [Assembly("""
            .section .head
            .globl _start
            _start:
                .cfi_undefined ra
                la sp, boot_stack_top
                call kmain
            1:  j 1b
            """)]
        public static unsafe class Small
        {
            [Export("COUNT")] public static int s_count;
            [BootEntry, Export("kmain")] public static void Main() { for (int i = 0; i < 10; i++) s_count += Twice(i) / (s_count + 1); }
            [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)] static int Twice(int value) => value * 2;
            [PanicHandler, Export("panic")] static void Panic(PanicSite* site) { while (true) { } }
        }
        """";

    /// <summary>The assembly and its symbols.</summary>
    public static (byte[] Image, byte[] Symbols) Compile(string folder, string source = Source) => CSharpSource.Emit(CSharpCompilation.Create(
        "Small", [CSharpSyntaxTree.ParseText(source, new CSharpParseOptions(LanguageVersion.Latest), folder + "/Small.cs", System.Text.Encoding.UTF8)],
        CSharpSource.References,
        new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, optimizationLevel: OptimizationLevel.Release, allowUnsafe: true, deterministic: true)));

    /// <summary>The program and its stubs, or what was wrong with the stubs.</summary>
    public static (Toolchain.CompiledProgram Program, IReadOnlyList<StubCode> Stubs, IReadOnlyList<Toolchain.Diagnostic> Diagnostics) Assemble(string source)
    {
        (byte[] image, byte[] symbols) = Compile("/small", source);
        using KernelAssembly assembly = KernelAssembly.Load(image, symbols);
        Toolchain.CompiledProgram program = Toolchain.Compiler.Compile(assembly.Assembly, new Toolchain.CompilerOptions());
        (IReadOnlyList<StubCode> stubs, IReadOnlyList<Toolchain.Diagnostic> diagnostics) = StubAssembler.Assemble(assembly.Assembly, program.Stubs);
        return (program, stubs, [.. program.Diagnostics, .. diagnostics]);
    }
}
