namespace Verification.Toolchain;

/// <summary>
/// Routines that compiled code calls for blocks of memory. They are C# like the kernel itself, compiled by the same
/// compiler into every image that needs them.
/// </summary>
public static unsafe class RuntimeRoutines
{
    /// <summary>Copies bytes between blocks that may overlap.</summary>
    public static void Copy(byte* destination, byte* source, nuint sizeBytes)
    {
        if ((nuint)destination - (nuint)source < sizeBytes)
        {
            CopyDown(destination, source, sizeBytes);
            return;
        }

        byte* end = destination + sizeBytes;
        if (((((nuint)destination ^ (nuint)source) & 7) == 0) && sizeBytes >= 16)
        {
            while (((nuint)destination & 7) != 0) *destination++ = *source++;
            byte* last = (byte*)((nuint)end & ~(nuint)7);
            while ((nuint)(last - destination) >= 32)
            {
                ulong first = ((ulong*)source)[0];
                ulong second = ((ulong*)source)[1];
                ulong third = ((ulong*)source)[2];
                ulong fourth = ((ulong*)source)[3];
                ((ulong*)destination)[0] = first;
                ((ulong*)destination)[1] = second;
                ((ulong*)destination)[2] = third;
                ((ulong*)destination)[3] = fourth;
                destination += 32;
                source += 32;
            }

            while (destination != last)
            {
                *(ulong*)destination = *(ulong*)source;
                destination += 8;
                source += 8;
            }
        }

        while (destination != end) *destination++ = *source++;
    }

    /// <summary>Sets bytes to a value.</summary>
    public static void Fill(byte* destination, byte value, nuint sizeBytes)
    {
        byte* end = destination + sizeBytes;
        if (sizeBytes >= 16)
        {
            ulong word = value * 0x0101010101010101UL;
            while (((nuint)destination & 7) != 0) *destination++ = value;
            byte* last = (byte*)((nuint)end & ~(nuint)7);
            while ((nuint)(last - destination) >= 32)
            {
                ((ulong*)destination)[0] = word;
                ((ulong*)destination)[1] = word;
                ((ulong*)destination)[2] = word;
                ((ulong*)destination)[3] = word;
                destination += 32;
            }

            while (destination != last)
            {
                *(ulong*)destination = word;
                destination += 8;
            }
        }

        while (destination != end) *destination++ = value;
    }

    /// <summary>True if two blocks hold the same bytes.</summary>
    public static bool AreEqual(byte* left, byte* right, nuint sizeBytes)
    {
        byte* end = left + sizeBytes;
        if ((((nuint)left | (nuint)right) & 7) == 0)
        {
            while ((nuint)(end - left) >= 8)
            {
                if (*(ulong*)left != *(ulong*)right) return false;
                left += 8;
                right += 8;
            }
        }

        while (left != end)
        {
            if (*left++ != *right++) return false;
        }

        return true;
    }

    /// <summary>Exchanges a part of a word, as one step.</summary>
    public static uint ExchangePart(byte* address, uint value, uint mask)
    {
        uint* word = (uint*)((nuint)address & ~(nuint)3);
        int shift = (int)((nuint)address & 3) * 8;
        while (true)
        {
            uint whole = Volatile.Read(ref *word);
            if (Interlocked.CompareExchange(ref *word, (whole & ~(mask << shift)) | (value << shift), whole) == whole)
                return (whole >> shift) & mask;
        }
    }

    /// <summary>Exchanges a part of a word where it equals a value, as one step; gives what it was.</summary>
    public static uint CompareExchangePart(byte* address, uint value, uint comparand, uint mask)
    {
        uint* word = (uint*)((nuint)address & ~(nuint)3);
        int shift = (int)((nuint)address & 3) * 8;
        while (true)
        {
            uint whole = Volatile.Read(ref *word);
            uint part = (whole >> shift) & mask;
            if (part != comparand) return part;
            if (Interlocked.CompareExchange(ref *word, (whole & ~(mask << shift)) | (value << shift), whole) == whole) return part;
        }
    }

    // From the end, for a destination that lies above its source.
    private static void CopyDown(byte* destination, byte* source, nuint sizeBytes)
    {
        byte* from = source + sizeBytes;
        byte* to = destination + sizeBytes;
        if (((((nuint)destination ^ (nuint)source) & 7) == 0) && sizeBytes >= 16)
        {
            while (((nuint)to & 7) != 0) *--to = *--from;
            while ((nuint)(to - destination) >= 8)
            {
                to -= 8;
                from -= 8;
                *(ulong*)to = *(ulong*)from;
            }
        }

        while (to != destination) *--to = *--from;
    }
}
