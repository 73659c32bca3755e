using Verification.Machine;
using Verification.Machine.Harts;
using Verification.Machine.Images;
using Verification.Toolchain;
using Verification.Toolchain.Images;
using Verification.Toolchain.Linking;
using Xunit;

namespace Verification.Specs.KernelImages;

/// <summary>
/// The stacks that a layout gives to further harts are each hart's own, and traps that nest use what the bound says: shown
/// by kernels of a few lines that run.
/// </summary>
public sealed class HartStackSpecs
{
    private const ulong BudgetInstructions = 5_000_000;
    private const byte Untouched = 0xa5;

    /// <summary>Each hart fills most of its stack, waits until all have, and looks whether its own marks still stand.</summary>
    private const string Harts = """"
        using System.Threading;
        using Verification.Intrinsics;
        [Assembly("""
            .section .head
            .globl _start
            _start:
                .cfi_undefined ra
                la t0, boot_satp
                ld t0, 0(t0)
                csrw satp, t0
                sfence.vma
                la sp, boot_stack_top
                call kmain
            1:  j 1b
                .section .text
                .globl hart_entry
            hart_entry:
                .cfi_undefined ra
                la t0, boot_satp
                ld t0, 0(t0)
                csrw satp, t0
                sfence.vma
                la t0, hart_stack_stride
                ld t0, 0(t0)
                addi t1, a1, 1
                mul t1, t1, t0
                la t2, hart_stacks
                add t2, t2, t1
                mv sp, t2
                call hart_main
            1:  j 1b
            """)]
        public static unsafe class Small
        {
            private static int s_filled;
            private static int s_done;
            private static int s_wrong;
            [LinkerSymbol("hart_entry")] private static ulong HartEntry => 0;

            [BootEntry, Export("kmain")] public static void Main(ulong hartId)
            {
                ulong index = 0;
                for (ulong hart = 0; hart < 4; hart++)
                {
                    if (hart != hartId) Sbi.Call(0x48534D, 0, hart, HartEntry, index++);
                }

                Work(100);
                while (Volatile.Read(ref s_done) != 4) { }
                Sbi.Call(1, 0, s_wrong == 0 ? (ulong)'y' : 'n');
                Sbi.Call(0x53525354, 0, 0);
            }

            [BootEntry(StackSizeBytes = 4096), Export("hart_main")] public static void HartMain(ulong hartId, ulong index)
            {
                Work(index);
                while (true) Hart.Wfi();
            }

            private static void Work(ulong stamp)
            {
                System.Span<ulong> marks = stackalloc ulong[450];
                marks.Fill(stamp);
                Interlocked.Increment(ref s_filled);
                while (Volatile.Read(ref s_filled) != 4) { }
                foreach (ulong mark in marks)
                {
                    if (mark != stamp) Interlocked.Increment(ref s_wrong);
                }

                Interlocked.Increment(ref s_done);
            }

            [PanicHandler, Export("panic")] private static void Panic(PanicSite* site) { while (true) { } }
        }
        """";

    /// <summary>A trap whose handler runs into another one, on the interrupted stack.</summary>
    private const string Traps = """"
        using Verification.Intrinsics;
        [Assembly("""
            .section .head
            .globl _start
            _start:
                .cfi_undefined ra
                la sp, boot_stack_top
                la t0, trap_entry
                csrw stvec, t0
                call kmain
            1:  j 1b
                .section .text
                .p2align 2
                .globl trap_entry
            trap_entry:
                .cfi_signal_frame
                addi sp, sp, -144
                sd ra, 8(sp)
                sd t0, 16(sp)
                sd t1, 24(sp)
                sd t2, 32(sp)
                sd t3, 40(sp)
                sd t4, 48(sp)
                sd t5, 56(sp)
                sd t6, 64(sp)
                sd a0, 72(sp)
                sd a1, 80(sp)
                sd a2, 88(sp)
                sd a3, 96(sp)
                sd a4, 104(sp)
                sd a5, 112(sp)
                sd a6, 120(sp)
                sd a7, 128(sp)
                csrr t0, sepc
                sd t0, 0(sp)
                csrr t0, sstatus
                sd t0, 136(sp)
                mv a0, sp
                call trap_handle
                ld t0, 0(sp)
                csrw sepc, t0
                ld t0, 136(sp)
                csrw sstatus, t0
                ld ra, 8(sp)
                ld t0, 16(sp)
                ld t1, 24(sp)
                ld t2, 32(sp)
                ld t3, 40(sp)
                ld t4, 48(sp)
                ld t5, 56(sp)
                ld t6, 64(sp)
                ld a0, 72(sp)
                ld a1, 80(sp)
                ld a2, 88(sp)
                ld a3, 96(sp)
                ld a4, 104(sp)
                ld a5, 112(sp)
                ld a6, 120(sp)
                ld a7, 128(sp)
                addi sp, sp, 144
                sret
            """)]
        public static unsafe class Small
        {
            private static int s_traps;

            [BootEntry, Export("kmain")] public static void Main()
            {
                Break();
                Sbi.Call(1, 0, (ulong)('0' + s_traps));
                Sbi.Call(0x53525354, 0, 0);
            }

            [BootEntry(StackSizeBytes = 4096), Export("trap_handle")] public static void Handle(ulong* frame)
            {
                System.Span<ulong> marks = stackalloc ulong[20];
                marks.Fill(*frame);
                if (++s_traps < 2) Break();
                *frame = marks[s_traps] + ((*(ushort*)*frame & 3) == 3 ? 4UL : 2UL);
            }

            [Assembly("""
                ebreak
                ret
                """)] private static void Break() { }

            [PanicHandler, Export("panic")] private static void Panic(PanicSite* site) { while (true) { } }
        }
        """";

    public static TheoryData<StackPlacement> Placements => [StackPlacement.AboveBss, StackPlacement.BelowImage, StackPlacement.Guarded];

    [Theory]
    [MemberData(nameof(Placements))]
    public void Each_hart_has_a_stack_of_its_own(StackPlacement placement)
    {
        (LinkedImage image, _, _) = Link(Harts, placement);
        Assert.Equal("y", Run(image, 4));
    }

    [Fact]
    public void Harts_that_share_a_stack_are_found_out()
    {
        (LinkedImage image, _, _) = Link(Harts.Replace("addi t1, a1, 1", "addi t1, zero, 1", StringComparison.Ordinal), StackPlacement.BelowImage);
        Assert.NotEqual("y", Run(image, 4));
    }

    [Fact]
    public void A_trap_within_a_trap_uses_the_stack_that_the_bound_says()
    {
        (LinkedImage image, CompiledProgram program, IReadOnlyList<StubCode> stubs) = Link(Traps, StackPlacement.BelowImage);
        LinkedSymbol bottom = image.Symbols.Single(symbol => symbol.Name == "boot_stack_bottom");
        LinkedSymbol top = image.Symbols.Single(symbol => symbol.Name == "boot_stack_top");
        using Board board = Boot(image, 1);
        for (ulong address = bottom.Address; address < top.Address; address++) board.Memory.Write(address, Untouched);
        Assert.IsType<StopReason.PowerOff>(board.Run(BudgetInstructions));
        Assert.Equal("2", board.ConsoleOutput);
        ulong lowest = bottom.Address;
        while (board.Memory.Read<byte>(lowest) == Untouched) lowest++;
        Assert.InRange((long)(top.Address - lowest), StackBound.OfBootStack(program, stubs, nestedTraps: 1).SizeBytes + 1, StackBound.OfBootStack(program, stubs, nestedTraps: 2).SizeBytes);
    }

    private static (LinkedImage Image, CompiledProgram Program, IReadOnlyList<StubCode> Stubs) Link(string source, StackPlacement placement)
    {
        (CompiledProgram program, IReadOnlyList<StubCode> stubs, IReadOnlyList<Diagnostic> diagnostics) = SmallKernel.Assemble(source);
        Assert.Empty(diagnostics);
        (LinkedImage? image, diagnostics) = Linker.Link(program, stubs, LinkerLayout.For(placement, 4096) with { HartStackCount = 3 });
        Assert.Empty(diagnostics);
        return (image!, program, stubs);
    }

    private static Board Boot(LinkedImage image, int harts) => Board.Boot(
        new BoardConfiguration { Harts = [.. Enumerable.Range(0, harts).Select(id => new HartConfiguration((ulong)id))] },
        KernelImage.Read(ElfWriter.Write(image, [])));

    private static string Run(LinkedImage image, int harts)
    {
        using Board board = Boot(image, harts);
        board.Run(BudgetInstructions);
        return board.ConsoleOutput;
    }
}
