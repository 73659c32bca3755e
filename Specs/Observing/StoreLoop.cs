using System.Text;
using Verification.Machine;
using Verification.Specs.Harts;

namespace Verification.Specs.Observing;

/// <summary>A loop, from a seed, that stores words of all sizes near a register that moves about two pages, some of them together.</summary>
internal static class StoreLoop
{
    internal const ulong Data = Guest.Start + 0x1_0000;

    private static readonly string[] s_stores = ["sb", "sh", "sw", "sd"];

    internal static Board Create(int seed) => Guest.Load(Source(new Random(seed)));

    private static string Source(Random random)
    {
        var text = new StringBuilder($"li s4, {random.NextInt64()}\nli s5, {random.NextInt64() | 1}\nli s2, {Data}\n");
        text.AppendLine("1: mul s4, s4, s5\naddi s4, s4, 291");
        for (var place = random.Next(1, 4); place > 0; place--)
        {
            // Mostly aligned, so that accesses are not done one by one.
            var size = random.Next(4) == 0 ? random.Next(3) : 3;
            text.AppendLine($"srli t0, s4, {random.Next(1, 40)}\nslli t0, t0, 51\nsrli t0, t0, 51\nandi t0, t0, {-(1 << size)}\nadd a0, s2, t0");
            var span = random.Next(1, 9) * 40;
            for (var store = random.Next(1, 6); store > 0; store--)
            {
                var width = random.Next(size + 1);
                text.AppendLine($"{s_stores[width]} s4, {random.Next(-span, span) & -(1 << width)}(a0)");
            }
        }

        return text.Append("j 1b").ToString();
    }
}
