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

/// <summary>Reads a machine's token.</summary>
internal sealed class TokenReader(string token)
{
    public BoardConfiguration Read()
    {
        var tilde = token.LastIndexOf('~');
        var dot = token.IndexOf('.');
        if (tilde < 0 || dot < 0 || !token.StartsWith("virt", StringComparison.Ordinal))
            throw new MachineTokenException("A machine's token begins with 'virt' and ends with '~' and a checksum");
        if (token[..dot] != MachineToken.Version)
            throw new MachineTokenException($"The token is of version '{token[..dot]}', and this program reads '{MachineToken.Version}'");
        var checksum = TokenText.Checksum(token[..tilde]);
        if (token[(tilde + 1)..] != checksum) throw new MachineTokenException($"The token is damaged: its checksum should be {checksum}");

        var machine = new BoardConfiguration { Fill = MemoryFill.Zero, Schedule = MachineComplexity.SimplestSchedule };
        var seen = new HashSet<char>();
        foreach (var field in token[(dot + 1)..tilde].Split('.'))
        {
            if (field.Length == 0 || !seen.Add(field[0])) throw new MachineTokenException("The token has an empty or a doubled part");
            machine = Apply(machine, field[0], field[1..]);
        }

        return machine;
    }

    private static BoardConfiguration Apply(BoardConfiguration machine, char letter, string value)
    {
        var tree = machine.Devicetree;
        return letter switch
        {
            'h' => machine with { Harts = List(value, Hart) },
            'b' => machine with { BootHartId = Decimal(value) },
            'm' => machine with { Memory = List(value, text => Range(text) is var range ? new MemoryBank(range.BaseAddress, range.SizeBytes) : default) },
            'n' => machine with { Fill = MemoryFill.Noise(Hexadecimal(value)) },
            'q' => machine with { Extensions = (IsaExtensions)Hexadecimal(value) },
            'k' => machine with { Append = Encoding.UTF8.GetString(TokenText.Decode(value)) },
            'i' => machine with { Initrd = ValueList.Create<byte>(TokenText.Decode(value)) },
            'd' => machine with { Devices = List(value, DeviceToken.Parse) },
            't' => machine with { VirtioTransport = VirtioTransport.Modern },
            'a' => machine with { Interruptor = CoreInterruptor.Aclint },
            'w' when value == "n" => machine with { Firmware = new FirmwareChoice.None() },
            'w' when value.StartsWith('f') => machine with { Firmware = new FirmwareChoice.File(ValueList.Create<byte>(TokenText.Decode(value[1..]))) },
            's' => machine with { Schedule = Schedule(value) },
            'u' => machine with { Misaligned = MisalignedAccess.Trapped },
            'c' => machine with { Devicetree = Parts(value, 2) is var cells ? tree with { AddressCells = Small(cells[0]), SizeCells = Small(cells[1]) } : tree },
            'r' => machine with { Devicetree = tree with { ReservedMemory = List(value, Reserved) } },
            'e' => machine with { Devicetree = tree with { HeaderReservations = List(value, Range) } },
            'x' => machine with { Devicetree = tree with { ExtraSource = Encoding.UTF8.GetString(TokenText.Decode(value)) } },
            'z' => machine with { Devicetree = tree with { ExtraSource = Encoding.UTF8.GetString(TokenText.Decompress(TokenText.Decode(value))) } },
            'f' => machine with { Devicetree = tree with { BlobForm = Form(value) } },
            'p' => machine with { Devicetree = tree with { PlacementAddress = Hexadecimal(value) } },
            'o' => machine with { Devicetree = tree with { Blob = ValueList.Create<byte>(TokenText.Decode(value)) } },
            _ => throw new MachineTokenException($"The token has a part '{letter}' that is unknown"),
        };
    }

    private static HartConfiguration Hart(string text) => text.EndsWith('x')
        ? new HartConfiguration(Decimal(text[..^1]), HartStatus.Disabled)
        : new HartConfiguration(Decimal(text));

    private static ReservedMemoryChoice Reserved(string text) => text.EndsWith('n')
        ? new ReservedMemoryChoice(Range(text[..^1]), ReservedMapping.NoMap)
        : new ReservedMemoryChoice(Range(text), ReservedMapping.Allowed);

    private static AddressRange Range(string text)
    {
        var parts = Parts(text, 2, '+');
        return new AddressRange(Hexadecimal(parts[0]), Hexadecimal(parts[1]));
    }

    private static ScheduleChoice Schedule(string text)
    {
        switch (text.Length == 0 ? ' ' : text[0])
        {
            case 'r':
                return new ScheduleChoice.RoundRobin(Decimal(text[1..]));
            case 'i':
                var parts = Parts(text[1..], 3);
                return new ScheduleChoice.Interleaved(Hexadecimal(parts[0]), Decimal(parts[1]), Decimal(parts[2]));
            case 'w':
                if (text.Length == 1) return new ScheduleChoice.Recorded(ScheduleRecord.Empty);
                return new ScheduleChoice.Recorded(new ScheduleRecord(List(text[1..], turn =>
                    Parts(turn, 2, 'x') is var pair ? new SchedulerChoice(Small(pair[0]), Decimal(pair[1])) : default)));
            default:
                throw new MachineTokenException("The token has a schedule that is unknown");
        }
    }

    private static DevicetreeBlobOptions Form(string text)
    {
        var parts = Parts(text, 7);
        var form = new DevicetreeBlobOptions
        {
            Version = Small(parts[0]),
            PaddingBytes = Small(parts[1]),
            GapBytes = Small(parts[2]),
            Order = (BlobBlockOrder)Small(parts[3]),
            StringSharing = (BlobStringSharing)Small(parts[4]),
            MaximumNops = Small(parts[5]),
            NopSeed = Hexadecimal(parts[6]),
        };
        return Enum.IsDefined(form.Order) && Enum.IsDefined(form.StringSharing) ? form : throw new MachineTokenException("The token has a form of blob that is unknown");
    }

    private static ValueList<T> List<T>(string text, Func<string, T> element) => text.Split(',').Select(element).ToValueList();

    private static string[] Parts(string text, int count, char separator = ',')
    {
        var parts = text.Split(separator);
        return parts.Length == count ? parts : throw new MachineTokenException($"The token has '{text}' where {count} parts are expected");
    }

    private static ulong Decimal(string text) => ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
        ? value
        : throw new MachineTokenException($"The token has '{text}' where a number is expected");

    private static int Small(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
        ? value
        : throw new MachineTokenException($"The token has '{text}' where a number is expected");

    private static ulong Hexadecimal(string text) => ulong.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value)
        ? value
        : throw new MachineTokenException($"The token has '{text}' where a hexadecimal number is expected");
}
