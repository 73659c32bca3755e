using Verification.Framework.Kernels;
using Verification.Machine;
using Verification.Machine.Devices;
using Verification.Machine.Isa;
using Verification.Machine.Memory;
using Verification.Machine.State;

namespace Verification.Framework.Cli;

/// <summary>
/// QEMU's command-line words, as kernels' makefiles write them: <c>-smp 4 -m 128M -kernel kernel.elf -append "..."</c>.
/// Words that change nothing here (<c>-nographic</c>, <c>-machine virt</c>, <c>-serial</c>, ...) are accepted; words that
/// ask for what the model does not have are refused by name.
/// </summary>
internal sealed class QemuWords
{
    private const ulong MemoryBase = 0x8000_0000;
    private const int MostHarts = 512;

    // Words that say what is so anyway, by the number of words that follow them.
    private static readonly Dictionary<string, int> Indifferent = new()
    {
        ["nographic"] = 0,
        ["no-reboot"] = 0,
        ["no-shutdown"] = 0,
        ["nodefaults"] = 0,
        ["no-user-config"] = 0,
        ["serial"] = 1,
        ["monitor"] = 1,
        ["display"] = 1,
        ["chardev"] = 1,
        ["mon"] = 1,
        ["name"] = 1,
        ["icount"] = 1,
        ["accel"] = 1,
        ["rtc"] = 1,
        ["object"] = 1,
        ["vga"] = 1,
        ["parallel"] = 1,
        ["msg"] = 1,
    };

    private readonly Dictionary<string, ValueList<byte>> _drives = [];
    private readonly List<DeviceConfiguration> _devices = [];
    private readonly List<string> _driveOrder = [];
    private readonly HashSet<string> _attached = [];

    /// <summary>The machine that the words describe.</summary>
    public BoardConfiguration Machine { get; private set; } = new();

    /// <summary>The file after <c>-kernel</c>.</summary>
    public string? KernelPath { get; private set; }

    /// <summary>Where to write the devicetree blob, from <c>-machine dumpdtb=FILE</c>.</summary>
    public string? DumpPath { get; private set; }

    /// <summary>Reads the words.</summary>
    /// <exception cref="BadInputException">A word is not understood; the message is one sentence.</exception>
    public static QemuWords Read(IEnumerable<string> words)
    {
        var read = new QemuWords();
        var rest = new Queue<string>(words);
        while (rest.TryDequeue(out string? word)) read.ReadWord(word, rest);
        return read.Finish();
    }

    private void ReadWord(string word, Queue<string> rest)
    {
        if (!word.StartsWith('-'))
            throw new BadInputException($"'{word}' stands alone: the kernel is named by -kernel FILE");
        string name = word.TrimStart('-');
        if (Indifferent.TryGetValue(name, out int operands))
        {
            for (int i = 0; i < operands; i++) Operand(word, rest);
            return;
        }

        switch (name)
        {
            case "smp": ReadHarts(Operand(word, rest)); break;
            case "m": ReadMemory(Operand(word, rest)); break;
            case "kernel": KernelPath = Operand(word, rest); break;
            case "bios": ReadFirmware(Operand(word, rest)); break;
            case "append": Machine = Machine with { Append = Operand(word, rest) }; break;
            case "initrd": Machine = Machine with { Initrd = File(Operand(word, rest)) }; break;
            case "dtb": Machine = Machine with { Devicetree = Machine.Devicetree with { Blob = File(Operand(word, rest)) } }; break;
            case "cpu": ReadCpu(Operand(word, rest)); break;
            case "machine" or "M": ReadMachine(Operand(word, rest)); break;
            case "drive": ReadDrive(Operand(word, rest)); break;
            case "device": ReadDevice(Operand(word, rest)); break;
            case "global": ReadGlobal(Operand(word, rest)); break;
            case "netdev": Operand(word, rest); break;
            default: throw new BadInputException($"{word} is not one of QEMU's words that this machine understands");
        }
    }

    private QemuWords Finish()
    {
        foreach (string drive in _driveOrder.Where(d => !_attached.Contains(d)))
            throw new BadInputException($"the drive '{drive}' is attached to no -device virtio-blk-device,drive={drive}");
        Machine = Machine with { Devices = [.. _devices] };
        return this;
    }

    private static string Operand(string word, Queue<string> rest) =>
        rest.TryDequeue(out string? operand) ? operand : throw new BadInputException($"{word} wants a value behind it");

    private void ReadHarts(string text)
    {
        string count = Properties(text).FirstOrDefault(p => p.Name is "" or "cpus").Value ?? text;
        if (!int.TryParse(count, out int harts) || harts is < 1 or > MostHarts)
            throw new BadInputException($"-smp {text} is impossible: the board has 1 to {MostHarts} harts");
        Machine = Machine with { Harts = [.. Enumerable.Range(0, harts).Select(i => new HartConfiguration((ulong)i))] };
    }

    private void ReadMemory(string text)
    {
        string size = Properties(text).FirstOrDefault(p => p.Name is "" or "size").Value ?? text;
        // Without a suffix QEMU counts MiB.
        string counted = size.Length > 0 && char.IsAsciiDigit(size[^1]) && !size.StartsWith("0x", StringComparison.Ordinal) ? size + "M" : size.TrimEnd('B', 'b');
        const ulong most = 1UL << 50;
        if (!ByteCount.TryParse(counted, out ulong bytes) || bytes == 0 || bytes > most)
            throw new BadInputException($"-m {text} is impossible: the board has from 1 byte up to 1 PiB of memory, written as 128M or 4G");
        Machine = Machine with { Memory = [new MemoryBank(MemoryBase, bytes)] };
    }

    private void ReadGlobal(string text)
    {
        Machine = text switch
        {
            "virtio-mmio.force-legacy=false" => Machine with { VirtioTransport = VirtioTransport.Modern },
            "virtio-mmio.force-legacy=true" => Machine with { VirtioTransport = VirtioTransport.Legacy },
            _ => throw new BadInputException($"-global {text} is not modelled"),
        };
    }

    private void ReadFirmware(string text)
    {
        Machine = Machine with
        {
            Firmware = text switch
            {
                "none" => new FirmwareChoice.None(),
                "default" => new FirmwareChoice.Model(),
                _ => new FirmwareChoice.File(File(text)),
            },
        };
    }

    private void ReadMachine(string text)
    {
        foreach (var (name, value) in Properties(text))
        {
            switch (name, value)
            {
                case ("" or "type", "virt"): break;
                case ("" or "type", _): throw new BadInputException($"-machine {value} is another board: this one is virt");
                case ("dumpdtb", _): DumpPath = value; break;
                case ("aclint", "off" or "false"): break;
                case ("acpi", _): break;
                case ("accel", "tcg"): break;
                default: throw new BadInputException($"-machine {name}={value} is not modelled");
            }
        }
    }

    private void ReadDrive(string text)
    {
        var properties = Properties(text).ToList();
        string? file = properties.FirstOrDefault(p => p.Name == "file").Value;
        if (file is null) throw new BadInputException($"-drive {text} names no file=");
        string id = properties.FirstOrDefault(p => p.Name == "id").Value ?? $"drive{_driveOrder.Count}";
        if (properties.FirstOrDefault(p => p.Name == "format").Value is { } format and not "raw")
            throw new BadInputException($"a drive in format {format} can't be read: only raw");
        if (properties.FirstOrDefault(p => p.Name == "if").Value is "pflash")
        {
            string unit = properties.FirstOrDefault(p => p.Name is "unit" or "index").Value
                ?? $"{_devices.Count(device => device is DeviceConfiguration.Flash)}";
            if (unit is not ("0" or "1")) throw new BadInputException($"-drive {text}: the board has the flash banks 0 and 1");
            _devices.Add(new DeviceConfiguration.Flash(unit[0] - '0', File(file)));
            return;
        }
        _drives[id] = File(file);
        _driveOrder.Add(id);
        if (properties.FirstOrDefault(p => p.Name == "if").Value is not "virtio") return;
        _attached.Add(id);
        _devices.Add(new DeviceConfiguration.VirtioBlock(_drives[id]));
    }

    private void ReadDevice(string text)
    {
        var properties = Properties(text).ToList();
        string kind = properties[0].Name == "" ? properties[0].Value : properties[0].Name;
        switch (kind)
        {
            case "virtio-blk-device":
                string? drive = properties.FirstOrDefault(p => p.Name == "drive").Value;
                if (drive is null || !_drives.TryGetValue(drive, out var content))
                    throw new BadInputException($"-device {text} names no drive that a -drive before it has");
                _attached.Add(drive);
                _devices.Add(new DeviceConfiguration.VirtioBlock(content) { Slot = Slot(properties) });
                break;
            case "virtio-serial-device": break;
            case "virtconsole": _devices.Add(new DeviceConfiguration.VirtioConsole { Slot = Slot(properties) }); break;
            case "virtio-rng-device": _devices.Add(new DeviceConfiguration.VirtioRandom { Slot = Slot(properties) }); break;
            case "virtio-net-device": _devices.Add(new DeviceConfiguration.VirtioNet { Slot = Slot(properties) }); break;
            default: throw new BadInputException($"the device {kind} is not modelled");
        }
    }

    /// <summary>The slot of <c>bus=virtio-mmio-bus.N</c>; null where none is named.</summary>
    private static int? Slot(List<(string Name, string Value)> properties)
    {
        const string prefix = "virtio-mmio-bus.";
        if (properties.FirstOrDefault(p => p.Name == "bus").Value is not { } bus) return null;
        return bus.StartsWith(prefix, StringComparison.Ordinal) && int.TryParse(bus[prefix.Length..], out int slot)
            ? slot
            : throw new BadInputException($"the bus {bus} is not modelled: virtio devices are on {prefix}0 to {prefix}7");
    }

    private void ReadCpu(string text)
    {
        try
        {
            Machine = Machine with { Extensions = IsaString.ParseCpu(text) };
        }
        catch (FormatException e)
        {
            throw new BadInputException($"-cpu {text}: {e.Message}");
        }
    }

    private static ValueList<byte> File(string path) => InputFile.Read(path).ToValueList();

    /// <summary>QEMU's lists: <c>first,name=value,name=value</c>, a doubled comma standing for one.</summary>
    private static IEnumerable<(string Name, string Value)> Properties(string text)
    {
        foreach (string part in text.Replace(",,", "\0").Split(','))
        {
            string whole = part.Replace('\0', ',');
            int equals = whole.IndexOf('=');
            yield return equals < 0 ? ("", whole) : (whole[..equals], whole[(equals + 1)..]);
        }
    }
}
