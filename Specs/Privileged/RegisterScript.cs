using Verification.Machine;
using Verification.Machine.Harts;
using Verification.Machine.Isa;

namespace Verification.Specs.Privileged;

/// <summary>Steps that read and write every control and status register, from every mode.</summary>
internal static class RegisterScript
{
    /// <summary>QEMU's cpu with what the model's machine below has, and nothing else.</summary>
    public static readonly string[] QemuCpu = ["-cpu", "rv64,h=off,svinval=on,svnapot=on,svpbmt=on"];

    /// <summary>The model's machine with what QEMU 7.2 has.</summary>
    public static readonly BoardConfiguration Machine = new()
    {
        Extensions = IsaExtensions.Default & ~(IsaExtensions.Svadu | IsaExtensions.Zicond | IsaExtensions.Zicbom | IsaExtensions.Zicboz),
    };

    // What the script itself lives on, or what runs by itself.
    private const int Mtvec = 0x305, Pmpcfg0 = 0x3A0, Pmpaddr0 = 0x3B0, Stvec = 0x105, Mstatus = 0x300, Satp = 0x180;

    /// <summary>Every number is read in every mode; what can be written is written with ones, zeros and noise, and read back.</summary>
    public static Script Legal()
    {
        var script = new Script();
        var random = new Random(3);
        for (var csr = 0; csr < 4096; csr++)
        {
            // What neither has a name nor answers M-mode answers nobody.
            var modes = CsrNames.Of(csr)[0] == '0' ? [PrivilegeMode.Machine] : new[] { PrivilegeMode.User, PrivilegeMode.Supervisor, PrivilegeMode.Machine };
            foreach (var mode in modes)
            {
                Read(script, csr, mode);
                if (modes.Length > 1) script.Add(new ScriptStep(Csrrw(csr), mode, Base(csr)) { What = CsrNames.Of(csr), Compared = 0 });
            }
            if (modes.Length == 1) continue;
            if (csr is >= 0x7A0 and <= 0x7AF || csr >> 10 == 3 || (csr >> 8 & 3) == 2) continue;
            if (csr is > 0x003 and < 0x100 or > 0x180 and < 0x300 or > 0x3BF and < 0xB00 or > 0xB1F) continue;
            foreach (var value in Values(csr, random))
            {
                script.Add(new ScriptStep(Csrrw(csr), PrivilegeMode.Machine, value, Status: ScriptStep.FloatOn | 3UL << 11) { What = CsrNames.Of(csr), Compared = 0 });
                Read(script, csr, PrivilegeMode.Machine);
                if ((csr >> 8 & 3) < 3 && csr != Satp) Read(script, csr, PrivilegeMode.Supervisor);
            }
            script.Add(new ScriptStep(Csrrw(csr), PrivilegeMode.Machine, Base(csr)) { What = CsrNames.Of(csr), Compared = 0 });
        }
        return script;
    }

    private static void Read(Script script, int csr, PrivilegeMode mode) =>
        script.Add(new ScriptStep((uint)csr << 20 | 0x0000_2573, mode, 0x5a5a, Status: mode == PrivilegeMode.Machine ? ScriptStep.FloatOn | 3UL << 11 : ScriptStep.FloatOn)
        {
            What = CsrNames.Of(csr),
            Compared = IsRunning(csr) ? 0 : ulong.MaxValue,
        });

    // csrrw a0, csr, a0
    private static uint Csrrw(int csr) => (uint)csr << 20 | 0x0005_1573;

    private static bool IsRunning(int csr) => csr is >= 0xB00 and < 0xB20 or >= 0xC00 and < 0xC20;

    private static ulong Base(int csr) => csr switch
    {
        Mtvec => Script.MachineHandler,
        Stvec => Script.SupervisorHandler,
        Pmpcfg0 => 0x1f,
        Pmpaddr0 => ulong.MaxValue,
        0x306 => ulong.MaxValue,
        _ => 0,
    };

    private static IEnumerable<ulong> Values(int csr, Random random)
    {
        for (var i = 0; i < 6; i++)
        {
            var value = i switch { 0 => ulong.MaxValue, 1 => 0UL, _ => (ulong)random.NextInt64(long.MinValue, long.MaxValue) };
            yield return csr switch
            {
                Mtvec => Script.MachineHandler | value & 3,
                Pmpcfg0 or 0x3A2 => value & 0x7f7f_7f7f_7f7f_7f7f,
                // QEMU before 8.0 lets UXL be written, and then runs U-mode as RV32; and VS, which makes SD.
                Mstatus or 0x100 => value & ~(0xfUL << 32 | 3UL << 9),
                // Of mode 0 the other fields are nobody's business: QEMU keeps them, we don't.
                Satp when value >> 60 == 0 && value != 0 => value | 8UL << 60,
                _ => value,
            };
        }
    }
}
