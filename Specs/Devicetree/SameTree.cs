using Verification.Machine.Devicetree;
using Xunit;

namespace Verification.Specs.Devicetree;

/// <summary>Compares two trees node by node, and names the first node that differs.</summary>
public static class SameTree
{
    public static void Require(DevicetreeDocument expected, DevicetreeDocument actual)
    {
        Assert.Equal(expected.Reservations, actual.Reservations);
        var left = expected.Root.Descend().ToList();
        var right = actual.Root.Descend().ToList();
        Assert.Equal(left.Select(node => node.Path), right.Select(node => node.Path));
        foreach (var (one, other) in left.Zip(right))
        {
            Assert.True(
                one.Properties.Select(Text).SequenceEqual(other.Properties.Select(Text)),
                $"{one.Path}: {string.Join(", ", one.Properties.Select(Text))} is not {string.Join(", ", other.Properties.Select(Text))}");
        }
    }

    private static string Text(DevicetreeProperty property) => $"{property.Name}={Convert.ToHexString(property.Value)}";
}
