using Verification.Machine;

namespace Verification.Framework.Cli;

/// <summary>The machine that a report's token names.</summary>
internal static class Replay
{
    /// <summary>Reads a token.</summary>
    /// <exception cref="BadInputException">It is none.</exception>
    public static BoardConfiguration Machine(string token) => throw new BadInputException($"'{token}' is no replay token");

    /// <summary>Writes a token.</summary>
    public static string Token(BoardConfiguration machine) => "TOKEN";
}
