using System.Runtime.CompilerServices;
using Verification.Machine.Isa;
using Verification.Machine.Memory;

namespace Verification.Machine.Harts;

// Loads, stores and atomics that the TLB did not answer at once.
public sealed unsafe partial class Hart
{
    /// <summary>The hart holds a reservation (<c>lr</c>).</summary>
    internal bool Reserved
    {
        get => State->Reserved != 0;
        set => State->Reserved = value ? 1u : 0;
    }

    /// <summary>Physical address that it is on. Where translated code has reserved, the TLB's entry says so when somebody asks.</summary>
    internal ulong ReservedAddress
    {
        get => State->ReservedVirtual is not HartState.Nowhere and var address ? CachedPhysical(address) : State->ReservedAddress;
        set => (State->ReservedAddress, State->ReservedVirtual) = (value, HartState.Nowhere);
    }

    /// <summary>The page is marked, so that other harts' stores to it are seen.</summary>
    internal bool ReservationIsMarked
    {
        get => State->ReservationIsMarked != 0;
        set => State->ReservationIsMarked = value ? 1u : 0;
    }

    /// <summary>Physical address of the last access that came this way: observers ask.</summary>
    internal ulong LastPhysical;

    internal bool LoadSlow(int sizeBytes, ulong address, out ulong value)
    {
        value = 0;
        if ((address & (ulong)(sizeBytes - 1)) != 0)
        {
            if (Options.TrapsMisaligned) return Raise(ExceptionCause.LoadAddressMisaligned, address);
            if (((address + (ulong)sizeBytes - 1) ^ address) >> 12 != 0) return LoadSplit(sizeBytes, address, out value);
        }
        if (!Resolve(address, sizeBytes, AccessKind.Load, out var physical, out var host)) return false;
        LastPhysical = physical;
        if (host != null)
        {
            value = ReadHost(host, sizeBytes);
            return true;
        }
        if ((physical & (ulong)(sizeBytes - 1)) != 0 || !Host.Bus.Read(physical, sizeBytes, out value))
            return Raise(ExceptionCause.LoadAccessFault, address);
        return true;
    }

    /// <summary>Whether a store would trap; the trap is taken. Devices may refuse it all the same.</summary>
    internal bool MayStore(int sizeBytes, ulong address)
    {
        if ((address & (ulong)(sizeBytes - 1)) != 0 && Options.TrapsMisaligned)
            return Raise(ExceptionCause.StoreAddressMisaligned, address);
        var here = Math.Min(sizeBytes, 4096 - (int)(address & 4095));
        if (!Resolve(address, here, AccessKind.Store, out var physical, out _)) return false;
        LastPhysical = physical;
        return here == sizeBytes || Resolve(address + (ulong)here, sizeBytes - here, AccessKind.Store, out _, out _);
    }

    /// <summary>Physical address behind a TLB entry that has just been hit.</summary>
    internal ulong CachedPhysical(ulong address) => _dataContext.Physical[TlbEntry.Slot(address)] | address & 4095;

    internal bool StoreSlow(int sizeBytes, ulong address, ulong value)
    {
        if ((address & (ulong)(sizeBytes - 1)) != 0)
        {
            if (Options.TrapsMisaligned) return Raise(ExceptionCause.StoreAddressMisaligned, address);
            if (((address + (ulong)sizeBytes - 1) ^ address) >> 12 != 0) return StoreSplit(sizeBytes, address, value);
        }
        if (!Resolve(address, sizeBytes, AccessKind.Store, out var physical, out var host)) return false;
        LastPhysical = physical;
        if (host != null)
        {
            // A page-table entry that was invalid can't be in any TLB: filling it in forgets nothing.
            var wasInvalid = sizeBytes <= 8 && (*(ulong*)((nint)host & ~7) & Valid) == 0
                && (physical & 7) + (ulong)sizeBytes <= 8;
            WriteHost(host, sizeBytes, value);
            Memory.NotifyWrite(physical, sizeBytes, wasInvalid ? PageMarks.Table : PageMarks.None);
            return true;
        }
        if ((physical & (ulong)(sizeBytes - 1)) != 0 || !Host.Bus.Write(physical, sizeBytes, value))
            return Raise(ExceptionCause.StoreAccessFault, address);
        return true;
    }

    internal bool Update(int sizeBytes, ulong address, HostWord operand, Func<HostWord, HostWord, HostWord> update,
        out HostWord old, out ulong stored)
    {
        (old, stored) = (default, 0);
        if (!ResolveAtomic(sizeBytes, address, out var physical, out var host)) return false;
        old = new HostWord(ReadHost(host, sizeBytes));
        stored = update(old, operand).Value;
        WriteHost(host, sizeBytes, stored);
        Memory.NotifyWrite(physical, sizeBytes);
        return true;
    }

    internal bool LoadReserved(int sizeBytes, ulong address, out ulong value)
    {
        value = 0;
        if ((address & (ulong)(sizeBytes - 1)) != 0) return Raise(ExceptionCause.LoadAddressMisaligned, address);
        if (!Resolve(address, sizeBytes, AccessKind.Load, out var physical, out var host)) return false;
        if (host == null) return Raise(ExceptionCause.LoadAccessFault, address);
        value = ReadHost(host, sizeBytes);
        LastPhysical = physical;
        GiveUpReservation();
        (Reserved, ReservedAddress) = (true, physical);
        return true;
    }

    internal bool StoreConditional(int sizeBytes, ulong address, ulong value, out ulong failed)
    {
        failed = 1;
        if ((address & (ulong)(sizeBytes - 1)) != 0) return Raise(ExceptionCause.StoreAddressMisaligned, address);
        var held = Reserved;
        GiveUpReservation();
        if (!held) return true;
        if (!Resolve(address, sizeBytes, AccessKind.Store, out var physical, out var host)) return false;
        if (host == null) return Raise(ExceptionCause.StoreAccessFault, address);
        if (physical != ReservedAddress) return true;
        LastPhysical = physical;
        WriteHost(host, sizeBytes, value);
        Memory.NotifyWrite(physical, sizeBytes);
        failed = 0;
        return true;
    }

    internal bool CompareAndSwap(int sizeBytes, ulong address, UInt128 expected, UInt128 replacement, out UInt128 old)
    {
        old = 0;
        if (!ResolveAtomic(sizeBytes, address, out var physical, out var host)) return false;
        old = sizeBytes == 16 ? new UInt128(ReadHost(host + 8, 8), ReadHost(host, 8)) : ReadHost(host, sizeBytes);
        var mask = sizeBytes == 16 ? UInt128.MaxValue : (UInt128.One << (8 * sizeBytes)) - 1;
        if (old != (expected & mask)) return true;
        if (sizeBytes == 16)
        {
            WriteHost(host, 8, (ulong)replacement);
            WriteHost(host + 8, 8, (ulong)(replacement >> 64));
        }
        else WriteHost(host, sizeBytes, (ulong)replacement);
        Memory.NotifyWrite(physical, sizeBytes);
        return true;
    }

    // What the TLB knows of the reserved word is about to be forgotten: translated code must look again.
    private void KeepReservation() => ReservedAddress = ReservedAddress;

    internal void GiveUpReservation()
    {
        if (ReservationIsMarked) Host.Code.UnmarkReservation(this);
        Reserved = false;
    }

    private bool ResolveAtomic(int sizeBytes, ulong address, out ulong physical, out byte* host)
    {
        physical = 0;
        host = null;
        if ((address & (ulong)(sizeBytes - 1)) != 0) return Raise(ExceptionCause.StoreAddressMisaligned, address);
        if (!Resolve(address, sizeBytes, AccessKind.Atomic, out physical, out host)) return false;
        LastPhysical = physical;
        return host != null || Raise(ExceptionCause.StoreAccessFault, address);
    }

    // Both pages are asked before anything happens, and the fault is reported where it lies.
    private bool LoadSplit(int sizeBytes, ulong address, out ulong value)
    {
        value = 0;
        var first = 4096 - (int)(address & 4095);
        if (!Resolve(address, first, AccessKind.Load, out var physical, out var low)) return false;
        if (low == null) return Raise(ExceptionCause.LoadAccessFault, address);
        // The second resolution may move no page: it only reads.
        if (!Resolve(address + (ulong)first, sizeBytes - first, AccessKind.Load, out _, out var high)) return false;
        if (high == null) return Raise(ExceptionCause.LoadAccessFault, address + (ulong)first);
        for (var i = 0; i < sizeBytes; i++)
            value |= (ulong)(i < first ? low[i] : high[i - first]) << (8 * i);
        LastPhysical = physical;
        return true;
    }

    private bool StoreSplit(int sizeBytes, ulong address, ulong value)
    {
        var first = 4096 - (int)(address & 4095);
        if (!Resolve(address, first, AccessKind.Store, out var lowPhysical, out var low)) return false;
        if (low == null) return Raise(ExceptionCause.StoreAccessFault, address);
        if (!Resolve(address + (ulong)first, sizeBytes - first, AccessKind.Store, out var highPhysical, out var high)) return false;
        if (high == null) return Raise(ExceptionCause.StoreAccessFault, address + (ulong)first);
        for (var i = 0; i < sizeBytes; i++)
            *(i < first ? low + i : high + (i - first)) = (byte)(value >> (8 * i));
        Memory.NotifyWrite(lowPhysical, first);
        Memory.NotifyWrite(highPhysical, sizeBytes - first);
        LastPhysical = lowPhysical;
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ulong ReadHost(byte* host, int sizeBytes) => sizeBytes switch
    {
        1 => *host,
        2 => Unsafe.ReadUnaligned<ushort>(host),
        4 => Unsafe.ReadUnaligned<uint>(host),
        _ => Unsafe.ReadUnaligned<ulong>(host),
    };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void WriteHost(byte* host, int sizeBytes, ulong value)
    {
        switch (sizeBytes)
        {
            case 1: *host = (byte)value; break;
            case 2: Unsafe.WriteUnaligned(host, (ushort)value); break;
            case 4: Unsafe.WriteUnaligned(host, (uint)value); break;
            default: Unsafe.WriteUnaligned(host, value); break;
        }
    }
}
