using Verification.Machine.Images;

namespace Verification.Framework.Kernels;

/// <summary>
/// All that the framework has to be told about a kernel. It works from the image alone; each line that is added makes a
/// verdict sharper.
/// </summary>
/// <example><code>
/// var mine = new KernelDescription
/// {
///     Name = "mine", Image = KernelImage.Read(File.ReadAllBytes("mine.elf")),
///     Stacks = [StackDescription.Between("stack_bottom", "stack_top")],
///     Marker = "all up",
/// };
/// </code></example>
public sealed record KernelDescription
{
    /// <summary>What reports call the kernel.</summary>
    public required string Name { get; init; }

    /// <summary>What is booted: an ELF file for choice, since its symbols make a report readable.</summary>
    public required KernelImage Image { get; init; }

    /// <summary>
    /// The stacks that code may run on, boot stack first. Where none is given they are learned: a stack begins where
    /// <c>sp</c> is first set, and ends at the nearest symbol below.
    /// </summary>
    public IReadOnlyList<StackDescription> Stacks { get; init; } = [];

    /// <summary>What a hart may do with <c>sp</c> beyond <see cref="Stacks"/>.</summary>
    public OtherStacks OtherStacks { get; init; } = OtherStacks.Learned;

    /// <summary>The console text by which a boot says that it went well; none: an orderly power-off says it.</summary>
    public string? Marker { get; init; } = "kmain done";

    /// <summary>How a boot ends that went well.</summary>
    public GoodEnding Ending { get; init; } = GoodEnding.AnyRest;

    /// <summary>Functions that are entered only when the kernel gives up.</summary>
    public IReadOnlyList<string> PanicSymbols { get; init; } = [];

    /// <summary>Console texts that are printed only when the kernel gives up, upper and lower case alike.</summary>
    public IReadOnlyList<string> PanicTexts { get; init; } = [];

    /// <summary>Locks whose every acquisition and release is checked.</summary>
    public IReadOnlyList<LockDescription> Locks { get; init; } = [];

    /// <summary>The page allocator, where its pages shall be accounted for.</summary>
    public AllocatorDescription? Allocator { get; init; }

    /// <summary>
    /// How lines begin that account for a hart, <c>{0}</c> standing for its id: of each hart that the machine offers, one
    /// of them must have been printed.
    /// </summary>
    public IReadOnlyList<string> HartLines { get; init; } = [];
}

/// <summary>What a hart may do with <c>sp</c> beyond the stacks that were described.</summary>
public enum OtherStacks
{
    /// <summary>A switch to memory that no description names begins a further stack, whose extent is learned.</summary>
    Learned,

    /// <summary>A switch to any other memory is a failure.</summary>
    Forbidden,
}

/// <summary>How a boot ends that went well.</summary>
public enum GoodEnding
{
    /// <summary>The marker, and then anything that does no harm: power-off, waiting, an idle loop.</summary>
    AnyRest,

    /// <summary>The marker, and then an orderly power-off.</summary>
    PowerOff,
}
