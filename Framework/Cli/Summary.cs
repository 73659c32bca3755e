using System.Globalization;
using Verification.Framework.Booting;
using Verification.Framework.Kernels;
using Verification.Framework.Observing;

namespace Verification.Framework.Cli;

/// <summary>What a campaign that passed has covered.</summary>
internal static class Summary
{
    /// <summary>Writes the summary.</summary>
    public static void Write(CampaignResult result, KernelDescription kernel, TimeSpan elapsed, TextWriter output)
    {
        void Line(string label, FormattableString text) => output.WriteLine($"{label,-9}{text.ToString(CultureInfo.InvariantCulture)}");
        Line("PASSED", $"{kernel.Name} boots on {result.Machines:N0} random machines.");
        Line("speed", $"{result.Machines / Math.Max(elapsed.TotalSeconds, 0.001):N0} boots a second; {result.Instructions / (ulong)result.Machines:N0} instructions a boot");
        Line("harts", $"{result.Harts.Fewest} to {result.Harts.Most}");
        Line("memory", $"{ByteCount.Text(result.MemoryBytes.Least)} to {ByteCount.Text(result.MemoryBytes.Most)}, in up to {result.MostBanks} banks");
        string label = "stacks";
        foreach (var depth in result.Stacks.Append(result.DeepestOtherStack).OfType<StackDepth>())
        {
            string size = depth.Stack.Origin == StackOrigin.Anonymous ? "bytes; nothing tells its size"
                : string.Create(CultureInfo.InvariantCulture, $"of {depth.Stack.SizeBytes:N0} bytes");
            Line(label, $"{depth.Stack.Name,-28} deepest use {depth.DeepestBytes,7:N0} {size}");
            label = "";
        }
    }
}
