using Verification.Machine.Devices;
using Verification.Machine.State;

namespace Verification.Specs.Devices;

/// <summary>Register accesses as specs write them, by offset.</summary>
internal static class Access
{
    public static uint Word(this IDevice device, ulong offset)
    {
        Xunit.Assert.True(device.Read(offset, 4, out var value), $"{device.Name} answers a word at 0x{offset:x}");
        return (uint)value;
    }

    public static void Word(this IDevice device, ulong offset, uint value) =>
        Xunit.Assert.True(device.Write(offset, 4, value), $"{device.Name} takes a word at 0x{offset:x}");

    public static ulong Long(this IDevice device, ulong offset)
    {
        Xunit.Assert.True(device.Read(offset, 8, out var value), $"{device.Name} answers 8 bytes at 0x{offset:x}");
        return value;
    }

    public static void Long(this IDevice device, ulong offset, ulong value) =>
        Xunit.Assert.True(device.Write(offset, 8, value), $"{device.Name} takes 8 bytes at 0x{offset:x}");

    public static byte Byte(this IDevice device, ulong offset)
    {
        Xunit.Assert.True(device.Read(offset, 1, out var value), $"{device.Name} answers a byte at 0x{offset:x}");
        return (byte)value;
    }

    public static void Byte(this IDevice device, ulong offset, byte value) =>
        Xunit.Assert.True(device.Write(offset, 1, value), $"{device.Name} takes a byte at 0x{offset:x}");

    public static byte[] Save(this IStateful part)
    {
        var writer = new StateWriter();
        part.Transfer(writer);
        return writer.ToArray();
    }

    public static void Restore(this IStateful part, byte[] saved)
    {
        var reader = new StateReader(saved);
        part.Transfer(reader);
        Xunit.Assert.True(reader.IsAtEnd);
    }

    /// <summary>A wire that leads nowhere; its level can be read.</summary>
    public static InterruptLine Wire() => new(_ => { });
}
