using FsCheck.Xunit;
using Verification.Framework.Generation;
using Verification.Machine;
using Verification.Machine.Devicetree;
using Verification.Machine.Memory;
using Xunit;

namespace Verification.Specs.Generation;

[Properties(Arbitrary = [typeof(AnyMachine)])]
public sealed class MachineShrinkerSpecs
{
    private static readonly MachineSpace Space = AnyMachine.Space;

    [Property(MaxTest = 15)]
    public void Simpler_machines_are_well_formed_and_other_machines(BoardConfiguration machine)
    {
        foreach (var simpler in MachineShrinker.Simpler(Space, machine).Take(150))
        {
            Assert.Null(Space.Flaw(simpler));
            Assert.NotEqual(machine, simpler);
        }
    }

    [Property(MaxTest = 20)]
    public void A_failure_that_needs_nothing_shrinks_to_the_simplest_machine(BoardConfiguration machine) =>
        Assert.Equal(Space.Simplest, Shrink(machine, _ => true));

    [Fact]
    public void The_simplest_machine_has_no_simpler_one() => Assert.Empty(MachineShrinker.Simpler(Space, Space.Simplest));

    [Fact]
    public void The_simplest_machine_is_a_plain_one_of_qemu()
    {
        var simplest = Space.Simplest;

        Assert.Equal([new HartConfiguration(0)], simplest.Harts);
        Assert.Equal([new MemoryBank(0x8000_0000, 128 << 20)], simplest.Memory);
        Assert.Equal(new DevicetreeChoices(), simplest.Devicetree);
        Assert.False(simplest.Fill.IsNoise);
    }

    public static TheoryData<string, Func<BoardConfiguration, bool>, Func<BoardConfiguration, bool>> Failures => new()
    {
        {
            "needs three harts", machine => machine.Harts.Count >= 3,
            least => least.Harts.Select(hart => hart.Id).SequenceEqual(new ulong[] { 0, 1, 2 }) && least with { Harts = Space.Simplest.Harts } == Space.Simplest
        },
        {
            "needs a sparse id", machine => machine.Harts.Any(hart => hart.Id >= (ulong)machine.Harts.Count),
            least => least.Harts.Count == 1 && least.Harts[0].Id is >= 1 and <= 4
        },
        {
            "needs a disabled hart", machine => machine.Harts.Any(hart => hart.Status == HartStatus.Disabled),
            least => least.Harts.Count == 2 && least.Harts[0] == new HartConfiguration(0) && least.Harts[1] == new HartConfiguration(1, HartStatus.Disabled)
        },
        {
            "needs two banks", machine => machine.Memory.Count >= 2,
            least => least.Memory.Count == 2 && least.Memory.All(bank => bank.BaseAddress % 4096 == 0) && least.Devicetree == new DevicetreeChoices()
        },
        {
            "needs an odd bank", machine => machine.Memory.Any(bank => bank.SizeBytes % 4096 != 0),
            least => least.Memory.Count <= 2 && least.Harts.Count == 1 && !least.Fill.IsNoise
        },
        { "needs noise", machine => machine.Fill.IsNoise, least => least with { Fill = MemoryFill.Zero } == Space.Simplest },
        {
            "needs a deep node", machine => Nodes(machine).Any(node => node.Depth >= 3),
            least => Nodes(least).Count() == 4 && Nodes(least).All(node => node.Properties.Count == 0)
        },
        {
            "needs a property", machine => Nodes(machine).Any(node => node.Property("status") is not null),
            least => Nodes(least).Count() == 2 && Nodes(least).Sum(node => node.Properties.Count) == 1
        },
        {
            "needs reserved memory that is not to be mapped", machine => machine.Devicetree.ReservedMemory.Any(entry => entry.Mapping == ReservedMapping.NoMap),
            least => least.Devicetree.ReservedMemory.Count == 1 && least.Devicetree with { ReservedMemory = [] } == new DevicetreeChoices() && least.Memory.Count == 1
        },
        {
            "needs a placed devicetree", machine => machine.Devicetree.PlacementAddress is not null,
            least => least.Devicetree.PlacementAddress % 4096 == 0 && least.Devicetree with { PlacementAddress = null } == new DevicetreeChoices()
        },
        {
            "needs NOPs", machine => machine.Devicetree.BlobForm.MaximumNops > 0,
            least => least.Devicetree.BlobForm == DevicetreeBlobOptions.Default with { MaximumNops = 1 }
        },
        {
            "needs padding beyond 5000 bytes", machine => machine.Devicetree.BlobForm.PaddingBytes > 5000,
            least => least.Devicetree.BlobForm.PaddingBytes is > 5000 and < 10_002
        },
        {
            "needs four harts and a second bank at once", machine => machine.Harts.Count >= 4 && machine.Memory.Count >= 2,
            least => least.Harts.Count == 4 && least.Memory.Count == 2 && least.Devicetree == new DevicetreeChoices()
        },
    };

    [Theory]
    [MemberData(nameof(Failures))]
    public void Shrinking_arrives_at_the_minimum_for_a_failure_that(string needs, Func<BoardConfiguration, bool> fails, Func<BoardConfiguration, bool> isLeast)
    {
        var failing = Enumerable.Range(0, 2000).Select(index => MachineGenerator.Generate(Space, 3, index)).Where(fails).Take(5).ToArray();

        Assert.NotEmpty(failing);
        foreach (var machine in failing)
        {
            var least = Shrink(machine, fails);
            Assert.True(isLeast(least), $"A failure that {needs} was shrunk to {MachineToken.Print(least)} {least.Devicetree.ExtraSource}");
        }
    }

    private static BoardConfiguration Shrink(BoardConfiguration machine, Func<BoardConfiguration, bool> fails)
    {
        while (MachineShrinker.Simpler(Space, machine).FirstOrDefault(fails) is { } simpler) machine = simpler;
        return machine;
    }

    private static IEnumerable<DevicetreeNode> Nodes(BoardConfiguration machine) =>
        DevicetreeDocument.ParseSource($"/dts-v1/; / {{ {machine.Devicetree.ExtraSource} }};").Root.Descend();
}
