using Verification.Machine.Devices;
using Verification.Machine.Firmware;
using Verification.Machine.Harts;
using static Verification.Machine.Harts.InterruptCause;

namespace Verification.Machine;

/// <summary>
/// QEMU's <c>virt</c> board: which devices it has, at which addresses, on which wires. The list reads like the memory map
/// in the comment at the top of QEMU's own board, lowest address first; a number behind an address is the device's source
/// at the interrupt controller.
/// </summary>
internal static class BoardWiring
{
    private const int InterruptSources = 96;
    private const ulong LastWindow = (1UL << 56) - PciHost.HighWindowBytes;

    /// <summary>Attaches every device and wire. Called once, when the harts and memory exist.</summary>
    internal static void Wire(Board board)
    {
        var clock = board.Clock;
        var memory = board.Memory;
        var clint = new Clint(0x0200_0000, clock, Harts(board).Select(hart => new ClintHart(hart.Id,
            Software: Wire(hart, MachineSoftware),
            Timer: Wire(hart, MachineTimer))), () => { foreach (var hart in board.Harts) hart.ArmTimer(); }, board.Configuration.Interruptor);
        var plic = new Plic(0x0c00_0000, InterruptSources, Harts(board).SelectMany(hart => new[]
        {
            new PlicContext(hart.Id, (uint)MachineExternal, Wire(hart, MachineExternal)),
            new PlicContext(hart.Id, (uint)SupervisorExternal, Wire(hart, SupervisorExternal)),
        }));
        var uart = new Uart16550(0x1000_0000, 10, clock, plic.Source(10));
        var slots = VirtioSlots.Fill(board);
        var ports = new PciWindow("gpex_ioport", new AddressRange(PciHost.PortWindow, PciHost.PortWindowBytes));

        IDevice[] map =
        [
            new BootRom             (0x0000_1000),
            new Finisher            (0x0010_0000, board.RequestStop),
            new GoldfishRtc         (0x0010_1000, 11, clock, plic.Source(11)),
            clint,              //   0x0200_0000
            //                       0x02f0_0000  with an ACLINT: software interrupts of S-mode
            ports,              //   0x0300_0000
            //                       0x0400_0000  the platform bus: empty
            plic,               //   0x0c00_0000
            uart,               //   0x1000_0000, 10
            Slot(0,                  0x1000_1000, 1),
            Slot(1,                  0x1000_2000, 2),
            Slot(2,                  0x1000_3000, 3),
            Slot(3,                  0x1000_4000, 4),
            Slot(4,                  0x1000_5000, 5),
            Slot(5,                  0x1000_6000, 6),
            Slot(6,                  0x1000_7000, 7),
            Slot(7,                  0x1000_8000, 8),
            new FirmwareConfiguration(0x1010_0000, memory, board.Harts.Count),
            Bank(0,                  0x2000_0000),
            Bank(1,                  0x2200_0000),
            new PciHost             (0x3000_0000, 32, HighWindow(board)),
            //                       0x4000_0000  PCI's memory, where there is no memory of the machine's own
            //                       0x8000_0000  memory, and behind it PCI's high memory
        ];
        foreach (var device in map) Attach(board, device);
        if (board.Configuration.Interruptor == CoreInterruptor.Aclint)
            Attach(board, new SupervisorSoftwareInterrupts(0x02f0_0000, Harts(board).Select(hart => (hart.Id, Raise(hart)))));
        // The harts look for memory first: banks may lie inside of a window.
        board.Bus.Attach(new PciWindow("gpex_mmio", new AddressRange(PciHost.MemoryWindow, PciHost.MemoryWindowBytes)));
        if (HighWindow(board) <= LastWindow) board.Bus.Attach(new PciWindow("gpex_mmio_high", new AddressRange(HighWindow(board), PciHost.HighWindowBytes)));

        if (board.Configuration.Firmware is FirmwareChoice.Model)
        {
            var disabled = board.Configuration.Harts.Where(hart => hart.Status == HartStatus.Disabled).Select(hart => hart.Id);
            board.Firmware = new SbiModel(board.Harts, disabled.ToHashSet(), memory, clock, uart, board.RequestStop);
        }

        VirtioMmio Slot(int slot, ulong address, uint source) =>
            new(address, source, board.Configuration.VirtioTransport, slots[slot], memory, plic.Source((int)source), clock);

        CfiFlash Bank(int bank, ulong address) =>
            new($"virt.flash{bank}", address, 32 << 20, FlashContent(board.Configuration, bank));
    }

    /// <summary>As QEMU: the next multiple of its size behind all memory.</summary>
    private static ulong HighWindow(Board board) =>
        (board.Memory.Banks[^1].EndAddress + PciHost.HighWindowBytes - 1) & ~(PciHost.HighWindowBytes - 1);

    private static void Attach(Board board, IDevice device)
    {
        foreach (var bank in board.Memory.Banks)
        {
            if (bank.BaseAddress < device.Range.EndAddress && device.Range.BaseAddress < bank.EndAddress)
                throw new ArgumentException($"The memory bank {bank} lies where the device {device.Name} answers, at {device.Range}.");
        }
        board.Bus.Attach(device);
    }

    /// <summary>By ascending id: so the registers of hart i are QEMU's where the ids are QEMU's.</summary>
    private static IEnumerable<Hart> Harts(Board board) => board.Harts.OrderBy(hart => hart.Id);

    private static InterruptLine Wire(Hart hart, InterruptCause cause) => new(level => hart.SetInterrupt(cause, level));

    private static Action Raise(Hart hart) => () => hart.SetPending(SupervisorSoftware, true);

    private static ReadOnlyMemory<byte> FlashContent(BoardConfiguration configuration, int bank) =>
        configuration.Devices.OfType<DeviceConfiguration.Flash>().Where(flash => flash.Bank == bank)
            .Select(flash => flash.Content.AsMemory()).FirstOrDefault();
}
