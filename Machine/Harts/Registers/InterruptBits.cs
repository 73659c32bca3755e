namespace Verification.Machine.Harts.Registers;

/// <summary>Bits of <c>mip</c> and <c>mie</c> (privileged specification 3.1.9).</summary>
internal static class InterruptBits
{
    internal const ulong SupervisorSoftware = 1UL << 1;
    internal const ulong MachineSoftware = 1UL << 3;
    internal const ulong SupervisorTimer = 1UL << 5;
    internal const ulong MachineTimer = 1UL << 7;
    internal const ulong SupervisorExternal = 1UL << 9;
    internal const ulong MachineExternal = 1UL << 11;

    internal const ulong Supervisor = SupervisorSoftware | SupervisorTimer | SupervisorExternal;
    internal const ulong Machine = MachineSoftware | MachineTimer | MachineExternal;
}
