using System.Buffers.Binary;
using Verification.Machine.Images;
using Verification.Machine.Isa;

namespace Verification.Framework.Cli;

/// <summary><c>disassemble</c>: the instructions of an image.</summary>
internal static class DisassembleCommand
{
    /// <summary>Prints all executed sections, or one function.</summary>
    public static int Run(string path, string? function, TextWriter output)
    {
        byte[] file = InputFile.Read(path);
        var elf = ElfImage.Read(file);
        if (function is null)
        {
            foreach (var section in elf.Sections.Where(s => s.IsInMemory && s.IsExecuted))
                Print(elf, section.Address, section.Address + section.SizeBytes, output);
            return ExitCode.Passed;
        }

        var symbol = elf.Symbols.Find(function) ?? throw new BadInputException($"'{path}' has no function '{function}'");
        ulong next = elf.Symbols.All.Where(s => s.Address > symbol.Address).Select(s => s.Address).FirstOrDefault(symbol.Address + 64);
        Print(elf, symbol.Address, symbol.SizeBytes > 0 ? symbol.End : next, output);
        return ExitCode.Passed;
    }

    private static void Print(ElfImage elf, ulong address, ulong end, TextWriter output)
    {
        Span<byte> bytes = stackalloc byte[4];
        while (address < end)
        {
            if (elf.Symbols.FindFunction(address) is { Offset: 0 } place) output.WriteLine($"\n{address:x16} <{place.Symbol.Name}>:");
            bytes.Clear();
            if (!elf.TryRead(address, bytes) && !elf.TryRead(address, bytes[..2])) return;
            uint word = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
            bool isWide = (word & 3) == 3;
            if (!isWide) word &= 0xffff;
            output.WriteLine($"{address,8:x}:  {(isWide ? word.ToString("x8") : word.ToString("x4")),-8}  {Disassembler.Text(word, address)}");
            address += isWide ? 4ul : 2ul;
        }
    }
}
