using Verification.Machine;
using Verification.Machine.Harts;
using Verification.Machine.Images;
using Verification.Machine.Isa;
using Verification.Machine.State;
using Verification.Specs.Linking;
using Verification.Specs.Oracles;
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
    public void Without_firmware_every_hart_that_is_not_disabled_executes_the_reset_vector()
    {
        using var board = Board.Boot(new BoardConfiguration
        {
            Harts = [new(0), new(1), new(2, HartStatus.Disabled)],
            Firmware = new FirmwareChoice.None(),
            Schedule = new Machine.Schedule.ScheduleChoice.RoundRobin(6),
        }, KernelImage.FromRaw(new byte[] { 0x6f, 0, 0, 0 }, Memory0));
        Assert.All(board.Harts.Take(2), hart => Assert.Equal((PrivilegeMode.Machine, 0x1000UL), (hart.Privilege, hart.Pc)));
        board.Run(12);

        Assert.Equal([HartRunState.Running, HartRunState.Running, HartRunState.Stopped], board.Harts.Select(hart => hart.RunState));
        Assert.All(board.Harts.Take(2), hart => Assert.Equal(
            (PrivilegeMode.Machine, Memory0, Memory0, hart.Id, board.DevicetreeAddress, 0x1028UL, 6UL),
            (hart.Privilege, hart.Pc, hart.GetRegister(5), hart.GetRegister(10), hart.GetRegister(11), hart.GetRegister(12), hart.Retired)));
        Assert.Null(board.Firmware);
    }

    [Fact]
    public void The_kernel_is_entered_at_its_lowest_address_whatever_its_entry_is()
    {
        var elf = ElfBytes();
        BitConverter.TryWriteBytes(elf.AsSpan(0x18), 0x8020_0002UL);
        using var board = Board.Boot(new BoardConfiguration(), KernelImage.Read(elf));

        Assert.Equal((0x8020_0000UL, PrivilegeMode.Supervisor), (board.Harts[0].Pc, board.Harts[0].Privilege));
    }

    [Fact]
    public void A_kernel_that_does_not_say_where_lies_behind_the_firmware_as_in_qemu()
    {
        Assert.Equal(Memory0, Board.LoadAddress(new() { Firmware = new FirmwareChoice.None() }));
        Assert.Equal(0x8020_0000UL, Board.LoadAddress(new()));
        Assert.Equal(0x8020_0000UL, Board.LoadAddress(new() { Firmware = new FirmwareChoice.File(new byte[2 << 20].ToValueList()) }));
        Assert.Equal(0x8040_0000UL, Board.LoadAddress(new() { Firmware = new FirmwareChoice.File(new byte[(2 << 20) + 1].ToValueList()) }));
    }

    [Fact]
    public void The_first_flash_bank_is_executed_from_reset()
    {
        using var board = Board.Boot(new BoardConfiguration
        {
            Firmware = new FirmwareChoice.None(),
            Devices = [new DeviceConfiguration.Flash(0, Assembler.Assemble("auipc t0, 0\nli t1, 0x100000\nli t2, 0x5555\nsw t2, 0(t1)").Bytes.ToValueList())],
        }, null);

        Assert.Equal(new StopReason.PowerOff(0), board.Run(100));
        Assert.Equal(0x2000_0000UL, board.Harts[0].GetRegister(5));
    }

    [Fact]
    public void The_second_flash_bank_is_what_firmware_starts()
    {
        using var board = Board.Boot(new BoardConfiguration
        {
            Devices = [new DeviceConfiguration.Flash(1, Assembler.Assemble("auipc t0, 0\ncsrr t1, sstatus\n1: j 1b").Bytes.ToValueList())],
        }, null);
        board.Run(10);

        Assert.Equal((0x2200_0000UL, PrivilegeMode.Supervisor), (board.Harts[0].GetRegister(5), board.Harts[0].Privilege));
    }

    [Fact]
    public void Files_of_the_loader_lie_where_they_are_to()
    {
        using var board = Board.Boot(new BoardConfiguration
        {
            Devices = [new DeviceConfiguration.Loader(0x8100_0000, [1, 2]), new DeviceConfiguration.Loader(null, ElfBytes().ToValueList())],
        }, KernelImage.FromRaw(new byte[4], 0x8050_0000));

        Assert.Equal((0x0201, 0x6f), (board.Memory.Read<ushort>(0x8100_0000), board.Memory.Read<byte>(0x8020_0000)));
    }

    [RequiresToolFact("qemu-system-riscv64")]
    public void The_registers_at_the_first_instruction_are_qemus()
    {
        // Every register but the one that says them, as sixteen digits.
        var text = string.Join('\n', Enumerable.Range(1, 30).Select(number => $$"""
            mv x31, x{{number}}
            call digits
            """)) + """

                li t0, 0x100000
                li t1, 0x5555
                sw t1, 0(t0)
            0:  j 0b
            digits:
                csrw mscratch, x5
                csrw sscratch, x6
                csrw mepc, x7
                li x5, 60
            1:  srl x6, x31, x5
                andi x6, x6, 15
                li x7, 10
                blt x6, x7, 2f
                addi x6, x6, 39
            2:  addi x6, x6, 48
                li x7, 0x10000000
                sb x6, 0(x7)
                addi x5, x5, -4
                bgez x5, 1b
                csrr x5, mscratch
                csrr x6, sscratch
                csrr x7, mepc
                ret
            """;
        var code = Assembler.Assemble(text, new AssemblerOptions { BaseAddress = Memory0 }).Bytes;
        using var file = new TemporaryFile(code);
        using var board = Board.Boot(new BoardConfiguration { Firmware = new FirmwareChoice.None() }, KernelImage.FromRaw(code, Memory0));
        Assert.Equal(new StopReason.PowerOff(0), board.Run(100_000));

        Assert.Equal(Tool.Run("qemu-system-riscv64", "-machine", "virt", "-nographic", "-bios", "none", "-kernel", file.Path).Output, board.ConsoleOutput);
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
        { "The reset vector leads to 0x80000000, where nothing is loaded: the kernel begins at 0x80200000.", new() { Firmware = new FirmwareChoice.None() }, 0x8020_0000 },
        { "A file of the loader takes 0x4 bytes at 0x80200002, where the kernel lies already.", new() { Devices = [new DeviceConfiguration.Loader(0x8020_0002, [1, 2, 3, 4])] }, 0x8020_0000 },
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

    private static KernelImage ElfWithBss() => KernelImage.Read(ElfBytes());

    private static byte[] ElfBytes()
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
        return elf;
    }
}
