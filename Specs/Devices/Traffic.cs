using FsCheck;
using FsCheck.Fluent;

namespace Verification.Specs.Devices;

/// <summary>A guest's access to a device, and the time until the next one.</summary>
public readonly record struct MmioAccess(bool IsWrite, ulong Offset, int SizeBytes, ulong Value, ushort WaitTicks);

/// <summary>A sequence of accesses.</summary>
public sealed record Traffic(MmioAccess[] Accesses)
{
    public override string ToString() => string.Join(' ', Accesses);
}

public static class TrafficArbitrary
{
    /// <summary>Many accesses go where virtio's registers are, with values that set queues up: else random traffic would
    /// never reach a ring.</summary>
    public static Arbitrary<Traffic> Traffic()
    {
        ulong[] offsets = [0x28, 0x30, 0x38, 0x3c, 0x40, 0x44, 0x50, 0x70, 0x80, 0x90, 0xa0, 0x200000, 0x200004, 0x2000, 0x4000, 0xbff8];
        ulong[] values = [0, 1, 2, 4, 8, 16, 4096, 0x8000_0000, 0x8000_1000, 0x8_0000, 0x20, 0xd0, 0x40, 0x5555, ulong.MaxValue];
        var offset = Gen.OneOf(Gen.Elements(offsets), Gen.Choose(0, 0x300).Select(i => (ulong)i), Gen.Choose(0, int.MaxValue).Select(i => (ulong)i));
        var value = Gen.OneOf(Gen.Elements(values), Gen.Choose(int.MinValue, int.MaxValue).Select(i => (ulong)(uint)i),
            Gen.Choose(0, 0xfff).Select(i => 0x8000_0000UL + (ulong)i * 256));
        var access = from isWrite in Gen.Elements(true, true, false)
                     from at in offset
                     from size in Gen.Elements(1, 2, 4, 4, 4, 8)
                     from word in value
                     from wait in Gen.Elements<ushort>(0, 0, 1, 1000)
                     select new MmioAccess(isWrite, at, size, word, wait);
        return Arb.From(access.ArrayOf().Select(accesses => new Traffic(accesses)),
            traffic => Enumerable.Range(0, traffic.Accesses.Length).Select(i => new Traffic([.. traffic.Accesses.Where((_, at) => at != i)])));
    }
}
