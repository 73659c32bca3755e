using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Verification.Kernel;
using Verification.Machine.Devicetree;
using Verification.Specs.Devicetree;
using Verification.Specs.Oracles;
using Xunit;

namespace Verification.Specs.KernelCode;

/// <summary>
/// The kernel's devicetree readers, run as the C# that they are. The blobs come from the model's writer, whose own
/// oracles are dtc and QEMU.
/// </summary>
[Properties(Arbitrary = [typeof(AnyBootTree), typeof(AnyDevicetree)])]
public sealed class DevicetreeReaderSpecs
{
    [Property]
    public void The_kernel_sees_the_harts_the_memory_and_the_reservations_that_are_there(BootTree tree, DevicetreeBlobOptions form)
    {
        Findings found = Findings.By(Reader.Streaming, tree.Document.ToBlob(form));
        Assert.Equal(DevicetreeError.None, found.Error);
        Assert.Equal(tree.HartIds, found.HartIds);
        Assert.Equal(tree.Memory.Select(End), found.Memory);
        Assert.Equal(tree.Reserved.Select(End).Order(), found.Reserved.Order());
    }

    [Property]
    public void The_storys_reader_sees_the_same_harts_and_memory(BootTree tree, DevicetreeBlobOptions form)
    {
        if (tree.Document.Root.Descend().Count() > NodeCache.Capacity) return;
        Findings found = Findings.By(Reader.Caching, tree.Document.ToBlob(form));
        Assert.Equal(DevicetreeError.None, found.Error);
        Assert.Equal(tree.HartIds, found.HartIds);
        Assert.Equal(tree.Memory.Select(End), found.Memory);
    }

    [Property(MaxTest = 300)]
    public void No_damage_to_a_blob_makes_a_reader_fail_in_any_other_way_than_by_its_error(BootTree tree, Damage damage)
    {
        byte[] blob = damage.To(tree.Document.ToBlob());
        Findings.By(Reader.Streaming, blob);
        Findings.By(Reader.Caching, blob);
    }

    [Property]
    public void A_blob_that_is_cut_off_is_called_truncated(BootTree tree, PositiveInt cut)
    {
        byte[] blob = tree.Document.ToBlob();
        byte[] rest = blob[..^(1 + cut.Get % (blob.Length - 1))];
        Assert.Equal(DevicetreeError.Truncated, Findings.By(Reader.Streaming, rest).Error);
    }

    [Fact]
    public void A_full_table_is_counted_and_not_overrun()
    {
        DevicetreeDocument document = new();
        DevicetreeNode cpus = document.Root.Add("cpus").Set("#address-cells", 1u).Set("#size-cells", 0u);
        for (uint id = 0; id < 10; id++) cpus.Add($"cpu@{id:x}").Set("device_type", "cpu").Set("reg", id);
        BoardSurvey survey = new(new ulong[4], new MemoryRange[1], new MemoryRange[1]);
        Assert.Equal(DevicetreeError.None, DevicetreeReader.Survey(document.ToBlob(), ref survey));
        Assert.Equal([0ul, 1, 2, 3], survey.HartIds.ToArray());
        Assert.Equal(6, survey.LeftOutCount);
    }

    [Fact]
    public void What_is_no_devicetree_is_called_so() =>
        Assert.Equal(DevicetreeError.BadMagic, Findings.By(Reader.Streaming, new byte[64]).Error);

    [RequiresToolTheory("qemu-system-riscv64")]
    [InlineData(1, 128)]
    [InlineData(4, 1024)]
    [InlineData(8, 3072)]
    public void Qemus_own_devicetree_is_understood(int harts, int megabytes)
    {
        using Linking.TemporaryFile file = new([]);
        Assert.Equal(0, Tool.Run(
            "qemu-system-riscv64", "-machine", $"virt,dumpdtb={file.Path}", "-smp", $"{harts}", "-m", $"{megabytes}M", "-display", "none").ExitCode);
        foreach (Reader reader in Enum.GetValues<Reader>())
        {
            Findings found = Findings.By(reader, File.ReadAllBytes(file.Path));
            Assert.Equal(DevicetreeError.None, found.Error);
            Assert.Equal(Enumerable.Range(0, harts).Select(id => (ulong)id), found.HartIds);
            Assert.Equal([(0x8000_0000ul, 0x8000_0000ul + ((ulong)megabytes << 20))], found.Memory);
        }
    }

    private static (ulong Start, ulong End) End(DevicetreeRange range) => (range.Address, range.Address + range.SizeBytes);

    /// <summary>Which of the kernel's two readers.</summary>
    public enum Reader
    {
        Streaming,
        Caching,
    }

    /// <summary>A blob with one thing wrong: a byte changed, or a word.</summary>
    public sealed record Damage(PositiveInt Place, byte Value, bool IsWord)
    {
        public byte[] To(byte[] blob)
        {
            int place = Place.Get * 7919 % blob.Length;
            blob[place] = Value;
            if (IsWord)
            {
                place &= ~3;
                for (int index = place; index < Math.Min(place + 3, blob.Length); index++) blob[index] = Value < 128 ? (byte)0 : (byte)0xFF;
            }

            return blob;
        }
    }

    private sealed record Findings(
        DevicetreeError Error, IReadOnlyList<ulong> HartIds, IReadOnlyList<(ulong Start, ulong End)> Memory,
        IReadOnlyList<(ulong Start, ulong End)> Reserved)
    {
        public static Findings By(Reader reader, byte[] blob)
        {
            BoardSurvey survey = new(new ulong[512], new MemoryRange[512], new MemoryRange[512]);
            DevicetreeError error = reader == Reader.Streaming
                ? DevicetreeReader.Survey(blob, ref survey)
                : NodeCacheReader.Survey(blob, ref survey);
            return new Findings(error, survey.HartIds.ToArray(), Pairs(survey.Memory), Pairs(survey.Reserved));
        }

        private static (ulong, ulong)[] Pairs(ReadOnlySpan<MemoryRange> ranges)
        {
            (ulong, ulong)[] pairs = new (ulong, ulong)[ranges.Length];
            for (int index = 0; index < ranges.Length; index++) pairs[index] = (ranges[index].Start, ranges[index].End);
            return pairs;
        }
    }
}
