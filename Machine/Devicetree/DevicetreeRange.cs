namespace Verification.Machine.Devicetree;

/// <summary>One (address, length) pair of a <c>reg</c> property, decoded with its parent's cell counts.</summary>
/// <param name="Address">Address on the parent's bus; 0 where <c>#address-cells</c> is 0.</param>
/// <param name="SizeBytes">Length in bytes; 0 where <c>#size-cells</c> is 0.</param>
public readonly record struct DevicetreeRange(ulong Address, ulong SizeBytes);
