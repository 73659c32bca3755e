using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Verification.Machine.Harts;

namespace Verification.Machine.Translation.X64;

/// <summary>Displacements into <see cref="HartState"/> and <see cref="TlbEntry"/>, taken from the structures themselves.</summary>
internal static class HartStateLayout
{
    internal static readonly int IntegerRegisters = Of(nameof(HartState.X));
    internal static readonly int FloatRegisters = Of(nameof(HartState.F));
    internal static readonly int Pc = Of(nameof(HartState.Pc));
    internal static readonly int DataTlb = Of(nameof(HartState.DataTlb));
    internal static readonly int DataFilters = Of(nameof(HartState.DataFilters));
    internal static readonly int Reserved = Of(nameof(HartState.Reserved));
    internal static readonly int ReservationIsMarked = Of(nameof(HartState.ReservationIsMarked));
    internal static readonly int ReservedVirtual = Of(nameof(HartState.ReservedVirtual));
    internal static readonly int ReservedAddend = Of(nameof(HartState.ReservedAddend));
    internal static readonly int Privilege = Of(nameof(HartState.Privilege));
    internal static readonly int TranslationMode = Of(nameof(HartState.TranslationMode));
    internal static readonly int Resume = Of(nameof(HartState.Resume));
    internal static readonly int StackLow = Of(nameof(HartState.StackLow));
    internal static readonly int StackSpan = Of(nameof(HartState.StackSpan));
    internal static readonly int StackWordLimit = Of(nameof(HartState.StackWordLimit));
    internal static readonly int StackFloor = Of(nameof(HartState.StackFloor));
    internal static readonly int StackCeiling = Of(nameof(HartState.StackCeiling));
    internal static readonly int FrameTags = Of(nameof(HartState.FrameTags));
    internal static readonly int FlatTags = Of(nameof(HartState.FlatTags));
    internal static readonly int FlatAddend = Of(nameof(HartState.FlatAddend));
    internal static readonly int FloatStatus = Of(nameof(HartState.FloatStatus));
    internal static readonly int FloatControl = Of(nameof(HartState.FloatControl));
    internal static readonly int Budget = Of(nameof(HartState.Budget));
    internal static readonly int MissAddress = Of(nameof(HartState.MissAddress));
    internal static readonly int JumpCache = Of(nameof(HartState.JumpCache));
    internal static readonly int GroupAddends = Of(nameof(HartState.GroupAddends));
    internal static readonly int WalkTags = Of(nameof(HartState.WalkTags));
    internal static readonly int WalkAddends = Of(nameof(HartState.WalkAddends));
    internal static readonly int Kept = Of(nameof(HartState.Kept));
    internal static readonly int JumpKey = Of(nameof(HartState.JumpKey));
    internal static readonly int JumpSalt = Of(nameof(HartState.JumpSalt));
    internal static readonly int GuestMxcsr = Of(nameof(HartState.GuestMxcsr));
    internal static readonly int HostMxcsr = Of(nameof(HartState.HostMxcsr));

    internal static readonly int ReadTag = OfTlb(nameof(TlbEntry.ReadTag));
    internal static readonly int WriteTag = OfTlb(nameof(TlbEntry.WriteTag));
    internal static readonly int Addend = OfTlb(nameof(TlbEntry.Addend));
    internal static readonly int FlatRead = OfFlat(nameof(FlatTag.Read));
    internal static readonly int FlatWrite = OfFlat(nameof(FlatTag.Write));
    internal static readonly int FlatTagShift = BitOperations.Log2((uint)Unsafe.SizeOf<FlatTag>());
    internal static readonly int TlbEntryShift = BitOperations.Log2((uint)Unsafe.SizeOf<TlbEntry>());

    private static int Of(string field) => (int)Marshal.OffsetOf<HartState>(field);

    private static int OfFlat(string field) => (int)Marshal.OffsetOf<FlatTag>(field);

    private static int OfTlb(string field) => (int)Marshal.OffsetOf<TlbEntry>(field);
}
