namespace Verification.Toolchain;

/// <summary>
/// A failure inside a method of the base library is told at the kernel's line that called into it. That method has no line
/// of its own; the way back does: each call of the library from the kernel, and within the library, has a record, and the
/// records from the failed method outwards lead to the first call that stands in the kernel's source. Nothing is done for
/// this before a panic. In C# like the kernel itself, compiled into the images that need it.
/// </summary>
public static unsafe class PanicRoutines
{
    /// <summary>What the panic handler is given: <c>Verification.Intrinsics.PanicSite</c>.</summary>
    public struct Site
    {
        /// <summary>The method's name, UTF-8.</summary>
        public byte* Function;

        /// <summary>The file's name, UTF-8.</summary>
        public byte* File;

        /// <summary>The reason, UTF-8.</summary>
        public byte* Message;

        /// <summary>Bytes of <see cref="Function"/>.</summary>
        public int FunctionLength;

        /// <summary>Bytes of <see cref="File"/>.</summary>
        public int FileLength;

        /// <summary>Bytes of <see cref="Message"/>.</summary>
        public int MessageLength;

        /// <summary>The line; 0 if it is not known.</summary>
        public int Line;
    }

    /// <summary>A call from which the way back leads on.</summary>
    public struct Call
    {
        /// <summary>Where the call returns to.</summary>
        public ulong ReturnAddress;

        /// <summary>The place in the kernel's source; null for a call within the library.</summary>
        public Site* Site;

        /// <summary>Bytes of the caller's frame.</summary>
        public int FrameSizeBytes;

        /// <summary>Where in it the caller's own return address lies.</summary>
        public int ReturnOffset;
    }

    /// <summary>Tells the panic handler of a failure in the library.</summary>
    /// <param name="reason">The failure, with the library's method as its place.</param>
    /// <param name="returnAddress">Where the failed method would have returned to.</param>
    /// <param name="stack">The stack pointer there.</param>
    public static void Raise(Site* reason, ulong returnAddress, byte* stack)
    {
        Site told = *reason;
        while (Find(returnAddress) is not null and var call)
        {
            if (call->Site is not null and var place)
            {
                told = *place;
                told.Message = reason->Message;
                told.MessageLength = reason->MessageLength;
                break;
            }

            returnAddress = *(ulong*)(stack + call->ReturnOffset);
            stack += call->FrameSizeBytes;
        }

        Handle(&told);
    }

    private static Call* Find(ulong returnAddress)
    {
        Call* call = Calls();
        for (Call* end = call + CallCount(); call != end; call++)
        {
            if (call->ReturnAddress == returnAddress) return call;
        }

        return null;
    }

    // These three stand for the image's own symbols: the compiler puts them in.
    private static Call* Calls() => null;

    private static long CallCount() => 0;

    private static void Handle(Site* site)
    {
    }
}
