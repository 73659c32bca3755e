using Verification.Machine.Devices;
using Xunit;

namespace Verification.Specs.Devices;

public class PciHostSpecs
{
    [Fact]
    public void Only_the_bridge_itself_answers()
    {
        var host = new PciHost(0x3000_0000, 32);

        Assert.Equal(0x0008_1b36u, host.Word(0));
        Assert.Equal(0x06, host.Byte(0x0b));
        Assert.Equal(0xffff_ffffu, host.Word(1 << 15));
        Assert.Equal(0xffff_ffffu, host.Word(1 << 20));
    }
}
