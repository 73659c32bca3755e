using Verification.Machine;
using Verification.Machine.Devices;
using Verification.Machine.State;
using Verification.Specs.Oracles;
using Xunit;

namespace Verification.Specs.Privileged;

/// <summary>The devices' registers against QEMU's, by random accesses of all widths. More by VERIFICATION_SCRIPTS=N.</summary>
public class DeviceRegisterSpecs
{
    private const int DiskBytes = 65_536;
    private static readonly int Seeds = Setting.Number("VERIFICATION_SCRIPTS", 1);

    public static TheoryData<string> Devices => new(DeviceScript.Names);

    [RequiresToolTheory(Script.Qemu)]
    [MemberData(nameof(Devices))]
    public void Every_access_is_answered_or_refused_as_by_QEMU(string device)
    {
        for (var seed = 1; seed <= Seeds; seed++) Compare(device, seed, VirtioTransport.Legacy);
    }

    [RequiresToolFact(Script.Qemu)]
    public void Modern_virtio_slots_are_QEMUs_too()
    {
        for (var seed = 1; seed <= Seeds; seed++) Compare("virtio", seed, VirtioTransport.Modern);
    }

    [RequiresToolFact(Script.Qemu)]
    public void An_ACLINTs_registers_are_QEMUs_too()
    {
        for (var seed = 1; seed <= Seeds; seed++) Compare(DeviceScript.Aclint, seed, VirtioTransport.Legacy);
    }

    private static void Compare(string device, int seed, VirtioTransport transport)
    {
        var script = DeviceScript.Create(device, seed, 800);
        var hasAclint = device == DeviceScript.Aclint;
        var machine = RegisterScript.Machine with
        {
            Interruptor = hasAclint ? CoreInterruptor.Aclint : CoreInterruptor.Clint,
            Devices =
            [
                new DeviceConfiguration.VirtioBlock(new byte[DiskBytes].ToValueList()) { Slot = 0 },
                new DeviceConfiguration.VirtioRandom { Slot = 1 },
            ],
            VirtioTransport = transport,
        };
        var disk = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(disk, new byte[DiskBytes]);
            var differences = script.Differences(script.RunModel(machine), script.RunQemu(
            [
                .. RegisterScript.QemuCpu, "-machine", $"aclint={(hasAclint ? "on" : "off")}", "-drive", $"file={disk},if=none,format=raw,id=x0", "-device", "virtio-blk-device,drive=x0,bus=virtio-mmio-bus.0",
                "-device", "virtio-rng-device,bus=virtio-mmio-bus.1", "-global", $"virtio-mmio.force-legacy={(transport == VirtioTransport.Legacy ? "true" : "false")}",
            ]), (_, _, _) => false);
            Assert.True(differences.Count == 0, $"{differences.Count} of {script.Steps.Count} steps differ\n" + string.Join('\n', differences.Take(20)));
        }
        finally
        {
            File.Delete(disk);
        }
    }
}
