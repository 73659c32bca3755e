using System.Runtime.InteropServices;
using Verification.Machine.Isa;
using Verification.Toolchain;
using Verification.Toolchain.Linking;

namespace Verification.Specs.Benchmarks.Code;

/// <summary>A kernel's C#, compiled by this project's compiler, or run by the CLR.</summary>
public static unsafe class CSharpCode
{
    private const int EntryStubBytes = 4;
    private const int AlignmentBytes = 16;

    /// <summary>Compiles a kernel and everything that it calls.</summary>
    public static CompiledProgram Compile(CodeKernel kernel, CompilerOptions? options = null)
    {
        CompiledProgram program = Compiler.Compile(
            typeof(CodeKernel).Assembly, (options ?? new CompilerOptions()) with { AdditionalRoots = [kernel.Method] });
        return program.IsComplete ? program : throw new InvalidOperationException(string.Join("\n", program.Diagnostics));
    }

    /// <summary>The methods that count: all but the panic handler, which a kernel has once.</summary>
    public static IEnumerable<CompiledMethod> Counted(CompiledProgram program) =>
        program.Methods.Where(method => method.Symbol != PanicHandler.Symbol);

    /// <summary>Compiles and links a kernel.</summary>
    public static CodeImage Build(CodeKernel kernel, CompilerOptions? options = null)
    {
        CompiledProgram program = Compile(kernel, options);
        StubCode start = new(
            "_start", SectionKind.Head, BitConverter.GetBytes(Encoder.Encode("jal", rd: 0, immediate: 0)), EntryStubBytes, [],
            [new StubSymbol("_start", 0, IsGlobal: true)], [], new StubUnwind(StubFrame.Outermost, []));
        (LinkedImage? image, IReadOnlyList<Diagnostic> diagnostics) =
            Linker.Link(program, [start], LinkerLayout.Story() with { LoadAddress = CodeImage.LoadAddress });
        if (image is null) throw new InvalidOperationException(string.Join("\n", diagnostics));
        string entry = program.Methods.Single(method => method.Method == kernel.Method).Symbol;
        return new CodeImage(
            [.. image.Sections.Where(section => section.Content is not null).Select(section => (section.Address, section.Content!))],
            image.Find(entry).Address,
            Counted(program).Sum(method => method.Code.Length));
    }

    /// <summary>Runs the C# on the CLR.</summary>
    public static KernelRun RunOnClr(CodeKernel kernel)
    {
        int size = kernel.Input.Length;
        byte* memory = (byte*)NativeMemory.AlignedAlloc((nuint)size, AlignmentBytes);
        try
        {
            kernel.Input.CopyTo(new Span<byte>(memory, size));
            ulong result = ((delegate*<byte*, int, ulong>)kernel.Method.MethodHandle.GetFunctionPointer())(memory, size);
            return new KernelRun(result, new Span<byte>(memory, size).ToArray(), 0);
        }
        finally
        {
            NativeMemory.AlignedFree(memory);
        }
    }
}
