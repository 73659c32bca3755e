using System.Globalization;
using Verification.Framework.Kernels;
using Verification.Machine;
using Verification.Machine.Devices;
using Verification.Machine.Devicetree;
using Verification.Machine.Memory;

namespace Verification.Framework.Explaining;

/// <summary>A machine in words: a summary for people, and QEMU's command line where QEMU can be that machine.</summary>
public static class MachineText
{
    private const ulong MebiByte = 1 << 20;

    /// <summary>What is particular about a machine, in one or a few sentences.</summary>
    public static string Summary(BoardConfiguration machine)
    {
        var parts = new List<string> { Harts(machine), Memory(machine) };
        if (machine.Fill.IsNoise) parts.Add("memory full of noise");
        var tree = machine.Devicetree;
        if (tree.AddressCells != 2 || tree.SizeCells != 2) parts.Add($"#address-cells {tree.AddressCells}, #size-cells {tree.SizeCells}");
        if (tree.ReservedMemory.Count > 0) parts.Add($"reserved memory {Ranges(tree.ReservedMemory.Select(reserved => reserved.Range))}");
        if (tree.HeaderReservations.Count > 0) parts.Add($"reservation block {Ranges(tree.HeaderReservations)}");
        if (tree.ExtraSource.Length > 0) parts.Add("further nodes in the devicetree");
        if (tree.BlobForm != DevicetreeBlobOptions.Default) parts.Add("devicetree blob of an unusual form");
        if (tree.PlacementAddress is { } place) parts.Add($"devicetree at 0x{place:x}");
        if (tree.Blob is not null) parts.Add("a devicetree of the user's");
        if (machine.Append is { } words) parts.Add($"command line \"{words}\"");
        if (machine.Initrd is { } initrd) parts.Add($"initial ramdisk of {ByteCount.Text((ulong)initrd.Count)}");
        if (machine.Interruptor == CoreInterruptor.Aclint) parts.Add("ACLINT");
        if (machine.Devices.Count > 0) parts.Add($"{machine.Devices.Count} further device{(machine.Devices.Count == 1 ? "" : "s")}");
        parts.Add($"schedule {machine.Schedule}");
        return string.Join("; ", parts);
    }

    /// <summary>QEMU's command line for the machine, or the reason why QEMU can't be it.</summary>
    public static string Qemu(BoardConfiguration machine, string kernelPath)
    {
        if (WhyNotQemu(machine) is { } reason) return $"not expressible: {reason}";
        string memory = machine.Memory[0].SizeBytes % MebiByte == 0
            ? $"{machine.Memory[0].SizeBytes / MebiByte}M" : $"{machine.Memory[0].SizeBytes}B";
        string append = machine.Append is { } words ? $" -append \"{words}\"" : "";
        string interruptor = machine.Interruptor == CoreInterruptor.Aclint ? ",aclint=on" : "";
        return $"qemu-system-riscv64 -machine virt{interruptor} -smp {machine.Harts.Count} -m {memory} -nographic -kernel {kernelPath}{append}";
    }

    private static string? WhyNotQemu(BoardConfiguration machine)
    {
        if (machine.Harts.Where((h, i) => h.Id != (ulong)i).Any()) return "QEMU numbers harts from 0 without gaps";
        if (machine.Harts.Any(h => h.Status != HartStatus.Okay)) return "QEMU has no disabled harts";
        if (machine.Memory.Count != 1 || machine.Memory[0].BaseAddress != 0x8000_0000) return "QEMU has one bank of memory, at 0x80000000";
        if (machine.Memory[0].SizeBytes % MebiByte != 0) return "QEMU's memory is whole MiB";
        if (machine.Devicetree != new DevicetreeChoices()) return "QEMU writes its devicetree in one way only";
        if (machine.Devices.Count > 0 || machine.Initrd is not null) return "its devices need files";
        return machine.Fill.IsNoise ? "QEMU's memory is zero at reset" : null;
    }

    private static string Harts(BoardConfiguration machine)
    {
        int disabled = machine.Harts.Count(h => h.Status == HartStatus.Disabled);
        string ids = machine.Harts.Where((h, i) => h.Id != (ulong)i).Any() ? $" with ids {string.Join(", ", machine.Harts.Select(h => h.Id))}" : "";
        string boot = machine.BootHartId != machine.Harts[0].Id ? $", booting on {machine.BootHartId}" : "";
        return $"{machine.Harts.Count} hart{(machine.Harts.Count == 1 ? "" : "s")}{ids}{(disabled > 0 ? $", {disabled} of them disabled" : "")}{boot}";
    }

    private static string Memory(BoardConfiguration machine) =>
        string.Join(" + ", machine.Memory.Select(Bank)) + " of memory";

    private static string Bank(MemoryBank bank) =>
        string.Create(CultureInfo.InvariantCulture, $"{ByteCount.Text(bank.SizeBytes)} at 0x{bank.BaseAddress:x}");

    private static string Ranges(IEnumerable<AddressRange> ranges) =>
        string.Join(", ", ranges.Select(r => $"0x{r.BaseAddress:x}+0x{r.SizeBytes:x}"));
}
