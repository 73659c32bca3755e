using Verification.Framework.Cli;
using Xunit;

namespace Verification.Specs.Cli;

/// <summary><c>boot</c> as its user meets it: words in, a console and an exit code out.</summary>
public sealed class BootCommandSpecs : IDisposable
{
    private const ulong Bare = 0x8000_0000, Kernel = 0x8020_0000;

    // The finisher's register: 0x5555 passes, 0x7777 resets, 0x3333 fails with the code above.
    private const string PowerOff = "li t0, 0x100000\nli t1, 0x5555\nsw t1, 0(t0)\n1: j 1b\n";

    // Says what is at a0 up to a 0.
    private const string Say = """

        say:
            li t0, 0x10000000
        1:  lbu t1, 0(a0)
            beqz t1, 2f
            sb t1, 0(t0)
            addi a0, a0, 1
            j 1b
        2:  ret

        """;

    private readonly GuestFiles _files = new();

    public void Dispose() => _files.Dispose();

    [Theory]
    [InlineData(0x5555, 0), InlineData(0x3333, 0), InlineData(0x7_3333, 7), InlineData(0xff_3333, 255), InlineData(0x100_3333, 1)]
    public void The_guests_code_at_poweroff_is_the_exit_code(int finish, int exitCode)
    {
        string kernel = _files.AddRaw($"li t0, 0x100000\nli t1, {finish}\nsw t1, 0(t0)\n1: j 1b", Bare);

        Assert.Equal((exitCode, "", ""), Boot("-bios", "none", "-kernel", kernel));
    }

    [Theory]
    [InlineData(1, 0, ""), InlineData(11, 5, "failed: case 5 (tohost is 0xb)\n"), InlineData(0x201, 1, "failed: case 256 (tohost is 0x201)\n")]
    public void A_program_with_the_symbol_tohost_ends_by_storing_its_verdict_there(int word, int exitCode, string said)
    {
        string kernel = _files.AddElf($"_start: la t0, tohost\nli t1, {word}\nsw t1, 0(t0)\nsw zero, 4(t0)\n1: j 1b\n.p2align 6\ntohost: .dword 0\nfromhost: .dword 0", Bare, "_start");

        Assert.Equal((exitCode, "", said), Boot("-bios", "none", "-kernel", kernel));
    }

    [Fact]
    public void Characters_and_texts_sent_through_tohost_come_to_the_console()
    {
        string kernel = _files.AddElf("""
            _start: la s0, tohost
                la s1, fromhost
                li t1, 0x0101000000000041
                sd t1, 0(s0)
            1:  ld t2, 0(s1)
                beqz t2, 1b
                sd zero, 0(s1)
                la t1, call
                la t2, text
                sd t2, 16(t1)
                sd t1, 0(s0)
            2:  ld t2, 0(s1)
                beqz t2, 2b
                ld t3, 0(t1)
                slli t3, t3, 1
                ori t3, t3, 1
                sd t3, 0(s0)
            3:  j 3b
            text: .ascii "bcd"
                .p2align 6
            call: .dword 64, 1
                .dword 0, 3
            tohost: .dword 0
                .p2align 6
            fromhost: .dword 0
            """, Bare, "_start");

        Assert.Equal((3, "Abcd", "failed: case 3 (tohost is 0x7)\n"), Boot("-bios", "none", "-kernel", kernel));
    }

    [Fact]
    public void A_kernel_is_entered_at_its_lowest_address_and_a_note_says_when_its_file_names_another()
    {
        string kernel = _files.AddElf("low: la a0, text\ncall say\n" + PowerOff + "text: .asciz \"low\"\n.p2align 2\nother: j other" + Say, Kernel, "other");

        var (exitCode, output, error) = Boot("-kernel", kernel);

        Assert.Equal((0, "low"), (exitCode, output));
        Assert.StartsWith("note: the kernel is entered at its lowest address 0x80200000, as by QEMU, and not at 0x802", error);
    }

    [Fact]
    public void A_script_types_when_the_console_has_said_what_it_waits_for()
    {
        // Adds one to each character typed and says it; each prompt comes after a while, when what came before is gone.
        string kernel = _files.AddRaw("""
            prompt: li t2, 300000
            1:  addi t2, t2, -1
                bnez t2, 1b
                la a0, text
                call say
                li t0, 0x10000000
            2:  lbu t1, 5(t0)
                andi t1, t1, 1
                beqz t1, 2b
                lbu t1, 0(t0)
                addi t2, t1, 1
                sb t2, 0(t0)
                li t2, 10
                bne t1, t2, 2b
                j prompt
            text: .asciz "> "
                .p2align 2
            """ + Say, Bare);
        string[] words = ["-bios", "none", "-kernel", kernel, "--expect", "> ", "--input", "HAL\\n", "--expect", "> ", "--input", "\\x40", "--expect", "A"];

        Assert.Equal((0, "> IBM\v> A", ""), Boot(words));
        Assert.Equal(Boot(words), Boot(words));
        Assert.Equal((1, "> IBM\v", "the console said 'IBM'\n"), Boot([.. words, "--fail", "IBM"]));
        Assert.Equal((2, "> ", "the budget of 2000000 instructions is used up, and the console has not said '$ '\n"),
            Boot("-bios", "none", "-kernel", kernel, "--expect", "$ ", "--budget", "2,000,000"));
    }

    [Fact]
    public void A_machine_that_ends_before_it_has_said_what_was_expected_did_not_pass()
    {
        string kernel = _files.AddRaw(PowerOff, Bare);

        Assert.Equal((2, "", "the machine was switched off, and the console had not said 'ok'\n"),
            Boot("-bios", "none", "-kernel", kernel, "--expect", "ok"));
    }

    [Fact]
    public void A_machine_that_waits_for_ever_ends_when_nobody_can_type()
    {
        string kernel = _files.AddRaw("1: wfi\nj 1b", Bare);

        Assert.Equal((2, "", "all harts wait for ever, and the console has not said 'ok'\n"),
            Boot("-bios", "none", "-kernel", kernel, "--expect", "ok"));
    }

    [Fact]
    public void A_reset_starts_the_machine_anew_with_what_was_written_to_flash()
    {
        // Programs one word of flash, unless it is programmed already.
        string kernel = _files.AddRaw("""
                li s0, 0x22000000
                lw t0, 0(s0)
                bgez t0, again
                la a0, first
                call say
                li t1, 0x00400040
                sw t1, 0(s0)
                sw zero, 0(s0)
                li t1, 0x7777
                j finish
            again: la a0, second
                call say
                li t1, 0x5555
            finish: li t0, 0x100000
                sw t1, 0(t0)
            1:  j 1b
            first: .asciz "first "
            second: .asciz "second"
                .p2align 2
            """ + Say, Bare);
        string flash = _files.Add([0xff, 0xff, 0xff, 0xff]);
        string[] words = ["-bios", "none", "-kernel", kernel, "-drive", $"if=pflash,format=raw,unit=1,file={flash}"];

        Assert.Equal((0, "first second", ""), Boot(words));
        Assert.Equal((0, "first ", ""), Boot([.. words, "-no-reboot"]));
        Assert.Equal([0xff, 0xff, 0xff, 0xff], File.ReadAllBytes(flash));
    }

    [Fact]
    public void The_words_of_xv6s_makefile_give_its_machine()
    {
        // Says the first slot's magic number, version and device.
        string kernel = _files.AddRaw("""
                li s0, 0x10001000
                lw a0, 0(s0)
                li t0, 0x10000000
                sb a0, 0(t0)
                lw a0, 4(s0)
                addi a0, a0, 48
                sb a0, 0(t0)
                lw a0, 8(s0)
                addi a0, a0, 48
                sb a0, 0(t0)

            """ + PowerOff, Bare);
        string disk = _files.Add(new byte[2048]);
        string words = $"-machine virt -bios none -kernel {kernel} -m 128M -smp 3 -nographic -global virtio-mmio.force-legacy=false "
            + $"-drive file={disk},if=none,format=raw,id=x0 -device virtio-blk-device,drive=x0,bus=virtio-mmio-bus.0";

        Assert.Equal("v22", Boot(words.Split(' ')).Output[..3]);
    }

    [Fact]
    public void The_console_can_go_to_a_file_or_nowhere()
    {
        string kernel = _files.AddRaw("la a0, text\ncall say\n" + PowerOff + "text: .asciz \"said\"\n.p2align 2\n" + Say, Bare);
        string log = _files.Add([]);

        Assert.Equal((0, "", ""), Boot("-bios", "none", "-kernel", kernel, "-serial", $"file:{log}"));
        Assert.Equal("said", File.ReadAllText(log));
        Assert.Equal((0, "", ""), Boot("-bios", "none", "-kernel", kernel, "-serial", "null"));
        Assert.Equal((0, "said", ""), Boot("-bios", "none", "-kernel", kernel, "-display", "none", "-serial", "mon:stdio"));
        Assert.Equal((0, "said", ""), Boot("-bios", "none", "-kernel", kernel, "-chardev", "stdio,id=c,mux=on", "-serial", "chardev:c", "-mon", "chardev=c"));
    }

    [Fact]
    public void The_terminal_can_be_the_virtio_console()
    {
        // The transmit queue of a modern device in slot 0 gets one buffer: descriptor, available ring, notification.
        string kernel = _files.AddRaw("""
                li s0, 0x10001000
                li t0, 15
                sw t0, 0x70(s0)
                li t0, 1
                sw t0, 0x30(s0)
                li t0, 8
                sw t0, 0x38(s0)
                li s1, 0x80100000
                la t0, text
                sd t0, 0(s1)
                li t0, 7
                sw t0, 8(s1)
                li t0, 0x10000
                li t1, 0x80100800
                sw t0, 0(t1)
                sw s1, 0x80(s0)
                sw zero, 0x84(s0)
                sw t1, 0x90(s0)
                li t1, 0x80101000
                sw t1, 0xa0(s0)
                li t0, 1
                sw t0, 0x44(s0)
                sw t0, 0x50(s0)

            """ + PowerOff + "text: .asciz \"through\"\n.p2align 2\n", Bare);
        string[] words = ["-bios", "none", "-kernel", kernel, "-global", "virtio-mmio.force-legacy=false", "-serial", "null",
            "-chardev", "stdio,id=c0", "-device", "virtio-serial-device,bus=virtio-mmio-bus.0", "-device", "virtconsole,chardev=c0"];

        Assert.Equal((0, "through", ""), Boot(words));
        Assert.Equal((2, "", "-device virtconsole,chardev=c9: no -chardev before it has the id 'c9'\n"), Boot([.. words[..^1], "virtconsole,chardev=c9"]));
    }

    [Fact]
    public void The_devicetree_of_a_raw_kernel_without_firmware_is_printed()
    {
        string kernel = _files.AddRaw(PowerOff, Bare);
        using var output = new StringWriter();
        using var error = new StringWriter();

        Assert.Equal((0, ""), (CommandLine.Run(["dts", "-bios", "none", "-kernel", kernel, "-smp", "3"], output, error), error.ToString()));
        Assert.Contains("cpu@2 {", output.ToString());
    }

    [Theory]
    [InlineData("-S", "-S is not possible: there is no debugger's port: check explains a failure, and disassemble prints the code")]
    [InlineData("-s", "-s is not possible: there is no debugger's port: check explains a failure, and disassemble prints the code")]
    [InlineData("-enable-kvm", "-enable-kvm is not possible: instructions are translated, not run by the host's processor")]
    [InlineData("-machine virt,aia=aplic", "-machine aia=aplic is not possible: the board's interrupt controllers are a PLIC and a CLINT or ACLINT")]
    [InlineData("-monitor stdio", "-monitor stdio is not possible: there is no monitor")]
    [InlineData("-serial pty", "-serial pty is not modelled: stdio, mon:stdio, file:FILE, null and none are")]
    [InlineData("-initrd FILE", "-initrd is only possible with -kernel FILE")]
    [InlineData("-append quiet", "-append is only possible with -kernel FILE")]
    [InlineData("-device e1000,netdev=n", "-device e1000,netdev=n: the board's PCI host has no cards; the -device forms of virtio are possible")]
    [InlineData("-device virtio-net-device,netdev=n", "-device virtio-net-device,netdev=n: no -netdev before it has the id 'n'")]
    [InlineData("-device virtio-rng-device,bus=virtio-mmio-bus.8", "-device virtio-rng-device,bus=virtio-mmio-bus.8: the board's buses are virtio-mmio-bus.0 to virtio-mmio-bus.7")]
    [InlineData("-device virtconsole", "-device virtconsole: it wants a -device virtio-serial-device before it")]
    [InlineData("-device loader,file=FILE", "-device loader,file=FILE names no addr=")]
    [InlineData("-drive file=FILE,if=none,format=qcow2", "-drive file=FILE,if=none,format=qcow2: a drive in format qcow2 can't be read, only raw")]
    [InlineData("-drive file=FILE,if=none,id=x0", "the drive 'x0' is attached to no -device virtio-blk-device,drive=x0")]
    [InlineData("-drive file=FILE,if=pflash,unit=2", "-drive file=FILE,if=pflash,unit=2: the board has the flash banks 0 and 1")]
    [InlineData("--input \\q", "'\\q' has an unknown escape at its character 1: \\n \\r \\t \\e \\\\ and \\xHH are possible")]
    [InlineData("--expect", "--expect wants a text behind it")]
    [InlineData("--budget many", "--budget wants a number of instructions behind it")]
    public void What_is_not_possible_is_refused_in_a_sentence_that_names_it(string words, string sentence)
    {
        string file = _files.Add([1, 2, 3, 4]);

        Assert.Equal((2, "", sentence.Replace("=FILE", "=" + file) + "\n"), Boot(words.Replace("FILE", file).Split(' ')));
    }

    [Fact]
    public void A_kernel_that_is_not_where_the_reset_vector_leads_is_refused()
    {
        string kernel = _files.AddElf("_start: j _start", Kernel, "_start");

        Assert.Equal((2, "", "The reset vector leads to 0x80000000, where nothing is loaded: the kernel begins at 0x80200000.\n"),
            Boot("-bios", "none", "-kernel", kernel));
    }

    [Fact]
    public void Headers_that_a_linker_puts_before_memory_do_no_harm_without_firmware()
    {
        // What ld makes of -Ttext=0x80000000: the first segment begins a page before, with the file's own headers.
        string kernel = _files.AddElf(".byte 0x7f, 0x45, 0x4c, 0x46\n.zero 4092\n_start: la a0, text\ncall say\n" + PowerOff
            + "text: .asciz \"run\"\n.p2align 2\n" + Say, Bare - 4096, "_start");

        Assert.Equal((0, "run", ""), Boot("-bios", "none", "-kernel", kernel));
    }

    [Fact]
    public void A_compressed_kernel_is_told_from_a_raw_one()
    {
        string kernel = _files.Add([0x1f, 0x8b, 8, 0, 0, 0, 0, 0]);

        Assert.Equal((2, "", "The image is compressed by gzip: decompress it first, as for QEMU.\n"), Boot("-kernel", kernel));
    }

    private static (int ExitCode, string Output, string Error) Boot(params string[] words)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        // A guest of these specs ends soon, or the spec fails.
        string[] budget = words.Contains("--budget") ? [] : ["--budget", "20000000"];
        int exitCode = CommandLine.Run(["boot", .. budget, .. words], output, error);
        return (exitCode, output.ToString(), error.ToString());
    }
}
