using System.Runtime.CompilerServices;
using Verification.Intrinsics;
using static Verification.Kernel.HartTable;
using static Verification.Kernel.KernelMemory;

namespace Verification.Kernel;

/// <summary>The boot, in its order.</summary>
public static unsafe class Main
{
    private static ulong s_bootHartId;

    /// <summary>Reached by the boot hart from <c>_start</c>, on the boot stack.</summary>
    /// <param name="hartId">The boot hart's id.</param>
    /// <param name="devicetree">The flattened devicetree's address.</param>
    [BootEntry, Export("kmain")]
    public static void Kmain(ulong hartId, byte* devicetree)
    {
        s_bootHartId = hartId;
        Console.Initialise();
        Console.Write("kmain\n"u8);

        BoardSurvey survey = ReadDevicetree(devicetree);
        Describe(ref survey);

        using (KMEM.Lock())
        {
            Board.FindPages(ref survey);
            KMEM.Pages.Initialise((PageRegionTable*)Unsafe.AsPointer(ref Board.Pages));
        }

        Console.WriteLine("memory free: "u8, KMEM.Pages.FreePages / (1024 * 1024 / PageRegionTable.PageSizeBytes), " MiB"u8);
        EnterHarts(survey.HartIds);
        ulong freeAtStart = KMEM.Pages.FreePages;
        Harts.StartOthers(hartId);
        RunHart(hartId);

        Harts.AwaitTurn((uint)Harts.Count);
        using (KMEM.Lock())
        {
            if (KMEM.Pages.FreePages != freeAtStart) throw new KernelPanic("pages were lost");
        }

        Console.Write("kmain done\n"u8);
        Firmware.ShutDown(ShutdownReason.None);
        ThisHart.Halt();
    }

    /// <summary>Reached by every other hart from <c>hart_entry</c>, on a stack of its own.</summary>
    /// <param name="hartId">The hart's id.</param>
    [BootEntry(StackSizeBytes = StackSizeBytes), Export("hart_main")]
    public static void HartMain(ulong hartId)
    {
        RunHart(hartId);
        ThisHart.Halt();
    }

    /// <summary>What all harts do: take pages, wait for their turn, say how many they got, give them back.</summary>
    private static void RunHart(ulong hartId)
    {
        Interrupts.AcceptSoftware();
        Interrupts.Enable();
        int index = Harts.IndexOf(hartId);
        PageWork work = new(hartId + 1);
        work.TakePages();
        Harts.Records[index].TakenPages = (ulong)work.HeldPages;

        Harts.AwaitTurn((uint)index);
        using (Console.Lock())
        {
            Console.Write("hart "u8);
            Console.WriteDecimal(hartId);
            Console.Write(": took "u8);
            Console.WriteDecimal((ulong)work.HeldPages);
            Console.Write(" pages\n"u8);
        }

        work.GiveBack(work.HeldPages);
        Harts.PassTurn(s_bootHartId);
    }

    private static BoardSurvey ReadDevicetree(byte* devicetree)
    {
        int sizeBytes = DevicetreeHeader.ClaimedSizeBytes(devicetree);
        if (sizeBytes == 0) throw new KernelPanic("no devicetree");

        BoardSurvey survey = Board.NewSurvey();
#if STORY
        DevicetreeError error = NodeCacheReader.Survey(new ReadOnlySpan<byte>(devicetree, sizeBytes), ref survey);
#else
        DevicetreeError error = DevicetreeReader.Survey(new ReadOnlySpan<byte>(devicetree, sizeBytes), ref survey);
#endif
        if (error == DevicetreeError.Truncated) throw new KernelPanic("the devicetree is truncated");
        if (error != DevicetreeError.None) throw new KernelPanic("the devicetree is damaged");
        survey.AddReserved(MemoryRange.FromSize((ulong)devicetree, (ulong)sizeBytes));
        if (survey.LeftOutCount != 0) throw new KernelPanic("the devicetree names more than the tables hold");
        return survey;
    }

    private static void EnterHarts(ReadOnlySpan<ulong> hartIds)
    {
        for (int index = 0; index < hartIds.Length; index++)
        {
            if (hartIds[index] == s_bootHartId) Harts.AddBootHart(hartIds[index]);
            else if (!Harts.AddHart(hartIds[index]))
                Console.WriteLine("hart "u8, hartIds[index], ": no memory for its stacks"u8);
        }
    }

    private static void Describe(ref BoardSurvey survey)
    {
        Console.WriteLine("harts: "u8, (ulong)survey.HartIds.Length, ""u8);
        for (int index = 0; index < survey.Memory.Length; index++)
        {
            using (Console.Lock())
            {
                Console.Write("memory: "u8);
                Console.WriteHexadecimal(survey.Memory[index].Start);
                Console.Write(" to "u8);
                Console.WriteHexadecimal(survey.Memory[index].End);
                Console.Write("\n"u8);
            }
        }
    }
}
