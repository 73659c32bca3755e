using System.Security.Cryptography;
using System.Text;
using Verification.Framework.Generation;
using Verification.Machine;
using Verification.Machine.Devicetree;
using Verification.Machine.Images;
using Verification.Machine.Isa;
using Verification.Machine.Schedule;
using Xunit;

namespace Verification.Specs.Generation;

public sealed class MachineGeneratorSpecs
{
    private const int Count = 3000;
    private const ulong GibiByte = 1 << 30;

    private static readonly MachineSpace Space = AnyMachine.Space;

    private static readonly BoardConfiguration[] Machines =
        [.. Enumerable.Range(0, Count).Select(index => MachineGenerator.Generate(Space, 1, index))];

    public static TheoryData<string> Kernels => ["80200000-80220000", "80000000-80000100", "80000000-84000000", "80200018-802fffff", "90000000-90001000", "ffe00000-ffe10000"];

    [Fact]
    public void Every_machine_is_well_formed() => Assert.All(Machines, machine => Assert.Null(Space.Flaw(machine)));

    [Theory]
    [MemberData(nameof(Kernels))]
    public void Every_kernel_gets_well_formed_machines(string extent)
    {
        var ends = extent.Split('-');
        var space = new MachineSpace(new KernelExtent(Convert.ToUInt64(ends[0], 16), Convert.ToUInt64(ends[1], 16)));

        Assert.Null(space.Flaw(space.Simplest));
        Assert.All(Enumerable.Range(0, 300).Select(index => MachineGenerator.Generate(space, 2, index)), machine => Assert.Null(space.Flaw(machine)));
    }

    [Fact]
    public void Banks_lie_apart_and_hold_the_kernel_and_room_for_all_harts()
    {
        foreach (var machine in Machines)
        {
            var banks = machine.Memory.OrderBy(bank => bank.BaseAddress).ToArray();
            for (var i = 1; i < banks.Length; i++) Assert.True(banks[i - 1].EndAddress <= banks[i].BaseAddress);
            var own = Assert.Single(banks, bank => bank.Contains(Space.Kernel.BaseAddress, Space.Kernel.SizeBytes));
            Assert.True(own.EndAddress - Space.Kernel.EndAddress >= Space.LeastFreeBytes(machine.Harts.Count));
        }
    }

    [Fact]
    public void No_bank_lies_upon_a_device()
    {
        foreach (var bank in Machines.SelectMany(machine => machine.Memory))
        {
            // QEMU's virt: flash ends at 0x24000000, PCI's configuration space begins at 0x30000000 and memory at 0x80000000.
            Assert.True(bank.BaseAddress >= 0x8000_0000 || (bank.BaseAddress >= 0x2400_0000 && bank.EndAddress <= 0x3000_0000), bank.ToString());
        }
    }

    [Fact]
    public void Machines_are_a_pure_function_of_seed_and_number()
    {
        for (var index = 0; index < 100; index++)
        {
            Assert.Equal(Machines[index], MachineGenerator.Generate(Space, 1, index));
            Assert.NotEqual(Machines[index], MachineGenerator.Generate(Space, 2, index));
        }
    }

    [Fact]
    public void The_stream_of_machines_is_fixed_for_ever() =>
        // Reports name machines by seed and number: another stream would make them meaningless.
        Assert.Equal(AnyMachine.StreamDigest, Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(Machines.Take(100).Select(Text)))))[..16]);

    private static string Text(BoardConfiguration machine) =>
        $"{machine.Harts}{machine.BootHartId}{machine.Memory}{machine.Fill}{machine.Schedule}{machine.Devicetree.ReservedMemory}{machine.Devicetree.ExtraSource}";

    public static TheoryData<string, Func<BoardConfiguration, bool>, double> Dimensions => new()
    {
        { "one hart", machine => machine.Harts.Count == 1, 0.1 },
        { "more than 16 harts", machine => machine.Harts.Count > 16, 0.02 },
        { "more than 60 harts", machine => machine.Harts.Count > 60, 0.001 },
        { "sparse ids", machine => machine.Harts.Max(hart => hart.Id) >= (ulong)machine.Harts.Count, 0.2 },
        { "ids beyond 255", machine => machine.Harts.Any(hart => hart.Id > 255), 0.05 },
        { "unordered ids", machine => !machine.Harts.Select(hart => hart.Id).SequenceEqual(machine.Harts.Select(hart => hart.Id).Order()), 0.2 },
        { "disabled harts", machine => machine.Harts.Any(hart => hart.Status == HartStatus.Disabled), 0.05 },
        { "boot hart is not the first", machine => machine.BootHartId != machine.Harts[0].Id, 0.2 },
        { "no hart 0", machine => machine.Harts.All(hart => hart.Id != 0), 0.1 },
        { "several banks", machine => machine.Memory.Count > 1, 0.3 },
        { "more than 3 banks", machine => machine.Memory.Count > 3, 0.05 },
        { "kernel's bank is not the first", machine => !machine.Memory[0].Contains(Space.Kernel.BaseAddress, 1), 0.1 },
        { "banks below the kernel's", machine => machine.Memory.Any(bank => bank.EndAddress <= 0x8000_0000), 0.02 },
        { "banks beyond 4 GiB", machine => machine.Memory.Any(bank => bank.BaseAddress >= 4 * GibiByte), 0.05 },
        { "banks beyond 1 TiB", machine => machine.Memory.Any(bank => bank.BaseAddress >= 1024 * GibiByte), 0.01 },
        { "adjacent banks", machine => machine.Memory.Any(bank => machine.Memory.Any(other => other.BaseAddress == bank.EndAddress)), 0.02 },
        { "banks of less than a page", machine => machine.Memory.Any(bank => bank.SizeBytes < 4096), 0.02 },
        { "banks at odd addresses", machine => machine.Memory.Any(bank => bank.BaseAddress % 4096 != 0), 0.05 },
        { "banks of odd sizes", machine => machine.Memory.Any(bank => bank.SizeBytes % 4096 != 0), 0.1 },
        { "noise", machine => machine.Fill.IsNoise, 0.5 },
        { "zeros", machine => !machine.Fill.IsNoise, 0.1 },
        { "command line", machine => machine.Append is not null, 0.3 },
        { "1 address cell", machine => machine.Devicetree.AddressCells == 1, 0.2 },
        { "1 size cell", machine => machine.Devicetree.SizeCells == 1, 0.2 },
        { "reserved memory", machine => machine.Devicetree.ReservedMemory.Count > 0, 0.2 },
        { "no-map", machine => machine.Devicetree.ReservedMemory.Any(entry => entry.Mapping == ReservedMapping.NoMap), 0.1 },
        { "reserved memory that may be mapped", machine => machine.Devicetree.ReservedMemory.Any(entry => entry.Mapping == ReservedMapping.Allowed), 0.1 },
        { "reserved memory of part of a page", machine => machine.Devicetree.ReservedMemory.Any(entry => entry.Range.SizeBytes % 4096 != 0), 0.05 },
        { "header reservations", machine => machine.Devicetree.HeaderReservations.Count > 0, 0.2 },
        { "further nodes", machine => machine.Devicetree.ExtraSource.Length > 0, 0.3 },
        { "deeply nested nodes", machine => Depth(machine) > 20, 0.02 },
        { "large blobs", machine => machine.Devicetree.BlobForm.PaddingBytes > 65536, 0.005 },
        { "unusual order of blocks", machine => machine.Devicetree.BlobForm.Order != BlobBlockOrder.ReservationsStructureStrings, 0.1 },
        { "NOPs", machine => machine.Devicetree.BlobForm.MaximumNops > 0, 0.05 },
        { "devicetree placed", machine => machine.Devicetree.PlacementAddress is not null, 0.3 },
        { "devicetree at 8 bytes", machine => machine.Devicetree.PlacementAddress % 4096 is not (null or 0), 0.1 },
        { "devicetree right behind the kernel", machine => machine.Devicetree.PlacementAddress - Space.Kernel.EndAddress < 8, 0.01 },
        { "devicetree in another bank than the kernel", machine => machine.Devicetree.PlacementAddress is { } place && !machine.Memory.Single(bank => bank.Contains(Space.Kernel.BaseAddress, 1)).Contains(place, 1), 0.02 },
        { "turns in order", machine => machine.Schedule is ScheduleChoice.RoundRobin, 0.1 },
        { "random turns", machine => machine.Schedule is ScheduleChoice.Interleaved, 0.5 },
        { "turns of few instructions", machine => machine.Schedule is ScheduleChoice.Interleaved { QuantumMin: < 10 }, 0.05 },
        { "other extensions", machine => machine.Extensions != IsaExtensions.Default, 0.3 },
        { "no Sstc", machine => (machine.Extensions & IsaExtensions.Sstc) == 0, 0.05 },
        { "further devices", machine => machine.Devices.Count > 0, 0.05 },
    };

    [Theory]
    [MemberData(nameof(Dimensions))]
    public void The_distribution_covers(string dimension, Func<BoardConfiguration, bool> holds, double atLeast)
    {
        var share = Machines.Count(holds) / (double)Count;

        Assert.True(share >= atLeast, $"{dimension}: {share:p1} of the machines");
        Assert.True(share < 1, $"{dimension}: all machines");
    }

    private static int Depth(BoardConfiguration machine) =>
        DevicetreeDocument.ParseSource($"/dts-v1/; / {{ {machine.Devicetree.ExtraSource} }};").Root.Descend().Max(node => node.Depth);
}
