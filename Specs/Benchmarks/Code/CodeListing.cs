using System.Buffers.Binary;
using Verification.Machine.Isa;
using Verification.Toolchain;

namespace Verification.Specs.Benchmarks.Code;

/// <summary>Prints a kernel's machine code as assembly, with what each instruction was executed for: its C# line.</summary>
internal static class CodeListing
{
    /// <summary>Prints the kernel's methods; the result is the exit code.</summary>
    public static int Print(string name, TargetExtensions extensions)
    {
        CodeKernel? kernel = CodeKernel.All.FirstOrDefault(kernel => kernel.Name == name || kernel.Type.Name == name);
        if (kernel is null)
        {
            Console.Error.WriteLine($"There is no kernel {name}: {string.Join(", ", CodeKernel.All.Select(known => known.Type.Name))}.");
            return 2;
        }

        CompiledProgram program = CSharpCode.Compile(kernel, new CompilerOptions { Extensions = extensions });
        foreach (CompiledMethod method in CSharpCode.Counted(program)) Print(method);
        return 0;
    }

    private static void Print(CompiledMethod method)
    {
        Console.WriteLine($"{method.DisplayName}: {method.Code.Length} bytes, frame {method.FrameSizeBytes}");
        for (int offset = 0; offset < method.Code.Length;)
        {
            uint word = BinaryPrimitives.ReadUInt16LittleEndian(method.Code.AsSpan(offset));
            int size = (word & 3) == 3 ? 4 : 2;
            if (size == 4) word = BinaryPrimitives.ReadUInt32LittleEndian(method.Code.AsSpan(offset));
            LineRow? line = method.Lines.LastOrDefault(row => row.Offset <= offset);
            string symbol = string.Join(' ', method.Relocations.Where(relocation => relocation.Offset == offset).Select(relocation => relocation.Symbol));
            Console.WriteLine($"  {offset,5:x}  {Disassembler.Text(word, (ulong)offset),-36} {line?.Line,5}  {symbol}");
            offset += size;
        }
    }
}
