using Verification.Machine;
using Verification.Machine.Harts;
using Verification.Machine.Images;
using Verification.Machine.State;

namespace Verification.Specs.Firmware;

/// <summary>A board whose kernel is a loop, and environment calls made as if a hart had come to its <c>ecall</c>.</summary>
internal sealed class SbiBench
{
    public const ulong Memory0 = 0x8000_0000, MemoryBytes = 16 << 20, Loop = 0x8020_0000;
    private const int MachinePending = 0x344;

    /// <param name="harts">The harts; the first one boots.</param>
    public SbiBench(params HartConfiguration[] harts)
    {
        Board = Board.Boot(new BoardConfiguration
        {
            Harts = harts.ToValueList(),
            Memory = [new(Memory0, MemoryBytes)],
            BootHartId = harts[0].Id,
        }, KernelImage.FromRaw(new byte[] { 0x6f, 0, 0, 0 }, Loop));
    }

    public Board Board { get; }

    public Hart Boot => Board.Harts[0];

    /// <summary>Calls, and gives a0 and a1.</summary>
    public (long Error, ulong Value) Call(uint extension, uint function, params ReadOnlySpan<ulong> arguments) =>
        Call(Boot, extension, function, arguments);

    public (long Error, ulong Value) Call(Hart hart, uint extension, uint function, params ReadOnlySpan<ulong> arguments)
    {
        hart.SetRegister(17, extension);
        hart.SetRegister(16, function);
        for (var i = 0; i < 6; i++) hart.SetRegister(10 + i, i < arguments.Length ? arguments[i] : 0);
        Board.Firmware!.Call(hart);
        return ((long)hart.GetRegister(10), hart.GetRegister(11));
    }

    public bool IsPending(Hart hart, InterruptCause cause)
    {
        Xunit.Assert.True(hart.TryGetCsr(MachinePending, out var pending));
        return (pending >> (int)cause & 1) != 0;
    }

    public static HartConfiguration[] Harts(params ulong[] ids) => [.. ids.Select(id => new HartConfiguration(id))];
}
