using System.Globalization;

namespace Verification.Specs.Benchmarks.Campaigns;

/// <summary>The benchmarks of campaigns: <c>boots</c>, <c>snapshots</c>, <c>observers</c>, <c>sizes</c>, <c>cores</c>, <c>long</c>.</summary>
internal static class CampaignBenchmarks
{
    /// <summary>Runs those that are named, or all that end soon.</summary>
    /// <returns>The exit code.</returns>
    public static int Run(string[] words)
    {
        var numbers = words.Where(word => int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out _)).Select(int.Parse).ToList();
        var names = words.Where(word => !char.IsDigit(word[0])).ToList();
        var kind = names.Find(name => name is "any" or "four" or "unobserved") ?? "any";
        names.Remove(kind);
        var turns = numbers.Count > 0 ? Math.Max(1, numbers[0]) : 5;
        if (names.Count == 0) names = ["boots", "snapshots", "prefixes", "observers", "sizes"];
        foreach (var name in names)
        {
            Console.WriteLine($"-- {name}");
            switch (name)
            {
                case "boots": Boots.Run(turns); break;
                case "snapshots": Snapshots.Run(turns); break;
                case "prefixes": Prefixes.Run(turns); break;
                case "observers": Observers.Run(turns); break;
                case "sizes": Sizes.Run(turns); break;
                case "cores": LongCampaign.Scale(numbers.Count > 0 ? numbers[0] : 1_000); break;
                case "long": LongCampaign.Run(numbers.Count > 0 ? numbers[0] : 100_000, kind); break;
                default:
                    Console.Error.WriteLine($"There is no benchmark '{name}': there are boots, snapshots, prefixes, observers, sizes, cores and long.");
                    return 2;
            }
        }

        return 0;
    }
}
