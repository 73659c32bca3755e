using Verification.Framework.Booting;
using Verification.Framework.Observing;
using Verification.Machine.Harts;
using Verification.Machine.Isa;

namespace Verification.Framework.Explaining;

/// <summary>Sees what a boot's own observer sees, and keeps calls, writers, events and damage besides.</summary>
internal readonly struct ExplainingObserver(BootWatch watch, Evidence evidence) : IObserver
{
    public void Fetch(Hart hart, ulong pc, in Instruction instruction)
    {
    }

    public void Access(Hart hart, in MemoryAccess access)
    {
        watch.Access(hart, access);
        evidence.Access(hart, access, watch.Stacks.Breach);
    }

    public void Trap(Hart hart, in TrapEvent trap)
    {
        evidence.Trap(hart, trap);
        watch.Trap(hart, trap);
    }

    public void Csr(Hart hart, int csr, ulong oldValue, ulong newValue)
    {
    }

    public void Transfer(Hart hart, ulong from, ulong to, TransferKind kind)
    {
        evidence.Transfer(hart, from, to, kind);
        if (kind != TransferKind.Branch) watch.Transfer(hart, from, to, kind);
    }

    public void Register(Hart hart, int register, ulong value)
    {
        if (register == 2) watch.StackPointer(hart, value);
    }

    public void HostCall(Hart hart, ulong extension, ulong function) => evidence.FirmwareCall(hart, extension, function);
}
