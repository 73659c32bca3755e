namespace Verification.Specs.Benchmarks.Code.Kernels;

/// <summary>A ring of events between an interrupt and its reader: counters that run on, a power of two of places.</summary>
internal static unsafe class RingBuffer
{
    private readonly record struct Event(uint Source, uint Code, ulong Time);

    private ref struct Ring<T>(Span<T> places)
        where T : struct
    {
        private readonly Span<T> _places = places;
        private uint _written;
        private uint _read;

        public readonly int Count => (int)(_written - _read);

        public bool TryWrite(in T item)
        {
            if (Count == _places.Length) return false;
            _places[(int)(_written & (uint)(_places.Length - 1))] = item;
            _written++;
            return true;
        }

        public bool TryRead(out T item)
        {
            if (_written == _read)
            {
                item = default;
                return false;
            }

            item = _places[(int)(_read & (uint)(_places.Length - 1))];
            _read++;
            return true;
        }
    }

    public static ulong Run(byte* memory, int sizeBytes)
    {
        Ring<Event> ring = new(new Span<Event>(memory, 64));
        ulong result = 0;
        uint lost = 0;
        for (uint round = 0; round < 100; round++)
        {
            for (uint number = 0; number < (round & 15); number++)
            {
                if (!ring.TryWrite(new Event(number, round, round * 100UL))) lost++;
            }

            for (uint number = 0; number < 7 && ring.TryRead(out Event item); number++)
                result = (result * 31) + item.Source + item.Code + item.Time;
        }

        return (result << 8) + lost + (ulong)ring.Count;
    }
}
