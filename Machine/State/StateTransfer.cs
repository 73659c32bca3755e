using System.Runtime.InteropServices;

namespace Verification.Machine.State;

/// <summary>
/// One pass over the machine's state: it reads the fields (save, hash) or writes them (restore). A part passes each field
/// by reference and need not know which of the three it is.
/// </summary>
public abstract class StateTransfer
{
    /// <summary>True while a snapshot is written back into the machine: derived state must be computed anew afterwards.</summary>
    public abstract bool IsRestoring { get; }

    /// <summary>Transfers raw bytes of a length that both sides know.</summary>
    public abstract void Bytes(Span<byte> bytes);

    /// <summary>Transfers a field of any blittable type.</summary>
    public void Value<T>(ref T value) where T : unmanaged =>
        Bytes(MemoryMarshal.AsBytes(MemoryMarshal.CreateSpan(ref value, 1)));

    /// <summary>Transfers a fixed number of blittable elements.</summary>
    public void Values<T>(Span<T> values) where T : unmanaged => Bytes(MemoryMarshal.AsBytes(values));

    /// <summary>Transfers a list whose length is part of the state.</summary>
    public void List<T>(List<T> list) where T : unmanaged
    {
        var count = list.Count;
        Value(ref count);
        if (IsRestoring) CollectionsMarshal.SetCount(list, count);
        Values(CollectionsMarshal.AsSpan(list));
    }

    /// <summary>Transfers a queue whose length is part of the state, oldest element first.</summary>
    public void Queue<T>(Queue<T> queue) where T : unmanaged
    {
        var items = new List<T>(queue);
        List(items);
        if (!IsRestoring) return;
        queue.Clear();
        foreach (var item in items) queue.Enqueue(item);
    }
}
