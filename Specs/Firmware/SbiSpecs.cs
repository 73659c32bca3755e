using System.Text;
using FsCheck.Xunit;
using Verification.Machine;
using Verification.Machine.Harts;
using Verification.Machine.Isa;
using Verification.Machine.State;
using Xunit;

namespace Verification.Specs.Firmware;

/// <summary>Numbers of extensions, functions and errors are those printed in the SBI specification 2.0.</summary>
public class SbiSpecs
{
    private const uint BaseExtension = 0x10, Time = 0x54494D45, Ipi = 0x735049, Fence = 0x52464E43, HartState = 0x48534D, Reset = 0x53525354, Console = 0x4442434E;
    private const long Success = 0, NotSupported = -2, InvalidParameter = -3, InvalidAddress = -5, AlreadyAvailable = -6;
    private const ulong AllHarts = ulong.MaxValue;

    private readonly SbiBench _bench = new([.. SbiBench.Harts(3, 0, 200), new HartConfiguration(5, HartStatus.Disabled)]);

    private Board Board => _bench.Board;

    private Hart Other => Board.FindHart(0)!;

    [Theory]
    [InlineData(0UL, 1UL, 0L), InlineData(0UL, 2UL, -3L), InlineData(0UL, ulong.MaxValue, 0L), InlineData(1UL, 2UL, -3L)]
    public void A_mask_that_starts_behind_the_last_hart_is_no_mask(ulong mask, ulong start, long error) =>
        Assert.Equal(error, new SbiBench(SbiBench.Harts(0, 1)).Call(0x0073_5049, 0, mask, start).Error);

    [Fact]
    public void The_boot_hart_enters_in_supervisor_mode_with_its_id_and_the_devicetree_and_the_others_are_stopped()
    {
        var boot = _bench.Boot;
        Assert.Equal((PrivilegeMode.Supervisor, SbiBench.Loop, 3UL, Board.DevicetreeAddress),
            (boot.Privilege, boot.Pc, boot.GetRegister(10), boot.GetRegister(11)));
        Assert.All(Board.Harts.Skip(1), hart => Assert.Equal(HartRunState.Stopped, hart.RunState));
        Assert.Equal(0xd00dfeedu, System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(Board.Memory.Read<uint>(Board.DevicetreeAddress)));
    }

    [Fact]
    public void Base_tells_the_version_and_which_extensions_there_are()
    {
        Assert.Equal((Success, 0x0200_0000UL), _bench.Call(BaseExtension, 0));
        foreach (var extension in new[] { BaseExtension, Time, Ipi, Fence, HartState, Reset, Console, 0u, 1u, 2u, 3u, 4u, 5u, 6u, 7u, 8u })
            Assert.Equal((Success, 1UL), _bench.Call(BaseExtension, 3, extension));
        foreach (var extension in new[] { 9u, 0x504D55u, 0x53555350u, 0x43505043u, 0x4E41434Cu, 0x535441u })
            Assert.Equal((Success, 0UL), _bench.Call(BaseExtension, 3, extension));
    }

    [Theory]
    [InlineData(BaseExtension, 7u), InlineData(Time, 1u), InlineData(Ipi, 1u), InlineData(Fence, 3u), InlineData(HartState, 4u)]
    [InlineData(Reset, 1u), InlineData(Console, 3u), InlineData(0x504D55u, 0u), InlineData(9u, 0u)]
    public void What_is_not_there_is_not_supported(uint extension, uint function) =>
        Assert.Equal(NotSupported, _bench.Call(extension, function).Error);

    [Fact]
    public void The_timer_interrupts_at_its_time_and_a_later_time_takes_it_back()
    {
        Assert.Equal(Success, _bench.Call(Time, 0, 50).Error);
        Board.Run(100 * 49);
        Assert.False(_bench.IsPending(_bench.Boot, InterruptCause.SupervisorTimer));
        Board.Run(100 * 2);
        Assert.True(_bench.IsPending(_bench.Boot, InterruptCause.SupervisorTimer));
        _bench.Call(Time, 0, ulong.MaxValue);
        Assert.False(_bench.IsPending(_bench.Boot, InterruptCause.SupervisorTimer));
    }

    [Fact]
    public void A_software_interrupt_goes_to_the_harts_of_the_mask()
    {
        Assert.Equal(Success, _bench.Call(Ipi, 0, 1 << 3, 0).Error);
        Assert.Equal([true, false, false], Board.Harts.Take(3).Select(hart => _bench.IsPending(hart, InterruptCause.SupervisorSoftware)));
        Assert.Equal(Success, _bench.Call(Ipi, 0, 1, 200).Error);
        Assert.True(_bench.IsPending(Board.FindHart(200)!, InterruptCause.SupervisorSoftware));
    }

    [Fact]
    public void A_base_of_all_ones_means_all_harts()
    {
        Assert.Equal(Success, _bench.Call(Ipi, 0, 0, AllHarts).Error);
        Assert.Equal([true, true, true, false], Board.Harts.Select(hart => _bench.IsPending(hart, InterruptCause.SupervisorSoftware)));
    }

    [Theory]
    [InlineData(0b11UL, 0UL), InlineData(1UL, 1UL), InlineData(1UL << 5, 0UL), InlineData(2UL, ulong.MaxValue - 1), InlineData(1UL, 1UL << 40)]
    public void A_mask_with_a_hart_that_is_not_available_is_invalid_and_reaches_nobody(ulong mask, ulong maskBase)
    {
        Assert.Equal(InvalidParameter, _bench.Call(Ipi, 0, mask, maskBase).Error);
        Assert.Equal(InvalidParameter, _bench.Call(Fence, 0, mask, maskBase).Error);
        Assert.All(Board.Harts, hart => Assert.False(_bench.IsPending(hart, InterruptCause.SupervisorSoftware)));
    }

    [Theory]
    [InlineData(0u), InlineData(1u), InlineData(2u)]
    public void Fences_reach_any_range(uint function) =>
        Assert.Equal(Success, _bench.Call(Fence, function, 1, 3, 0, ulong.MaxValue, 7).Error);

    [Fact]
    public void A_hart_is_started_at_an_address_with_its_id_and_the_opaque_word()
    {
        Assert.Equal((Success, 1UL), _bench.Call(HartState, 2, 0));
        Assert.Equal(Success, _bench.Call(HartState, 0, 0, SbiBench.Loop, 77).Error);

        Assert.Equal((Success, 0UL), _bench.Call(HartState, 2, 0));
        Assert.Equal((PrivilegeMode.Supervisor, SbiBench.Loop, 0UL, 77UL), (Other.Privilege, Other.Pc, Other.GetRegister(10), Other.GetRegister(11)));
        Assert.Equal(AlreadyAvailable, _bench.Call(HartState, 0, 0, SbiBench.Loop, 77).Error);
        Assert.Equal(AlreadyAvailable, _bench.Call(HartState, 0, 3, SbiBench.Loop, 77).Error);
    }

    [Theory]
    [InlineData(5UL, SbiBench.Loop, InvalidParameter), InlineData(1UL, SbiBench.Loop, InvalidParameter)]
    [InlineData(ulong.MaxValue, SbiBench.Loop, InvalidParameter), InlineData(0UL, 0x1000UL, InvalidAddress)]
    [InlineData(0UL, SbiBench.Memory0 + SbiBench.MemoryBytes, InvalidAddress), InlineData(0UL, SbiBench.Loop + 1, InvalidAddress)]
    public void Harts_and_addresses_that_do_not_exist_are_told_apart(ulong hart, ulong address, long error)
    {
        Assert.Equal(error, _bench.Call(HartState, 0, hart, address, 0).Error);
        Assert.Equal(HartRunState.Stopped, Other.RunState);
    }

    [Fact]
    public void A_stopped_hart_can_be_started_again()
    {
        _bench.Call(HartState, 0, 0, SbiBench.Loop, 1);
        _bench.Call(Other, HartState, 1);
        Assert.Equal((Success, 1UL), _bench.Call(HartState, 2, 0));
        Assert.Equal(Success, _bench.Call(HartState, 0, 0, SbiBench.Loop + 2, 2).Error);
        Assert.Equal((SbiBench.Loop + 2, 2UL), (Other.Pc, Other.GetRegister(11)));
    }

    [Fact]
    public void A_suspended_hart_says_so_until_its_interrupt_comes()
    {
        _bench.Call(HartState, 0, 0, SbiBench.Loop, 1);
        Assert.True(Other.TrySetCsr(0x304, 1 << 1));
        Assert.Equal(Success, _bench.Call(Other, HartState, 3, 0).Error);
        Assert.Equal((Success, 4UL), _bench.Call(HartState, 2, 0));

        _bench.Call(Ipi, 0, 1, 0);

        Assert.Equal((Success, 0UL), _bench.Call(HartState, 2, 0));
    }

    [Fact]
    public void Non_retentive_suspension_goes_on_at_its_address()
    {
        _bench.Call(HartState, 0, 0, SbiBench.Loop, 1);
        _bench.Call(Other, HartState, 3, 0x8000_0000, SbiBench.Loop + 2, 9);

        Assert.Equal((SbiBench.Loop + 2, 0UL, 9UL), (Other.Pc, Other.GetRegister(10), Other.GetRegister(11)));
        Assert.Equal(HartRunState.Waiting, Other.RunState);
        Assert.Equal(InvalidAddress, _bench.Call(HartState, 3, 0x8000_0000, 4).Error);
        Assert.Equal(InvalidParameter, _bench.Call(HartState, 3, 1).Error);
        Assert.Equal(InvalidParameter, _bench.Call(HartState, 3, 0x9000_0000).Error);
    }

    [Theory]
    [InlineData(0UL, 0UL, 0u), InlineData(0UL, 1UL, 1u)]
    public void Shutdown_switches_the_board_off(ulong kind, ulong reason, uint code)
    {
        _bench.Call(Reset, 0, kind, reason);
        Assert.Equal(new StopReason.PowerOff(code), Board.Run(1000));
    }

    [Theory]
    [InlineData(1UL), InlineData(2UL)]
    public void Reboots_are_resets(ulong kind)
    {
        _bench.Call(Reset, 0, kind, 0);
        Assert.Equal(new StopReason.Reset(), Board.Run(1000));
    }

    [Theory]
    [InlineData(3UL, 0UL), InlineData(0UL, 2UL), InlineData(0xF000_0000UL, 0UL), InlineData(0UL, 0xE000_0000UL)]
    public void Other_resets_are_invalid(ulong kind, ulong reason)
    {
        Assert.Equal(InvalidParameter, _bench.Call(Reset, 0, kind, reason).Error);
        Assert.Equal(new StopReason.Budget(), Board.Run(1000));
    }

    [Fact]
    public void The_debug_console_writes_and_reads_memory()
    {
        Board.Memory.Write(SbiBench.Memory0, "hello"u8);
        Assert.Equal((Success, 5UL), _bench.Call(Console, 0, 5, SbiBench.Memory0, 0));
        Assert.Equal(Success, _bench.Call(Console, 2, '!').Error);
        Assert.Equal("hello!", Board.ConsoleOutput);

        Board.ConsoleInput("key");
        Assert.Equal((Success, 3UL), _bench.Call(Console, 1, 10, SbiBench.Memory0 + 64, 0));
        var read = new byte[3];
        Board.Memory.Read(SbiBench.Memory0 + 64, read);
        Assert.Equal("key", Encoding.ASCII.GetString(read));
        Assert.Equal((Success, 0UL), _bench.Call(Console, 1, 10, SbiBench.Memory0 + 64, 0));
    }

    [Theory]
    [InlineData(5UL, 0x1000UL, 0UL), InlineData(5UL, SbiBench.Memory0, 1UL), InlineData(5UL, SbiBench.Memory0 + SbiBench.MemoryBytes - 4, 0UL)]
    [InlineData(ulong.MaxValue, SbiBench.Memory0, 0UL)]
    public void The_debug_console_refuses_what_is_not_memory(ulong length, ulong low, ulong high)
    {
        Assert.Equal(InvalidParameter, _bench.Call(Console, 0, length, low, high).Error);
        Assert.Equal(InvalidParameter, _bench.Call(Console, 1, length, low, high).Error);
        Assert.Empty(Board.ConsoleBytes);
    }

    [Fact]
    public void Legacy_calls_leave_a1_alone()
    {
        Assert.Equal((0, 42UL), _bench.Call(1, 0, 'x', 42));
        Assert.Equal((-1, 42UL), _bench.Call(2, 0, 0, 42));
        Board.ConsoleInput("y");
        Assert.Equal(('y', 42UL), _bench.Call(2, 0, 0, 42));
        Assert.Equal("x", Board.ConsoleOutput);
    }

    [Fact]
    public void Legacy_masks_lie_in_memory()
    {
        Board.Memory.Write(SbiBench.Memory0, 0b1001UL);
        Assert.Equal(0, _bench.Call(4, 0, SbiBench.Memory0).Error);
        Assert.True(_bench.IsPending(_bench.Boot, InterruptCause.SupervisorSoftware));
        Assert.True(_bench.IsPending(Other, InterruptCause.SupervisorSoftware));
        Assert.Equal(0, _bench.Call(3, 0).Error);
        Assert.False(_bench.IsPending(_bench.Boot, InterruptCause.SupervisorSoftware));
        foreach (uint fence in new[] { 5, 6, 7 }) Assert.Equal(0, _bench.Call(fence, 0).Error);
        Assert.True(_bench.Call(4, 0, 0x10).Error < 0);
        _bench.Call(8, 0);
        Assert.Equal(new StopReason.PowerOff(0), Board.Run(1000));
    }

    [Fact]
    public void Without_a_comparator_of_its_own_a_hart_gets_the_firmwares_timer_through_snapshots_too()
    {
        using var board = Board.Boot(new BoardConfiguration
        {
            Memory = [new(SbiBench.Memory0, SbiBench.MemoryBytes)],
            Extensions = IsaString.Without(IsaExtensions.Default, IsaExtensions.Sstc),
        }, Machine.Images.KernelImage.FromRaw(new byte[] { 0x6f, 0, 0, 0 }, SbiBench.Loop));
        board.Harts[0].SetRegister(17, Time);
        board.Harts[0].SetRegister(16, 0);
        board.Harts[0].SetRegister(10, 50);
        board.Firmware!.Call(board.Harts[0]);
        using var fork = board.Fork();
        foreach (var each in new[] { board, fork })
        {
            each.Run(100 * 49);
            Assert.False(_bench.IsPending(each.Harts[0], InterruptCause.SupervisorTimer));
            each.Run(100 * 2);
            Assert.True(_bench.IsPending(each.Harts[0], InterruptCause.SupervisorTimer));
        }
    }

    [Property(MaxTest = 200)]
    public void No_call_breaks_the_model(uint extension, uint function, ulong[] arguments, bool known)
    {
        uint[] numbers = [0, 1, 2, 3, 4, 5, 6, 7, 8, BaseExtension, Time, Ipi, Fence, HartState, Reset, Console];
        var bench = new SbiBench(SbiBench.Harts(0, 1));
        var twin = new SbiBench(SbiBench.Harts(0, 1));
        if (known) (extension, function) = (numbers[extension % (uint)numbers.Length], function % 4);

        Assert.Equal(bench.Call(extension, function, arguments), twin.Call(extension, function, arguments));
        Assert.Equal(bench.Board.StateHash(), twin.Board.StateHash());
    }
}
