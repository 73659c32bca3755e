using System.Numerics;
using System.Runtime.InteropServices;

namespace Verification.Specs.Benchmarks.Code.Kernels;

/// <summary>A bitmap of pages: finds the first free one, the first run of free ones, counts.</summary>
internal static unsafe class BitmapScan
{
    public static ulong Run(byte* memory, int sizeBytes)
    {
        Bitmap bitmap = new(MemoryMarshal.Cast<byte, ulong>(new Span<byte>(memory, sizeBytes)));
        ulong result = (ulong)bitmap.Count();
        for (int round = 0; round < 100; round++)
        {
            int found = bitmap.FindFirstClear();
            if (found < 0) break;
            bitmap.Set(found);
            result = (result * 31) + (ulong)found;
        }

        for (int length = 2; length < 10; length++)
        {
            int found = bitmap.FindClearRun(length);
            if (found < 0) continue;
            for (int index = 0; index < length; index++) bitmap.Set(found + index);
            result = (result * 31) + (ulong)found;
        }

        return result;
    }

    private readonly ref struct Bitmap(Span<ulong> words)
    {
        private readonly Span<ulong> _words = words;

        public bool this[int index] => (_words[index >> 6] >> index & 1) != 0;

        public void Set(int index) => _words[index >> 6] |= 1UL << index;

        public int Count()
        {
            int count = 0;
            foreach (ulong word in _words)
            {
                for (ulong bits = word; bits != 0; bits &= bits - 1) count++;
            }

            return count;
        }

        public int FindFirstClear()
        {
            for (int index = 0; index < _words.Length; index++)
            {
                if (_words[index] != ulong.MaxValue) return (index * 64) + BitOperations.TrailingZeroCount(~_words[index]);
            }

            return -1;
        }

        public int FindClearRun(int length)
        {
            int run = 0;
            for (int index = 0; index < _words.Length * 64; index++)
            {
                run = this[index] ? 0 : run + 1;
                if (run == length) return index - length + 1;
            }

            return -1;
        }
    }
}
