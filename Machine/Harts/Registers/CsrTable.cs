using System.Runtime.InteropServices;
using Verification.Machine.Isa;

namespace Verification.Machine.Harts.Registers;

/// <summary>
/// Every control and status register of the hart (privileged specification 1.12 and 1.13, chapter 2; unprivileged
/// specification, chapters on Zicsr, F and Zicntr; Sstc). Not modelled: hypervisor, debug mode, vectors; performance
/// counters beyond cycle and instret and the debug triggers read 0.
/// </summary>
internal static class CsrTable
{
    private static readonly CsrRow?[] ByNumber = new CsrRow?[4096];

    static CsrTable()
    {
        foreach (var row in Rows) ByNumber[row.Number] = row;
    }

    internal static CsrRow? Find(int number) => ByNumber[number & 4095];

    internal static IReadOnlyList<CsrRow> Rows { get; } =
    [
        // Floating point
        new(0x001, "fflags", h => h.FloatFlags, (h, v) => h.FloatFlags = (uint)v & 0x1F) { Reachable = Float },
        new(0x002, "frm", h => h.RoundingMode, (h, v) => h.RoundingMode = (uint)v & 7) { Reachable = Float },
        new(0x003, "fcsr", h => h.FloatControl, (h, v) => h.FloatControl = v & 0xFF) { Reachable = Float },

        // Counters, for every mode that is allowed them
        new(0xC00, "cycle", h => h.Cycle) { Reachable = h => h.MayCount(0) },
        new(0xC01, "time", h => h.Time) { Reachable = h => h.MayCount(1) },
        new(0xC02, "instret", h => h.InstructionsRetired) { Reachable = h => h.MayCount(2) },
        .. Many(0xC03, 29, "hpmcounter", 3, i => h => h.MayCount(i)),

        // Supervisor
        new(0x100, "sstatus", h => h.SupervisorStatus, (h, v) => h.SupervisorStatus = v) { Reachable = Supervisor },
        new(0x104, "sie", h => h.InterruptEnable & h.InterruptDelegation,
            (h, v) => h.InterruptEnable = Merge(h.InterruptEnable, v, h.InterruptDelegation)) { Reachable = Supervisor },
        new(0x105, "stvec", h => h.SupervisorVector, (h, v) => h.SupervisorVector = Vector(h.SupervisorVector, v))
        { Reachable = Supervisor },
        new(0x106, "scounteren", h => h.SupervisorCounterEnable, (h, v) => h.SupervisorCounterEnable = (uint)v)
        { Reachable = Supervisor },
        new(0x10A, "senvcfg", h => h.SupervisorEnvironment,
            (h, v) => h.SupervisorEnvironment = h.LegalEnvironment(h.SupervisorEnvironment, v, EnvironmentBits.ForUser))
        { Reachable = Supervisor },
        Cell(0x140, "sscratch", nameof(HartState.SupervisorScratch)),
        Cell(0x141, "sepc", nameof(HartState.SupervisorExceptionPc), isCodeAddress: true),
        Cell(0x142, "scause", nameof(HartState.SupervisorCause)),
        Cell(0x143, "stval", nameof(HartState.SupervisorTrapValue)),
        new(0x144, "sip", h => h.InterruptPending & h.InterruptDelegation,
            (h, v) => h.WritePending(v, h.InterruptDelegation & InterruptBits.SupervisorSoftware))
        { Reachable = Supervisor, Software = h => h.SoftwarePending & h.InterruptDelegation },
        new(0x14D, "stimecmp", h => h.TimeCompare, (h, v) => h.TimeCompare = v) { Reachable = h => h.MayCompareTime },
        new(0x180, "satp", h => h.AddressTranslation, (h, v) => h.AddressTranslation = v)
        {
            Reachable = h => Supervisor(h) && h.MaySeeTranslation,
            Cell = new(OffsetOf(nameof(HartState.Satp)), CsrCellKind.Translation),
        },

        // Machine
        new(0xF11, "mvendorid", _ => 0),
        new(0xF12, "marchid", _ => 0),
        new(0xF13, "mimpid", _ => 0),
        new(0xF14, "mhartid", h => h.Id),
        new(0xF15, "mconfigptr", _ => 0),
        new(0x300, "mstatus", h => h.Status, (h, v) => h.Status = v),
        new(0x301, "misa", h => h.Misa),
        new(0x302, "medeleg", h => h.ExceptionDelegation, (h, v) => h.ExceptionDelegation = v & DelegableExceptions)
        { Reachable = Supervisor },
        new(0x303, "mideleg", h => h.InterruptDelegation, (h, v) => h.InterruptDelegation = v & InterruptBits.Supervisor)
        { Reachable = Supervisor },
        new(0x304, "mie", h => h.InterruptEnable, (h, v) => h.InterruptEnable = v & h.ImplementedInterrupts),
        new(0x305, "mtvec", h => h.MachineVector, (h, v) => h.MachineVector = Vector(h.MachineVector, v)),
        new(0x306, "mcounteren", h => h.MachineCounterEnable, (h, v) => h.MachineCounterEnable = (uint)v)
        { Reachable = h => h.Options.Has(IsaExtensions.U) },
        new(0x30A, "menvcfg", h => h.MachineEnvironment,
            (h, v) => h.MachineEnvironment = h.LegalEnvironment(h.MachineEnvironment, v, EnvironmentBits.ForSupervisor))
        { Reachable = h => h.Options.Has(IsaExtensions.U) },
        new(0x320, "mcountinhibit", h => h.CounterInhibit, (h, v) => h.CounterInhibit = (uint)v & 5),
        .. Many(0x323, 29, "mhpmevent", 3, _ => null),
        Cell(0x340, "mscratch", nameof(HartState.MachineScratch)),
        Cell(0x341, "mepc", nameof(HartState.MachineExceptionPc), isCodeAddress: true),
        Cell(0x342, "mcause", nameof(HartState.MachineCause)),
        Cell(0x343, "mtval", nameof(HartState.MachineTrapValue)),
        new(0x344, "mip", h => h.InterruptPending, (h, v) => h.WritePending(v, h.WritablePending))
        { Software = h => h.SoftwarePending },
        new(0x3A0, "pmpcfg0", h => h.Protection.ReadConfiguration(0), (h, v) => h.WriteProtection(0, v)),
        new(0x3A2, "pmpcfg2", h => h.Protection.ReadConfiguration(2), (h, v) => h.WriteProtection(2, v)),
        .. Enumerable.Range(0, ProtectionUnit.EntryCount).Select(i => new CsrRow(0x3B0 + i, $"pmpaddr{i}",
            h => h.Protection.ReadAddress(i), (h, v) => h.WriteProtectionAddress(i, v))),
        new(0x7A0, "tselect", _ => 0),
        new(0x7A1, "tdata1", _ => 0),
        new(0x7A2, "tdata2", _ => 0),
        new(0x7A3, "tdata3", _ => 0),
        new(0xB00, "mcycle", h => h.Cycle, (h, v) => h.Cycle = v),
        new(0xB02, "minstret", h => h.InstructionsRetired, (h, v) => h.InstructionsRetired = v),
        .. Many(0xB03, 29, "mhpmcounter", 3, _ => null),
    ];

    /// <summary>Exceptions that can be delegated: all that arise below M-mode.</summary>
    private const ulong DelegableExceptions = 0xB3FF;

    private static bool Supervisor(Hart hart) => hart.Options.Has(IsaExtensions.S);

    private static bool Float(Hart hart) => hart.Options.Has(IsaExtensions.F) && hart.FloatStatus != 0;

    private static ulong Merge(ulong old, ulong value, ulong mask) => old & ~mask | value & mask;

    // Modes 2 and 3 are reserved: such a write leaves the register as it is.
    private static ulong Vector(ulong old, ulong value) => (value & 2) == 0 ? value : old;

    private static int OffsetOf(string field) => (int)Marshal.OffsetOf<HartState>(field);

    private static unsafe CsrRow Cell(int number, string name, string field, bool isCodeAddress = false)
    {
        var cell = new CsrCell(OffsetOf(field), isCodeAddress ? CsrCellKind.CodeAddress : CsrCellKind.Word);
        return new(number, name,
            h => *(ulong*)((nint)h.State + cell.Offset),
            (h, v) => *(ulong*)((nint)h.State + cell.Offset) = v & cell.LegalBits(h.Options.Extensions))
        {
            Cell = cell,
            Reachable = (number >> 8 & 3) == (int)PrivilegeMode.Supervisor ? Supervisor : null,
        };
    }

    private static IEnumerable<CsrRow> Many(int first, int count, string name, int start, Func<int, Func<Hart, bool>?> reachable) =>
        Enumerable.Range(0, count).Select(i =>
            new CsrRow(first + i, $"{name}{start + i}", _ => 0) { Reachable = reachable(start + i) });
}
