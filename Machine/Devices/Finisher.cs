using Verification.Machine.Harts;
using Verification.Machine.State;

namespace Verification.Machine.Devices;

/// <summary>
/// Ends the run with a verdict, or resets the board. SiFive's <c>sifive,test0</c>/<c>test1</c> device as QEMU has it
/// (hw/misc/sifive_test.c documents the three words); devicetree bindings <c>syscon-poweroff</c> and
/// <c>syscon-reboot</c> tell kernels to write its words.
/// </summary>
/// <remarks>
/// A write of 0x5555 passes, 0x3333 fails with the code in the upper half, 0x7777 resets.
/// Not modelled: nothing.
/// </remarks>
/// <param name="baseAddress">First address of its page.</param>
/// <param name="stop">Ends the run behind the instruction that wrote.</param>
public sealed class Finisher(ulong baseAddress, Action<StopReason> stop) : IDevice
{
    private const uint Fail = 0x3333, Pass = 0x5555, Restart = 0x7777;

    /// <inheritdoc/>
    public string Name => "sifive_test";

    /// <inheritdoc/>
    public AddressRange Range { get; } = new(baseAddress, 0x1000);

    /// <inheritdoc/>
    public bool Read(ulong offset, int sizeBytes, out ulong value)
    {
        value = 0;
        return sizeBytes is 2 or 4;
    }

    /// <inheritdoc/>
    public bool Write(ulong offset, int sizeBytes, ulong value)
    {
        if (sizeBytes is not (2 or 4)) return false;
        if (offset != 0) return true;
        switch ((uint)value & 0xffff)
        {
            case Pass: stop(new StopReason.PowerOff(0)); break;
            case Fail: stop(new StopReason.PowerOff((uint)value >> 16)); break;
            case Restart: stop(new StopReason.Reset()); break;
        }
        return true;
    }

    /// <inheritdoc/>
    public void Describe(BoardDescription description) => description.Soc.Add($"test@{Range.BaseAddress:x}")
        .Set("phandle", description.Phandle("test finisher"))
        .Set("reg", description.Registers(Range))
        .Set("compatible", "sifive,test1", "sifive,test0", "syscon");

    /// <summary>Adds the two nodes by which kernels find the words for power-off and reboot.</summary>
    public static void DescribeSyscon(BoardDescription description)
    {
        Node("poweroff", Pass);
        Node("reboot", Restart);

        void Node(string name, uint word) => description.Root.Add(name)
            .Set("value", word)
            .Set("offset", 0u)
            .Set("regmap", description.Phandle("test finisher"))
            .Set("compatible", $"syscon-{name}");
    }

    /// <inheritdoc/>
    public void Transfer(StateTransfer transfer)
    {
    }
}
