using Verification.Machine;
using Verification.Machine.Devices;
using Verification.Machine.Isa;
using Verification.Machine.Memory;
using Verification.Machine.Schedule;
using Verification.Machine.State;

namespace Verification.Framework.Generation;

/// <summary>
/// Makes machines at random: every dimension of <see cref="BoardConfiguration"/> that a kernel must not depend on. A machine
/// is a pure function of space, seed and number, and costs microseconds.
/// </summary>
/// <remarks>
/// Known limits: misaligned accesses, ramdisks, disks and the version of the blob's format are left at what QEMU
/// has by default. Devicetrees stay within 60 levels and a few thousand nodes.
/// </remarks>
public static class MachineGenerator
{
    private static readonly string[] CommandLines =
        ["", "console=ttyS0", "root=/dev/vda ro quiet", "a=\"b c\" -- init=/bin/sh", "earlycon=sbi loglevel=7 panic=-1"];

    // Zfh implies Zfhmin; the two ways to treat accessed and dirty bits exclude each other, and stay as they are.
    private static readonly IsaExtensions[] Optional =
    [
        IsaExtensions.Zicond, IsaExtensions.Zicbom, IsaExtensions.Zicboz, IsaExtensions.Zicbop, IsaExtensions.Zacas, IsaExtensions.Zba,
        IsaExtensions.Zbb, IsaExtensions.Zbc, IsaExtensions.Zbs, IsaExtensions.Zfh | IsaExtensions.Zfhmin, IsaExtensions.Zcb,
        IsaExtensions.Sstc, IsaExtensions.Svinval, IsaExtensions.Svnapot, IsaExtensions.Svpbmt,
    ];

    /// <summary>Machine <paramref name="index"/> of the campaign <paramref name="seed"/>.</summary>
    public static BoardConfiguration Generate(MachineSpace space, ulong seed, int index) =>
        Generate(space, new Draw(seed ^ new Draw((ulong)index).Word()).Word());

    /// <summary>The machine that follows from a seed.</summary>
    public static BoardConfiguration Generate(MachineSpace space, ulong seed)
    {
        var draw = new Draw(seed);
        var harts = HartDraw.Harts(draw, space);
        var enabled = harts.Where(hart => hart.Status == HartStatus.Okay).ToArray();
        var machine = new BoardConfiguration
        {
            Harts = ValueList.Create<HartConfiguration>(harts),
            BootHartId = draw.Pick<HartConfiguration>(enabled).Id,
            Firmware = space.Firmware,
            Fill = draw.Happens(70) ? MemoryFill.Noise(draw.Word()) : MemoryFill.Zero,
            Append = CommandLine(draw),
            VirtioTransport = draw.Happens(50) ? VirtioTransport.Modern : VirtioTransport.Legacy,
            Devices = Devices(draw),
            Schedule = Schedule(draw),
            Extensions = Extensions(draw, space),
        };
        var cells = draw.Happens(30) ? 1 : 2;
        machine = machine with { Memory = MemoryDraw.Banks(draw, space, harts.Length, cells) };
        machine = machine with { Devicetree = DevicetreeDraw.Choices(draw, space, machine, cells) };
        return machine;
    }

    private static string? CommandLine(Draw draw)
    {
        if (draw.Happens(40)) return null;
        return draw.Happens(5) ? string.Join(' ', Enumerable.Range(0, draw.Between(10, 200)).Select(i => $"option{i}=value")) : draw.Pick<string>(CommandLines);
    }

    private static ValueList<DeviceConfiguration> Devices(Draw draw)
    {
        if (!draw.Happens(10)) return [];
        return draw.Below(3) switch
        {
            0 => [new DeviceConfiguration.VirtioConsole()],
            1 => [new DeviceConfiguration.VirtioRandom()],
            _ => [new DeviceConfiguration.VirtioNet(), new DeviceConfiguration.VirtioRandom()],
        };
    }

    private static IsaExtensions Extensions(Draw draw, MachineSpace space)
    {
        if (draw.Happens(50)) return IsaExtensions.Default;
        var extensions = IsaExtensions.Default;
        foreach (var optional in Optional)
        {
            if (draw.Happens(30)) extensions ^= optional;
        }

        return extensions | space.Required;
    }

    private static ScheduleChoice Schedule(Draw draw)
    {
        if (draw.Happens(20)) return new ScheduleChoice.RoundRobin(draw.Magnitude(100_000));
        var shortest = draw.Pick<ulong>([1, 10, 100, 1_000]);
        return new ScheduleChoice.Interleaved(draw.Word(), shortest, shortest + draw.Magnitude(shortest * 100));
    }
}
