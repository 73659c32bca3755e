using Verification.Machine.State;

namespace Verification.Machine.Devices;

/// <summary>
/// Software interrupts of S-mode, by one store and without M-mode's help: SSWI of the RISC-V ACLINT specification 1.0-rc4,
/// chapter 4. A board has it with <see cref="CoreInterruptor.Aclint"/>.
/// </summary>
/// <remarks>
/// Registers: <c>setssip</c> of hart i at 4*i. A 1 makes <c>mip.SSIP</c> pending, which the hart's software clears; reads are 0.
/// There is no state here. Not modelled: harts above id 4094, for which the layout has no registers.
/// </remarks>
public sealed class SupervisorSoftwareInterrupts : IDevice
{
    private readonly SortedDictionary<ulong, Action> _raise = [];

    /// <summary>A device at <paramref name="baseAddress"/>.</summary>
    /// <param name="baseAddress">First address of its 16 KiB.</param>
    /// <param name="harts">Each hart's <c>mhartid</c>, and what makes its <c>mip.SSIP</c> pending.</param>
    public SupervisorSoftwareInterrupts(ulong baseAddress, IEnumerable<(ulong HartId, Action Raise)> harts)
    {
        Range = new AddressRange(baseAddress, 0x4000);
        foreach (var (id, raise) in harts.Where(hart => hart.HartId <= Clint.LastHartId)) _raise.Add(id, raise);
    }

    /// <inheritdoc/>
    public string Name => "sswi";

    /// <inheritdoc/>
    public AddressRange Range { get; }

    /// <inheritdoc/>
    public bool Read(ulong offset, int sizeBytes, out ulong value)
    {
        value = 0;
        return sizeBytes == 4;
    }

    /// <inheritdoc/>
    public bool Write(ulong offset, int sizeBytes, ulong value)
    {
        if (sizeBytes != 4) return false;
        if ((value & 1) != 0 && _raise.TryGetValue(offset / 4, out var raise)) raise();
        return true;
    }

    /// <inheritdoc/>
    public void Describe(BoardDescription description) => description.Soc.Add($"sswi@{Range.BaseAddress:x}")
        .Set("#interrupt-cells", 0u)
        .Set("interrupt-controller")
        .Set("interrupts-extended", [.. _raise.Keys.SelectMany(id => new[] { description.HartInterruptController(id), 1u })])
        .Set("reg", description.Registers(Range))
        .Set("compatible", "riscv,aclint-sswi");

    /// <inheritdoc/>
    public void Transfer(StateTransfer transfer)
    {
    }
}
