using System.Diagnostics;
using System.Globalization;
using Verification.Machine;
using Verification.Machine.Devices;
using Verification.Machine.Harts;
using Verification.Machine.Images;

namespace Verification.Framework.Cli;

/// <summary>A machine that runs with its console on the terminal, until it ends or somebody ends it.</summary>
internal sealed class BootedMachine(
    BoardConfiguration machine, KernelImage? kernel, ResetAction onReset, BootOptions options, ConsoleChoice console, Terminal terminal, TextWriter error)
{
    // Between two looks at the console. Scripts look more often, for what they type is to come soon.
    private const ulong Slice = 1_000_000, ScriptSlice = 100_000;
    private const ulong ProgressInstructions = 1_000_000_000;

    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private BoardConfiguration _machine = machine;
    private ulong _retiredBefore;
    private ulong _told;

    /// <summary>Boots, and boots anew at each reset.</summary>
    /// <returns>The exit code.</returns>
    public int Run()
    {
        while (true)
        {
            using var board = Board.Boot(_machine, kernel);
            AttachHostInterface(board);
            int? code = Run(board);
            if (options.Progress == ProgressLines.EachBillion) Tell(board);
            if (code is { } known) return known;
            // What the guest wrote to its disks outlives the reset.
            _machine = board.ConfigurationNow();
            _retiredBefore += board.Retired;
            options.Script?.StartAnew();
        }
    }

    /// <summary>Runs up to an end; null asks for a new start.</summary>
    private int? Run(Board board)
    {
        var script = options.Script;
        var port = console == ConsoleChoice.Virtio ? VirtioPort(board) : null;
        var said = port?.Sent ?? board.ConsoleBytes;
        int shown = 0;
        while (true)
        {
            var reason = board.Run(Math.Min(script is null ? Slice : ScriptSlice, options.BudgetInstructions - _retiredBefore - board.Retired));
            shown = terminal.Show(said, shown);
            if (script?.Failure(said) is { } failure)
            {
                error.WriteLine($"the console said '{failure}'");
                return ExitCode.Failed;
            }

            byte[] typed = script?.GoOn(said) ?? [];
            if (script?.IsMet == true) return ExitCode.Passed;
            switch (reason)
            {
                case StopReason.PowerOff off: return End(off.Code, script);
                case StopReason.HostExit exit: return Verdict(exit.Code);
                case StopReason.Reset: return onReset == ResetAction.End ? End(0, script) : null;
            }

            if (script is null)
            {
                if (Listen(board, reason is StopReason.Idle) is not { } keys) return ExitCode.NoVerdict;
                typed = keys;
            }

            if (typed.Length > 0 && port is not null) port.Arrive(typed);
            else if (typed.Length > 0) board.ConsoleInput(typed);
            else if (script is not null && reason is StopReason.Idle)
                throw new BadInputException($"all harts wait for ever{(script.Awaited is { } text ? $", and the console has not said '{text}'" : "")}");
            if (_retiredBefore + board.Retired >= options.BudgetInstructions)
                throw new BadInputException($"the budget of {options.BudgetInstructions} instructions is used up{(script?.Awaited is { } late ? $", and the console has not said '{late}'" : "")}");
            if (options.Progress == ProgressLines.EachBillion && (_retiredBefore + board.Retired) / ProgressInstructions > _told) Tell(board);
        }
    }

    /// <summary>What the user types; null when the user ends the machine.</summary>
    private byte[]? Listen(Board board, bool isIdle)
    {
        // A guest that waits for a key ticks no faster than the clock on the wall while somebody is looking.
        var ahead = TimeSpan.FromSeconds((double)board.Ticks / BoardClock.TicksPerSecond) - _watch.Elapsed;
        var wait = isIdle ? Timeout.InfiniteTimeSpan : terminal.IsKeyboard && ahead > TimeSpan.Zero ? ahead : TimeSpan.Zero;
        byte[]? typed = terminal.Typed(wait);
        if (typed is { Length: 0 } && isIdle) throw new BadInputException("all harts wait for ever, and there is no more input");
        return typed;
    }

    private static VirtioConsole VirtioPort(Board board) =>
        board.Bus.Devices.OfType<VirtioMmio>().Select(slot => slot.Function).OfType<VirtioConsole>().First();

    private static int End(uint code, ConsoleScript? script)
    {
        if (script?.Awaited is { } text) throw new BadInputException($"the machine was switched off, and the console had not said '{text}'");
        return ExitCode.Of(code);
    }

    /// <summary>HTIF's word: 1 for passed, else the failed case's number above a one.</summary>
    private int Verdict(ulong word)
    {
        if (word == 1) return ExitCode.Passed;
        error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"failed: case {word >> 1} (tohost is 0x{word:x})"));
        return ExitCode.Of((uint)(word >> 1));
    }

    private void Tell(Board board)
    {
        ulong retired = _retiredBefore + board.Retired;
        _told = retired / ProgressInstructions;
        error.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{retired:N0} instructions, {board.Ticks / (double)BoardClock.TicksPerSecond:N1} s of the guest's time, {_watch.Elapsed.TotalSeconds:N1} s"));
    }

    private void AttachHostInterface(Board board)
    {
        if (kernel is null || Address("tohost") is not { } toHost || !board.Memory.Contains(toHost, 8)) return;
        board.HostReplyAddress = Address("fromhost") is { } fromHost && board.Memory.Contains(fromHost, 8) ? fromHost : null;
        board.HostExitAddress = toHost;
    }

    /// <summary>A symbol's physical address.</summary>
    private ulong? Address(string name)
    {
        if (kernel!.Symbols.Find(name) is not { } symbol) return null;
        foreach (var segment in kernel.Segments)
            if (symbol.Address >= segment.VirtualAddress && symbol.Address - segment.VirtualAddress < segment.MemorySizeBytes)
                return segment.PhysicalAddress + (symbol.Address - segment.VirtualAddress);
        return null;
    }
}
