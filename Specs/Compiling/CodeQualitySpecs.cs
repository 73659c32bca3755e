using Verification.Specs.Benchmarks.Code;
using Verification.Specs.Oracles;
using Verification.Toolchain;
using Xunit;

namespace Verification.Specs.Compiling;

/// <summary>
/// The compiler's code of typical kernel functions stands beside gcc's of the same functions in C. Counts of
/// instructions are exact and the same everywhere, so what holds once holds until the compiler or the kernels change.
/// </summary>
public sealed class CodeQualitySpecs(CodeQualitySpecs.Measurements measured) : IClassFixture<CodeQualitySpecs.Measurements>
{
    private const double MeanInstructions = 1.1;
    private const double EachInstructions = 1.5;
    private const double MeanBytes = 1.25;

    public static TheoryData<string> Kernels => [.. CodeKernel.All.Select(kernel => kernel.Name)];

    [Theory]
    [MemberData(nameof(Kernels))]
    public void A_kernel_does_in_the_model_what_it_does_on_the_CLR_and_what_its_C_did(string name)
    {
        ulong expected = CSharpCode.RunOnClr(Kernel(name)).Fingerprint;
        Assert.Equal(expected, measured.Own[name].Run.Fingerprint);
        Assert.Equal(expected, Recorded(name).Fingerprint);
    }

    [Theory]
    [InlineData(TargetExtensions.Zba | TargetExtensions.Zbb, OptimisationLevel.Full)]
    [InlineData(TargetExtensions.None, OptimisationLevel.Minimal)]
    public void Other_instructions_and_less_optimisation_give_the_same_results(TargetExtensions extensions, OptimisationLevel level)
    {
        CompilerOptions options = new() { Extensions = extensions, Optimisation = level };
        Assert.All(CodeKernel.All, kernel => Assert.Equal(Recorded(kernel.Name).Fingerprint, CSharpCode.Build(kernel, options).Run(kernel).Fingerprint));
    }

    [Fact]
    public void Instructions_executed_stay_near_gccs()
    {
        List<double> ratios = [.. CodeKernel.All.Select(kernel => measured.Own[kernel.Name].Run.Instructions / (double)Recorded(kernel.Name).Instructions)];
        Assert.InRange(CodeComparison.Mean(ratios), 0, MeanInstructions);
        Assert.All(ratios, ratio => Assert.InRange(ratio, 0, EachInstructions));
    }

    [Fact]
    public void Code_bytes_stay_near_gccs()
    {
        Assert.InRange(CodeComparison.Mean(CodeKernel.All.Select(kernel => measured.Own[kernel.Name].CodeBytes / (double)Recorded(kernel.Name).CodeBytes)), 0, MeanBytes);
        Assert.InRange(measured.Own.Values.Sum(own => own.CodeBytes) / (double)RecordedGcc.All.Sum(row => row.CodeBytes), 0, MeanBytes);
    }

    [Fact]
    public void Compiled_twice_a_kernel_is_the_same_bit_for_bit() => Assert.All(CodeKernel.All, kernel =>
    {
        CompiledProgram first = CSharpCode.Compile(kernel);
        CompiledProgram second = CSharpCode.Compile(kernel);
        Assert.Equal(first.Methods.Select(method => Convert.ToHexString(method.Code)), second.Methods.Select(method => Convert.ToHexString(method.Code)));
        Assert.Equal(first.Methods.Select(method => method.FrameSizeBytes), second.Methods.Select(method => method.FrameSizeBytes));
    });

    [RequiresToolFact(GccCode.Program)]
    public void The_figures_that_are_written_down_are_gccs()
    {
        List<RecordedGcc> measuredNow = [.. CodeKernel.All.Select(kernel => CodeComparison.Measure(kernel))];
        Assert.Equal(RecordedGcc.All.Select(row => row.Fingerprint), measuredNow.Select(row => row.Fingerprint));
        // Another version makes other code: then its results alone are compared.
        if (GccCode.Version == RecordedGcc.Version) Assert.Equal(RecordedGcc.All, measuredNow);
    }

    private static CodeKernel Kernel(string name) => CodeKernel.All.Single(kernel => kernel.Name == name);

    private static RecordedGcc Recorded(string name) => RecordedGcc.All.Single(row => row.Kernel == name);

    /// <summary>Each kernel compiled and run once.</summary>
    public sealed class Measurements
    {
        public Dictionary<string, (KernelRun Run, int CodeBytes)> Own { get; } = CodeKernel.All.ToDictionary(kernel => kernel.Name, kernel =>
        {
            CodeImage image = CSharpCode.Build(kernel);
            return (image.Run(kernel), image.CodeBytes);
        });
    }
}
