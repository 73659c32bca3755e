using System.Diagnostics;
using System.Globalization;
using Verification.Framework.Booting;

namespace Verification.Framework.Cli;

/// <summary>Says how far a campaign is: on a terminal in one line that is written over, elsewhere at each tenth.</summary>
internal sealed class Progress(TextWriter output, int machines, Stopwatch watch)
{
    private readonly bool _isTerminal = !Console.IsOutputRedirected && ReferenceEquals(output, Console.Out);
    private int _tenths;
    private bool _isOpen;

    /// <summary>Shows what a campaign has seen so far.</summary>
    public void Show(CampaignResult result)
    {
        string line = string.Create(CultureInfo.InvariantCulture,
            $"{result.Machines,7:N0} of {machines:N0} machines, {result.Machines / Math.Max(watch.Elapsed.TotalSeconds, 0.001):N0} boots a second");
        if (_isTerminal)
        {
            output.Write($"\r{line}   ");
            _isOpen = true;
            return;
        }

        int tenths = (int)(10L * result.Machines / machines);
        if (tenths > _tenths) output.WriteLine(line);
        _tenths = tenths;
    }

    /// <summary>Ends the line.</summary>
    public void Done()
    {
        if (_isOpen) output.WriteLine();
    }
}
