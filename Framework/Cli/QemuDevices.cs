using Verification.Machine;
using Verification.Machine.Images;
using Verification.Machine.State;

namespace Verification.Framework.Cli;

/// <summary>What the words <c>-drive</c>, <c>-netdev</c>, <c>-chardev</c> and <c>-device</c> add to the board.</summary>
internal sealed class QemuDevices
{
    private readonly Dictionary<string, ValueList<byte>> _drives = [];
    private readonly HashSet<string> _attached = [];
    private readonly HashSet<string> _networks = [];
    private readonly Dictionary<string, string> _characterDevices = [];
    private readonly List<DeviceConfiguration> _devices = [];
    private bool _hasSerialBus;

    /// <summary>The console that the terminal is.</summary>
    public ConsoleChoice Console { get; private set; } = ConsoleChoice.SerialPort;

    /// <summary>What is true of the machine, but may surprise who knows QEMU: one sentence each.</summary>
    public List<string> Notes { get; } = [];

    /// <summary>The devices, in the order of the words.</summary>
    /// <exception cref="BadInputException">A drive is attached to no device.</exception>
    public ValueList<DeviceConfiguration> Finish()
    {
        foreach (string drive in _drives.Keys.Order(StringComparer.Ordinal).Where(d => !_attached.Contains(d)))
            throw new BadInputException($"the drive '{drive}' is attached to no -device virtio-blk-device,drive={drive}");
        return [.. _devices];
    }

    /// <summary><c>-drive file=FILE,if=none|virtio|pflash,format=raw,id=ID</c>.</summary>
    public void AddDrive(string text)
    {
        var drive = new QemuProperties("-drive", text);
        string file = drive.Demand("file");
        if (drive["format"] is { } format and not "raw")
            throw new BadInputException($"{drive.Written}: a drive in format {format} can't be read, only raw");
        string id = drive["id"] ?? $"drive{_drives.Count}";
        switch (drive["if"])
        {
            case "pflash":
                AddFlash(drive, file);
                return;
            case "virtio":
                _attached.Add(id);
                _devices.Add(new DeviceConfiguration.VirtioBlock(Content(file)));
                return;
            case null or "none":
                if (!_drives.TryAdd(id, Content(file))) throw new BadInputException($"{drive.Written}: there is a drive '{id}' already");
                return;
            case var other:
                throw new BadInputException($"{drive.Written}: the board has no interface {other}: none, virtio and pflash are possible");
        }
    }

    /// <summary><c>-netdev user,id=ID</c>: whatever it is, the card hears itself.</summary>
    public void AddNetwork(string text)
    {
        var network = new QemuProperties("-netdev", text);
        if (!_networks.Add(network.Demand("id"))) throw new BadInputException($"{network.Written}: there is a network '{network["id"]}' already");
        if (network.First is not "hubport")
            Notes.Add($"{network.Written}: no host is behind it, a network card of this board hears what it sends itself");
    }

    /// <summary><c>-chardev stdio,id=ID</c> and its like: the console.</summary>
    public void AddCharacterDevice(string text)
    {
        var device = new QemuProperties("-chardev", text);
        if (device.First is not ("stdio" or "null")) throw new BadInputException($"{device.Written}: only stdio and null are modelled");
        _characterDevices[device.Demand("id")] = device.First;
    }

    /// <summary>What a <c>-chardev</c> with this id is, <c>stdio</c> or <c>null</c>; null without one.</summary>
    public string? CharacterDevice(string id) => _characterDevices.GetValueOrDefault(id);

    /// <summary><c>-device KIND,...</c>.</summary>
    public void AddDevice(string text)
    {
        var device = new QemuProperties("-device", text);
        switch (device.First)
        {
            case "virtio-blk-device": _devices.Add(new DeviceConfiguration.VirtioBlock(Attach(device)) { Slot = Slot(device) }); break;
            case "virtio-rng-device": _devices.Add(new DeviceConfiguration.VirtioRandom { Slot = Slot(device) }); break;
            case "virtio-net-device":
                if (device["netdev"] is { } network && !_networks.Contains(network))
                    throw new BadInputException($"{device.Written}: no -netdev before it has the id '{network}'");
                _devices.Add(new DeviceConfiguration.VirtioNet { Slot = Slot(device) });
                break;
            case "virtio-serial-device":
                // QEMU has one device with many ports; here the device comes with its one port.
                _hasSerialBus = true;
                _devices.Add(new DeviceConfiguration.VirtioConsole { Slot = Slot(device) });
                break;
            case "virtconsole":
                if (!_hasSerialBus) throw new BadInputException($"{device.Written}: it wants a -device virtio-serial-device before it");
                if (device["chardev"] is { } id && CharacterDevice(id) is null)
                    throw new BadInputException($"{device.Written}: no -chardev before it has the id '{id}'");
                if (device["chardev"] is { } chosen && CharacterDevice(chosen) == "stdio") Console = ConsoleChoice.Virtio;
                break;
            case "loader": AddLoader(device); break;
            case "": throw new BadInputException($"{device.Written} does not begin with a device's name");
            case var kind when kind.EndsWith("-pci", StringComparison.Ordinal) || kind is "e1000" or "e1000e" or "nvme" or "VGA":
                throw new BadInputException($"{device.Written}: the board's PCI host has no cards; the -device forms of virtio are possible");
            case var kind:
                throw new BadInputException($"{device.Written}: {kind} is not modelled; virtio-{{blk,net,rng,serial}}-device, virtconsole and loader are");
        }
    }

    private ValueList<byte> Attach(QemuProperties device)
    {
        string drive = device.Demand("drive");
        if (!_drives.TryGetValue(drive, out var content))
            throw new BadInputException($"{device.Written}: no -drive before it has the id '{drive}'");
        if (!_attached.Add(drive)) throw new BadInputException($"{device.Written}: the drive '{drive}' is another device's already");
        return content;
    }

    private void AddFlash(QemuProperties drive, string file)
    {
        string unit = drive["unit"] ?? drive["index"] ?? $"{_devices.Count(device => device is DeviceConfiguration.Flash)}";
        if (unit is not ("0" or "1")) throw new BadInputException($"{drive.Written}: the board has the flash banks 0 and 1");
        int bank = unit[0] - '0';
        if (_devices.Any(device => device is DeviceConfiguration.Flash flash && flash.Bank == bank))
            throw new BadInputException($"{drive.Written}: flash bank {bank} is another drive's already");
        _devices.Add(new DeviceConfiguration.Flash(bank, Content(file)));
    }

    private void AddLoader(QemuProperties device)
    {
        if (device["cpu-num"] is not null) throw new BadInputException($"{device.Written}: cpu-num is not modelled");
        if (device["data"] is not null) throw new BadInputException($"{device.Written}: data is not modelled, only file=");
        var content = Content(device.Demand("file"));
        bool isElf = ElfImage.IsElf(content.AsSpan()) && device["force-raw"] is not ("on" or "true");
        _devices.Add(new DeviceConfiguration.Loader(isElf ? null : device.Number("addr"), content));
    }

    /// <summary>The slot of <c>bus=virtio-mmio-bus.N</c>; null where none is named.</summary>
    private static int? Slot(QemuProperties device)
    {
        const string prefix = "virtio-mmio-bus.";
        if (device["bus"] is not { } bus) return null;
        return bus.StartsWith(prefix, StringComparison.Ordinal) && int.TryParse(bus[prefix.Length..], out int slot) && slot is >= 0 and < 8
            ? slot
            : throw new BadInputException($"{device.Written}: the board's buses are {prefix}0 to {prefix}7");
    }

    private static ValueList<byte> Content(string path) => InputFile.Read(path).ToValueList();
}

/// <summary>Which of the guest's consoles the terminal is.</summary>
internal enum ConsoleChoice
{
    /// <summary>The UART.</summary>
    SerialPort,

    /// <summary>The port of the virtio serial device.</summary>
    Virtio,
}
