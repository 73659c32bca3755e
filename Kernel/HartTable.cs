using System.Runtime.CompilerServices;
using Verification.Intrinsics;

namespace Verification.Kernel;

/// <summary>The harts that take part, in the devicetree's order, and whose turn it is to print.</summary>
public unsafe struct HartTable
{
    /// <summary>The most harts that the kernel uses; <c>virt</c> has at most 512.</summary>
    public const int Capacity = 512;

    /// <summary>Size in bytes of the stack of every hart but the boot hart: one page.</summary>
    public const int StackSizeBytes = 4096;

    /// <summary>The one table.</summary>
    [Export("HARTS")]
    public static HartTable Harts;

    /// <summary>Number of harts.</summary>
    public int Count;

    /// <summary>The index of the hart whose turn it is; <see cref="Count"/> once all had theirs.</summary>
    public uint Turn;

    /// <summary>The harts.</summary>
    public HartRecords Records;

    /// <summary>Enters the boot hart, which runs on the image's own stacks.</summary>
    public void AddBootHart(ulong id)
    {
        ref HartRecord record = ref Records[Count++];
        record.Id = id;
        record.StackBottom = Image.BootStackBottom;
        record.StackTop = Image.BootStackTop;
        record.TrapStackTop = Image.BootTrapStackTop;
    }

    /// <summary>Enters another hart, with a page for its stack and one for its traps'. False if there is no memory.</summary>
    public bool AddHart(ulong id)
    {
        byte* stack;
        byte* trapStack;
        using (KernelMemory.KMEM.Lock())
        {
            stack = KernelMemory.KMEM.Pages.Take();
            trapStack = KernelMemory.KMEM.Pages.Take();
            if (trapStack == null && stack != null) KernelMemory.KMEM.Pages.Free(stack);
        }

        if (trapStack == null) return false;
        ref HartRecord record = ref Records[Count++];
        record.Id = id;
        record.StackBottom = (ulong)stack;
        record.StackTop = (ulong)stack + StackSizeBytes;
        record.TrapStackTop = (ulong)trapStack + TrapStack.SizeBytes;
        return true;
    }

    /// <summary>The index of a hart. Panics if it is not in the table.</summary>
    public readonly int IndexOf(ulong id)
    {
        for (int index = 0; index < Count; index++)
        {
            if (Records[index].Id == id) return index;
        }

        throw new KernelPanic("a hart that the devicetree does not know");
    }

    /// <summary>Starts all harts but the calling one.</summary>
    public void StartOthers(ulong self)
    {
        for (int index = 0; index < Count; index++)
        {
            if (Records[index].Id == self) continue;
            HartRecord* record = (HartRecord*)Unsafe.AsPointer(ref Records[index]);
            if (!Firmware.StartHart(record->Id, Entry.HartEntry, (ulong)record).Succeeded)
                throw new KernelPanic("the firmware did not start a hart");
        }
    }

    /// <summary>
    /// Sleeps until it is the turn of the hart at an index. Interrupts are off between looking and sleeping: the call
    /// that announces the turn stays pending and wakes the hart, whenever it comes.
    /// </summary>
    public void AwaitTurn(uint index)
    {
        while (true)
        {
            bool interruptsWereOn = Interrupts.Disable();
            bool isTurn = Volatile.Read(ref Turn) == index;
            if (!isTurn) Hart.Wfi();
            if (interruptsWereOn) Interrupts.Enable();
            if (isTurn) return;
        }
    }

    /// <summary>Passes the turn to the next hart, after the last one to the boot hart, and wakes it.</summary>
    public void PassTurn(ulong bootHartId)
    {
        uint next = Volatile.Read(ref Turn) + 1;
        Volatile.Write(ref Turn, next);
        Firmware.SendInterrupt(next < (uint)Count ? Records[(int)next].Id : bootHartId);
    }
}
