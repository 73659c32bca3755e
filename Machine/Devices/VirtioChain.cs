using Verification.Machine.Memory;

namespace Verification.Machine.Devices;

/// <summary>A piece of the guest's memory that a driver lends to a device.</summary>
/// <param name="Address">Physical address.</param>
/// <param name="LengthBytes">Its length; all of it lies in memory.</param>
/// <param name="Access">What the device may do with it.</param>
public readonly record struct VirtioBuffer(ulong Address, uint LengthBytes, VirtioAccess Access);

/// <summary>What a device may do with a buffer: one or the other.</summary>
public enum VirtioAccess
{
    /// <summary>The device reads it.</summary>
    Read,

    /// <summary>The device writes it (VIRTQ_DESC_F_WRITE).</summary>
    Write,
}

/// <summary>The buffers of one request: the readable ones first, then the writable ones.</summary>
/// <param name="Head">Its first descriptor, which names the request in the used ring.</param>
/// <param name="Buffers">The buffers.</param>
public sealed record VirtioChain(uint Head, IReadOnlyList<VirtioBuffer> Buffers)
{
    /// <summary>Bytes that the device may read.</summary>
    public ulong ReadableBytes => Sum(VirtioAccess.Read);

    /// <summary>Bytes that the device may write.</summary>
    public ulong WritableBytes => Sum(VirtioAccess.Write);

    /// <summary>Copies readable bytes from <paramref name="offset"/> on; there must be as many.</summary>
    public void Read(PhysicalMemory memory, ulong offset, Span<byte> destination)
    {
        foreach (var (address, lengthBytes) in Pieces(VirtioAccess.Read, offset, (ulong)destination.Length))
        {
            memory.Read(address, destination[..(int)lengthBytes]);
            destination = destination[(int)lengthBytes..];
        }
    }

    /// <summary>Fills writable bytes from <paramref name="offset"/> on; there must be as many.</summary>
    public void Write(PhysicalMemory memory, ulong offset, ReadOnlySpan<byte> source)
    {
        foreach (var (address, lengthBytes) in Pieces(VirtioAccess.Write, offset, (ulong)source.Length))
        {
            memory.Write(address, source[..(int)lengthBytes]);
            source = source[(int)lengthBytes..];
        }
    }

    private IEnumerable<(ulong Address, ulong LengthBytes)> Pieces(VirtioAccess access, ulong offset, ulong lengthBytes)
    {
        foreach (var buffer in Buffers)
        {
            if (buffer.Access != access) continue;
            if (offset >= buffer.LengthBytes)
            {
                offset -= buffer.LengthBytes;
                continue;
            }
            var part = Math.Min(buffer.LengthBytes - offset, lengthBytes);
            if (part == 0) yield break;
            yield return (buffer.Address + offset, part);
            lengthBytes -= part;
            offset = 0;
        }
    }

    private ulong Sum(VirtioAccess access) =>
        Buffers.Aggregate(0UL, (sum, buffer) => buffer.Access == access ? sum + buffer.LengthBytes : sum);
}
