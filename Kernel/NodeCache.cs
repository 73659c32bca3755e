using System.Runtime.CompilerServices;

namespace Verification.Kernel;

/// <summary>One node of a devicetree as <see cref="NodeCacheReader"/> keeps it: offsets into the blob.</summary>
public struct NodeEntry
{
    /// <summary>The offset that stands for "there is none".</summary>
    public const uint None = uint.MaxValue;

    /// <summary>Offset of the node's first token.</summary>
    public uint Offset;

    /// <summary>Index of the parent node.</summary>
    public uint Parent;

    /// <summary>Offset of the value of reg.</summary>
    public uint RegistersOffset;

    /// <summary>Its length in bytes.</summary>
    public uint RegistersLength;

    /// <summary>Offset of the value of device_type.</summary>
    public uint DeviceTypeOffset;

    /// <summary>Its length in bytes.</summary>
    public uint DeviceTypeLength;

    /// <summary>Offset of the value of status.</summary>
    public uint StatusOffset;

    /// <summary>Its length in bytes, in the lower half; the children's #address-cells and #size-cells in a byte each.</summary>
    public uint StatusLengthAndCells;

    /// <summary>An entry that stands for no node.</summary>
    public static NodeEntry Unused
    {
        get
        {
            NodeEntry entry;
            entry.Offset = None;
            entry.Parent = None;
            entry.RegistersOffset = None;
            entry.RegistersLength = None;
            entry.DeviceTypeOffset = None;
            entry.DeviceTypeLength = None;
            entry.StatusOffset = None;
            entry.StatusLengthAndCells = None;
            return entry;
        }
    }
}

/// <summary>Room for the nodes of a common devicetree: 160 of 32 bytes. Whoever has one as a local has 5 KiB of stack in use.</summary>
[InlineArray(Capacity)]
public struct NodeCache
{
    /// <summary>Number of entries.</summary>
    public const int Capacity = 160;

    private NodeEntry _first;
}
