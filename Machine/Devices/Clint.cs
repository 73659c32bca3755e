using Verification.Machine.State;

namespace Verification.Machine.Devices;

/// <summary>
/// Software and timer interrupts of M-mode. SiFive FU540-C000 manual, chapter 9 (Core-Local Interruptor); the same layout
/// is MTIMER and MSWI of the RISC-V ACLINT specification 1.0-rc4, chapters 2 and 3, and the devicetree can call it so.
/// </summary>
/// <remarks>
/// Registers: <c>msip</c> of hart i at 4*i, <c>mtimecmp</c> of hart i at 0x4000 + 8*i, <c>mtime</c> at 0xbff8.
/// Not modelled: harts above id 4094; the layout has no registers for them, and the node doesn't name them.
/// </remarks>
public sealed class Clint : IDevice
{
    /// <summary>The highest <c>mhartid</c> that has registers.</summary>
    public const ulong LastHartId = 4094;

    private const ulong CompareOffset = 0x4000;
    private const ulong TimeOffset = 0xbff8;

    private readonly IClock _clock;
    private readonly Action _timeWritten;
    private readonly CoreInterruptor _form;
    private readonly Channel[] _channels;
    private readonly Channel?[] _byHartId;

    /// <summary>A controller at <paramref name="baseAddress"/>.</summary>
    /// <param name="baseAddress">First address of its 64 KiB.</param>
    /// <param name="clock">Gives <c>mtime</c>, and wakes when it reaches <c>mtimecmp</c>.</param>
    /// <param name="harts">The wires to each hart, in the order of the devicetree.</param>
    /// <param name="timeWritten">Told when a guest has written <c>mtime</c>, which all harts see as <c>time</c>.</param>
    /// <param name="form">As what the devicetree describes it.</param>
    public Clint(ulong baseAddress, IClock clock, IEnumerable<ClintHart> harts, Action timeWritten, CoreInterruptor form = CoreInterruptor.Clint)
    {
        _form = form;
        _timeWritten = timeWritten;
        Range = new AddressRange(baseAddress, 0x10000);
        _clock = clock;
        _channels = [.. harts.Where(hart => hart.Id <= LastHartId).Select(hart => new Channel(hart))];
        _byHartId = new Channel?[_channels.Length == 0 ? 0 : (int)_channels.Max(channel => channel.Hart.Id) + 1];
        foreach (var channel in _channels) _byHartId[channel.Hart.Id] = channel;
    }

    /// <inheritdoc/>
    public string Name => "clint";

    /// <inheritdoc/>
    public AddressRange Range { get; }

    /// <inheritdoc/>
    public bool Read(ulong offset, int sizeBytes, out ulong value)
    {
        value = 0;
        if (offset < CompareOffset)
        {
            if (sizeBytes != 4) return false;
            value = Find(offset / 4)?.Software.Level == true ? 1UL : 0;
            return true;
        }
        if (sizeBytes < 4 || offset >= TimeOffset + 8) return false;
        var word = offset >= TimeOffset ? _clock.Time : Find((offset - CompareOffset) / 8)?.Compare ?? 0;
        value = sizeBytes == 8 ? word : (uint)(word >> (int)(offset & 4) * 8);
        return true;
    }

    /// <inheritdoc/>
    public bool Write(ulong offset, int sizeBytes, ulong value)
    {
        if (offset < CompareOffset)
        {
            if (sizeBytes != 4) return false;
            Find(offset / 4)?.Software.Set((value & 1) != 0);
            return true;
        }
        if (sizeBytes < 4 || offset >= TimeOffset + 8) return false;
        if (offset >= TimeOffset)
        {
            _clock.Time = Merge(_clock.Time, offset, sizeBytes, value);
            foreach (var one in _channels) Arm(one);
            _timeWritten();
        }
        else if (Find((offset - CompareOffset) / 8) is { } channel)
        {
            channel.Compare = Merge(channel.Compare, offset, sizeBytes, value);
            Arm(channel);
        }
        return true;
    }

    /// <inheritdoc/>
    public void Describe(BoardDescription description)
    {
        if (_form == CoreInterruptor.Aclint)
        {
            DescribeTimer(description);
            DescribeSoftware(description);
            return;
        }
        description.Soc.Add($"clint@{Range.BaseAddress:x}")
            .Set("interrupts-extended", Wires(description, 3, 7))
            .Set("reg", description.Registers(Range))
            .Set("compatible", "sifive,clint0", "riscv,clint0");
    }

    private void DescribeTimer(BoardDescription description)
    {
        var (compare, time) = (Range.BaseAddress + CompareOffset, Range.BaseAddress + TimeOffset);
        description.Soc.Add($"mtimer@{compare:x}")
            .Set("interrupts-extended", Wires(description, 7))
            .Set("reg", description.Registers(new AddressRange(time, Range.EndAddress - time), new AddressRange(compare, time - compare)))
            .Set("compatible", "riscv,aclint-mtimer");
    }

    private void DescribeSoftware(BoardDescription description) => description.Soc.Add($"mswi@{Range.BaseAddress:x}")
        .Set("#interrupt-cells", 0u)
        .Set("interrupt-controller")
        .Set("interrupts-extended", Wires(description, 3))
        .Set("reg", description.Registers(new AddressRange(Range.BaseAddress, CompareOffset)))
        .Set("compatible", "riscv,aclint-mswi");

    private uint[] Wires(BoardDescription description, params ReadOnlySpan<uint> causes)
    {
        var cells = new List<uint>();
        foreach (var channel in _channels)
            foreach (var cause in causes) cells.AddRange([description.HartInterruptController(channel.Hart.Id), cause]);
        return [.. cells];
    }

    /// <inheritdoc/>
    public void Transfer(StateTransfer transfer)
    {
        foreach (var channel in _channels)
        {
            transfer.Value(ref channel.Compare);
            channel.Software.Transfer(transfer);
            channel.Timer.Transfer(transfer);
            if (transfer.IsRestoring) _clock.WakeAtTime(channel, channel.Timer.Level ? ulong.MaxValue : channel.Compare);
        }
    }

    private Channel? Find(ulong hartId) => hartId < (ulong)_byHartId.Length ? _byHartId[hartId] : null;

    /// <summary>A register after a write of half or all of it.</summary>
    private static ulong Merge(ulong old, ulong offset, int sizeBytes, ulong value)
    {
        var shift = (int)(offset & 4) * 8;
        var mask = sizeBytes == 8 ? ulong.MaxValue : 0xffff_ffffUL << shift;
        return (old & ~mask) | ((value << shift) & mask);
    }

    private void Arm(Channel channel)
    {
        var due = _clock.Time >= channel.Compare;
        channel.Timer.Set(due);
        _clock.WakeAtTime(channel, due ? ulong.MaxValue : channel.Compare);
    }

    /// <summary>One hart's registers. After reset the timer never fires: the comparator's reset value is not defined, and
    /// its largest value is what a kernel can least depend on.</summary>
    private sealed class Channel(ClintHart hart) : IAlarm
    {
        public ulong Compare = ulong.MaxValue;

        public ClintHart Hart => hart;

        public InterruptLine Software => hart.Software;

        public InterruptLine Timer => hart.Timer;

        public void Elapsed(ulong tick) => Timer.Set(true);
    }
}

/// <summary>A hart as the CLINT sees it.</summary>
/// <param name="Id">Its <c>mhartid</c>, by which its registers are found.</param>
/// <param name="Software">The wire to <c>mip.MSIP</c>.</param>
/// <param name="Timer">The wire to <c>mip.MTIP</c>.</param>
public sealed record ClintHart(ulong Id, InterruptLine Software, InterruptLine Timer);
