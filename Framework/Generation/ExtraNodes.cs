using System.Globalization;
using System.Text;

namespace Verification.Framework.Generation;

/// <summary>
/// Draws further nodes of the devicetree, as source text. They mean nothing to a kernel, but names, cell counts and strings
/// in them are those that a careless parser falls for; only <c>device_type</c> never stands in them, which is what makes a
/// node one of memory or of a hart.
/// </summary>
internal static class ExtraNodes
{
    private const int DeepestNesting = 60;

    private static readonly string[] TopNames = ["widget", "bridge", "vendor,block", "firmware-info", "regulators", "thermal-zones"];

    private static readonly string[] InnerNames =
        ["memory@0", "memory@80000000", "cpu@0", "cpus", "chosen", "reserved-memory", "child", "port@1", "a", "memory", "serial@10000000"];

    private static readonly string[] Properties =
    [
        "#address-cells = <3>;", "#size-cells = <0>;", "#address-cells = <1>;", "#size-cells = <1>;",
        "reg = <0x80000000 0x10000000>;", "reg = <0 0x80000000 0 0x40000000>;", "reg = <0>;", "empty;", "status = \"disabled\";",
        "status = \"okay\";", "compatible = \"vendor,widget\", \"memory\";", "name = \"memory\";", "bytes = [00 01 02 03 04];",
        "text = \"device_type\", \"memory\", \"cpu\";", "ranges;", "phandle-like = <0xffffffff>;", "tokens = <1 2 3 4 9 0xd00dfeed>;",
        "one-byte = [ff];", "no-map;", "linux,a-name-of-thirty-one-letters = <1>;",
    ];

    public static string Source(Draw draw)
    {
        if (draw.Happens(50)) return "";
        var text = new StringBuilder();
        if (draw.Happens(30)) text.Append("vendor,serial = \"0123456789\"; ");
        var top = draw.Happens(80) ? draw.Between(1, 4) : draw.Between(5, 40);
        for (var i = 0; i < top; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"{draw.Pick<string>(TopNames)}-{i} {{ ");
            Body(draw, text, draw.Happens(10) ? draw.Between(4, DeepestNesting - 2) : draw.Between(0, 3));
            text.Append("}; ");
        }

        return text.ToString().TrimEnd();
    }

    private static void Body(Draw draw, StringBuilder text, int depth)
    {
        var used = new HashSet<string>();
        for (var count = draw.Between(0, 4); count > 0; count--)
        {
            var property = draw.Pick<string>(Properties);
            if (used.Add(property.Split(' ', ';')[0])) text.Append(property).Append(' ');
        }

        if (draw.Happens(3)) text.Append("long = \"").Append('x', (int)draw.Magnitude(4000)).Append("\"; ");
        if (depth == 0) return;
        // One child leads down; siblings stay flat, so that deep trees don't become broad ones.
        text.Append(draw.Pick<string>(InnerNames)).Append(" { ");
        Body(draw, text, depth - 1);
        text.Append("}; ");
        for (var count = draw.Between(0, 2); count > 0; count--) text.Append(CultureInfo.InvariantCulture, $"sibling@{count:x} {{ reg = <{count}>; }}; ");
    }
}
