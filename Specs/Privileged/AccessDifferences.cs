namespace Verification.Specs.Privileged;

/// <summary>Where QEMU 7.2 does not do with accesses what the privileged specification says, and the model does.</summary>
internal static class AccessDifferences
{
    private const ulong LoadAccessFault = 5, StoreAccessFault = 7, LoadPageFault = 13, StorePageFault = 15;
    private const ulong Accessed = 0x40, Dirty = 0x80, Napot = 1UL << 63;

    public static bool Explain(ScriptStep step, Outcome ours, Outcome theirs)
    {
        // An AMO begins with a load in QEMU, and is reported as one where that faults; it is a store to the specification.
        if ((step.Word & 0x7F) == 0x2F && ours.Cause is StorePageFault or StoreAccessFault && theirs.Cause is LoadPageFault or LoadAccessFault)
            return ours with { Cause = theirs.Cause } == theirs;
        // No device can be reserved here; in QEMU all of them can.
        if ((step.Word & 0xF800_007F) == 0x1000_002F && ours.Cause == LoadAccessFault && theirs is { Cause: 3, Offset: 4 }) return true;
        // A load across the end of a page is made of two aligned ones in QEMU, and a fault is reported where one begins.
        if ((step.Word & 0x7F) == 0x03 && ours.Cause is LoadPageFault or LoadAccessFault && ours.Value != theirs.Value)
            return ours with { Value = theirs.Value } == theirs && theirs.Value >> 3 == ours.Value >> 3;
        // Protection is asked about the whole of both.
        if ((step.Word & 0x7F) == 0x03 && (step.A0 & 0xFFF) > 0xFF8 && theirs is { Cause: LoadAccessFault, Offset: 0 })
            return true;
        // Accessed and dirty bits are set before it turns out that an AMO may not store, or that N stands in the wrong entry.
        if (step.Mode == Verification.Machine.Harts.PrivilegeMode.Machine && step.What == "ld a0, 0(a0)")
            return ours with { A0 = theirs.A0 } == theirs
                && (ours.A0 | Accessed | ((ours.A0 & Napot) != 0 ? Dirty : 0)) == (theirs.A0 | ((ours.A0 & Napot) != 0 ? Dirty : 0));
        return false;
    }
}
