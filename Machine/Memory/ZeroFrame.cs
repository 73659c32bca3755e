namespace Verification.Machine.Memory;

/// <summary>The one page of zeros that all untouched memory reads as. Nobody owns it, so nobody writes it.</summary>
internal static class ZeroFrame
{
    internal static Frame Instance { get; } = Create();

    private static Frame Create()
    {
        var frame = new Frame();
        frame.Bytes.Clear();
        return frame;
    }
}
