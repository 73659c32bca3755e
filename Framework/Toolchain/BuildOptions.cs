using System.Globalization;
using Verification.Toolchain.Linking;

namespace Verification.Toolchain;

/// <summary>The words of the toolchain's command line; <see cref="Usage"/> explains them.</summary>
public sealed record BuildOptions
{
    /// <summary>What the command line may say.</summary>
    public const string Usage = """
        usage: Verification.Toolchain ASSEMBLY --output FILE [options]
          --output FILE              the ELF image to write
          --raw FILE                 also write the image as raw bytes
          --map FILE                 also write the symbols with their addresses as text
          --boot-stack-size BYTES    size of the boot stack, a multiple of 16, or auto: the exact bound (default 65536)
          --stack-placement PLACE    AboveBss, BelowImage or Guarded (default BelowImage)
          --boot-trap-stack-size BYTES  size of the boot hart's trap stack, or auto (default 4096)
          --trap-nesting COUNT       how many traps may be under way on a hart (default 1)
          --hart-stacks COUNT:BYTES  also reserve a boot stack for each of COUNT further harts
          --floating-point CHOICE    true to use the floating-point unit, which the kernel must switch on (default false)
          --source-root DIRECTORY    file names in debug information are relative to it
        """;

    /// <summary>The kernel's assembly.</summary>
    public required string Assembly { get; init; }

    /// <summary>The ELF image to write.</summary>
    public required string Output { get; init; }

    /// <summary>The raw image to write, if any.</summary>
    public string? Raw { get; init; }

    /// <summary>The map to write, if any.</summary>
    public string? Map { get; init; }

    /// <summary>Size of the boot stack; null to take the bound.</summary>
    public int? BootStackSizeBytes { get; init; } = 65536;

    /// <summary>Size of the boot hart's trap stack; null to take the bound.</summary>
    public int? BootTrapStackSizeBytes { get; init; } = 4096;

    /// <summary>How many traps may be under way on one hart: 1 where handlers leave interrupts off and don't fault.</summary>
    public int TrapNesting { get; init; } = 1;

    /// <summary>Number of further harts that get a boot stack in the image.</summary>
    public int HartStackCount { get; init; }

    /// <summary>Size of each of their stacks.</summary>
    public int HartStackSizeBytes { get; init; } = 4096;

    /// <summary>Where the boot stack lies.</summary>
    public StackPlacement StackPlacement { get; init; } = StackPlacement.BelowImage;

    /// <summary>Directory that file names are relative to, if any.</summary>
    public string? SourceRoot { get; init; }

    /// <summary>True to compile <c>float</c> and <c>double</c>.</summary>
    public bool FloatingPoint { get; init; }

    /// <summary>Reads the command line; on a mistake, null and a sentence that says which.</summary>
    public static BuildOptions? Parse(IReadOnlyList<string> arguments, out string? mistake)
    {
        mistake = null;
        string? assembly = null;
        BuildOptions options = new() { Assembly = "", Output = "" };
        for (int index = 0; index < arguments.Count; index++)
        {
            string word = arguments[index];
            if (!word.StartsWith("--", StringComparison.Ordinal))
            {
                if (assembly is not null) return Fail(out mistake, $"there is one assembly too many: {word}");
                assembly = word;
                continue;
            }

            if (++index == arguments.Count) return Fail(out mistake, $"{word} needs a value");
            string value = arguments[index];
            switch (word)
            {
                case "--output":
                    options = options with { Output = value };
                    break;
                case "--raw":
                    options = options with { Raw = value };
                    break;
                case "--map":
                    options = options with { Map = value };
                    break;
                case "--source-root":
                    options = options with { SourceRoot = value };
                    break;
                case "--floating-point":
                    if (!bool.TryParse(value, out bool isAllowed)) return Fail(out mistake, $"floating point is true or false, not {value}");
                    options = options with { FloatingPoint = isAllowed };
                    break;
                case "--boot-stack-size":
                    if (StackSize(value) is null && value != "auto")
                        return Fail(out mistake, $"the boot stack's size is a positive multiple of 16 or auto, not {value}");
                    options = options with { BootStackSizeBytes = StackSize(value) };
                    break;
                case "--boot-trap-stack-size":
                    if (StackSize(value) is null && value != "auto")
                        return Fail(out mistake, $"the boot trap stack's size is a positive multiple of 16 or auto, not {value}");
                    options = options with { BootTrapStackSizeBytes = StackSize(value) };
                    break;
                case "--trap-nesting":
                    if (!int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int nesting) || nesting is < 1 or > 64)
                        return Fail(out mistake, $"the number of nested traps is from 1 to 64, not {value}");
                    options = options with { TrapNesting = nesting };
                    break;
                case "--hart-stacks":
                    if (value.Split(':') is not [var count, var bytes] || StackSize(bytes) is not { } eachBytes
                        || !int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out int harts) || harts is < 1 or > 4096)
                        return Fail(out mistake, $"stacks of further harts are COUNT:BYTES, such as 3:4096, not {value}");
                    options = options with { HartStackCount = harts, HartStackSizeBytes = eachBytes };
                    break;
                case "--stack-placement":
                    if (!Enum.GetNames<StackPlacement>().Contains(value))
                        return Fail(out mistake, $"the boot stack's placement is {string.Join(" or ", Enum.GetNames<StackPlacement>())}, not {value}");
                    options = options with { StackPlacement = Enum.Parse<StackPlacement>(value) };
                    break;
                default:
                    return Fail(out mistake, $"there is no option {word}");
            }
        }

        if (assembly is null) return Fail(out mistake, "the kernel's assembly is missing");
        if (options.Output.Length == 0) return Fail(out mistake, "--output is missing");
        return options with { Assembly = assembly };
    }

    private static int? StackSize(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int bytes)
        && bytes > 0 && bytes % LinkerLayout.StackAlignmentBytes == 0 ? bytes : null;

    private static BuildOptions? Fail(out string mistake, string sentence)
    {
        mistake = sentence;
        return null;
    }
}
