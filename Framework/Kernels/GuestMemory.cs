using Verification.Machine;
using Verification.Machine.Images;

namespace Verification.Framework.Kernels;

/// <summary>Reads guest memory with the kernel's own C# structs.</summary>
public static class GuestMemory
{
    extension(Board board)
    {
        /// <summary>The object at a symbol of the image, as a value of the struct that the kernel declares for it.</summary>
        /// <param name="image">The kernel's image; loaded where it was linked.</param>
        /// <param name="symbol">The object's symbol.</param>
        /// <exception cref="KernelDescriptionException">The image has no such symbol, or the object has another size.</exception>
        public T Read<T>(KernelImage image, string symbol) where T : unmanaged
        {
            var found = image.Symbols.Find(symbol) ?? throw new KernelDescriptionException($"the image has no object '{symbol}'");
            ulong sizeBytes = (ulong)System.Runtime.CompilerServices.Unsafe.SizeOf<T>();
            if (found.SizeBytes != 0 && found.SizeBytes < sizeBytes)
                throw new KernelDescriptionException($"'{symbol}' has {found.SizeBytes} bytes, {typeof(T).Name} {sizeBytes}");
            return board.Memory.Read<T>(found.Address);
        }
    }
}
