using System.Globalization;
using System.Text;
using Verification.Machine;
using Verification.Machine.Devices;
using Verification.Machine.Devicetree;
using Verification.Machine.Isa;
using Verification.Machine.Memory;
using Verification.Machine.Schedule;
using Verification.Machine.State;

namespace Verification.Framework.Generation;

/// <summary>
/// A machine as one printable word that a shell leaves alone: <c>virt1.h0,3x.b0.m80000000+8000000.sr10000~89abcdef</c>. It
/// begins with the version and ends with a checksum; between dots stand the dimensions, each under its letter, and those at
/// their plainest value are left out.
/// </summary>
/// <remarks>
/// h harts (x: disabled), b boot hart, m memory, n noise, q extensions (IsaExtensions' bits), k command line, i ramdisk, d devices, t modern virtio, a ACLINT, w firmware,
/// s schedule, u trapping misaligned accesses; of the devicetree c cells, r reserved memory (n: no-map), e reservations of
/// the header, x further nodes (z: compressed), f form of the blob, p placement, o own blob. Texts and bytes are in base64url.
/// </remarks>
public static class MachineToken
{
    internal const string Version = "virt1";

    // What is left after shrinking stays readable and the same with every version of the compressor.
    private const int LongestPlainText = 400;

    /// <summary>The machine's token.</summary>
    public static string Print(BoardConfiguration machine)
    {
        var text = new StringBuilder(Version);
        Field('h', string.Join(',', machine.Harts.Select(hart => Number(hart.Id) + (hart.Status == HartStatus.Okay ? "" : "x"))));
        Field('b', Number(machine.BootHartId));
        Field('m', string.Join(',', machine.Memory.Select(bank => $"{bank.BaseAddress:x}+{bank.SizeBytes:x}")));
        if (machine.Fill.IsNoise) Field('n', $"{machine.Fill.Seed:x}");
        if (machine.Extensions != IsaExtensions.Default) Field('q', $"{(ulong)machine.Extensions:x}");
        if (machine.Append is { } words) Field('k', TokenText.Encode(Encoding.UTF8.GetBytes(words)));
        if (machine.Initrd is { } initrd) Field('i', TokenText.Encode(initrd.AsSpan()));
        if (machine.Devices.Count > 0) Field('d', string.Join(',', machine.Devices.Select(DeviceToken.Print)));
        if (machine.VirtioTransport == VirtioTransport.Modern) Field('t', "");
        if (machine.Interruptor == CoreInterruptor.Aclint) Field('a', "");
        if (machine.Firmware is FirmwareChoice.None) Field('w', "n");
        if (machine.Firmware is FirmwareChoice.File file) Field('w', "f" + TokenText.Encode(file.Image.AsSpan()));
        Field('s', Schedule(machine.Schedule));
        if (machine.Misaligned == MisalignedAccess.Trapped) Field('u', "");

        var tree = machine.Devicetree;
        if (tree.AddressCells != 2 || tree.SizeCells != 2) Field('c', string.Create(CultureInfo.InvariantCulture, $"{tree.AddressCells},{tree.SizeCells}"));
        if (tree.ReservedMemory.Count > 0) Field('r', string.Join(',', tree.ReservedMemory.Select(entry => Range(entry.Range) + (entry.Mapping == ReservedMapping.NoMap ? "n" : ""))));
        if (tree.HeaderReservations.Count > 0) Field('e', string.Join(',', tree.HeaderReservations.Select(Range)));
        if (tree.ExtraSource.Length > LongestPlainText) Field('z', TokenText.Encode(TokenText.Compress(Encoding.UTF8.GetBytes(tree.ExtraSource))));
        else if (tree.ExtraSource.Length > 0) Field('x', TokenText.Encode(Encoding.UTF8.GetBytes(tree.ExtraSource)));
        if (tree.BlobForm != DevicetreeBlobOptions.Default) Field('f', Form(tree.BlobForm));
        if (tree.PlacementAddress is { } place) Field('p', $"{place:x}");
        if (tree.Blob is { } blob) Field('o', TokenText.Encode(blob.AsSpan()));
        var checksum = TokenText.Checksum(text.ToString());
        return text.Append('~').Append(checksum).ToString();

        void Field(char letter, string value) => text.Append('.').Append(letter).Append(value);
    }

    /// <summary>The machine that a token stands for.</summary>
    /// <exception cref="MachineTokenException">It is none, a damaged one, or one of another version.</exception>
    public static BoardConfiguration Parse(string token) => new TokenReader(token).Read();

    private static string Number(ulong value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Range(AddressRange range) => $"{range.BaseAddress:x}+{range.SizeBytes:x}";

    private static string Schedule(ScheduleChoice schedule) => schedule switch
    {
        ScheduleChoice.RoundRobin turns => "r" + Number(turns.Quantum),
        ScheduleChoice.Interleaved random => $"i{random.Seed:x},{Number(random.QuantumMin)},{Number(random.QuantumMax)}",
        ScheduleChoice.Recorded recorded => "w" + string.Join(',', recorded.Record.Turns.Select(turn => $"{Number((ulong)turn.Hart)}x{Number(turn.Quantum)}")),
        _ => throw new ArgumentException($"The schedule {schedule} has no form in a token.", nameof(schedule)),
    };

    private static string Form(DevicetreeBlobOptions form) => string.Create(CultureInfo.InvariantCulture,
        $"{form.Version},{form.PaddingBytes},{form.GapBytes},{(int)form.Order},{(int)form.StringSharing},{form.MaximumNops},{form.NopSeed:x}");
}

/// <summary>Says in one sentence why a word is no machine's token.</summary>
public sealed class MachineTokenException(string sentence) : FormatException(sentence + ".");
