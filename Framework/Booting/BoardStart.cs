using Verification.Machine;
using Verification.Machine.Devices;
using Verification.Machine.Images;
#pragma warning disable CS1591

namespace Verification.Framework.Booting;

/// <summary>Placeholder for the board's ways in, until they stand in Machine/Boot.</summary>
public static class BoardStart
{
    extension(Board board)
    {
        public static Board Boot(BoardConfiguration configuration, KernelImage? image) => throw new NotImplementedException();

        public void ConsoleInput(byte[] bytes) => throw new NotImplementedException();

        public string ConsoleOutput => throw new NotImplementedException();

        public AddressRange DevicetreeRange => throw new NotImplementedException();
    }
}
