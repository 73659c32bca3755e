using Verification.Machine;

namespace Verification.Framework.Cli;

/// <summary>The machines of a campaign.</summary>
internal sealed class RandomMachines(ulong seed)
{
    /// <summary>Machine with a number.</summary>
    public BoardConfiguration At(int index) => throw new NotImplementedException($"{seed} {index}");

    /// <summary>Simpler machines.</summary>
    public IEnumerable<BoardConfiguration> Simpler(BoardConfiguration machine) => throw new NotImplementedException($"{machine}");
}
