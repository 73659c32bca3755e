using System.Buffers.Binary;
using BenchmarkDotNet.Attributes;
using Verification.Machine.Images;
using Verification.Machine.Isa;
using Verification.Specs.Benchmarks.Campaigns;

namespace Verification.Specs.Benchmarks.Parts;

/// <summary>The instruction table's readers, over the kernel's own code; figures are per instruction.</summary>
public class Decoding
{
    private const int Count = 1_000;
    private readonly uint[] _words = new uint[Count];

    /// <summary>Takes the first thousand instructions of the kernel.</summary>
    [GlobalSetup]
    public void Read()
    {
        var text = ElfImage.Read(File.ReadAllBytes(BenchmarkKernel.ImagePath)).Content(".text").Span;
        for (int at = 0, i = 0; i < Count; i++)
        {
            uint low = BinaryPrimitives.ReadUInt16LittleEndian(text[at..]);
            int size = Decoder.SizeBytes(low);
            _words[i] = size == 2 ? low : BinaryPrimitives.ReadUInt32LittleEndian(text[at..]);
            at += size;
        }
    }

    [Benchmark(OperationsPerInvoke = Count)]
    public int Decode()
    {
        int known = 0;
        foreach (uint word in _words)
            if (Decoder.TryDecode(word, IsaExtensions.Default, out _)) known++;
        return known;
    }

    [Benchmark(OperationsPerInvoke = Count)]
    public int Disassemble()
    {
        int letters = 0;
        foreach (uint word in _words) letters += Disassembler.Text(word, 0x8020_0000).Length;
        return letters;
    }
}
