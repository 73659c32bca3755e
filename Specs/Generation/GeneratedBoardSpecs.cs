using Verification.Framework.Generation;
using Verification.Machine;
using Verification.Machine.Devicetree;
using Verification.Machine.Images;
using Xunit;

namespace Verification.Specs.Generation;

public sealed class GeneratedBoardSpecs
{
    [Fact]
    public void The_board_takes_every_machine_and_its_devicetree_says_what_was_generated()
    {
        var image = KernelImage.FromRaw(new byte[AnyMachine.Space.Kernel.SizeBytes], AnyMachine.Space.Kernel.BaseAddress);
        for (var index = 0; index < 150; index++)
        {
            var machine = MachineGenerator.Generate(AnyMachine.Space, 5, index);
            using var board = Board.Boot(machine, image);

            var blob = new byte[board.DevicetreeRange.SizeBytes];
            board.Memory.Read(board.DevicetreeRange.BaseAddress, blob);
            var tree = DevicetreeDocument.Parse(blob);
            Assert.Equal(machine.Memory.Select(bank => new DevicetreeRange(bank.BaseAddress, bank.SizeBytes)), Memory(tree));
            Assert.Equal(machine.Harts.Select(hart => hart.Id), tree.Find("/cpus")!.Children.Where(node => node.GenericName == "cpu").Select(node => node.Property("reg")!.Number));
            Assert.True(machine.Devicetree.PlacementAddress is null || machine.Devicetree.PlacementAddress == board.DevicetreeRange.BaseAddress);
            Assert.DoesNotContain(machine.Devicetree.ReservedMemory, entry =>
                entry.Range.BaseAddress < board.DevicetreeRange.EndAddress && board.DevicetreeRange.BaseAddress < entry.Range.EndAddress);
        }
    }

    private static IEnumerable<DevicetreeRange> Memory(DevicetreeDocument tree) => tree.Root.Children
        .Where(node => node.Property("device_type") is { } type && type.Text == "memory").SelectMany(node => node.Registers());
}
