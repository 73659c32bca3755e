using Verification.Machine.Harts;
using Verification.Machine.Isa;

namespace Verification.Framework.Booting;

/// <summary>Lets a <see cref="BootWatch"/> see a run: only what it needs, so that the rest costs nothing.</summary>
internal readonly struct BootObserver(BootWatch watch) : ISelectiveObserver
{
    public Interests Interests => watch.Interests;

    public void Fetch(Hart hart, ulong pc, in Instruction instruction)
    {
    }

    public void Access(Hart hart, in MemoryAccess access)
    {
        if (access.BaseRegister is 2 or 8 || watch.Locks is not null) watch.Access(hart, access);
    }

    public void Trap(Hart hart, in TrapEvent trap) => watch.Trap(hart, trap);

    public void Csr(Hart hart, int csr, ulong oldValue, ulong newValue)
    {
    }

    public void Transfer(Hart hart, ulong from, ulong to, TransferKind kind)
    {
        if (watch.WatchesTransfers && kind != TransferKind.Branch) watch.Transfer(hart, from, to, kind);
    }

    public void Register(Hart hart, int register, ulong value)
    {
        if (register == 2) watch.StackPointer(hart, value);
    }

    public void HostCall(Hart hart, ulong extension, ulong function)
    {
    }
}
