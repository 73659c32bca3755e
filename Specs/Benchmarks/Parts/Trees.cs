using BenchmarkDotNet.Attributes;
using Verification.Machine;
using Verification.Machine.Devicetree;
using Verification.Specs.Benchmarks.Campaigns;

namespace Verification.Specs.Benchmarks.Parts;

/// <summary>The devicetree of a board with four harts: made, written, read.</summary>
public class Trees
{
    private readonly DevicetreeDocument _document = DocumentOf();
    private readonly byte[] _blob = DocumentOf().ToBlob();
    private readonly string _source = DocumentOf().ToSource();

    private static DevicetreeDocument DocumentOf()
    {
        using var board = new Board(BenchmarkKernel.Machine(0));
        return board.Devicetree;
    }

    [Benchmark]
    public byte[] WriteBlob() => _document.ToBlob();

    [Benchmark]
    public DevicetreeDocument ReadBlob() => DevicetreeDocument.Parse(_blob);

    [Benchmark]
    public string WriteSource() => _document.ToSource();

    [Benchmark]
    public DevicetreeDocument ReadSource() => DevicetreeDocument.ParseSource(_source);
}
