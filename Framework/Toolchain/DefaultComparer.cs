namespace Verification.Toolchain;

/// <summary>The default order of a type as a struct, for sorts: the CLR has objects for it.</summary>
/// <typeparam name="T">What is compared.</typeparam>
public readonly struct DefaultComparer<T> : IComparer<T>
{
    /// <inheritdoc/>
    public int Compare(T? x, T? y) => Comparer<T>.Default.Compare(x, y);
}
