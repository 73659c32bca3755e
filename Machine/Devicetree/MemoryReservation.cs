namespace Verification.Machine.Devicetree;

/// <summary>
/// An entry of the memory reservation block: physical memory that the client program must not use (Devicetree
/// Specification v0.4, section 5.3). It stands beside the tree, not in it.
/// </summary>
/// <param name="Address">First reserved physical address.</param>
/// <param name="SizeBytes">Length in bytes; an entry of all zeros ends the block and can't be written.</param>
public readonly record struct MemoryReservation(ulong Address, ulong SizeBytes);
