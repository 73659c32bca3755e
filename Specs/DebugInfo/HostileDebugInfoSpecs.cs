using Verification.Framework.DebugInfo;
using Verification.Machine.Images;
using Verification.Specs.Oracles;
using Xunit;

namespace Verification.Specs.DebugInfo;

public sealed class HostileDebugInfoSpecs
{
    [RequiresToolTheory(CompiledSample.Compiler)]
    [InlineData("-gdwarf-5")]
    [InlineData("-gdwarf-4")]
    [InlineData("-gdwarf-2")]
    public void Damaged_debug_information_gives_complaints_or_other_answers_and_never_a_failure(string option)
    {
        using var sample = new CompiledSample(option, "-O2");
        var random = new Random(3);
        var file = File.ReadAllBytes(sample.ElfPath);
        var debug = sample.Image.Elf!.Sections.Where(section => section.Name.StartsWith(".debug", StringComparison.Ordinal)).ToArray();
        var complaints = 0;
        for (var i = 0; i < 400; i++)
        {
            var damaged = file.ToArray();
            for (var change = random.Next(1, 6); change > 0; change--)
            {
                var section = debug[random.Next(debug.Length)];
                var start = file.AsSpan().IndexOf(section.Stored.Span);
                damaged[start + random.Next(section.Stored.Length)] = random.Next(3) == 0 ? (byte)0xff : (byte)random.Next(256);
            }

            var info = ImageDebugInfo.Read(KernelImage.Read(damaged));
            foreach (var address in sample.Code.Where(address => address % 16 == 0))
            {
                _ = info.PlacesOf(address);
                _ = new Unwinder(info).Unwind(address, new ulong[32], (_, _) => false);
            }

            _ = info.ObjectOf(sample.Image.Symbols.Find("KMEM")!.Address + 5);
            complaints += info.Complaints.Count;
        }

        Assert.True(complaints > 0);
    }
}
