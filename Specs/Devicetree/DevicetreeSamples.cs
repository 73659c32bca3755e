using FsCheck;
using FsCheck.Fluent;
using Verification.Machine.Devicetree;

namespace Verification.Specs.Devicetree;

/// <summary>A fixed number of arbitrary trees for oracles that cost a process each: always the same ones.</summary>
public static class DevicetreeSamples
{
    public static IEnumerable<(DevicetreeDocument Document, DevicetreeBlobOptions Form, int Index)> Pairs(int count) =>
        Gen.Zip(AnyDevicetree.Documents().Generator, AnyDevicetree.Forms().Generator)
            .Sample(count, new Rnd(4711), 20)
            .Select((pair, index) => (pair.Item1, pair.Item2, index));
}
