using Verification.Machine;
using Verification.Machine.Devicetree;

namespace Verification.Framework.Generation;

/// <summary>
/// How large a machine's devicetree blob can become, without building the board: a place must be chosen before there is a
/// blob. A spec compares with real ones.
/// </summary>
internal static class BlobSize
{
    // Measured on the board's own tree and rounded up generously: 4.5 KiB for the devices, 0.6 KiB for each hart.
    private const ulong BoardBytes = 12 << 10;
    private const ulong HartBytes = 1024;
    private const ulong BankBytes = 128;
    /// <summary>What one more reservation adds at most, in the largest form.</summary>
    public const ulong ReservationBytes = 1024;

    public static ulong AtMost(BoardConfiguration machine)
    {
        var choices = machine.Devicetree;
        if (choices.Blob is { } own) return (ulong)own.Count;
        var form = choices.BlobForm;
        var tree = BoardBytes
            + (HartBytes * (ulong)machine.Harts.Count)
            + (BankBytes * (ulong)machine.Memory.Count)
            + (ReservationBytes / 8 * (ulong)(choices.ReservedMemory.Count + choices.HeaderReservations.Count))
            + (4 * (ulong)choices.ExtraSource.Length)
            + (4 * (ulong)(machine.Append?.Length ?? 0));
        if (form.StringSharing == BlobStringSharing.None) tree *= 2;
        // Doubled and four times at most: hence the eighth above. No token is shorter than 4 bytes, nor is a NOP longer.
        tree *= 1 + (ulong)form.MaximumNops;
        return tree + (ulong)form.PaddingBytes + (3 * ((ulong)form.GapBytes + 8));
    }
}
