using System.Buffers.Binary;
using FsCheck.Xunit;
using Verification.Machine.Devicetree;
using Xunit;

namespace Verification.Specs.Devicetree;

[Properties(Arbitrary = [typeof(AnyDevicetree)])]
public sealed class HostileBlobSpecs
{
    [Property(MaxTest = 500)]
    public void A_mutated_blob_is_read_or_refused_in_one_sentence(DevicetreeDocument document, DevicetreeBlobOptions form, (ushort At, byte Value)[] changes, byte cut)
    {
        var blob = document.ToBlob(form);
        foreach (var (at, value) in changes) blob[at % blob.Length] = value;

        ReadOrRefuse(blob);
        ReadOrRefuse(blob.AsSpan(0, blob.Length * cut / 256));
    }

    [Property(MaxTest = 500)]
    public void A_blob_with_a_hostile_word_is_read_or_refused_in_one_sentence(DevicetreeDocument document, DevicetreeBlobOptions form, ushort place)
    {
        var blob = document.ToBlob(form);
        foreach (var word in new uint[] { 0u, 1, 2, 3, 4, 9, 0x7fff_ffff, 0x8000_0000, 0xffff_fffc, 0xffff_ffff, (uint)blob.Length, (uint)(blob.Length - 1) })
        {
            var hostile = blob.ToArray();
            BinaryPrimitives.WriteUInt32BigEndian(hostile.AsSpan(place % (blob.Length / 4) * 4), word);
            ReadOrRefuse(hostile);
        }
    }

    [Property]
    public void Bytes_that_are_nothing_are_refused(byte[] noise) => Assert.Throws<DevicetreeFormatException>(() => DevicetreeDocument.Parse(noise));

    [Theory]
    [InlineData(0, 0xd00dfeee, "The first word is 0xd00dfeee, not the devicetree magic 0xd00dfeed (at offset 0x0).")]
    [InlineData(1, 0x1000, "The header says 4096 bytes, and only 93 are there (at offset 0x4).")]
    [InlineData(1, 0x10, "The header says 16 bytes in total, which is less than itself (at offset 0x4).")]
    [InlineData(2, 0xfffffffc, "The structure block of 32 bytes at 0xfffffffc lies outside the blob of 93 bytes (at offset 0x8).")]
    [InlineData(2, 0x39, "The structure block at 0x39 is not aligned to 4 bytes (at offset 0x8).")]
    [InlineData(3, 0x7fffffff, "The strings block of 5 bytes at 0x7fffffff lies outside the blob of 93 bytes (at offset 0xc).")]
    [InlineData(4, 0x29, "The memory reservation block at 0x29 is not aligned to 8 bytes (at offset 0x10).")]
    [InlineData(4, 0x58, "The memory reservation block does not end within the blob (at offset 0x58).")]
    [InlineData(5, 3, "Version 3 of the format is not supported, 16 and 17 are (at offset 0x14).")]
    [InlineData(6, 18, "The blob needs a reader of version 18, and 17 is the newest known (at offset 0x18).")]
    [InlineData(14, 7, "0x00000007 is no token of the structure block (at offset 0x38).")]
    [InlineData(14, 3, "A property stands outside every node (at offset 0x38).")]
    [InlineData(14, 2, "A node ends that never began (at offset 0x38).")]
    [InlineData(14, 9, "The structure ends without a root node (at offset 0x38).")]
    [InlineData(17, 0xffffffff, "The property 'name' has 4294967295 bytes, and the structure block ends 12 bytes on (at offset 0x44).")]
    [InlineData(18, 5, "A property's name at 0x5 lies outside the strings block of 5 bytes (at offset 0x48).")]
    [InlineData(18, 4, "A property's name is empty (at offset 0x5c).")]
    [InlineData(20, 9, "The structure ends inside the node '' (at offset 0x50).")]
    [InlineData(20, 4, "The structure ends inside the node '' (at offset 0x54).")]
    [InlineData(21, 4, "The structure block ends where a token should stand (at offset 0x58).")]
    [InlineData(21, 1, "A second node stands beside the root (at offset 0x54).")]
    public void Each_fault_has_its_sentence_and_its_place(int word, uint value, string sentence)
    {
        // 40 bytes of header, 16 of reservations, then from word 14 on: BEGIN "" PROP 4 0 value END_NODE END, "name".
        var document = new DevicetreeDocument();
        document.Root.Set("name", 1u);
        var blob = document.ToBlob();
        BinaryPrimitives.WriteUInt32BigEndian(blob.AsSpan(4 * word), value);

        var refusal = Assert.Throws<DevicetreeFormatException>(() => DevicetreeDocument.Parse(blob));

        Assert.Equal(sentence, refusal.Message);
    }

    [Fact]
    public void A_million_levels_are_refused_without_a_stack_overflow()
    {
        var structure = new byte[8 << 20];
        for (var at = 0; at < structure.Length; at += 8)
        {
            structure[at + 3] = 1;
            structure[at + 4] = at == 0 ? (byte)0 : (byte)'n';
        }

        var blob = Header(structure);

        var refusal = Assert.Throws<DevicetreeFormatException>(() => DevicetreeDocument.Parse(blob));
        Assert.Contains("deeper than 1024 levels", refusal.Message);
    }

    private static byte[] Header(byte[] structure)
    {
        var blob = new byte[56 + structure.Length];
        uint[] header = [0xd00dfeed, (uint)blob.Length, 56, 56, 40, 17, 16, 0, 0, (uint)structure.Length];
        for (var i = 0; i < header.Length; i++) BinaryPrimitives.WriteUInt32BigEndian(blob.AsSpan(4 * i), header[i]);
        structure.CopyTo(blob, 56);
        return blob;
    }

    private static void ReadOrRefuse(ReadOnlySpan<byte> blob)
    {
        try
        {
            var document = DevicetreeDocument.Parse(blob);
            // What is read can be written: nothing was taken in that the model can't hold.
            _ = document.ToBlob();
            _ = document.ToSource();
        }
        catch (DevicetreeFormatException refusal)
        {
            Assert.EndsWith(".", refusal.Message);
            Assert.DoesNotContain('\n', refusal.Message);
            Assert.InRange(refusal.Offset ?? -1, 0, blob.Length);
        }
    }
}
