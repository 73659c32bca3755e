using Verification.Machine.Harts;
using Verification.Machine.Isa;

namespace Verification.Framework.Booting;

/// <summary>Lets a <see cref="HangProof"/> see a run.</summary>
internal readonly struct HangObserver(HangProof proof) : IObserver
{
    public void Fetch(Hart hart, ulong pc, in Instruction instruction) => proof.Fetch(hart, pc, instruction);

    public void Access(Hart hart, in MemoryAccess access) => proof.Access(hart, access);

    public void Trap(Hart hart, in TrapEvent trap) => proof.Trap(hart, trap);

    public void Csr(Hart hart, int csr, ulong oldValue, ulong newValue) => proof.Csr(oldValue, newValue);

    public void Transfer(Hart hart, ulong from, ulong to, TransferKind kind) => proof.Transfer(hart, from, to);

    public void Register(Hart hart, int register, ulong value)
    {
    }

    public void HostCall(Hart hart, ulong extension, ulong function) => proof.Disturb();
}
