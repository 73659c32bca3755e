using System.Collections.Generic;

namespace Verification.Specs.Compiling.Features;

// Sizes and places are those of the CLR: 128-bit integers ask for 16 bytes unless a packing says less, and what is laid
// out automatically goes by size.
public static unsafe class Layouts
{
    public static long Run_wide_integers_within_structs(long a, long b) => Of<Wide>() + 3 * Of<WideOnce>() + 5 * Of<WideTwice>() + 7 * Unsafe.SizeOf<Wide?>() + 11 * Of<WideAt>();

    public static long Run_packings(long a, long b) => Of<Packed1>() + 3 * Of<Packed4>() + 5 * Of<Packed8>() + 7 * Of<Packed16>() + 11 * Of<PackedTuple>() + 13 * Of<PackedAt>();

    public static long Run_automatic_layout(long a, long b) =>
        Of<Automatic>() + 3 * Of<(byte, long, byte)>() + 5 * Of<(byte, Int128, short)>() + 7 * Of<(byte, byte, byte)>() + 11 * Of<(short, byte, short)>() + 13 * Of<Around>()
        + 17 * Unsafe.SizeOf<Named>() + 19 * Unsafe.SizeOf<NamedTwice>() + 23 * Unsafe.SizeOf<KeyValuePair<string, Around>>();

    public static long Run_fields_of_all_layouts(long a, long b)
    {
        Packed4 packed = new() { A = (byte)a, B = (Int128)a * b, C = new Packed1 { B = b, A = 3 } };
        Packed4 copy = packed;
        copy.C.B -= a;
        Automatic automatic = new() { A = (byte)b, B = a, C = new Wide { B = b }, D = (short)a };
        (byte, Wide, short) tuple = ((byte)a, automatic.C, (short)b);
        tuple.Item2.A ^= 1;
        byte* bytes = (byte*)&automatic;
        long sum = 0;
        for (int i = 0; i < 16; i++) sum = (sum * 3) + bytes[i];
        return sum ^ (long)packed.B ^ (long)copy.C.B ^ copy.A ^ (long)tuple.Item2.B ^ tuple.Item3 ^ tuple.Item2.A;
    }

    private static long Of<T>()
        where T : unmanaged
    {
        Behind<T> behind = default;
        return sizeof(T) + 1000 * ((byte*)&behind.Value - (byte*)&behind);
    }

    private struct Behind<T>
        where T : unmanaged
    {
        public byte First;
        public T Value;
    }

    private struct Wide
    {
        public byte A;
        public Int128 B;
    }

    private struct WideOnce
    {
        public Wide A;
        public byte B;
    }

    private struct WideTwice
    {
        public byte A;
        public WideOnce B;
        public long C;
    }

    [StructLayout(LayoutKind.Explicit)]
    private struct WideAt
    {
        [FieldOffset(8)]
        public UInt128 A;
    }

    public static long Run_packed_structs_passed_and_returned(long a, long b)
    {
        Message message = Sent(a, b);
        return Received(message) + Received(1, 2, 3, 4, 5, 6, 7, message) + Received(Turned(new Swapped { A = (short)a, B = (int)b, C = a ^ b }));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Message Sent(long a, long b) => new() { A = (byte)b, B = a, C = (short)b };

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static long Received(Message message) => message.A + (3 * message.B) + (5 * message.C);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static long Received(long a, long b, long c, long d, long e, long f, long g, Message message) => a + b + c + d + e + f + g + message.B;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Swapped Turned(Swapped swapped) => swapped with { A = (short)swapped.B, C = ~swapped.C };

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static long Received(Swapped swapped) => swapped.A + (3 * swapped.B) + (5 * swapped.C);

    // Fields that lie in both of the registers that pass the struct.
    [StructLayout(LayoutKind.Sequential, Pack = 1)]
    private struct Message
    {
        public byte A;
        public long B;
        public short C;
    }

    [StructLayout(LayoutKind.Sequential, Pack = 2)]
    private struct Swapped
    {
        public short A;
        public int B;
        public long C;
    }

    [StructLayout(LayoutKind.Sequential, Pack = 1)]
    private struct Packed1
    {
        public byte A;
        public Int128 B;
    }

    [StructLayout(LayoutKind.Sequential, Pack = 4)]
    private struct Packed4
    {
        public byte A;
        public Int128 B;
        public Packed1 C;
    }

    [StructLayout(LayoutKind.Sequential, Pack = 8)]
    private struct Packed8
    {
        public byte A;
        public Int128 B;
    }

    [StructLayout(LayoutKind.Sequential, Pack = 16)]
    private struct Packed16
    {
        public byte A;
        public Int128 B;
    }

    [StructLayout(LayoutKind.Sequential, Pack = 1)]
    private struct PackedTuple
    {
        public byte A;
        public (byte, long, byte) B;
        public DateTime C;
    }

    [StructLayout(LayoutKind.Explicit, Pack = 1)]
    private struct PackedAt
    {
        [FieldOffset(1)]
        public Int128 A;
    }

    [StructLayout(LayoutKind.Auto)]
    private struct Automatic
    {
        public byte A;
        public long B;
        public Wide C;
        public short D;
    }

    private struct Around
    {
        public byte A;
        public (byte, byte, byte) B;
        public byte C;
        public (short, byte, short) D;
        public DateTimeOffset E;
    }

    // What holds references is laid out automatically, too.
    private struct Named
    {
        public byte A;
        public string B;
        public byte C;
        public long D;
    }

    [StructLayout(LayoutKind.Sequential, Pack = 1)]
    private struct NamedTwice
    {
        public byte A;
        public Named B;
        public byte C;
        public Packed1 D;
        public int E;
    }
}
