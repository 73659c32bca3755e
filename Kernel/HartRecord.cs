using System.Runtime.CompilerServices;

namespace Verification.Kernel;

/// <summary>What the kernel knows of one hart. The entry stub reads two fields, by their offsets.</summary>
public struct HartRecord
{
    /// <summary>The hart's id. Offset 0.</summary>
    public ulong Id;

    /// <summary>The lowest byte of its stack. Offset 8.</summary>
    public ulong StackBottom;

    /// <summary>The first byte above its stack. Offset 16.</summary>
    public ulong StackTop;

    /// <summary>The first byte above the stack that its traps run on. Offset 24.</summary>
    public ulong TrapStackTop;

    /// <summary>The most pages that it held at once. Offset 32.</summary>
    public ulong TakenPages;
}

/// <summary>As many records as the kernel has room for.</summary>
[InlineArray(HartTable.Capacity)]
public struct HartRecords
{
    private HartRecord _first;
}
