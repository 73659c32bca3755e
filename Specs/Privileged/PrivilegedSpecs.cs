using Verification.Machine;
using Verification.Machine.Isa;
using Verification.Specs.Oracles;
using Xunit;

namespace Verification.Specs.Privileged;

/// <summary>
/// The privileged architecture against QEMU, one instruction at a time: whatever differs is QEMU's departure from the
/// specification, and stands in <see cref="RegisterDifferences"/>, <see cref="AccessDifferences"/> or below. More cases by
/// VERIFICATION_SCRIPTS=N: seeds 1 to N.
/// </summary>
public class PrivilegedSpecs
{
    private const ulong ReservedBits = 0x7FUL << 54, TypeAndNapot = 7UL << 61;
    private static readonly string[] PlainCpu = ["-cpu", "rv64,h=off,svnapot=off,svpbmt=off"];

    private static readonly BoardConfiguration PlainMachine = RegisterScript.Machine with
    {
        Extensions = RegisterScript.Machine.Extensions & ~(IsaExtensions.Svnapot | IsaExtensions.Svpbmt),
    };

    private static readonly int Seeds = Setting.Number("VERIFICATION_SCRIPTS", 1);

    [RequiresToolFact(Script.Qemu)]
    public void Every_register_has_the_bits_that_QEMU_has_but_for_the_table() =>
        Same(RegisterScript.Legal(), RegisterScript.QemuCpu, RegisterScript.Machine, RegisterDifferences.Explain);

    [RequiresToolFact(Script.Qemu)]
    public void Page_tables_of_all_depths_allow_and_refuse_the_same()
    {
        for (var seed = 1; seed <= Seeds; seed++)
        {
            Same(TranslationScript.Create(seed, 400, 0), PlainCpu, PlainMachine, AccessDifferences.Explain);
            Same(TranslationScript.Create(seed, 200, ReservedBits | TypeAndNapot), PlainCpu, PlainMachine, AccessDifferences.Explain);
        }
    }

    [RequiresToolFact(Script.Qemu)]
    public void Memory_types_and_contiguous_pages_are_taken_alike()
    {
        for (var seed = 1; seed <= Seeds; seed++)
            Same(TranslationScript.Create(seed, 400, TypeAndNapot), RegisterScript.QemuCpu, RegisterScript.Machine, AccessDifferences.Explain);
    }

    [RequiresToolFact(Script.Qemu)]
    public void Physical_memory_protection_matches_ranks_and_locks_alike()
    {
        for (var seed = 1; seed <= Seeds; seed++)
            Same(ProtectionScript.Create(seed, 200), RegisterScript.QemuCpu, RegisterScript.Machine, AccessDifferences.Explain);
    }

    [RequiresToolFact(Script.Qemu)]
    public void Traps_returns_waits_and_interrupts_are_alike()
    {
        for (var seed = 1; seed <= Seeds; seed++)
            Same(TrapScript.Create(seed, 250), RegisterScript.QemuCpu, RegisterScript.Machine, TrapScript.Explain);
    }

    private static void Same(Script script, string[] cpu, BoardConfiguration machine, Func<ScriptStep, Outcome, Outcome, bool> explain)
    {
        var differences = script.Differences(script.RunModel(machine), script.RunQemu(cpu), explain);
        Assert.True(differences.Count == 0, $"{differences.Count} of {script.Steps.Count} steps differ\n" + string.Join('\n', differences.Take(20)));
    }
}
