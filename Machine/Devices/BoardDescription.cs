using Verification.Machine.Devicetree;

namespace Verification.Machine.Devices;

/// <summary>
/// The devicetree while the board writes it: each device adds its own node. Addresses are written with the cells that the
/// root was given, and phandles are known by what they stand for, so that no device needs to know another.
/// </summary>
public sealed class BoardDescription
{
    private readonly Dictionary<string, uint> _phandles = [];
    private readonly Dictionary<string, DevicetreeNode> _shared = [];
    private uint _lastPhandle;

    /// <summary>An empty tree whose addresses and sizes take this many cells (1 or 2 each).</summary>
    public BoardDescription(int addressCells, int sizeCells)
    {
        if (addressCells is not (1 or 2) || sizeCells is not (1 or 2))
            throw new ArgumentException($"Addresses and sizes take 1 or 2 cells each, not {addressCells} and {sizeCells}.");
        (AddressCells, SizeCells) = (addressCells, sizeCells);
        Root.Set("#address-cells", (uint)addressCells).Set("#size-cells", (uint)sizeCells);
    }

    /// <summary>The tree.</summary>
    public DevicetreeDocument Document { get; } = new();

    /// <summary>Its root.</summary>
    public DevicetreeNode Root => Document.Root;

    /// <summary>Cells of an address outside of a bus with cells of its own.</summary>
    public int AddressCells { get; }

    /// <summary>Cells of a size.</summary>
    public int SizeCells { get; }

    /// <summary>The bus on which most devices lie. It is added at its first use.</summary>
    public DevicetreeNode Soc => Shared("soc", node => node
        .Set("#address-cells", (uint)AddressCells).Set("#size-cells", (uint)SizeCells)
        .Set("compatible", "simple-bus").Set("ranges"));

    /// <summary>The node <c>/chosen</c>. It is added at its first use.</summary>
    public DevicetreeNode Chosen => Shared("chosen", _ => { });

    /// <summary>The phandle of whatever <paramref name="key"/> stands for, the same at each use.</summary>
    public uint Phandle(string key)
    {
        if (_phandles.TryGetValue(key, out var phandle)) return phandle;
        return _phandles[key] = ++_lastPhandle;
    }

    /// <summary>The phandle of a hart's own interrupt controller.</summary>
    public uint HartInterruptController(ulong hartId) => Phandle($"interrupt controller of hart {hartId}");

    /// <summary>The phandle of the board's interrupt controller.</summary>
    public uint InterruptController => Phandle("interrupt controller of the board");

    /// <summary>Whether addresses up to <paramref name="lastAddress"/> can be written with the tree's cells.</summary>
    public bool CanExpress(ulong lastAddress) => AddressCells == 2 || lastAddress <= uint.MaxValue;

    /// <summary>The cells of an address.</summary>
    public uint[] Address(ulong address) => Cells(address, AddressCells);

    /// <summary>The cells of a size.</summary>
    public uint[] Size(ulong sizeBytes) => Cells(sizeBytes, SizeCells);

    /// <summary>The value of <c>reg</c> for these ranges.</summary>
    public uint[] Registers(params ReadOnlySpan<AddressRange> ranges)
    {
        var cells = new List<uint>();
        foreach (var range in ranges) cells.AddRange([.. Address(range.BaseAddress), .. Size(range.SizeBytes)]);
        return [.. cells];
    }

    private static uint[] Cells(ulong value, int count)
    {
        if (count == 2) return [(uint)(value >> 32), (uint)value];
        if (value > uint.MaxValue) throw new ArgumentException($"0x{value:x} does not fit one devicetree cell: choose two.");
        return [(uint)value];
    }

    private DevicetreeNode Shared(string name, Action<DevicetreeNode> fill)
    {
        if (_shared.TryGetValue(name, out var node)) return node;
        _shared[name] = node = Root.Add(name);
        fill(node);
        return node;
    }
}
