using System.Runtime.CompilerServices;

namespace Verification.Specs.Benchmarks.Code.Kernels;

/// <summary>Timers in a binary heap: the earliest is taken, and set anew.</summary>
internal static unsafe class TimerHeap
{
    private struct Timer
    {
        public ulong Due;
        public uint Period;
        public uint Number;
    }

    private struct Heap(Timer* timers, int capacity)
    {
        private int _count;

        public readonly int Count => _count;

        public readonly ref readonly Timer Earliest => ref timers[0];

        public bool TryAdd(in Timer timer)
        {
            if (_count == capacity) return false;
            int place = _count++;
            while (place > 0)
            {
                int parent = (place - 1) / 2;
                if (timers[parent].Due <= timer.Due) break;
                timers[place] = timers[parent];
                place = parent;
            }

            timers[place] = timer;
            return true;
        }

        public void RemoveEarliest()
        {
            Timer last = timers[--_count];
            int place = 0;
            while (true)
            {
                int child = (2 * place) + 1;
                if (child >= _count) break;
                if (child + 1 < _count && timers[child + 1].Due < timers[child].Due) child++;
                if (last.Due <= timers[child].Due) break;
                timers[place] = timers[child];
                place = child;
            }

            timers[place] = last;
        }
    }

    public static ulong Run(byte* memory, int sizeBytes)
    {
        Heap heap = new((Timer*)memory, sizeBytes / Unsafe.SizeOf<Timer>());
        ulong state = 7;
        for (uint number = 0; number < 64; number++)
        {
            state = (state * 6364136223846793005) + 1442695040888963407;
            heap.TryAdd(new Timer { Due = state >> 54, Period = (uint)(state >> 58) + 1, Number = number });
        }

        ulong result = 0;
        for (int round = 0; round < 300; round++)
        {
            Timer timer = heap.Earliest;
            heap.RemoveEarliest();
            result = (result * 31) + timer.Number + timer.Due;
            timer.Due += timer.Period;
            if (timer.Due < 2000) heap.TryAdd(timer);
        }

        return result + (ulong)heap.Count;
    }
}
