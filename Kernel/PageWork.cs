namespace Verification.Kernel;

/// <summary>
/// What each hart does: it takes pages, gives half of them back and takes as many again, while the others do the same.
/// Every page that it holds carries its stamp. A stamp that has changed means that a page was handed out twice.
/// </summary>
public unsafe ref struct PageWork
{
    /// <summary>The most pages that a hart holds.</summary>
    public const int PagesPerHart = 16;

    private readonly ulong _stamp;
    private byte* _held;

    /// <summary>Work that marks its pages with a stamp of its own.</summary>
    public PageWork(ulong stamp)
    {
        _stamp = stamp;
        _held = null;
        HeldPages = 0;
    }

    /// <summary>Number of pages held.</summary>
    public int HeldPages { get; private set; }

    /// <summary>Takes pages until <see cref="PagesPerHart"/> are held or memory is exhausted, with a change of heart midway.</summary>
    public void TakePages()
    {
        TakeUpTo(PagesPerHart);
        GiveBack(HeldPages / 2);
        TakeUpTo(PagesPerHart);
    }

    /// <summary>Gives pages back, last taken first.</summary>
    public void GiveBack(int count)
    {
        for (; count > 0; count--)
        {
            byte* page = _held;
            if (Stamp(page) != _stamp) throw new KernelPanic("a page was handed out twice");
            _held = Next(page);
            HeldPages--;
            using (KernelMemory.KMEM.Lock()) KernelMemory.KMEM.Pages.Free(page);
        }
    }

    private void TakeUpTo(int count)
    {
        while (HeldPages < count)
        {
            byte* page;
            using (KernelMemory.KMEM.Lock()) page = KernelMemory.KMEM.Pages.Take();
            if (page == null) return;
            Next(page) = _held;
            Stamp(page) = _stamp;
            _held = page;
            HeldPages++;
        }
    }

    private static ref byte* Next(byte* page) => ref *(byte**)page;

    private static ref ulong Stamp(byte* page) => ref ((ulong*)page)[1];
}
