using System.Globalization;
using Verification.Machine;
using Verification.Specs.Benchmarks;
using Verification.Specs.Benchmarks.Campaigns;
using Verification.Specs.Benchmarks.Code;
using Verification.Specs.Benchmarks.Parts;

// dotnet run -c Release --project Specs/Benchmarks [turns] [divisor] [interpreter|translator] [words of a guest's name]
// dotnet run -c Release --project Specs/Benchmarks campaign [boots|snapshots|prefixes|observers|sizes] [turns]
// dotnet run -c Release --project Specs/Benchmarks campaign [cores|long] [machines]
// dotnet run -c Release --project Specs/Benchmarks code [zba,zbb]
// dotnet run -c Release --project Specs/Benchmarks parts [BenchmarkDotNet's options]
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
if (args is ["campaign", .. var benchmarks]) return CampaignBenchmarks.Run(benchmarks);
if (args is ["parts", .. var options]) return PartBenchmarks.Run(options);
if (args is ["code", .. var words]) return CodeComparison.Run(words);
if (!TryRead(0, 5, out var turns) || !TryRead(1, 1, out var divisor) || turns < 1 || divisor < 1)
{
    Console.Error.WriteLine("usage: benchmarks [turns] [divisor of the guests' rounds] [interpreter|translator] [words of a guest's name]");
    return 2;
}

var engine = args.Length > 2 && args[2] == "interpreter" ? ExecutionEngine.Interpreter : ExecutionEngine.Translator;
Console.WriteLine($"engine: {engine}");
var isSame = new Comparison((int)turns, divisor, engine, args.ElementAtOrDefault(3) ?? "").Run();
if (args.Length > 3) return isSame ? 0 : 1;
Interleaving.Run((int)turns, divisor, engine);
Costs.Run(TimeSpan.FromSeconds(0.5));
return isSame ? 0 : 1;

bool TryRead(int place, long otherwise, out long value)
{
    value = otherwise;
    return args.Length <= place || long.TryParse(args[place], NumberStyles.None, CultureInfo.InvariantCulture, out value);
}
