using System.Buffers.Binary;
using FsCheck.Xunit;
using Verification.Machine.Devicetree;
using Verification.Specs.Oracles;
using Xunit;

namespace Verification.Specs.Devicetree;

[Properties(Arbitrary = [typeof(AnyDevicetree)])]
public sealed class DevicetreeBlobSpecs
{
    [Property]
    public void A_blob_of_any_form_reads_back_as_the_tree_it_was_written_from(DevicetreeDocument document, DevicetreeBlobOptions form)
    {
        var read = DevicetreeDocument.Parse(document.ToBlob(form));

        SameTree.Require(document, read);
        Assert.Equal(document.BootCpuId, read.BootCpuId);
    }

    [Property]
    public void The_default_form_is_canonical(DevicetreeDocument document, DevicetreeBlobOptions form)
    {
        var canonical = document.ToBlob();

        Assert.Equal(canonical, DevicetreeDocument.Parse(document.ToBlob(form)).ToBlob());
    }

    [Property]
    public void Blocks_are_aligned_and_inside_and_the_total_size_counts_all(DevicetreeDocument document, DevicetreeBlobOptions form)
    {
        var blob = document.ToBlob(form);

        Assert.Equal(0xd00dfeed, Field(0));
        Assert.Equal((uint)blob.Length, Field(1));
        Assert.Equal(0u, Field(2) % 4);
        Assert.Equal(0u, Field(4) % 8);
        Assert.InRange(Field(3) + Field(8), Field(3), (uint)blob.Length);
        Assert.Equal((uint)form.Version, Field(5));

        uint Field(int index) => BinaryPrimitives.ReadUInt32BigEndian(blob.AsSpan(4 * index));
    }

    [Fact]
    public void A_deep_tree_is_read_up_to_the_limit_and_refused_beyond()
    {
        var document = new DevicetreeDocument();
        var node = document.Root;
        for (var depth = 1; depth < DevicetreeDocument.MaximumDepth; depth++) node = node.Add("n");

        SameTree.Require(document, DevicetreeDocument.Parse(document.ToBlob()));

        node.Add("n");
        Assert.Throws<ArgumentException>(() => document.ToBlob());
    }

    [RequiresToolFact("dtc")]
    public void Dtc_reads_every_form_of_a_blob_as_the_same_tree()
    {
        foreach (var (document, form, index) in DevicetreeSamples.Pairs(40))
        {
            var text = Dtc.ToSource(document.ToBlob(form));

            Assert.True(document.ToSource(Dtc.StringLists) == text, $"Sample {index}:\n{document.ToSource(Dtc.StringLists)}\n--- dtc:\n{text}");
        }
    }

    [RequiresToolFact("dtc")]
    public void The_default_form_is_dtcs_own_byte_for_byte()
    {
        foreach (var (document, _, index) in DevicetreeSamples.Pairs(40))
        {
            var blob = document.ToBlob();

            Assert.True(blob.AsSpan().SequenceEqual(Dtc.Rewrite(blob, document.BootCpuId)), $"Sample {index}");
        }
    }
}
