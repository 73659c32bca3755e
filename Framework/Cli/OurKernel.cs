using Verification.Framework.Kernels;
using Verification.Machine.Images;

namespace Verification.Framework.Cli;

/// <summary>The repository's kernel, described: what one has to say about a kernel to have it checked.</summary>
public static class OurKernel
{
    /// <summary>The builds of the kernel that lie beside this program: <c>default</c>, and <c>story</c> with its bug.</summary>
    public static IReadOnlyList<string> Variants { get; } = ["default", "story"];

    /// <summary>Where a variant's image lies.</summary>
    public static string PathOf(string variant) => Path.Combine(AppContext.BaseDirectory, "kernels", variant, "kernel.elf");

    /// <summary>Describes an image of the kernel, whatever its variant.</summary>
    public static KernelDescription Describe(string name, KernelImage image) => new()
    {
        Name = name,
        Image = image,
        Stacks =
        [
            StackDescription.Between("boot_stack_bottom", "boot_stack_top"),
            StackDescription.Between("boot_trap_stack_bottom", "boot_trap_stack_top"),
            StackDescription.Aligned(4096),
        ],
        OtherStacks = OtherStacks.Forbidden,
        Marker = "kmain done",
        Ending = GoodEnding.PowerOff,
        HartLines = ["hart {0}: took ", "hart {0}: no memory "],
        PanicSymbols = ["panic"],
        Locks =
        [
            new LockDescription("KMEM", SizeBytes: 8),
            new LockDescription("Verification.Kernel.Console.s_lock", SizeBytes: 8),
        ],
        Allocator = new AllocatorDescription(
            "page_take", "page_free")
        {
            LeadingArguments = ["KMEM+8"],
        },
    };
}
