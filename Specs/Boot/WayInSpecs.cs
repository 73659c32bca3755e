using Verification.Machine;
using Verification.Machine.Harts;
using Verification.Machine.Images;
using Verification.Machine.State;
using Xunit;

namespace Verification.Specs.Boot;

public class WayInSpecs
{
    private const ulong Memory0 = 0x8000_0000;
    private static readonly KernelImage Kernel = KernelImage.FromRaw(new byte[] { 0x6f, 0, 0, 0 }, 0x8020_0000);

    [Theory]
    [InlineData(128UL << 20, 0x87e0_0000UL), InlineData(129UL << 20, 0x8800_0000UL), InlineData(1UL << 30, 0xbfe0_0000UL)]
    [InlineData(4UL << 30, 0xbfe0_0000UL)]
    public void The_devicetree_lies_where_qemu_puts_it(ulong memoryBytes, ulong address)
    {
        using var board = Board.Boot(new BoardConfiguration { Memory = [new(Memory0, memoryBytes)] }, Kernel);
        Assert.Equal(address, board.DevicetreeAddress);
    }

    [Fact]
    public void The_devicetree_goes_round_what_is_taken_or_reserved()
    {
        using var board = Board.Boot(new BoardConfiguration
        {
            Memory = [new(Memory0, 8 << 20)],
            Devicetree = new() { HeaderReservations = [new(0x8060_0100, 16)] },
        }, KernelImage.FromRaw(new byte[1 << 20], 0x8040_0000));

        Assert.Equal(0x8020_0000UL, board.DevicetreeAddress);
    }

    [Fact]
    public void The_devicetree_lies_where_the_user_wants_it()
    {
        using var board = Board.Boot(new BoardConfiguration { Devicetree = new() { PlacementAddress = Memory0 + 8 } }, Kernel);
        Assert.Equal(Memory0 + 8, board.Harts[0].GetRegister(11));
    }

    [Fact]
    public void A_ramdisk_lies_half_the_memory_behind_the_entry_and_the_tree_names_it()
    {
        using var board = Board.Boot(new BoardConfiguration { Initrd = [1, 2, 3] }, Kernel);

        Assert.Equal(0x8020_0000UL + (64 << 20), board.InitrdRange.BaseAddress);
        Assert.Equal(0x0201, board.Memory.Read<ushort>(board.InitrdRange.BaseAddress));
        Assert.Equal((uint)board.InitrdRange.BaseAddress, board.Devicetree.Find("/chosen")!.Cell("linux,initrd-start"));
        Assert.Equal((uint)board.InitrdRange.EndAddress, board.Devicetree.Find("/chosen")!.Cell("linux,initrd-end"));
    }

    [Fact]
    public void Without_firmware_every_hart_that_is_not_disabled_starts_in_machine_mode()
    {
        using var board = Board.Boot(new BoardConfiguration
        {
            Harts = [new(0), new(1), new(2, HartStatus.Disabled)],
            Firmware = new FirmwareChoice.None(),
        }, Kernel);

        Assert.Equal([HartRunState.Running, HartRunState.Running, HartRunState.Stopped], board.Harts.Select(hart => hart.RunState));
        Assert.All(board.Harts.Take(2), hart => Assert.Equal(
            (PrivilegeMode.Machine, 0x8020_0000UL, hart.Id, board.DevicetreeAddress),
            (hart.Privilege, hart.Pc, hart.GetRegister(10), hart.GetRegister(11))));
        Assert.Null(board.Firmware);
    }

    [Fact]
    public void Memory_behind_an_images_content_is_zero_though_memory_was_noise()
    {
        using var board = Board.Boot(new BoardConfiguration { Fill = Machine.Memory.MemoryFill.Noise(1) }, ElfWithBss());
        var bss = new byte[0x2000];
        board.Memory.Read(0x8020_0004, bss);

        Assert.All(bss, value => Assert.Equal(0, value));
    }

    [Fact]
    public void A_fork_knows_its_devicetree()
    {
        using var board = Board.Boot(new BoardConfiguration(), Kernel);
        using var fork = board.Fork();

        Assert.Equal(board.DevicetreeRange, fork.DevicetreeRange);
        Assert.Equal(board.StateHash(), fork.StateHash());
    }

    public static TheoryData<string, BoardConfiguration, ulong> Impossible => new()
    {
        { "The kernel takes 0x4 bytes at 0x70000000, where the machine has no memory.", new(), 0x7000_0000 },
        { "The devicetree takes 0x", new() { Devicetree = new() { PlacementAddress = 0x8020_0000 } }, 0x8020_0000 },
        { "A devicetree must lie at a multiple of 8, not at 0x80000001.", new() { Devicetree = new() { PlacementAddress = 0x8000_0001 } }, 0x8020_0000 },
        { "There is no hart 9 to boot on.", new() { BootHartId = 9 }, 0x8020_0000 },
        { "The hart 0 is disabled and can't boot.", new() { Harts = [new(0, HartStatus.Disabled), new(1)] }, 0x8020_0000 },
        { "The ramdisk takes", new() { Memory = [new(0x8020_0000, 0x1000)], Initrd = new byte[0x1000].ToValueList() }, 0x8020_0000 },
        { "There is no virtio slot 8: they are 0 to 7.", new() { Devices = [new DeviceConfiguration.VirtioNet { Slot = 8 }] }, 0x8020_0000 },
        { "The memory bank 0xfffff00+0x1000 lies where the device serial answers, at 0x10000000+0x8.", new() { Memory = [new(0x0fff_ff00, 0x1000)] }, 0x8020_0000 },
        { "The virtio slot 2 is taken twice.", new() { Devices = [new DeviceConfiguration.VirtioNet { Slot = 2 }, new DeviceConfiguration.VirtioRandom { Slot = 2 }] }, 0x8020_0000 },
    };

    [Theory]
    [MemberData(nameof(Impossible))]
    public void What_is_impossible_is_said_in_a_sentence(string sentence, BoardConfiguration configuration, ulong kernelAddress)
    {
        var thrown = Assert.Throws<ArgumentException>(() => Board.Boot(configuration, KernelImage.FromRaw(new byte[4], kernelAddress)));
        Assert.StartsWith(sentence, thrown.Message);
    }

    [Fact]
    public void Virtio_devices_without_a_slot_take_the_highest_ones_as_in_qemu()
    {
        using var board = new Board(new BoardConfiguration
        {
            Devices = [new DeviceConfiguration.VirtioNet(), new DeviceConfiguration.VirtioRandom(), new DeviceConfiguration.VirtioBlock([1]) { Slot = 0 }],
        });

        Assert.True(board.Bus.Read(0x1000_8008, 4, out var last) && last == 1);
        Assert.True(board.Bus.Read(0x1000_7008, 4, out var next) && next == 4);
        Assert.True(board.Bus.Read(0x1000_1008, 4, out var first) && first == 2);
    }

    private static KernelImage ElfWithBss()
    {
        var elf = new byte[0x7c];
        "\u007fELF\u0002\u0001\u0001"u8.CopyTo(elf);
        (elf[0x10], elf[0x12], elf[0x14], elf[0x20], elf[0x34], elf[0x36], elf[0x38]) = (2, 243, 1, 0x40, 0x40, 0x38, 1);
        BitConverter.TryWriteBytes(elf.AsSpan(0x18), 0x8020_0000UL);
        (elf[0x40], elf[0x44], elf[0x48]) = (1, 7, 0x78);
        BitConverter.TryWriteBytes(elf.AsSpan(0x50), 0x8020_0000UL);
        BitConverter.TryWriteBytes(elf.AsSpan(0x58), 0x8020_0000UL);
        BitConverter.TryWriteBytes(elf.AsSpan(0x60), 4UL);
        BitConverter.TryWriteBytes(elf.AsSpan(0x68), 0x2004UL);
        BitConverter.TryWriteBytes(elf.AsSpan(0x70), 1UL);
        elf[0x78] = 0x6f;
        return KernelImage.Read(elf);
    }
}
