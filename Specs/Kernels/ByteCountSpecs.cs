using FsCheck.Xunit;
using Verification.Framework.Kernels;
using Xunit;

namespace Verification.Specs.Kernels;

public class ByteCountSpecs
{
    [Theory]
    [InlineData("0", 0ul)]
    [InlineData("4096", 4096ul)]
    [InlineData("0x1000", 4096ul)]
    [InlineData("4K", 4096ul)]
    [InlineData("4k", 4096ul)]
    [InlineData("128M", 134217728ul)]
    [InlineData("2G", 2147483648ul)]
    [InlineData("1T", 1099511627776ul)]
    public void Suffixes_are_powers_of_1024(string text, ulong bytes)
    {
        Assert.True(ByteCount.TryParse(text, out ulong read));
        Assert.Equal(bytes, read);
    }

    [Theory]
    [InlineData("")]
    [InlineData("M")]
    [InlineData("-1")]
    [InlineData("1.5G")]
    [InlineData("12Q")]
    [InlineData("99999999999999999999")]
    [InlineData("20000000T")]
    public void What_is_no_count_or_too_large_is_refused(string text) => Assert.False(ByteCount.TryParse(text, out _));

    [Property]
    public void Every_number_can_be_written_in_decimal_and_in_hexadecimal(ulong bytes)
    {
        Assert.True(ByteCount.TryParse($"{bytes}", out ulong ten));
        Assert.True(ByteCount.TryParse($"0x{bytes:x}", out ulong sixteen));
        Assert.Equal((bytes, bytes), (ten, sixteen));
    }

    [Theory]
    [InlineData(0ul, "0 bytes")]
    [InlineData(4096ul, "4,096 bytes")]
    [InlineData(16384ul, "16 KiB")]
    [InlineData(134217728ul, "128 MiB")]
    [InlineData(134217729ul, "134,217,729 bytes")]
    public void A_count_is_written_exactly(ulong bytes, string text) => Assert.Equal(text, ByteCount.Text(bytes));
}
