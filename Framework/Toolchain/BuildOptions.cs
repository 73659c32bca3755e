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

    /// <summary>Where the boot stack lies.</summary>
    public StackPlacement StackPlacement { get; init; } = StackPlacement.BelowImage;

    /// <summary>Directory that file names are relative to, if any.</summary>
    public string? SourceRoot { get; init; }

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
                case "--boot-stack-size" when value == "auto":
                    options = options with { BootStackSizeBytes = null };
                    break;
                case "--boot-stack-size":
                    if (!int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int sizeBytes)
                        || sizeBytes == 0 || sizeBytes % LinkerLayout.StackAlignmentBytes != 0)
                        return Fail(out mistake, $"the boot stack's size is a positive multiple of 16 or auto, not {value}");
                    options = options with { BootStackSizeBytes = sizeBytes };
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

    private static BuildOptions? Fail(out string mistake, string sentence)
    {
        mistake = sentence;
        return null;
    }
}
