using Verification.Machine.Images;
using Verification.Specs.Oracles;

namespace Verification.Specs.DebugInfo;

/// <summary>A C program compiled by GCC: what its debug information says is known from elsewhere.</summary>
public sealed class CompiledSample : IDisposable
{
    public const string Compiler = "riscv64-unknown-elf-gcc";

    private const string Source = """
        struct lock { unsigned locked; unsigned owner; };
        struct kmem { struct lock lock; void *freelist; int counts[4]; struct { char a, b; } pairs[3]; };
        struct kmem KMEM = { .counts = { 1, 2, 3, 4 } };
        static volatile int hidden[5];
        char stack[8192] __attribute__((aligned(16)));

        static inline __attribute__((always_inline)) int twice(int x)
        {
            return x * 2 + KMEM.counts[1];
        }

        static inline __attribute__((always_inline)) int thrice(int x)
        {
            return twice(x) + x;
        }

        __attribute__((noinline)) int leaf(int x)
        {
            volatile char buffer[100];
            buffer[3] = x;
            return thrice(buffer[3]);
        }

        __attribute__((noinline)) int large(int x)
        {
            volatile char buffer[5000];
            buffer[x] = leaf(x);
            return buffer[x] + leaf(x + 1);
        }

        __attribute__((noinline)) int recurse(int x)
        {
            if (x == 0)
                return large(1);
            return recurse(x - 1) + leaf(x);
        }

        void kmain(void)
        {
            KMEM.lock.locked = recurse(3);
            hidden[2] = recurse(1);
            for (;;)
                ;
        }

        __attribute__((naked, section(".head"))) void _start(void)
        {
            __asm__("la sp, stack + 8192\n call kmain");
        }
        """;

    private readonly string folder = Directory.CreateTempSubdirectory("sample").FullName;

    public CompiledSample(params string[] options)
    {
        File.WriteAllText(Path.Combine(folder, "sample.c"), Source);
        _ = Tool.Run(Compiler, ["-nostdlib", "-mcmodel=medany", "-Wl,-n", "-Wl,--section-start=.head=0x80200000", "-Wl,-Ttext=0x80201000", "-Wl,-Tbss=0x80210000", "-o", "sample.elf", "sample.c", .. options], null, folder).SuccessfulOutput;
        Image = KernelImage.Read(File.ReadAllBytes(ElfPath));
    }

    public string ElfPath => Path.Combine(folder, "sample.elf");

    public KernelImage Image { get; }

    /// <summary>The addresses of all halfwords of code.</summary>
    public IEnumerable<ulong> Code
    {
        get
        {
            var text = Image.Elf!.Section(".text")!;
            for (var at = text.Address; at < text.Address + text.SizeBytes; at += 2) yield return at;
        }
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);
}
