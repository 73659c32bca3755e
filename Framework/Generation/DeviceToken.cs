using System.Globalization;
using Verification.Machine;
using Verification.Machine.State;

namespace Verification.Framework.Generation;

/// <summary>A device in a token: its letter, <c>@</c> and the slot where one is chosen, <c>:</c> and its content.</summary>
internal static class DeviceToken
{
    public static string Print(DeviceConfiguration device)
    {
        var slot = device is DeviceConfiguration.Virtio { Slot: { } number } ? string.Create(CultureInfo.InvariantCulture, $"@{number}") : "";
        return device switch
        {
            DeviceConfiguration.VirtioConsole => "c" + slot,
            DeviceConfiguration.VirtioRandom => "r" + slot,
            DeviceConfiguration.VirtioNet => "n" + slot,
            DeviceConfiguration.VirtioBlock block => $"b{slot}:{TokenText.Encode(block.Content.AsSpan())}",
            DeviceConfiguration.Flash flash => string.Create(CultureInfo.InvariantCulture, $"f@{flash.Bank}:{TokenText.Encode(flash.Content.AsSpan())}"),
            _ => throw new ArgumentException($"The device {device} has no form in a token.", nameof(device)),
        };
    }

    public static DeviceConfiguration Parse(string text)
    {
        var colon = text.IndexOf(':');
        var content = colon < 0 ? [] : ValueList.Create<byte>(TokenText.Decode(text[(colon + 1)..]));
        var head = colon < 0 ? text : text[..colon];
        int? slot = null;
        if (head.Length > 1)
        {
            if (head[1] != '@' || !int.TryParse(head.AsSpan(2), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                throw new MachineTokenException($"The token has a device '{head}' that is unknown");
            slot = number;
        }

        return head[..Math.Min(1, head.Length)] switch
        {
            "c" => new DeviceConfiguration.VirtioConsole { Slot = slot },
            "r" => new DeviceConfiguration.VirtioRandom { Slot = slot },
            "n" => new DeviceConfiguration.VirtioNet { Slot = slot },
            "b" => new DeviceConfiguration.VirtioBlock(content) { Slot = slot },
            "f" => new DeviceConfiguration.Flash(slot ?? 0, content),
            _ => throw new MachineTokenException($"The token has a device '{head}' that is unknown"),
        };
    }
}
