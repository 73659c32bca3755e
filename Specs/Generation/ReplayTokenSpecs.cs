using FsCheck.Xunit;
using Verification.Framework.Generation;
using Verification.Machine;
using Verification.Machine.Devices;
using Verification.Machine.Memory;
using Verification.Machine.Schedule;
using Xunit;

namespace Verification.Specs.Generation;

public class ReplayTokenSpecs
{
    [Fact]
    public void A_token_names_the_machine_with_all_its_choices()
    {
        var machine = new BoardConfiguration
        {
            Harts = [new HartConfiguration(7), new HartConfiguration(3, HartStatus.Disabled)],
            Memory = [new MemoryBank(0x8000_0000, 1 << 24), new MemoryBank(0x1_0000_0000, 12345)],
            Fill = MemoryFill.Noise(ulong.MaxValue),
            BootHartId = 7,
            Append = "a=b c",
            Initrd = [1, 2, 3],
            Devicetree = new DevicetreeChoices
            {
                AddressCells = 1,
                ReservedMemory = [new ReservedMemoryChoice(new AddressRange(0x8100_0000, 0x1000), ReservedMapping.NoMap)],
                HeaderReservations = [new AddressRange(0x8200_0000, 1)],
                ExtraSource = "node { };",
                PlacementAddress = 0x8300_0000,
            },
            Devices = [new DeviceConfiguration.VirtioBlock([1, 2]), new DeviceConfiguration.VirtioRandom()],
            Schedule = new ScheduleChoice.RoundRobin(17),
            Misaligned = MisalignedAccess.Trapped,
        };

        Assert.Equal(machine, ReplayToken.Read(ReplayToken.Of(machine)));
    }

    [Property]
    public void Numbers_of_any_size_survive(ulong seed, ulong hartId, ulong place)
    {
        var machine = new BoardConfiguration
        {
            Fill = MemoryFill.Noise(seed),
            BootHartId = hartId,
            Devicetree = new DevicetreeChoices { PlacementAddress = place },
        };

        Assert.Equal(machine, ReplayToken.Read(ReplayToken.Of(machine)));
    }

    [Fact]
    public void A_token_is_one_word_without_characters_that_a_shell_would_read() =>
        Assert.Matches("^[A-Za-z0-9_-]+$", ReplayToken.Of(new BoardConfiguration()));

    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("!!!")]
    public void What_is_no_token_is_refused(string text) => Assert.Throws<FormatException>(() => ReplayToken.Read(text));

    [Fact]
    public void A_damaged_token_is_refused_wherever_the_damage_is()
    {
        string token = ReplayToken.Of(new BoardConfiguration { Append = "words" });
        foreach (int i in Enumerable.Range(0, token.Length))
        {
            Assert.Throws<FormatException>(() => ReplayToken.Read(token[..i]));
            Assert.Throws<FormatException>(() => ReplayToken.Read(token[..i] + (token[i] == 'A' ? 'B' : 'A') + token[(i + 1)..]));
        }
    }

    [Property]
    public void No_text_does_worse_than_be_refused(string text)
    {
        try
        {
            ReplayToken.Read(text ?? "");
        }
        catch (FormatException)
        {
        }
    }
}
