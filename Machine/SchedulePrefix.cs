using Verification.Machine.Images;
using Verification.Machine.Schedule;

namespace Verification.Machine;

/// <summary>
/// The beginning that machines have in common which differ in nothing but their schedule: up to the first instruction that
/// could tell them apart. That is where a second hart can run, where a random word is drawn, or where a byte of the
/// devicetree that follows from the schedule's seed (<c>/chosen/rng-seed</c>) is read or written. Run once, it serves all.
/// </summary>
public sealed class SchedulePrefix
{
    private readonly BoardConfiguration _configuration;
    private readonly ulong? _seedAddress;
    private BoardSnapshot? _end;

    private SchedulePrefix(BoardConfiguration configuration, ulong? seedAddress, ulong instructions) =>
        (_configuration, _seedAddress, Instructions) = (configuration, seedAddress, instructions);

    /// <summary>How many instructions are common.</summary>
    public ulong Instructions { get; }

    /// <summary>Looks how far a machine's beginning reaches, by running it.</summary>
    /// <param name="configuration">One of the machines.</param>
    /// <param name="image">What it boots.</param>
    /// <param name="most">Instructions after which it is long enough.</param>
    /// <exception cref="ArgumentException">The machine is impossible, or the image does not fit into it.</exception>
    public static SchedulePrefix Find(BoardConfiguration configuration, KernelImage? image, ulong most)
    {
        using var board = Board.Boot(configuration, image);
        var seedAddress = FindSeed(board);
        return new SchedulePrefix(configuration, seedAddress, board.RunBeforeChoice(seedAddress, most));
    }

    /// <summary>Whether a machine has this beginning.</summary>
    public bool IsOf(BoardConfiguration configuration) => configuration with { Schedule = _configuration.Schedule } == _configuration;

    /// <summary>Remembers a machine at the end of the beginning: the one that it was found with, after <see cref="Instructions"/>.</summary>
    public void EndsAt(Board board)
    {
        if (board.Configuration != _configuration || board.Retired != Instructions)
            throw new ArgumentException($"The beginning ends after {Instructions} instructions of its own machine, not here.");
        _end = board.Save();
    }

    /// <summary>The machine with another schedule, as it is after its first <see cref="Instructions"/>.</summary>
    /// <exception cref="InvalidOperationException">Nothing was remembered yet.</exception>
    public Board Continue(ScheduleChoice schedule)
    {
        var board = new Board(_configuration with { Schedule = schedule });
        board.StartBehind(_end ?? throw new InvalidOperationException("The end of the beginning is not known yet."), _seedAddress);
        return board;
    }

    /// <summary>Where the blob holds the seed's bytes; nothing where the devicetree is the user's own.</summary>
    private static ulong? FindSeed(Board board)
    {
        if (board.Configuration.Devicetree.Blob is not null) return null;
        var range = board.DevicetreeRange;
        var blob = new byte[range.SizeBytes];
        board.Memory.Read(range.BaseAddress, blob);
        var at = blob.AsSpan().IndexOf(BoardDevicetree.SeedOf(board.Configuration.Schedule));
        return at < 0 ? null : range.BaseAddress + (ulong)at;
    }
}
