using System.Buffers.Binary;
using System.Text;
using Verification.Machine.Devices;
using Verification.Machine.Memory;
using Xunit;

namespace Verification.Specs.Devices;

public class FirmwareConfigurationSpecs
{
    private readonly PhysicalMemory _memory = new([new MemoryBank(0x8000_0000, 1 << 20)], MemoryFill.Zero);
    private readonly FirmwareConfiguration _device;

    public FirmwareConfigurationSpecs() => _device = new FirmwareConfiguration(0x1010_0000, _memory, 3);

    [Fact]
    public void Item_zero_is_the_signature_read_byte_by_byte_or_at_once()
    {
        Select(0);
        Assert.Equal("QEMU", Encoding.ASCII.GetString([.. Enumerable.Range(0, 4).Select(_ => _device.Byte(0))]));
        Select(0);
        Assert.Equal(BinaryPrimitives.ReadUInt32LittleEndian("QEMU"u8), _device.Word(0));
        Assert.Equal(0, _device.Byte(0));
    }

    [Fact]
    public void Direct_memory_access_selects_and_copies_an_item()
    {
        Request(5u << 16 | 8 | 2, 2, 0x8000_2000);

        Assert.Equal(0u, _memory.Read<uint>(0x8000_1000));
        Assert.Equal(3, _memory.Read<ushort>(0x8000_2000));
    }

    [Theory]
    [InlineData(2, 4, 0x1000UL)]
    [InlineData(2, 0xffff_ffffu, 0x8000_2000UL)]
    [InlineData(16, 4, 0x8000_2000UL)]
    public void A_request_that_cannot_be_done_sets_the_error_bit(uint control, uint lengthBytes, ulong address)
    {
        Request(control, lengthBytes, address);
        Assert.Equal(1u, BinaryPrimitives.ReverseEndianness(_memory.Read<uint>(0x8000_1000)));
    }

    private void Select(ushort key) => Assert.True(_device.Write(8, 2, BinaryPrimitives.ReverseEndianness(key)));

    private void Request(uint control, uint lengthBytes, ulong address)
    {
        Span<byte> request = stackalloc byte[16];
        BinaryPrimitives.WriteUInt32BigEndian(request, control);
        BinaryPrimitives.WriteUInt32BigEndian(request[4..], lengthBytes);
        BinaryPrimitives.WriteUInt64BigEndian(request[8..], address);
        _memory.Write(0x8000_1000, request);
        _device.Long(16, BinaryPrimitives.ReverseEndianness(0x8000_1000UL));
    }
}
