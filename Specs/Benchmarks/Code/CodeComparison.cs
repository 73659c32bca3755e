using System.Globalization;
using Verification.Toolchain;

namespace Verification.Specs.Benchmarks.Code;

/// <summary>Prints, for each kernel, what our code and gcc's take: instructions executed in the model, bytes of code.</summary>
public static class CodeComparison
{
    private const string Usage = "usage: benchmarks code [zba,zbb] | code record | code listing KERNEL [zba,zbb] | code cost ASSEMBLY";

    /// <summary>Runs the command's words; the result is the exit code.</summary>
    public static int Run(IReadOnlyList<string> words)
    {
        bool isListing = words.Count > 1 && words[0] == "listing";
        if (words.Count == 1 && words[0] == "record") return Record();
        if (words.Count == 2 && words[0] == "cost") return CompilerCost.Print(words[1]);
        string[] names = words.Count == 0 || (isListing && words.Count == 2) ? [] : words[^1].Split(',');
        if (words.Count > (isListing ? 3 : 1) || !TryRead(names, out TargetExtensions extensions))
        {
            Console.Error.WriteLine(Usage);
            return 2;
        }

        if (isListing) return CodeListing.Print(words[1], extensions);
        return Compare(extensions) ? 0 : 1;
    }

    private static bool TryRead(string[] names, out TargetExtensions extensions)
    {
        extensions = TargetExtensions.None;
        foreach (string name in names)
        {
            if (name is not ("zba" or "zbb")) return false;
            extensions |= name == "zba" ? TargetExtensions.Zba : TargetExtensions.Zbb;
        }

        return true;
    }

    private static bool Compare(TargetExtensions extensions)
    {
        bool isRecorded = !GccCode.IsInstalled;
        if (isRecorded && extensions != TargetExtensions.None)
        {
            Console.WriteLine($"{GccCode.Program} is not installed, and its figures are written down for RV64GC only.");
            return false;
        }

        Console.WriteLine(isRecorded
            ? $"{GccCode.Program} is not installed: the figures of {RecordedGcc.Version} as they are written down."
            : $"{GccCode.Program} {GccCode.Version} {string.Join(' ', GccCode.Flags(extensions))}");
        Console.WriteLine($"{"kernel",-20}{"instructions",14}{"gcc -O2",14}{"ratio",8}{"bytes",10}{"gcc -O2",10}{"ratio",8}");
        List<(ulong Own, ulong Gcc, int OwnBytes, int GccBytes)> rows = [];
        bool isSame = true;
        foreach (CodeKernel kernel in CodeKernel.All)
        {
            CodeImage own = CSharpCode.Build(kernel, new CompilerOptions { Extensions = extensions });
            KernelRun run = own.Run(kernel);
            ulong expected = CSharpCode.RunOnClr(kernel).Fingerprint;
            RecordedGcc gcc = isRecorded ? RecordedGcc.All.Single(row => row.Kernel == kernel.Name) : Measure(kernel, extensions);
            bool agree = run.Fingerprint == expected && gcc.Fingerprint == expected;
            isSame &= agree;
            rows.Add((run.Instructions, gcc.Instructions, own.CodeBytes, gcc.CodeBytes));
            Print(kernel.Name, rows[^1], agree ? "" : "  RESULTS DIFFER");
        }

        double speed = Mean(rows.Select(row => (double)row.Own / row.Gcc));
        double size = Mean(rows.Select(row => (double)row.OwnBytes / row.GccBytes));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{"geometric mean",-48}{speed,8:0.000}{size,28:0.000}"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{"sum of bytes",-56}{rows.Sum(row => row.OwnBytes),10:N0}{rows.Sum(row => row.GccBytes),10:N0}{rows.Sum(row => row.OwnBytes) / (double)rows.Sum(row => row.GccBytes),8:0.000}"));
        return isSame;
    }

    private static void Print(string name, (ulong Own, ulong Gcc, int OwnBytes, int GccBytes) row, string remark) =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{name,-20}{row.Own,14:N0}{row.Gcc,14:N0}{row.Own / (double)row.Gcc,8:0.00}{row.OwnBytes,10:N0}{row.GccBytes,10:N0}{row.OwnBytes / (double)row.GccBytes,8:0.00}{remark}"));

    /// <summary>The geometric mean.</summary>
    public static double Mean(IEnumerable<double> ratios) => Math.Exp(ratios.Average(Math.Log));

    /// <summary>What gcc's code of a kernel takes.</summary>
    public static RecordedGcc Measure(CodeKernel kernel, TargetExtensions extensions = TargetExtensions.None)
    {
        CodeImage image = GccCode.Build(kernel, extensions);
        KernelRun run = image.Run(kernel);
        return new RecordedGcc(kernel.Name, run.Instructions, image.CodeBytes, run.Fingerprint);
    }

    private static int Record()
    {
        if (!GccCode.IsInstalled)
        {
            Console.Error.WriteLine($"{GccCode.Program} is not installed.");
            return 2;
        }

        Console.WriteLine($"gcc {GccCode.Version}");
        foreach (RecordedGcc row in CodeKernel.All.Select(kernel => Measure(kernel)))
            Console.WriteLine($"        new(\"{row.Kernel}\", {row.Instructions}, {row.CodeBytes}, 0x{row.Fingerprint:x16}),");
        return 0;
    }
}
