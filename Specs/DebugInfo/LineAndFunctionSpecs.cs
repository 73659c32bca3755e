using Verification.Framework.DebugInfo;
using Verification.Specs.Oracles;
using Xunit;

namespace Verification.Specs.DebugInfo;

public sealed class LineAndFunctionSpecs
{
    private const string AddressToLine = "riscv64-unknown-elf-addr2line";

    [RequiresToolTheory(CompiledSample.Compiler, AddressToLine)]
    [InlineData("-gdwarf-2", "-O2")]
    [InlineData("-gdwarf-3", "-O1")]
    [InlineData("-gdwarf-4", "-O0")]
    [InlineData("-gdwarf-4", "-O2")]
    [InlineData("-gdwarf-5", "-O0")]
    [InlineData("-gdwarf-5", "-O2")]
    [InlineData("-gdwarf-5", "-gz", "-O2")]
    [InlineData("-gdwarf-5", "-O2", "-march=rv64gc")]
    public void Lines_functions_and_inlined_calls_are_those_of_addr2line(params string[] options)
    {
        using var sample = new CompiledSample(options);
        var info = ImageDebugInfo.Read(sample.Image);
        var addresses = sample.Code.ToArray();

        var told = Tool.Run(AddressToLine, ["-e", sample.ElfPath, "-f", "-i", "-a"], string.Concat(addresses.Select(address => $"{address:x}\n"))).SuccessfulOutput;

        Assert.Empty(info.Complaints);
        Assert.Equal(Blocks(told), addresses.Select(address => string.Join(" < ", info.PlacesOf(address).Select(Text))));
    }

    [RequiresToolFact(CompiledSample.Compiler)]
    public void The_64_bit_form_of_debug_information_says_the_same()
    {
        // binutils' addr2line doesn't read this form in full: the 32-bit form is the oracle.
        using var usual = new CompiledSample("-gdwarf-5", "-O2");
        using var wide = new CompiledSample("-gdwarf-5", "-gdwarf64", "-O2");
        var (one, other) = (ImageDebugInfo.Read(usual.Image), ImageDebugInfo.Read(wide.Image));

        Assert.Empty(other.Complaints);
        Assert.Equal(usual.Code.Select(address => string.Join(" < ", one.PlacesOf(address))), wide.Code.Select(address => string.Join(" < ", other.PlacesOf(address))));
    }

    [RequiresToolFact(CompiledSample.Compiler)]
    public void Without_debug_information_the_symbols_answer()
    {
        using var sample = new CompiledSample("-O2");
        var info = ImageDebugInfo.Read(sample.Image);
        var leaf = sample.Image.Symbols.Find("leaf")!;

        Assert.Equal("leaf", info.FunctionOf(leaf.Address + 4));
        Assert.Null(info.LineOf(leaf.Address));
        Assert.Equal("KMEM+0x4", info.ObjectOf(sample.Image.Symbols.Find("KMEM")!.Address + 4));
    }

    [RequiresToolTheory(CompiledSample.Compiler)]
    [InlineData("-gdwarf-2")]
    [InlineData("-gdwarf-4")]
    [InlineData("-gdwarf-5")]
    public void Fields_of_globals_are_named(string option)
    {
        using var sample = new CompiledSample(option, "-O2");
        var info = ImageDebugInfo.Read(sample.Image);
        var lowest = sample.Image.Symbols.Find("KMEM")!.Address;

        // Offsets by the RISC-V C ABI: two ints, a pointer at 8, four ints at 16, pairs of chars at 32.
        Assert.Equal(
            ["KMEM.lock.locked", "KMEM.lock.locked+0x3", "KMEM.lock.owner", "KMEM.freelist", "KMEM.counts[0]", "KMEM.counts[3]+0x1", "KMEM.pairs[1].a", "KMEM.pairs[2].b"],
            new ulong[] { 0, 3, 4, 8, 16, 29, 34, 37 }.Select(offset => info.ObjectOf(lowest + offset)));
        Assert.Equal("hidden[2]", info.ObjectOf(sample.Image.Symbols.Find("hidden")!.Address + 8));
    }

    private static string Text(CodePlace place) => $"{place.Function} {place.Source?.FileName ?? "?"}:{place.Source?.Line.ToString() ?? "?"}";

    /// <summary>addr2line's answers: an address, then for each function its name and its place.</summary>
    private static IEnumerable<string> Blocks(string told)
    {
        var lines = told.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        for (var i = 0; i < lines.Length;)
        {
            var places = new List<string>();
            for (i++; i < lines.Length && !lines[i].StartsWith("0x", StringComparison.Ordinal); i += 2)
            {
                var place = lines[i + 1].Split(" (disc", 2)[0];
                places.Add($"{lines[i]} {place[(place.LastIndexOf('/') + 1)..]}");
            }

            yield return string.Join(" < ", places).Replace("??:", "?:", StringComparison.Ordinal).Replace(":0", ":?", StringComparison.Ordinal);
        }
    }
}
