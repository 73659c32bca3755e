using System.Globalization;
using System.Text;
using Verification.Machine;
using Verification.Machine.Devices;
using Verification.Machine.State;

namespace Verification.Framework.Generation;

/// <summary>
/// A device in a token: its letter, <c>@</c> and its place (the slot, if one is chosen; a flash bank; a loader's address in
/// hexadecimal), <c>:</c> and its content. The content of a network card is its script, one exchange after each colon.
/// </summary>
internal static class DeviceToken
{
    public static string Print(DeviceConfiguration device) => device switch
    {
        DeviceConfiguration.VirtioConsole console => "c" + Slot(console),
        DeviceConfiguration.VirtioRandom random => "r" + Slot(random),
        DeviceConfiguration.VirtioNet net => "n" + Slot(net) + Peer(net.Peer),
        DeviceConfiguration.VirtioBlock block => "b" + Slot(block) + Content(block.Content),
        DeviceConfiguration.Flash flash => string.Create(CultureInfo.InvariantCulture, $"f@{flash.Bank}") + Content(flash.Content),
        DeviceConfiguration.Loader loader => "l" + (loader.Address is { } address ? $"@{address:x}" : "") + Content(loader.Content),
        _ => throw new ArgumentException($"The device {device} has no form in a token.", nameof(device)),
    };

    public static DeviceConfiguration Parse(string text)
    {
        var parts = text.Split(':');
        var (letter, at) = (parts[0][..Math.Min(1, parts[0].Length)], parts[0].IndexOf('@'));
        if (at > 1 || at < 0 && parts[0].Length != 1 || parts.Length > 2 && letter != "n") throw Unknown();
        var place = at < 0 ? null : parts[0][2..];
        return letter switch
        {
            "c" when parts.Length == 1 => new DeviceConfiguration.VirtioConsole { Slot = Number(place) },
            "r" when parts.Length == 1 => new DeviceConfiguration.VirtioRandom { Slot = Number(place) },
            "n" when parts.Length == 1 => new DeviceConfiguration.VirtioNet { Slot = Number(place) },
            "n" => new DeviceConfiguration.VirtioNet { Slot = Number(place), Peer = Script(parts.AsSpan(1)) },
            "b" => new DeviceConfiguration.VirtioBlock(Content()) { Slot = Number(place) },
            "f" => new DeviceConfiguration.Flash(Number(place) ?? 0, Content()),
            "l" => new DeviceConfiguration.Loader(Address(place), Content()),
            _ => throw Unknown(),
        };

        MachineTokenException Unknown() => new($"The token has a device '{parts[0]}' that is unknown");

        ValueList<byte> Content() => parts.Length == 1 ? [] : ValueList.Create<byte>(TokenText.Decode(parts[1]));
    }

    private static string Slot(DeviceConfiguration.Virtio device) =>
        device.Slot is { } slot ? string.Create(CultureInfo.InvariantCulture, $"@{slot}") : "";

    private static string Content(ValueList<byte> bytes) => ":" + TokenText.Encode(bytes.AsSpan());

    private static string Peer(NetworkPeer peer) => peer switch
    {
        NetworkPeer.Echo => "",
        NetworkPeer.Scripted { Exchanges.Count: 0 } => ":",
        NetworkPeer.Scripted script => string.Concat(script.Exchanges.Select(exchange => ":" + Exchange(exchange))),
        _ => throw new ArgumentException($"The network peer {peer} has no form in a token.", nameof(peer)),
    };

    private static string Exchange(NetworkExchange exchange) =>
        $"{TokenText.Encode(Encoding.UTF8.GetBytes(exchange.Pattern))}+{TokenText.Encode(exchange.Answer.AsSpan())}+{exchange.DelayTicks:x}";

    private static NetworkPeer.Scripted Script(ReadOnlySpan<string> parts)
    {
        var exchanges = new List<NetworkExchange>();
        foreach (var part in parts)
        {
            if (part.Length == 0 && parts.Length == 1) break;
            exchanges.Add(Exchange(part));
        }

        return new NetworkPeer.Scripted(exchanges.ToValueList());
    }

    private static NetworkExchange Exchange(string text)
    {
        var parts = text.Split('+');
        if (parts.Length != 3 || !TryHexadecimal(parts[2], out var delay)) throw Unknown();
        try
        {
            return new NetworkExchange(Encoding.UTF8.GetString(TokenText.Decode(parts[0])), ValueList.Create<byte>(TokenText.Decode(parts[1])), delay);
        }
        catch (ArgumentException)
        {
            throw Unknown();
        }

        MachineTokenException Unknown() => new($"The token has '{text}' where a frame, its answer and a delay are expected");
    }

    private static int? Number(string? place)
    {
        if (place is null) return null;
        return int.TryParse(place, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : throw NoPlace(place);
    }

    private static ulong? Address(string? place)
    {
        if (place is null) return null;
        return TryHexadecimal(place, out var address) ? address : throw NoPlace(place);
    }

    private static MachineTokenException NoPlace(string place) => new($"The token has '{place}' where a device's place is expected");

    private static bool TryHexadecimal(string text, out ulong value) =>
        ulong.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
}
