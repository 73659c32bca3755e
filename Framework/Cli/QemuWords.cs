using Verification.Framework.Kernels;
using Verification.Machine;
using Verification.Machine.Devices;
using Verification.Machine.Isa;
using Verification.Machine.Memory;
using Verification.Machine.State;

namespace Verification.Framework.Cli;

/// <summary>
/// QEMU's command-line words, as kernels' makefiles write them: <c>-smp 4 -m 128M -kernel kernel.elf -append "..."</c>.
/// Words that change nothing here (<c>-nographic</c>, <c>-machine virt</c>, <c>-display none</c>, ...) are accepted; words
/// that ask for what the model does not have are refused by name.
/// </summary>
internal sealed class QemuWords
{
    private const ulong MemoryBase = 0x8000_0000;
    private const int MostHarts = 512;

    // Words that say what is so anyway, by the number of words that follow them.
    private static readonly Dictionary<string, int> Indifferent = new()
    {
        ["nographic"] = 0,
        ["no-shutdown"] = 0,
        ["nodefaults"] = 0,
        ["no-user-config"] = 0,
        ["snapshot"] = 0,
        ["display"] = 1,
        ["name"] = 1,
        ["icount"] = 1,
        ["rtc"] = 1,
        ["object"] = 1,
        ["vga"] = 1,
        ["parallel"] = 1,
        ["msg"] = 1,
        ["boot"] = 1,
    };

    // Words that ask for what there is not, with what to do instead.
    private static readonly Dictionary<string, string> Refused = new()
    {
        ["S"] = "there is no debugger's port: check explains a failure, and disassemble prints the code",
        ["s"] = "there is no debugger's port: check explains a failure, and disassemble prints the code",
        ["gdb"] = "there is no debugger's port: check explains a failure, and disassemble prints the code",
        ["d"] = "there is no log of QEMU's: check explains a failure",
        ["D"] = "there is no log of QEMU's: check explains a failure",
        ["trace"] = "there is no log of QEMU's: check explains a failure",
        ["enable-kvm"] = "instructions are translated, not run by the host's processor",
        ["daemonize"] = "the terminal is the machine's console",
        ["semihosting"] = "semihosting is not modelled",
        ["semihosting-config"] = "semihosting is not modelled",
        ["hda"] = "the board has no such drive: write -drive file=FILE,if=none,format=raw,id=x0 -device virtio-blk-device,drive=x0",
        ["numa"] = "memory and harts are one node",
        ["loadvm"] = "a machine begins at reset",
        ["incoming"] = "a machine begins at reset",
    };

    private readonly QemuDevices _devices = new();
    private bool _hasRamdisk;

    /// <summary>The machine that the words describe.</summary>
    public BoardConfiguration Machine { get; private set; } = new();

    /// <summary>The file after <c>-kernel</c>.</summary>
    public string? KernelPath { get; private set; }

    /// <summary>Where to write the devicetree blob, from <c>-machine dumpdtb=FILE</c>.</summary>
    public string? DumpPath { get; private set; }

    /// <summary>Where the console's output goes in place of the terminal, from <c>-serial file:FILE</c>; empty for nowhere.</summary>
    public string? ConsolePath { get; private set; }

    /// <summary>Which of the guest's consoles the terminal is.</summary>
    public ConsoleChoice Console => _devices.Console;

    /// <summary>What a reset that the guest asks for does (<c>-no-reboot</c>).</summary>
    public ResetAction OnReset { get; private set; } = ResetAction.StartAnew;

    /// <summary>What is true of the machine, but may surprise who knows QEMU: one sentence each.</summary>
    public IReadOnlyList<string> Notes => _devices.Notes;

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
        if (Refused.TryGetValue(name, out string? reason)) throw new BadInputException($"{word} is not possible: {reason}");
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
            case "initrd":
                Machine = Machine with { Initrd = File(Operand(word, rest)) };
                _hasRamdisk = true;
                break;
            case "dtb": Machine = Machine with { Devicetree = Machine.Devicetree with { Blob = File(Operand(word, rest)) } }; break;
            case "cpu": ReadCpu(Operand(word, rest)); break;
            case "machine" or "M": ReadMachine(Operand(word, rest)); break;
            case "drive": _devices.AddDrive(Operand(word, rest)); break;
            case "device": _devices.AddDevice(Operand(word, rest)); break;
            case "netdev": _devices.AddNetwork(Operand(word, rest)); break;
            case "chardev": _devices.AddCharacterDevice(Operand(word, rest)); break;
            case "global": ReadGlobal(Operand(word, rest)); break;
            case "serial": ReadSerial(Operand(word, rest)); break;
            case "monitor" or "mon" or "qmp": ReadMonitor(word, Operand(word, rest)); break;
            case "accel": ReadAccelerator(Operand(word, rest)); break;
            case "nic" or "net": ReadCard(word, Operand(word, rest)); break;
            case "no-reboot": OnReset = ResetAction.End; break;
            case "action": ReadAction(Operand(word, rest)); break;
            default: throw new BadInputException($"{word} is not one of QEMU's words that this machine understands");
        }
    }

    private QemuWords Finish()
    {
        if (KernelPath is null && _hasRamdisk) throw new BadInputException("-initrd is only possible with -kernel FILE");
        if (KernelPath is null && Machine.Append is { Length: > 0 }) throw new BadInputException("-append is only possible with -kernel FILE");
        Machine = Machine with { Devices = _devices.Finish() };
        return this;
    }

    private static string Operand(string word, Queue<string> rest) =>
        rest.TryDequeue(out string? operand) ? operand : throw new BadInputException($"{word} wants a value behind it");

    private void ReadHarts(string text)
    {
        string count = new QemuProperties("-smp", text).All.FirstOrDefault(p => p.Name is "" or "cpus").Value ?? text;
        if (!int.TryParse(count, out int harts) || harts is < 1 or > MostHarts)
            throw new BadInputException($"-smp {text} is impossible: the board has 1 to {MostHarts} harts");
        Machine = Machine with { Harts = [.. Enumerable.Range(0, harts).Select(i => new HartConfiguration((ulong)i))] };
    }

    private void ReadMemory(string text)
    {
        string size = new QemuProperties("-m", text).All.FirstOrDefault(p => p.Name is "" or "size").Value ?? text;
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
            "virtio-mmio.force-legacy=false" or "virtio-mmio.force-legacy=off" => Machine with { VirtioTransport = VirtioTransport.Modern },
            "virtio-mmio.force-legacy=true" or "virtio-mmio.force-legacy=on" => Machine with { VirtioTransport = VirtioTransport.Legacy },
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
        foreach (var (name, value) in new QemuProperties("-machine", text).All)
        {
            switch (name, value)
            {
                case ("" or "type", "virt"): break;
                case ("" or "type", _): throw new BadInputException($"-machine {value} is another board: this one is virt");
                case ("dumpdtb", _): DumpPath = value; break;
                case ("dtb", _): Machine = Machine with { Devicetree = Machine.Devicetree with { Blob = File(value) } }; break;
                case ("kernel", _): KernelPath = value; break;
                case ("append", _): Machine = Machine with { Append = value }; break;
                case ("aclint", "on" or "true" or "yes" or "y"): Machine = Machine with { Interruptor = CoreInterruptor.Aclint }; break;
                case ("aclint", "off" or "false" or "no" or "n"): Machine = Machine with { Interruptor = CoreInterruptor.Clint }; break;
                case ("aia", "none"): break;
                case ("aia", _): throw new BadInputException($"-machine aia={value} is not possible: the board's interrupt controllers are a PLIC and a CLINT or ACLINT");
                case ("acpi", _): break;
                case ("accel", _): ReadAccelerator(value); break;
                default: throw new BadInputException($"-machine {name}={value} is not modelled");
            }
        }
    }

    private static void ReadAccelerator(string text)
    {
        if (text.Split(',')[0] is not "tcg") throw new BadInputException($"-accel {text} is not possible: instructions are translated, not run by the host's processor");
    }

    /// <summary>The console is on the terminal already; what is possible besides is a file, or nothing at all.</summary>
    private void ReadSerial(string text)
    {
        string backend = text.StartsWith("chardev:", StringComparison.Ordinal) ? _devices.CharacterDevice(text["chardev:".Length..]) ?? text : text;
        if (backend is "stdio" or "mon:stdio") return;
        ConsolePath = backend switch
        {
            "none" or "null" => "",
            _ when text.StartsWith("file:", StringComparison.Ordinal) => text["file:".Length..],
            _ => throw new BadInputException($"-serial {text} is not modelled: stdio, mon:stdio, file:FILE, null and none are"),
        };
    }

    private static void ReadMonitor(string word, string text)
    {
        if (text is not ("none" or "null" or "/dev/null") && !text.StartsWith("chardev=", StringComparison.Ordinal))
            throw new BadInputException($"{word} {text} is not possible: there is no monitor");
    }

    private static void ReadCard(string word, string text)
    {
        if (text is not "none") throw new BadInputException($"{word} {text} is not modelled: write -netdev user,id=n0 -device virtio-net-device,netdev=n0");
    }

    private void ReadAction(string text)
    {
        OnReset = text switch
        {
            "reboot=shutdown" => ResetAction.End,
            "reboot=reset" => ResetAction.StartAnew,
            _ => throw new BadInputException($"-action {text} is not modelled"),
        };
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
}

/// <summary>What happens when the guest asks for a reset.</summary>
internal enum ResetAction
{
    /// <summary>The machine starts anew, with its disks and flash as they are.</summary>
    StartAnew,

    /// <summary>The run ends.</summary>
    End,
}
