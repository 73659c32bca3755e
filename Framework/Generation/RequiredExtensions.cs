using System.Text.RegularExpressions;
using Verification.Machine.Images;
using Verification.Machine.Isa;

namespace Verification.Framework.Generation;

/// <summary>
/// What an image needs of the harts, read from the architecture that its compiler noted (RISC-V ELF psABI,
/// <c>.riscv.attributes</c>, Tag_RISCV_arch). Known limit: what assembly code uses beyond that is not seen.
/// </summary>
internal static partial class RequiredExtensions
{
    // A kernel in S-mode uses these whatever its compiler was told.
    private const IsaExtensions Always = IsaExtensions.Zicsr | IsaExtensions.Zifencei | IsaExtensions.S | IsaExtensions.U
        | IsaExtensions.Zicntr | IsaExtensions.Zihpm | IsaExtensions.Zihintpause | IsaExtensions.G | IsaExtensions.C;

    /// <summary>All of QEMU's default where the image doesn't tell.</summary>
    public static IsaExtensions Of(KernelImage image)
    {
        if (image.Elf?.Section(".riscv.attributes") is not { } section) return IsaExtensions.Default;
        var text = System.Text.Encoding.Latin1.GetString(section.Stored.Span);
        if (Architecture().Match(text) is not { Success: true } found) return IsaExtensions.Default;
        var required = Always;
        foreach (var name in found.Value.Split('_').Skip(1))
        {
            var word = Version().Replace(name, "");
            if (Enum.TryParse<IsaExtensions>(word, ignoreCase: true, out var extension)) required |= extension;
        }

        return required;
    }

    [GeneratedRegex("rv64[a-z0-9_]+")]
    private static partial Regex Architecture();

    [GeneratedRegex("[0-9]+p[0-9]+$")]
    private static partial Regex Version();
}
