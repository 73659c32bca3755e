using Verification.Framework.Generation;
using Verification.Machine;
using Verification.Machine.Images;

namespace Verification.Framework.Cli;

/// <summary><c>boot</c>: one machine, its console on the terminal.</summary>
internal static class BootCommand
{
    /// <summary>Explains the verb.</summary>
    public static int Help(TextWriter output)
    {
        output.WriteLine("""
            boot: boots one machine, described by QEMU's words; the terminal is its console, ctrl-a x ends it.

              -kernel FILE            ELF file, Linux Image or raw image
              -bios none|default|FILE without firmware, with the model's own SBI (the default), or with this firmware
              -smp N                  1 to 512 harts
              -m SIZE                 128M, 4G, ...
              -append TEXT            the kernel's command line
              -initrd FILE            an initial ramdisk
              -dtb FILE               this devicetree in place of the board's
              -drive file=FILE,if=none,format=raw,id=ID   and   -device virtio-blk-device,drive=ID[,bus=virtio-mmio-bus.N]
              -drive if=pflash,format=raw,file=FILE[,unit=N]   and   -device loader,file=FILE[,addr=ADDRESS]
              -device virtio-rng-device | virtio-serial-device | virtio-net-device[,netdev=ID]
              -global virtio-mmio.force-legacy=false
              -machine virt[,dumpdtb=FILE]   -cpu rv64,zba=off   -serial stdio|file:FILE|null   -no-reboot
              -nographic, -display none and other words that change nothing

              --input TEXT            types this at the console (\n \r \t \e \\ \xHH); --input-file FILE types a file
              --expect TEXT           waits until the console has said this; what follows is typed then, and the run ends
                                      with exit code 0 where nothing follows
              --fail TEXT             ends with exit code 1 as soon as the console says this
              --budget N              ends after N instructions (exit code 2)
              --progress              says at each billion instructions how far the run is
              --replay TOKEN          the machine of a failure report, with -kernel FILE

            Exit code: the guest's own at poweroff; the failed case's number where an ELF file has the symbol tohost;
            2 where there is no verdict or the words make no sense. Disks and flash are read, never written to their files.
            """);
        return ExitCode.Passed;
    }

    /// <summary>Boots until the machine is switched off.</summary>
    /// <param name="words">QEMU's words and our options.</param>
    /// <param name="output">The console.</param>
    /// <param name="error">Where sentences about the run go.</param>
    public static int Run(string[] words, TextWriter output, TextWriter error)
    {
        var (options, qemu) = BootOptions.Read(words);
        var read = QemuWords.Read(qemu);
        var machine = options.Token is { } token ? MachineToken.Parse(token) : read.Machine;
        if (read.DumpPath is { } dump) return DumpDevicetree(machine, dump);
        var kernel = read.KernelPath is { } path ? KernelImage.Read(InputFile.Read(path), Board.LoadAddress(machine)) : null;
        if (kernel is null && machine.Firmware is not FirmwareChoice.File && !machine.Devices.Any(device => device is DeviceConfiguration.Flash or DeviceConfiguration.Loader))
            throw new BadInputException("nothing to boot: name a kernel with -kernel FILE");
        foreach (string note in read.Notes.Concat(EntryNote(machine, kernel))) error.WriteLine($"note: {note}");
        using var file = read.ConsolePath is { Length: > 0 } console ? new StreamWriter(console) : null;
        bool isShown = read.ConsolePath is null || read.Console == ConsoleChoice.Virtio;
        using var terminal = new Terminal(file ?? (isShown ? output : TextWriter.Null), options.Script is null ? Keyboard.Listened : Keyboard.Ignored);
        return new BootedMachine(machine, kernel, read.OnReset, options, read.Console, terminal, error).Run();
    }

    private static IEnumerable<string> EntryNote(BoardConfiguration machine, KernelImage? kernel)
    {
        if (kernel is null || machine.Firmware is FirmwareChoice.None || kernel.EntryAddress == kernel.StartAddress) yield break;
        yield return $"the kernel is entered at its lowest address 0x{kernel.StartAddress:x}, as by QEMU, and not at 0x{kernel.EntryAddress:x}, which its ELF file names as entry";
    }

    private static int DumpDevicetree(BoardConfiguration machine, string path)
    {
        using var board = new Board(machine);
        File.WriteAllBytes(path, board.Devicetree.ToBlob());
        return ExitCode.Passed;
    }
}
