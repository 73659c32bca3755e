using System.Text;
using Verification.Machine.Boot;
using Verification.Machine.Devices;
using Verification.Machine.Devicetree;
using Verification.Machine.Images;
using Verification.Machine.State;

namespace Verification.Machine;

/// <summary>How a board is started, and what it says.</summary>
public sealed partial class Board
{
    private Uart16550? _uart;
    private BootRom? _rom;
    private (int Count, string Text) _console = (0, "");

    /// <summary>A board with a kernel in place, before the first instruction: <see cref="FirmwareChoice"/> tells the way in.</summary>
    /// <param name="configuration">The machine.</param>
    /// <param name="image">The kernel; null where firmware brings its own.</param>
    /// <exception cref="ArgumentException">A sentence that says what is impossible: of the configuration, or about placing
    /// image, devicetree and ramdisk in memory.</exception>
    public static Board Boot(BoardConfiguration configuration, KernelImage? image)
    {
        var board = new Board(configuration);
        try
        {
            WayIn.Prepare(board, image);
            return board;
        }
        catch
        {
            board.Dispose();
            throw;
        }
    }

    /// <summary>Where a kernel goes whose file doesn't say: behind the firmware, at a multiple of 2 MiB.</summary>
    public static ulong LoadAddress(BoardConfiguration configuration) => WayIn.LoadAddress(configuration);

    /// <summary>The devicetree as the board wrote it: derived from its devices, or the user's own.</summary>
    public DevicetreeDocument Devicetree => BoardDevicetree.Of(this, Rom.Initrd);

    /// <summary>Where the devicetree lies; empty before a boot.</summary>
    public AddressRange DevicetreeRange => Rom.Devicetree;

    /// <summary>Physical address of the devicetree, which the kernel gets in a1.</summary>
    public ulong DevicetreeAddress => Rom.Devicetree.BaseAddress;

    /// <summary>Where the initial ramdisk lies; empty without one.</summary>
    public AddressRange InitrdRange => Rom.Initrd;

    /// <summary>What was sent to the serial port, as bytes.</summary>
    public IReadOnlyList<byte> ConsoleBytes => Uart.Sent;

    /// <summary>What was sent to the serial port, as UTF-8 text.</summary>
    public string ConsoleOutput
    {
        get
        {
            var sent = Uart.Sent;
            if (sent.Count != _console.Count) _console = (sent.Count, Encoding.UTF8.GetString([.. sent]));
            return _console.Text;
        }
    }

    /// <summary>Types at the serial port.</summary>
    public void ConsoleInput(ReadOnlySpan<byte> bytes) => Uart.Arrive(bytes);

    /// <summary>Types a text at the serial port.</summary>
    public void ConsoleInput(string text) => ConsoleInput(Encoding.UTF8.GetBytes(text));

    /// <summary>The configuration, with disks and flash as the guest has left them: where a reset begins.</summary>
    public BoardConfiguration ConfigurationNow()
    {
        var slots = VirtioSlots.Assign(Configuration);
        var devices = Configuration.Devices.ToArray();
        for (var i = 0; i < devices.Length; i++)
        {
            devices[i] = devices[i] switch
            {
                DeviceConfiguration.VirtioBlock disk => disk with { Content = Slot(slots[i]!.Value) },
                DeviceConfiguration.Flash flash => flash with { Content = Bus.Devices.OfType<CfiFlash>().ElementAt(flash.Bank).CopyContent().ToValueList() },
                var other => other,
            };
        }
        return Configuration with { Devices = [.. devices] };

        ValueList<byte> Slot(int slot) => ((VirtioBlock)Bus.Devices.OfType<VirtioMmio>().ElementAt(slot).Function!).CopyContent().ToValueList();
    }

    internal BootRom Rom => _rom ??= Bus.Devices.OfType<BootRom>().Single();

    private Uart16550 Uart => _uart ??= Bus.Devices.OfType<Uart16550>().Single();
}
