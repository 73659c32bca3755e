using System.Buffers.Binary;
using System.Text;

namespace Verification.Machine.Devicetree;

/// <summary>
/// Reads a blob that may come from anywhere. Every offset is checked before it is followed, each byte of the structure is
/// looked at once, and what is read out of the strings block is paid for by the structure's bytes: so work stays
/// proportionate to the input.
/// </summary>
internal ref struct BlobReader
{
    // A property costs 12 bytes of structure yet may name a string of any length; longer ones are refused, which keeps
    // hostile blobs from multiplying. The specification allows 31 characters, Linux has some of over 40.
    private const int LongestName = 255;

    private ReadOnlySpan<byte> blob;
    private ReadOnlySpan<byte> strings;
    private int stringsAt;
    private int position;
    private int structureEnd;

    public BlobReader(ReadOnlySpan<byte> blob)
    {
        this.blob = blob;
    }

    public DevicetreeDocument Read()
    {
        if (blob.Length < 8) throw Bad($"A devicetree blob has at least {BlobFormat.HeaderBytesBefore17} bytes of header, and here are {blob.Length}", 0);
        if (Header(0) != BlobFormat.Magic) throw Bad($"The first word is 0x{Header(0):x8}, not the devicetree magic 0xd00dfeed", 0);
        var totalSize = Header(1);
        if (totalSize > blob.Length) throw Bad($"The header says {totalSize} bytes, and only {blob.Length} are there", 4);
        if (totalSize < BlobFormat.HeaderBytesBefore17) throw Bad($"The header says {totalSize} bytes in total, which is less than itself", 4);
        blob = blob[..(int)totalSize];

        var version = Header(5);
        var compatible = Header(6);
        if (version < BlobFormat.CompatibleVersion) throw Bad($"Version {version} of the format is not supported, 16 and 17 are", 20);
        if (compatible > BlobFormat.NewestVersion) throw Bad($"The blob needs a reader of version {compatible}, and 17 is the newest known", 24);
        if (version >= 17 && totalSize < BlobFormat.HeaderBytes) throw Bad($"The header says {totalSize} bytes in total, which is less than itself", 4);

        var document = new DevicetreeDocument { BootCpuId = Header(7) };
        ReadReservations(document.Reservations, Header(4));
        strings = Block("strings block", Header(3), Header(8), 12, 1);
        stringsAt = (int)Header(3);
        var structureAt = Header(2);
        var structureSize = version >= 17 ? Header(9) : (uint)blob.Length - Math.Min(structureAt, (uint)blob.Length);
        var structure = Block("structure block", structureAt, structureSize, 8, BlobFormat.TokenAlignment);
        position = (int)structureAt;
        structureEnd = position + structure.Length;
        ReadTree(document.Root);
        return document;
    }

    private void ReadTree(DevicetreeNode root)
    {
        DevicetreeNode? node = null;
        var depth = 0;
        var rootClosed = false;
        while (true)
        {
            var at = position;
            var token = Word("a token");
            switch (token)
            {
                case BlobFormat.Nop:
                    break;
                case BlobFormat.BeginNode:
                    if (rootClosed) throw Bad("A second node stands beside the root", at);
                    if (++depth > DevicetreeDocument.MaximumDepth)
                        throw Bad($"Nodes are nested deeper than {DevicetreeDocument.MaximumDepth} levels", at);
                    node = ReadNode(node, root, at);
                    break;
                case BlobFormat.EndNode:
                    if (node is null) throw Bad("A node ends that never began", at);
                    rootClosed = node.Parent is null;
                    node = node.Parent;
                    depth--;
                    break;
                case BlobFormat.Property:
                    if (node is null) throw Bad("A property stands outside every node", at);
                    ReadProperty(node, at);
                    break;
                case BlobFormat.End:
                    if (node is not null) throw Bad($"The structure ends inside the node {Short(node.Name)}", at);
                    if (!rootClosed) throw Bad("The structure ends without a root node", at);
                    return;
                default:
                    throw Bad($"0x{token:x8} is no token of the structure block", at);
            }
        }
    }

    private DevicetreeNode ReadNode(DevicetreeNode? parent, DevicetreeNode root, int at)
    {
        var rest = blob[position..structureEnd];
        var length = rest.IndexOf((byte)0);
        if (length < 0) throw Bad("A node's name does not end within the structure block", position);
        if (length > LongestName) throw Bad($"A node's name has {length} characters, more than {LongestName}", position);
        var name = Encoding.Latin1.GetString(rest[..length]);
        var nameAt = position;
        position = Aligned(position + length + 1);
        if (parent is null)
        {
            if (name is not ("" or "/")) throw Bad($"The root node has a name, {Short(name)}", nameAt);
            return root;
        }

        if (DevicetreeName.Fault(name) is { } fault) throw Bad($"A node's name {fault}", nameAt);
        if (parent.Child(name) is not null) throw Bad($"The node {Short(name)} stands twice beside itself", at);
        return parent.Add(name);
    }

    private void ReadProperty(DevicetreeNode node, int at)
    {
        var sizeBytes = Word("a property's length");
        var nameOffset = Word("a property's name offset");
        if (nameOffset >= strings.Length)
            throw Bad($"A property's name at 0x{nameOffset:x} lies outside the strings block of {strings.Length} bytes", at + 8);
        var tail = strings[(int)nameOffset..];
        var length = tail[..Math.Min(tail.Length, LongestName + 1)].IndexOf((byte)0);
        if (length < 0)
        {
            throw Bad(tail.Length > LongestName
                ? $"A property's name has more than {LongestName} characters"
                : "A property's name does not end within the strings block", stringsAt + nameOffset);
        }

        var name = Encoding.Latin1.GetString(tail[..length]);
        if (DevicetreeName.Fault(name) is { } fault) throw Bad($"A property's name {fault}", stringsAt + nameOffset);
        if (sizeBytes > structureEnd - position)
            throw Bad($"The property {Short(name)} has {sizeBytes} bytes, and the structure block ends {structureEnd - position} bytes on", at + 4);
        if (node.Property(name) is not null) throw Bad($"The property {Short(name)} stands twice in one node", at);
        node.SetBytes(name, blob.Slice(position, (int)sizeBytes).ToArray());
        position = Aligned(position + (int)sizeBytes);
    }

    private void ReadReservations(List<MemoryReservation> reservations, uint offset)
    {
        if (offset % BlobFormat.ReservationAlignment != 0)
            throw Bad($"The memory reservation block at 0x{offset:x} is not aligned to 8 bytes", 16);
        if (offset > blob.Length) throw Bad($"The memory reservation block at 0x{offset:x} lies outside the blob of {blob.Length} bytes", 16);
        for (long at = offset; ; at += BlobFormat.ReservationBytes)
        {
            if (at + BlobFormat.ReservationBytes > blob.Length) throw Bad("The memory reservation block does not end within the blob", at);
            var entry = blob.Slice((int)at, BlobFormat.ReservationBytes);
            var reservation = new MemoryReservation(BinaryPrimitives.ReadUInt64BigEndian(entry), BinaryPrimitives.ReadUInt64BigEndian(entry[8..]));
            if (reservation is { Address: 0, SizeBytes: 0 }) return;
            reservations.Add(reservation);
        }
    }

    private readonly ReadOnlySpan<byte> Block(string name, uint offset, uint sizeBytes, int headerField, int alignment)
    {
        if (offset % alignment != 0) throw Bad($"The {name} at 0x{offset:x} is not aligned to {alignment} bytes", headerField);
        if (offset > blob.Length || sizeBytes > blob.Length - offset)
            throw Bad($"The {name} of {sizeBytes} bytes at 0x{offset:x} lies outside the blob of {blob.Length} bytes", headerField);
        return blob.Slice((int)offset, (int)sizeBytes);
    }

    private uint Word(string what)
    {
        if (structureEnd - position < 4) throw Bad($"The structure block ends where {what} should stand", position);
        var word = BinaryPrimitives.ReadUInt32BigEndian(blob[position..]);
        position += 4;
        return word;
    }

    private readonly int Aligned(int offset) => (int)Math.Min(structureEnd, ((long)offset + 3) & ~3L);

    private readonly uint Header(int field) => BinaryPrimitives.ReadUInt32BigEndian(blob[(4 * field)..]);

    private static string Short(string name)
    {
        var printable = string.Concat(name.Take(40).Select(character => character is > ' ' and <= '~' ? character : '?'));
        return name.Length > 40 ? $"'{printable}...'" : $"'{printable}'";
    }

    private static DevicetreeFormatException Bad(string sentence, long offset) => new(sentence, offset);
}
