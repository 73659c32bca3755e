using Verification.Machine.Devices;
using Verification.Machine.Isa;

namespace Verification.Machine;

/// <summary>The nodes below <c>/cpus</c>: one per hart with its own interrupt controller, and the map of the cores
/// (devicetree bindings riscv/cpus.yaml and cpu/cpu-topology.txt).</summary>
internal static class HartNodes
{
    /// <summary>Under which key a hart's phandle is known.</summary>
    public static string PhandleKey(ulong hartId) => $"hart {hartId}";

    /// <summary>Adds them in the order of the configuration.</summary>
    public static void Describe(BoardDescription tree, BoardConfiguration configuration)
    {
        // A hart's id takes a second cell only where it needs one.
        var idCells = configuration.Harts.Any(hart => hart.Id > uint.MaxValue) ? 2 : 1;
        var cpus = tree.Root.Add("cpus")
            .Set("#address-cells", (uint)idCells)
            .Set("#size-cells", 0u)
            .Set("timebase-frequency", (uint)BoardClock.TicksPerSecond);
        var isa = IsaString.ToIsa(configuration.Extensions);
        foreach (var hart in configuration.Harts)
        {
            cpus.Add($"cpu@{hart.Id:x}")
                .Set("phandle", tree.Phandle(PhandleKey(hart.Id)))
                .Set("device_type", "cpu")
                .Set("reg", idCells == 1 ? [(uint)hart.Id] : [(uint)(hart.Id >> 32), (uint)hart.Id])
                .Set("status", hart.Status == HartStatus.Okay ? "okay" : "disabled")
                .Set("compatible", "riscv")
                .Set("riscv,isa", isa)
                .Set("mmu-type", "riscv,sv48")
                .Add("interrupt-controller")
                .Set("#interrupt-cells", 1u)
                .Set("interrupt-controller")
                .Set("compatible", "riscv,cpu-intc")
                .Set("phandle", tree.HartInterruptController(hart.Id));
        }
        var cluster = cpus.Add("cpu-map").Add("cluster0");
        for (var i = 0; i < configuration.Harts.Count; i++)
            cluster.Add($"core{i}").Set("cpu", tree.Phandle(PhandleKey(configuration.Harts[i].Id)));
    }
}
