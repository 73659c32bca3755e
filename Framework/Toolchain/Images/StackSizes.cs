using Verification.Toolchain.Linking;

namespace Verification.Toolchain.Images;

/// <summary>
/// .stack_sizes in LLVM's format (LLVM, "The LLVM Target-Independent Code Generator", "Emitting function stack size
/// information"): for each function its address, 8 bytes, and its frame's size, ULEB128. Functions of assembly stubs, too:
/// theirs is the most that they take of whatever stack they run on.
/// </summary>
internal static class StackSizes
{
    public static byte[] Write(LinkedImage image)
    {
        IEnumerable<(ulong Address, int SizeBytes)> methods =
            image.Program.Methods.Select(method => (image.Find(method.Symbol).Address, method.FrameSizeBytes));
        IEnumerable<(ulong Address, int SizeBytes)> stubs = image.Stubs
            .SelectMany(stub => stub.Functions)
            .Select(function => (image.Find(function.Symbol).Address, function.FrameSizeBytes));
        ByteWriter section = new();
        foreach ((ulong address, int sizeBytes) in methods.Concat(stubs).OrderBy(entry => entry.Address))
        {
            section.U64(address);
            section.Unsigned((ulong)sizeBytes);
        }

        return section.ToArray();
    }
}
