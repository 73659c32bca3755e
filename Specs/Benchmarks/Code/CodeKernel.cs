using System.Reflection;
using Verification.Specs.Benchmarks.Code.Kernels;

namespace Verification.Specs.Benchmarks.Code;

/// <summary>
/// A kernel function that stands in Kernels/ twice: as C#, for this project's compiler and for the CLR, and as C, for
/// gcc. All three get the same memory, do the same work in it, and must leave the same result and the same bytes.
/// </summary>
/// <param name="Name">Name in the table.</param>
/// <param name="Type">The class that holds <c>Run(byte* memory, int sizeBytes)</c>; the C text bears its name.</param>
/// <param name="Input">The memory that it is given.</param>
public sealed record CodeKernel(string Name, Type Type, byte[] Input)
{
    /// <summary>The kernels of the table.</summary>
    public static IReadOnlyList<CodeKernel> All { get; } =
    [
        new("devicetree walk", typeof(DevicetreeWalk), KernelInputs.Devicetree()),
        new("CRC-32", typeof(Crc32), KernelInputs.Random(4096)),
        new("memcpy", typeof(MemoryCopy), KernelInputs.Random(32768)),
        new("memset", typeof(MemorySet), KernelInputs.Random(8192)),
        new("bitmap scan", typeof(BitmapScan), KernelInputs.Bitmap(512)),
        new("buddy allocator", typeof(Buddy), KernelInputs.Random(4096)),
        new("sort", typeof(Sort), KernelInputs.Random(8192)),
        new("UTF-8 formatting", typeof(Utf8Format), KernelInputs.Random(4096)),
        new("hash table", typeof(HashTable), new byte[8192]),
        new("page-table walk", typeof(PageTableWalk), new byte[65536]),
        new("ring buffer", typeof(RingBuffer), KernelInputs.Random(1024)),
        new("string search", typeof(StringSearch), KernelInputs.Text(2048)),
        new("SHA-256", typeof(Sha256), KernelInputs.Random(2048)),
        new("checksum", typeof(Checksum), KernelInputs.Random(4096)),
        new("linked list", typeof(LinkedList), new byte[4096]),
        new("path lookup", typeof(PathLookup), KernelInputs.Directory()),
        new("timer heap", typeof(TimerHeap), new byte[1024]),
    ];

    /// <summary>The C# entry point.</summary>
    public MethodInfo Method => Type.GetMethod("Run", BindingFlags.Static | BindingFlags.Public)!;

    /// <summary>The C text.</summary>
    public string CText
    {
        get
        {
            using Stream stream = typeof(CodeKernel).Assembly.GetManifestResourceStream(Type.Name + ".c")
                ?? throw new InvalidOperationException($"There is no {Type.Name}.c.");
            using StreamReader reader = new(stream);
            return reader.ReadToEnd();
        }
    }

    /// <inheritdoc/>
    public override string ToString() => Name;
}
