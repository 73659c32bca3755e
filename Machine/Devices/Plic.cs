using System.Numerics;
using Verification.Machine.State;

namespace Verification.Machine.Devices;

/// <summary>
/// The platform-level interrupt controller: RISC-V Platform-Level Interrupt Controller specification 1.0.0, chapters 3 to
/// 9, with the register layout of its chapter 2.
/// </summary>
/// <remarks>
/// A source's gateway is QEMU's and not that of chapter 5: each time that a device drives its wire high makes a request,
/// also while another one is in service, and a completion doesn't look at the wire. A request that was made is taken back by
/// nothing but its claim. Published kernels depend on it: xv6 never acknowledges the serial port's empty transmitter,
/// and would be interrupted by it for ever. Priorities are 0 to 7, as on QEMU's virt board.
/// Not modelled: nothing else.
/// </remarks>
public sealed class Plic : IDevice
{
    private const ulong PendingOffset = 0x1000;
    private const ulong EnableOffset = 0x2000, EnableStride = 0x80;
    private const ulong ContextOffset = 0x200000, ContextStride = 0x1000;
    private const uint PriorityMask = 7;

    private readonly int _sources;
    private readonly PlicContext[] _contexts;
    private readonly uint[] _priority;
    private readonly ulong[] _pending, _inService;
    private readonly ulong[][] _enable;
    private readonly uint[] _threshold;

    /// <summary>A controller at <paramref name="baseAddress"/>.</summary>
    /// <param name="baseAddress">First address of its registers.</param>
    /// <param name="sources">Number of sources, without the source 0 that never is.</param>
    /// <param name="contexts">The wires it drives, in the order of their registers.</param>
    public Plic(ulong baseAddress, int sources, IEnumerable<PlicContext> contexts)
    {
        _contexts = [.. contexts];
        _sources = sources;
        Range = new AddressRange(baseAddress, Math.Max(0x600000, ContextOffset + (ulong)_contexts.Length * ContextStride));
        var words = sources / 64 + 1;
        _priority = new uint[sources + 1];
        _pending = new ulong[words];
        _inService = new ulong[words];
        _enable = [.. _contexts.Select(_ => new ulong[words])];
        _threshold = new uint[_contexts.Length];
    }

    /// <inheritdoc/>
    public string Name => "riscv.sifive.plic";

    /// <inheritdoc/>
    public AddressRange Range { get; }

    /// <summary>The wire into source <paramref name="source"/>.</summary>
    public InterruptLine Source(int source)
    {
        if (source < 1 || source > _sources) throw new ArgumentOutOfRangeException(nameof(source));
        return new InterruptLine(level =>
        {
            if (!level || Holds(_pending, source)) return;
            Assign(_pending, source, true);
            DriveAll();
        });
    }

    /// <inheritdoc/>
    public bool Read(ulong offset, int sizeBytes, out ulong value)
    {
        value = 0;
        if (sizeBytes != 4) return false;
        if (offset < PendingOffset)
        {
            if (offset / 4 <= (ulong)_sources) value = _priority[offset / 4];
        }
        else if (offset < EnableOffset)
        {
            value = Word(_pending, (offset - PendingOffset) / 4);
        }
        else if (offset < ContextOffset)
        {
            var (context, word) = Math.DivRem(offset - EnableOffset, EnableStride);
            if (context < (ulong)_contexts.Length) value = Word(_enable[context], word / 4);
        }
        else
        {
            var (context, register) = Math.DivRem(offset - ContextOffset, ContextStride);
            if (context >= (ulong)_contexts.Length) return true;
            if (register == 0) value = _threshold[context];
            else if (register == 4) value = Claim((int)context);
        }
        return true;
    }

    /// <inheritdoc/>
    public bool Write(ulong offset, int sizeBytes, ulong value)
    {
        if (sizeBytes != 4) return false;
        var word = (uint)value;
        if (offset < PendingOffset)
        {
            var source = offset / 4;
            if (source == 0 || source > (ulong)_sources) return true;
            _priority[source] = word & PriorityMask;
            DriveAll();
        }
        else if (offset is >= EnableOffset and < ContextOffset)
        {
            var (context, at) = Math.DivRem(offset - EnableOffset, EnableStride);
            if (context >= (ulong)_contexts.Length || at / 8 >= (ulong)_pending.Length) return true;
            ref var enable = ref _enable[context][at / 8];
            var shift = (int)(at & 4) * 8;
            enable = (enable & ~(0xffff_ffffUL << shift)) | ((ulong)word << shift);
            enable &= Existing((int)(at / 8));
            Drive((int)context);
        }
        else if (offset >= ContextOffset)
        {
            var (context, register) = Math.DivRem(offset - ContextOffset, ContextStride);
            if (context >= (ulong)_contexts.Length) return true;
            if (register == 0)
            {
                _threshold[context] = word & PriorityMask;
                Drive((int)context);
            }
            else if (register == 4)
            {
                Complete((int)context, word);
            }
        }
        return true;
    }

    /// <inheritdoc/>
    public void Describe(BoardDescription description)
    {
        var cells = new List<uint>();
        foreach (var context in _contexts)
            cells.AddRange([description.HartInterruptController(context.HartId), context.HartInterrupt]);
        description.Soc.Add($"plic@{Range.BaseAddress:x}")
            .Set("phandle", description.InterruptController)
            .Set("riscv,ndev", (uint)_sources)
            .Set("reg", description.Registers(Range))
            .Set("interrupts-extended", cells.ToArray())
            .Set("interrupt-controller")
            .Set("compatible", "sifive,plic-1.0.0", "riscv,plic0")
            .Set("#address-cells", 0u)
            .Set("#interrupt-cells", 1u);
    }

    /// <inheritdoc/>
    public void Transfer(StateTransfer transfer)
    {
        transfer.Values<uint>(_priority);
        transfer.Values<ulong>(_pending);
        transfer.Values<ulong>(_inService);
        transfer.Values<uint>(_threshold);
        foreach (var enable in _enable) transfer.Values<ulong>(enable);
        foreach (var context in _contexts) context.Line.Transfer(transfer);
    }

    /// <summary>The enabled pending source of the highest priority, the lowest number among equals; 0 for none. The
    /// threshold has no say in it (chapter 8).</summary>
    private int Best(int context)
    {
        var (best, bestPriority) = (0, 0u);
        for (var word = 0; word < _pending.Length; word++)
        {
            for (var bits = _pending[word] & ~_inService[word] & _enable[context][word]; bits != 0; bits &= bits - 1)
            {
                var source = word * 64 + BitOperations.TrailingZeroCount(bits);
                if (_priority[source] > bestPriority) (best, bestPriority) = (source, _priority[source]);
            }
        }
        return best;
    }

    private uint Claim(int context)
    {
        var source = Best(context);
        if (source == 0) return 0;
        Assign(_pending, source, false);
        Assign(_inService, source, true);
        DriveAll();
        return (uint)source;
    }

    private void Complete(int context, uint source)
    {
        // "If the completion ID does not match an interrupt source that is currently enabled for the target, the completion
        // is silently ignored." (chapter 9)
        if (source == 0 || source > (uint)_sources || !Holds(_enable[context], (int)source)) return;
        if (!Holds(_inService, (int)source)) return;
        Assign(_inService, (int)source, false);
        DriveAll();
    }

    private void DriveAll()
    {
        for (var context = 0; context < _contexts.Length; context++) Drive(context);
    }

    private void Drive(int context)
    {
        var source = Best(context);
        var level = source != 0 && _priority[source] > _threshold[context];
        var line = _contexts[context].Line;
        if (line.Level != level) line.Set(level);
    }

    private ulong Existing(int word)
    {
        var last = _sources - word * 64;
        var mask = last >= 63 ? ulong.MaxValue : (1UL << (last + 1)) - 1;
        return word == 0 ? mask & ~1UL : mask;
    }

    private static uint Word(ulong[] bits, ulong index) =>
        index / 2 < (ulong)bits.Length ? (uint)(bits[index / 2] >> (int)(index & 1) * 32) : 0;

    private static bool Holds(ulong[] bits, int index) => (bits[index / 64] >> (index % 64) & 1) != 0;

    private static void Assign(ulong[] bits, int index, bool value)
    {
        var mask = 1UL << (index % 64);
        if (value) bits[index / 64] |= mask;
        else bits[index / 64] &= ~mask;
    }
}

/// <summary>A target of the controller: one privilege mode of one hart.</summary>
/// <param name="HartId">The hart's <c>mhartid</c>.</param>
/// <param name="HartInterrupt">The interrupt's number at the hart: 11 for M-mode, 9 for S-mode.</param>
/// <param name="Line">The wire to the hart.</param>
public sealed record PlicContext(ulong HartId, uint HartInterrupt, InterruptLine Line);
