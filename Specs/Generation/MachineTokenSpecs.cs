using FsCheck;
using FsCheck.Xunit;
using Verification.Framework.Generation;
using Verification.Machine;
using Verification.Machine.Devices;
using Verification.Machine.Devicetree;
using Verification.Machine.Isa;
using Verification.Machine.Memory;
using Verification.Machine.Schedule;
using Xunit;

namespace Verification.Specs.Generation;

[Properties(Arbitrary = [typeof(AnyMachine)])]
public sealed class MachineTokenSpecs
{
    private static readonly BoardConfiguration Furnished = new()
    {
        Harts = [new HartConfiguration(7), new HartConfiguration(3, HartStatus.Disabled)],
        BootHartId = 7,
        Extensions = IsaExtensions.G | IsaExtensions.Zacas,
        Memory = [new MemoryBank(0x8000_0000, 0x800_0001), new MemoryBank(0x10_0000_0000, 1)],
        Fill = MemoryFill.Noise(0x5eed),
        Append = "a=\u00e4 \"b\"",
        Initrd = [1, 2, 3],
        Devices =
        [
            new DeviceConfiguration.VirtioBlock([4, 5]) { Slot = 3 }, new DeviceConfiguration.VirtioConsole(), new DeviceConfiguration.VirtioRandom { Slot = 0 },
            new DeviceConfiguration.VirtioNet(), new DeviceConfiguration.Flash(1, [6]),
            new DeviceConfiguration.VirtioNet { Slot = 5, Peer = new NetworkPeer.Scripted([new("ff .. 08", [1, 2], 1000), new("", [])]) },
            new DeviceConfiguration.VirtioNet { Peer = new NetworkPeer.Scripted([]) },
            new DeviceConfiguration.Loader(0x8400_0000, [7]), new DeviceConfiguration.Loader(null, []),
        ],
        VirtioTransport = VirtioTransport.Modern,
        Interruptor = CoreInterruptor.Aclint,
        Firmware = new FirmwareChoice.File([9, 9]),
        Schedule = new ScheduleChoice.Recorded(new ScheduleRecord([new SchedulerChoice(1, 1500), new SchedulerChoice(0, 2)])),
        Misaligned = MisalignedAccess.Trapped,
        Devicetree = new DevicetreeChoices
        {
            AddressCells = 1,
            SizeCells = 1,
            ReservedMemory = [new ReservedMemoryChoice(new AddressRange(0x8100_0000, 5), ReservedMapping.NoMap), new ReservedMemoryChoice(new AddressRange(0x8200_0000, 0x1000), ReservedMapping.Allowed)],
            HeaderReservations = [new AddressRange(1, 2)],
            ExtraSource = "a { b = \"\u00e4.~\"; };",
            BlobForm = new DevicetreeBlobOptions { Version = 16, PaddingBytes = 1, GapBytes = 2, Order = BlobBlockOrder.StringsStructureReservations, StringSharing = BlobStringSharing.None, MaximumNops = 3, NopSeed = 4 },
            PlacementAddress = 0x8300_0008,
            Blob = [0xd0, 0x0d],
        },
    };

    [Property]
    public void A_token_reads_back_as_its_machine(BoardConfiguration machine) =>
        Assert.Equal(machine, MachineToken.Parse(MachineToken.Print(machine)));

    [Fact]
    public void A_machine_with_everything_survives_too() => Assert.Equal(Furnished, MachineToken.Parse(MachineToken.Print(Furnished)));

    [Fact]
    public void Every_dimension_of_a_machine_is_furnished_above()
    {
        // A dimension that is added to machines and not to tokens would be lost in every replay: this finds it.
        foreach (var property in typeof(BoardConfiguration).GetProperties().Where(property => property.CanWrite))
            Assert.False(Equals(property.GetValue(new BoardConfiguration()), property.GetValue(Furnished)), property.Name);
        foreach (var property in typeof(DevicetreeChoices).GetProperties().Where(property => property.CanWrite))
            Assert.False(Equals(property.GetValue(new DevicetreeChoices()), property.GetValue(Furnished.Devicetree)), property.Name);
        foreach (var property in typeof(DevicetreeBlobOptions).GetProperties().Where(property => property.CanWrite))
            Assert.False(Equals(property.GetValue(new DevicetreeBlobOptions()), property.GetValue(Furnished.Devicetree.BlobForm)), property.Name);
    }

    [Fact]
    public void Every_kind_of_device_and_of_network_peer_is_furnished_above()
    {
        Assert.Equal(Kinds(typeof(DeviceConfiguration)), Furnished.Devices.Select(device => device.GetType().Name).Distinct().Order());
        Assert.Equal(Kinds(typeof(NetworkPeer)), Furnished.Devices.OfType<DeviceConfiguration.VirtioNet>().Select(net => net.Peer.GetType().Name).Distinct().Order());

        static IEnumerable<string> Kinds(Type type) =>
            type.Assembly.GetTypes().Where(kind => !kind.IsAbstract && kind.IsAssignableTo(type)).Select(kind => kind.Name).Order();
    }

    [Property]
    public void A_token_is_one_word_that_a_shell_leaves_alone(BoardConfiguration machine) =>
        Assert.Matches("^[A-Za-z0-9_.,+~@:-]+$", MachineToken.Print(machine));

    [Fact]
    public void So_is_that_of_a_machine_with_everything() => Assert.Matches("^[A-Za-z0-9_.,+~@:-]+$", MachineToken.Print(Furnished));

    // The checksums here and below were computed with zlib.
    [Fact]
    public void The_simplest_machine_has_a_short_token() =>
        Assert.Equal("virt1.h0.b0.m80000000+8000000.sr10000~f0782273", MachineToken.Print(AnyMachine.Space.Simplest));

    [Property]
    public void A_damaged_token_is_refused_in_a_sentence(BoardConfiguration machine, PositiveInt at, char sign)
    {
        var token = MachineToken.Print(machine).ToCharArray();
        if (token[at.Get % token.Length] == sign) return;
        token[at.Get % token.Length] = sign;

        var refusal = Assert.Throws<MachineTokenException>(() => MachineToken.Parse(new string(token)));
        Assert.EndsWith(".", refusal.Message);
    }

    [Theory]
    [InlineData("", "A machine's token begins with 'virt' and ends with '~' and a checksum.")]
    [InlineData("nonsense", "A machine's token begins with 'virt' and ends with '~' and a checksum.")]
    [InlineData("virt2.h0~00000000", "The token is of version 'virt2', and this program reads 'virt1'.")]
    [InlineData("virt1.h0~00000000", "The token is damaged: its checksum should be aa3281a0.")]
    public void What_is_no_token_is_refused_with_the_reason(string token, string sentence) =>
        Assert.Equal(sentence, Assert.Throws<MachineTokenException>(() => MachineToken.Parse(token)).Message);
}
