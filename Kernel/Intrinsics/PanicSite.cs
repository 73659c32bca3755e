namespace Verification.Intrinsics;

/// <summary>
/// Where and why compiled code gave up. The compiler puts one such object for each place into read-only data and hands
/// its address to the panic handler, so that a check costs two instructions beside its branch.
/// All texts are UTF-8 and not terminated. 40 bytes: three pointers, four 32-bit numbers.
/// </summary>
public readonly unsafe struct PanicSite
{
    /// <summary>Creates the description of a place.</summary>
    public PanicSite(byte* function, int functionLength, byte* file, int fileLength, int line, byte* message, int messageLength)
    {
        Function = function;
        FunctionLength = functionLength;
        File = file;
        FileLength = fileLength;
        Line = line;
        Message = message;
        MessageLength = messageLength;
    }

    /// <summary>The method's name with namespace and type: <c>Verification.Kernel.PageAllocator.Free</c>. Offset 0.</summary>
    public readonly byte* Function;

    /// <summary>The source file's name without folders. Offset 8.</summary>
    public readonly byte* File;

    /// <summary>The reason: the exception's message, or the failed check in words. Offset 16.</summary>
    public readonly byte* Message;

    /// <summary>Length of <see cref="Function"/> in bytes. Offset 24.</summary>
    public readonly int FunctionLength;

    /// <summary>Length of <see cref="File"/> in bytes. Offset 28.</summary>
    public readonly int FileLength;

    /// <summary>Length of <see cref="Message"/> in bytes. Offset 32.</summary>
    public readonly int MessageLength;

    /// <summary>The line in the file, counted from 1; 0 where it is not known. Offset 36.</summary>
    public readonly int Line;
}
