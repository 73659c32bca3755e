using Verification.Machine.Harts.Registers;
using Verification.Machine.Isa;
using Verification.Machine.Isa.Floating;
using Verification.Machine.Memory;

namespace Verification.Machine.Harts;

// Steps that the hart does as a whole: see HartOperation.
public sealed unsafe partial class Hart
{
    /// <summary>Size of a cache block (Zicbom, Zicboz), and of the set that <c>lr</c> reserves.</summary>
    internal const int CacheBlockBytes = 64;

    /// <summary>The register that the current instruction computes its address from; kept by observed runs.</summary>
    internal int CurrentBaseRegister;

    internal bool Perform(HartOperation operation, in Instruction instruction)
    {
        switch (operation)
        {
            case HartOperation.RequireFloat:
                return FloatStatus != 0 || RaiseIllegal(instruction);
            case HartOperation.Fence:
            case HartOperation.FenceInstruction:
            case HartOperation.Pause:
                // Fetches and translations are coherent with stores, and harts are interleaved: nothing to wait for.
                return true;
            case HartOperation.EnvironmentCall:
                return EnvironmentCall();
            case HartOperation.Breakpoint:
                // xtval may be 0 or the address (privileged specification 3.1.16): 0, as on QEMU.
                return Raise(ExceptionCause.Breakpoint, 0);
            case HartOperation.Illegal:
                return RaiseIllegal(instruction);
            case HartOperation.MachineReturn:
                return Privilege == PrivilegeMode.Machine ? MachineReturn() : RaiseIllegal(instruction);
            case HartOperation.SupervisorReturn:
                return SupervisorReturn(instruction);
            case HartOperation.WaitForInterrupt:
                return WaitForInterrupt(instruction);
            case HartOperation.FenceTranslation:
            case HartOperation.InvalidateTranslation:
                return MaySeeTranslation || RaiseIllegal(instruction);
            case HartOperation.FenceInvalidation:
                return Privilege != PrivilegeMode.User || RaiseIllegal(instruction);
            case HartOperation.CacheBlockManage:
                return ManageCacheBlock(instruction);
            case HartOperation.CacheBlockZero:
                return ZeroCacheBlock(instruction);
            default:
                throw new ArgumentOutOfRangeException(nameof(operation), operation, "The hart has no such step.");
        }
    }

    /// <summary>Computes in floating point: rounding mode and flags as the instruction and <c>fcsr</c> say.</summary>
    internal bool Float(FloatOperation operation, in Instruction instruction, ulong first, ulong second, ulong third, out ulong result)
    {
        result = 0;
        if (FloatStatus == 0) return RaiseIllegal(instruction);
        var rounding = UsesRounding(operation.Kind) ? instruction.Mode == 7 ? RoundingMode : instruction.Mode : 0u;
        if (rounding > 4) return RaiseIllegal(instruction);
        result = SoftFloat.Compute(operation, (RoundingMode)rounding, first, second, third, out var flags);
        if (flags != 0)
        {
            State->FloatControl |= (uint)flags;
            FloatStatus = 3;
        }
        return true;
    }

    internal bool RaiseIllegal(in Instruction instruction) => Raise(ExceptionCause.IllegalInstruction, instruction.Encoding);

    // fmin, comparisons and classification use the field for something else.
    private static bool UsesRounding(FloatKind kind) =>
        kind is not (FloatKind.Minimum or FloatKind.Maximum or FloatKind.Equal or FloatKind.Less or FloatKind.LessOrEqual
            or FloatKind.Classify);

    /// <summary>Whether the model's own firmware answers environment calls from here.</summary>
    internal bool IsServedByModel => Privilege == PrivilegeMode.Supervisor && Host.Firmware is not null;

    private bool EnvironmentCall()
    {
        if (IsServedByModel)
        {
            State->NextPc = State->Pc + 4;
            State->Leave |= (uint)(LeaveReason.Redirect | LeaveReason.Interrupts);
            Host.Firmware!.Call(this);
            return false;
        }
        return Raise(Privilege switch
        {
            PrivilegeMode.User => ExceptionCause.UserEnvironmentCall,
            PrivilegeMode.Supervisor => ExceptionCause.SupervisorEnvironmentCall,
            _ => ExceptionCause.MachineEnvironmentCall,
        }, 0);
    }

    private bool SupervisorReturn(in Instruction instruction) =>
        Privilege == PrivilegeMode.User || Privilege == PrivilegeMode.Supervisor && (_status & StatusBits.Tsr) != 0
            ? RaiseIllegal(instruction)
            : SupervisorReturn();

    private bool WaitForInterrupt(in Instruction instruction)
    {
        // With TW, or in U-mode where S-mode exists, the time that it may wait is none (privileged specification 3.1.6.5).
        var traps = Privilege == PrivilegeMode.User && Options.Has(IsaExtensions.S)
            || Privilege != PrivilegeMode.Machine && (_status & StatusBits.Tw) != 0;
        if (traps) return RaiseIllegal(instruction);
        Suspend();
        return true;
    }

    private bool ManageCacheBlock(in Instruction instruction)
    {
        // The immediate tells them apart: 0 inval, 1 clean, 2 flush.
        var isInvalidation = instruction.Encoding >> 20 == 0;
        if (!IsCacheBlockAllowed(isInvalidation ? EnvironmentBits.Cbie : EnvironmentBits.Cbcfe)) return RaiseIllegal(instruction);
        var address = State->X[instruction.Rs1] & ~(ulong)(CacheBlockBytes - 1);
        // It may do what a load may (no page can be stored to and not be loaded from), and reports what is missing as a store.
        if (Locate(address, CacheBlockBytes, AccessKind.Load, out _, out _, out var cause)) return true;
        return Raise(cause == ExceptionCause.LoadPageFault ? ExceptionCause.StorePageFault : ExceptionCause.StoreAccessFault, address);
    }

    private bool ZeroCacheBlock(in Instruction instruction)
    {
        if (!IsCacheBlockAllowed(EnvironmentBits.Cbze)) return RaiseIllegal(instruction);
        var address = State->X[instruction.Rs1] & ~(ulong)(CacheBlockBytes - 1);
        if (!Resolve(address, CacheBlockBytes, AccessKind.Store, out var physical, out var host)) return false;
        if (host == null) return Raise(ExceptionCause.StoreAccessFault, address);
        LastPhysical = physical;
        new Span<byte>(host, CacheBlockBytes).Clear();
        Memory.NotifyWrite(physical, CacheBlockBytes);
        return true;
    }

    private bool IsCacheBlockAllowed(ulong field)
    {
        if (Privilege == PrivilegeMode.Machine) return true;
        if ((_menvcfg & field) == 0) return false;
        return Privilege == PrivilegeMode.Supervisor || !Options.Has(IsaExtensions.S) || (SupervisorEnvironment & field) != 0;
    }
}
