using Verification.Toolchain.Linking;

namespace Verification.Toolchain.Images;

/// <summary>
/// .stack_sizes in LLVM's format (LLVM, "The LLVM Target-Independent Code Generator", "Emitting function stack size
/// information"): for each function its address, 8 bytes, and its frame's size, ULEB128. Compiled methods only: the
/// frames of assembly stubs are in their instructions alone.
/// </summary>
internal static class StackSizes
{
    public static byte[] Write(LinkedImage image)
    {
        ByteWriter section = new();
        foreach (CompiledMethod method in image.Program.Methods.OrderBy(method => image.Find(method.Symbol).Address))
        {
            section.U64(image.Find(method.Symbol).Address);
            section.Unsigned((ulong)method.FrameSizeBytes);
        }

        return section.ToArray();
    }
}
