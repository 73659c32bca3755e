using Verification.Machine;
using Verification.Machine.Harts;
using Verification.Machine.Isa;

namespace Verification.Framework.Booting;

/// <summary>
/// Proves that a machine can make no further progress, where it can't. A hart that comes back to an earlier state of all
/// its registers, while no hart has changed memory or a control register, touched a device, read a clock or called the
/// firmware in between, will go round for ever: its loop is a function of registers and memory, and neither changes. When
/// that is so for every running hart at once, and no interrupt can arise, the machine hangs under every schedule.
/// </summary>
/// <remarks>
/// Known limits. Loops that change memory or registers (a counter), poll a device or a clock, or fail a store-conditional are
/// never called a hang here; they end at the budget as "did not finish".
/// </remarks>
internal sealed class HangProof(Board board)
{
    // A loop longer than this is not worth naming instruction by instruction.
    private const int MostLoopInstructions = 4096;
    // Control registers that a trap changes by itself and that loops can therefore depend on.
    private static readonly int[] TrapCsrs = [0x300, 0x341, 0x342, 0x343, 0x141, 0x142, 0x143, 0x105, 0x180];
    // By the hart's position.
    private readonly Loop?[] _loops = new Loop?[board.Harts.Count];

    /// <summary>How often the machine did something that could be progress.</summary>
    public int Disturbances { get; private set; }

    /// <summary>The proof, once there is one.</summary>
    public HangFinding? Finding { get; private set; }

    public void Fetch(Hart hart, ulong pc, in Instruction instruction)
    {
        if (MayDependOnMore(instruction.Encoding, instruction.SizeBytes)) Disturb();
        var loop = Of(hart);
        if (loop.Instructions.Count < MostLoopInstructions) loop.Instructions.Add(pc);
    }

    public void Access(Hart hart, in MemoryAccess access)
    {
        Span<byte> old = stackalloc byte[64];
        old = old[..access.SizeBytes];
        if (!board.Memory.TryRead(access.PhysicalAddress, old)) Disturb();
        else if (access.Kind is AccessKind.Load or AccessKind.Atomic && access.BaseRegister != 2) Of(hart).Reads.Add(access);
        if (access.Kind is not (AccessKind.Store or AccessKind.Atomic)) return;
        ulong value = access.Value;
        for (int i = 0; i < Math.Min(8, access.SizeBytes); i++, value >>= 8)
        {
            if (old[i] == (byte)value) continue;
            Disturb();
            return;
        }

        if (access.SizeBytes > 8) Disturb();
    }

    public void Trap(Hart hart, in TrapEvent trap)
    {
        if (trap.IsInterrupt) Disturb();
        else Reach(hart, trap.Handler);
    }

    public void Csr(ulong oldValue, ulong newValue)
    {
        if (oldValue != newValue) Disturb();
    }

    public void Disturb()
    {
        Disturbances++;
        foreach (var loop in _loops) loop?.Forget();
    }

    public void Transfer(Hart hart, ulong from, ulong to)
    {
        // Each loop goes back somewhere.
        if (to <= from) Reach(hart, to);
    }

    private void Reach(Hart hart, ulong to)
    {
        var loop = Of(hart);
        if (loop.IsClosed) return;
        if (!loop.Revisits(hart, to)) return;
        if (AllHartsGoRound()) hart.RequestStop(Finding = new HangFinding([.. board.Harts.Where(h => _loops[h.Index]?.IsClosed == true).OrderBy(h => h.Id).Select(h => Of(h).Text(h.Id))]));
    }

    private bool AllHartsGoRound() => board.Harts.All(h =>
        h.RunState == HartRunState.Stopped || (!CanBeInterrupted(h) && (h.RunState == HartRunState.Waiting || Of(h).IsClosed)));

    /// <summary>Whether an interrupt could reach the hart: it is enabled, and its source is pending or is a timer.</summary>
    private static bool CanBeInterrupted(Hart hart)
    {
        const ulong timers = 1 << 5 | 1 << 7;
        ulong enabled = Csr(hart, 0x304), pending = Csr(hart, 0x344), delegated = Csr(hart, 0x303), status = Csr(hart, 0x300);
        if (hart.RunState == HartRunState.Running)
        {
            bool supervisor = hart.Privilege == PrivilegeMode.User || (hart.Privilege == PrivilegeMode.Supervisor && (status & 2) != 0);
            bool machine = hart.Privilege != PrivilegeMode.Machine || (status & 8) != 0;
            enabled = (supervisor ? enabled & delegated : 0) | (machine ? enabled & ~delegated : 0);
        }

        return (enabled & (pending | timers)) != 0;
    }

    private static ulong Csr(Hart hart, int csr) => hart.TryGetCsr(csr, out ulong value) ? value : 0;

    private Loop Of(Hart hart) => _loops[hart.Index] ??= new Loop();

    /// <summary>Floating point (its registers are not compared), counters, pending interrupts, and store-conditionals.</summary>
    private static bool MayDependOnMore(uint word, int sizeBytes)
    {
        if (sizeBytes == 2) return (word & 0xe003) is 0x2000 or 0x2002 or 0xa000 or 0xa002;
        return (word & 0x7f) switch
        {
            0x07 or 0x27 or 0x43 or 0x47 or 0x4b or 0x4f or 0x53 => true,
            0x2f => word >> 27 == 3,
            0x73 => (word >> 12 & 7) != 0 && word >> 20 is (>= 0xc00 and < 0xc20) or (>= 0xb00 and < 0xb20) or 0x144 or 0x344,
            _ => false,
        };
    }

    private sealed class Loop
    {
        private readonly ulong[] _registers = new ulong[32 + 9];
        private ulong _pc;
        private bool _isKept;
        private long _steps, _limit = 1;

        public List<ulong> Instructions { get; } = [];
        public List<MemoryAccess> Reads { get; } = [];
        public bool IsClosed { get; private set; }

        /// <summary>Brent's algorithm: compare with one kept state, and keep a newer one at each power of two.</summary>
        public bool Revisits(Hart hart, ulong pc)
        {
            if (_isKept && pc == _pc && Matches(hart)) return IsClosed = true;
            if (_isKept && ++_steps < _limit) return false;
            _isKept = true;
            _pc = pc;
            _steps = 0;
            _limit *= 2;
            for (int i = 0; i < 32; i++) _registers[i] = hart.GetRegister(i);
            for (int i = 0; i < TrapCsrs.Length; i++) _registers[32 + i] = Csr(hart, TrapCsrs[i]);
            Instructions.Clear();
            Reads.Clear();
            return false;
        }

        public void Forget()
        {
            IsClosed = _isKept = false;
            _limit = 1;
            Instructions.Clear();
            Reads.Clear();
        }

        public HangLoop Text(ulong hartId) => new(hartId, [.. Instructions], [.. Reads.DistinctBy(r => (r.Pc, r.PhysicalAddress))]);

        private bool Matches(Hart hart)
        {
            for (int i = 1; i < 32; i++)
                if (_registers[i] != hart.GetRegister(i)) return false;
            for (int i = 0; i < TrapCsrs.Length; i++)
                if (_registers[32 + i] != Csr(hart, TrapCsrs[i])) return false;
            return true;
        }
    }
}

/// <summary>A proven hang: the running harts go round in these loops for ever, and all others wait.</summary>
/// <param name="Loops">One loop per running hart, by hart id.</param>
public sealed record HangFinding(IReadOnlyList<HangLoop> Loops);

/// <summary>A loop that changes nothing.</summary>
/// <param name="HartId">Who goes round.</param>
/// <param name="Instructions">Addresses of its instructions in their order.</param>
/// <param name="Reads">What it reads on its way, the stack excepted.</param>
public sealed record HangLoop(ulong HartId, IReadOnlyList<ulong> Instructions, IReadOnlyList<MemoryAccess> Reads);
