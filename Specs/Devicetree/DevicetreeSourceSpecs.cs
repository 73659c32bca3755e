using FsCheck.Xunit;
using Verification.Machine.Devicetree;
using Verification.Specs.Oracles;
using Xunit;

namespace Verification.Specs.Devicetree;

[Properties(Arbitrary = [typeof(AnyDevicetree)])]
public sealed class DevicetreeSourceSpecs
{
    private const string Example = """
        /dts-v1/;

        /memreserve/	0x0000000080000000 0x0000000000020000;
        / {
        	#address-cells = <0x02>;
        	compatible = "riscv-virtio", "simple";
        	bytes = [00 01 ff];

        	cpu@0 {
        		interrupt-controller;
        	};
        };

        """;

    [Property]
    public void Text_reads_back_as_the_tree_it_was_written_from(DevicetreeDocument document) =>
        SameTree.Require(document, DevicetreeDocument.ParseSource(document.ToSource()));

    [Fact]
    public void Text_looks_as_dtc_writes_it()
    {
        var document = new DevicetreeDocument();
        document.Reservations.Add(new MemoryReservation(0x8000_0000, 0x2_0000));
        document.Root.Set("#address-cells", 2u).Set("compatible", "riscv-virtio", "simple").SetBytes("bytes", [0, 1, 255]);
        document.Root.Add("cpu@0").Set("interrupt-controller");

        Assert.Equal(Example, document.ToSource());
    }

    [Fact]
    public void What_people_write_by_hand_is_read()
    {
        var document = DevicetreeDocument.ParseSource("""
            /dts-v1/; // a comment
            # 1 "line.dts"
            first: /memreserve/ 0x10 (1 << 12);
            root: / {
                #address-cells = <1>; #size-cells = <1>;
                expression = <(1 + 2 * 3) (-1) ('a' + 1) (1 ? 2 : 3) (~0 & 0xff) (1 << 4 | 1) (5 > 3 && 2 != 2)>;
                /* two
                   lines */
                wide = /bits/ 64 <0x123456789abcdef0>, /bits/ 8 <1 2>;
                text = "a\x41\102\n", "b"; octal = <010>;
                plic: interrupt-controller@c000000 { gone; };
                user { interrupt-parent = <&plic>; path = &plic; again = <&{/user}>; named: x = "y"; };
                unwanted { };
            };
            &plic { extra = <1>; /delete-property/ gone; };
            / { user { x = "z"; }; /delete-node/ unwanted; };
            """);

        var root = document.Root;
        Assert.Equal([new MemoryReservation(0x10, 0x1000)], document.Reservations);
        Assert.Equal([7u, 0xffff_ffff, 0x62, 2, 0xff, 0x11, 0], root.Cells("expression")!);
        Assert.Equal("123456789ABCDEF00102", Convert.ToHexString(root.Property("wide")!.Value));
        Assert.Equal(["aAB\n", "b"], root.Texts("text")!);
        Assert.Equal(8u, root.Cell("octal"));
        Assert.Equal(["user", "interrupt-controller@c000000"], root.Children.Select(node => node.Name).Order(StringComparer.Ordinal).Reverse());
        var plic = document.Find("/interrupt-controller")!;
        Assert.Equal(["extra", "phandle"], plic.Properties.Select(property => property.Name));
        var user = document.Find("/user")!;
        Assert.Same(plic, document.FindPhandle(user.Cell("interrupt-parent")!.Value));
        Assert.Equal("/interrupt-controller@c000000", user.Text("path"));
        Assert.Same(user, document.FindPhandle(user.Cell("again")!.Value));
        Assert.Equal("z", user.Text("x"));
    }

    [Theory]
    [InlineData("", "Line 1, column 1: '/dts-v1/' is expected instead of the end of the text.")]
    [InlineData("/dts-v1/;", "Line 1, column 10: The text has no root node.")]
    [InlineData("/dts-v1/;\n/ { a = <1 2; };", "Line 2, column 13: A number is expected instead of ';'.")]
    [InlineData("/dts-v1/;\n/ { a = \"b; };", "Line 2, column 9: The string is not closed.")]
    [InlineData("/dts-v1/; / { a = <&b>; };", "Line 1, column 20: There is no node for the reference '&b'.")]
    [InlineData("/dts-v1/; / { a = <0x123456789>; };", "Line 1, column 20: 0x123456789 does not fit in 32 bits.")]
    [InlineData("/dts-v1/; / { a = <(1 / 0)>; };", "Line 1, column 25: The division is by zero.")]
    [InlineData("/dts-v1/; / { a = [0g]; };", "Line 1, column 20: Two hexadecimal digits are expected instead of '0'.")]
    [InlineData("/dts-v1/; / { b { }; ", "Line 1, column 22: A name is expected instead of the end of the text.")]
    [InlineData("/dts-v1/; /* / { };", "Line 1, column 11: The comment is not closed.")]
    [InlineData("/dts-v1/; / { a = <09>; };", "Line 1, column 20: '09' is no 64-bit number.")]
    [InlineData("/dts-v1/; l: / { l: b { }; };", "Line 1, column 21: The label 'l' stands at two nodes.")]
    public void A_fault_is_named_with_line_and_column(string text, string sentence)
    {
        var refusal = Assert.Throws<DevicetreeFormatException>(() => DevicetreeDocument.ParseSource(text));

        Assert.Equal(sentence, refusal.Message);
    }

    [Property(MaxTest = 300)]
    public void Mutated_text_is_read_or_refused_in_one_sentence(DevicetreeDocument document, (ushort At, char Sign)[] changes)
    {
        var text = (Example + document.ToSource()["/dts-v1/;\n\n".Length..].Replace("/memreserve/", "// ", StringComparison.Ordinal)).ToCharArray();
        foreach (var (at, sign) in changes) text[at % text.Length] = "\"<>[]{};:=&/\\'(0 "[sign % 17];
        try
        {
            DevicetreeDocument.ParseSource(new string(text));
        }
        catch (DevicetreeFormatException refusal)
        {
            Assert.StartsWith("Line ", refusal.Message);
            Assert.DoesNotContain('\n', refusal.Message);
        }
    }

    [Fact]
    public void Nesting_beyond_the_limits_is_refused()
    {
        Assert.Throws<DevicetreeFormatException>(() => DevicetreeDocument.ParseSource(
            "/dts-v1/; / { " + string.Concat(Enumerable.Repeat("n { ", 100_000))));
        Assert.Throws<DevicetreeFormatException>(() => DevicetreeDocument.ParseSource(
            "/dts-v1/; / { a = <" + new string('(', 100_000)));
        Assert.Throws<DevicetreeFormatException>(() => DevicetreeDocument.ParseSource(
            "/dts-v1/; / { a = <(" + new string('-', 100_000)));
    }

    [RequiresToolFact("dtc")]
    public void Dtc_compiles_our_text_to_our_blob()
    {
        foreach (var (document, _, index) in DevicetreeSamples.Pairs(30))
        {
            var blob = DevicetreeDocument.Parse(Dtc.Compile(document.ToSource()));

            document.BootCpuId = 0;
            Assert.True(document.ToBlob().AsSpan().SequenceEqual(blob.ToBlob()), $"Sample {index}:\n{document.ToSource()}");
        }
    }

    [RequiresToolTheory("dtc")]
    [InlineData("/ { a { b = <&c &d>; }; c: c { e = <&{/a}>; d: d { phandle = <1>; }; }; };")]
    [InlineData("/ { a = \"x\", <1 2>, [03 04], &b; b: b { }; }; &b { c = <(1 << 3)>; }; / { b { d; }; };")]
    [InlineData("/memreserve/ 1 2; / { x = /bits/ 16 <1 0xffff>, /bits/ 64 <(-1)>; y = \"\\\"\\\\\\t\\x7f\\101\"; };")]
    [InlineData("/ { x = <('a' + 'b' * 2 - -1) (7 % 4 == 3) (1 < 2 ? 10 : 20) (!5) (0xf0 ^ 0xff) (5 / 2)>; };")]
    public void Dtc_reads_hand_written_text_as_we_do(string body)
    {
        var source = "/dts-v1/; " + body;

        Assert.Equal(Dtc.ToSource(Dtc.Compile(source)), DevicetreeDocument.ParseSource(source).ToSource(Dtc.StringLists));
    }

    [RequiresToolFact("qemu-system-riscv64", "dtc")]
    public void Qemus_own_tree_survives_blob_and_text()
    {
        var folder = Directory.CreateTempSubdirectory("devicetree").FullName;
        try
        {
            var file = Path.Combine(folder, "virt.dtb");
            Tool.Run("qemu-system-riscv64", "-machine", $"virt,dumpdtb={file}", "-smp", "4", "-m", "512M");
            var blob = File.ReadAllBytes(file);
            var document = DevicetreeDocument.Parse(blob);

            Assert.Equal(Dtc.ToSource(blob), document.ToSource(Dtc.StringLists));
            SameTree.Require(document, DevicetreeDocument.ParseSource(document.ToSource()));
            SameTree.Require(document, DevicetreeDocument.Parse(document.ToBlob()));
            Assert.Equal([new DevicetreeRange(0x8000_0000, 512 << 20)], document.Find("/memory")!.Registers());
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
