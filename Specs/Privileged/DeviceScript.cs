using Verification.Machine.Harts;

namespace Verification.Specs.Privileged;

/// <summary>
/// Random accesses of all widths to the registers of the board's devices: which answer, which fault, and with what. Left out is
/// what ends the run, what goes by the host's clock, and rings.
/// </summary>
internal static class DeviceScript
{
    private const ulong Clint = 0x0200_0000, SupervisorSoftware = 0x02F0_0000, Plic = 0x0C00_0000, PlicPending = Plic + 0x1000, Uart = 0x1000_0000, Slots = 0x1000_1000,
        FirmwareConfiguration = 0x1010_0000, Flash = 0x2000_0000, Rtc = 0x10_1000, Pci = 0x3000_0000;

    private static readonly string[] Loads = ["lbu a0, 0(a0)", "lhu a0, 0(a0)", "lwu a0, 0(a0)", "ld a0, 0(a0)"];
    private static readonly string[] Stores = ["sb a1, 0(a0)", "sh a1, 0(a0)", "sw a1, 0(a0)", "sd a1, 0(a0)"];

    /// <summary>The devices, by name.</summary>
    public static readonly string[] Names = ["clint", "plic", "uart", "virtio", "fw_cfg", "flash", "rtc", "pci", "gaps"];

    /// <summary>What a board with <c>aclint=on</c> has besides, or in their place.</summary>
    public const string Aclint = "aclint";

    /// <summary>Random accesses to one of them.</summary>
    public static Script Create(string name, int seed, int accesses)
    {
        var script = new Script();
        var random = new Random(seed);
        // QEMU's comparator is 0 after reset, ours is all ones.
        script.Store(Clint + 0x4000, ulong.MaxValue);
        if (name is "fw_cfg") Keys(script);
        if (name is "flash") FlashCommands(script, random, accesses / 8);
        else
            for (var i = 0; i < accesses; i++)
            {
                var (address, value) = Choose(name, random);
                // What is not aligned faults here, and is done in pieces by QEMU.
                var width = random.Next(3) == 0 ? random.Next(4) : 2;
                address &= ~0UL << width;
                if (IsLeftOut(address)) continue;
                script.Machine((random.Next(2) == 0 ? Loads : Stores)[width], address, value);
                // Of the pending interrupts the software's: the timer's goes by the host's clock.
                if (name is Aclint) script.Add(new ScriptStep(Script.Word("csrrc a0, mip, a0"), PrivilegeMode.Machine, (ulong)random.Next(2) << 1) { What = "mip", Compared = 0xA });
                if (name is "uart" or "rtc") script.Machine("lwu a0, 0(a0)", PlicPending);
            }
        return script;
    }

    private static (ulong Address, ulong Value) Choose(string name, Random random)
    {
        var value = (ulong)random.NextInt64();
        return name switch
        {
            "clint" => (Clint + (ulong)random.Next(4) switch { 0 => Up(64), 1 => 0x4000 + Up(64), 2 => Up(0xBFF0), _ => 0xC000 + Up(0x4000) }, value),
            Aclint => (random.Next(6) switch
            {
                0 => Clint + Up(64),
                1 => Clint + 0x4000 + Up(64),
                2 => SupervisorSoftware + Up(0x4000),
                3 => SupervisorSoftware + 0x4000 + Up(0x4000),
                _ => SupervisorSoftware + Up(16),
            }, value),
            "plic" => (Plic + (ulong)random.Next(5) switch
            {
                0 => Up(0x200),
                1 => 0x1000 + Up(32),
                2 => 0x2000 + Up(0x200),
                3 => 0x20_0000 + Up(3) * 0x1000 + Up(16),
                _ => Up(0x60_0100),
            }, random.Next(3) == 0 ? value : value & 127),
            "uart" => Register(),
            "virtio" => (Slots + Up(8) * 0x1000 + (ulong)random.Next(10) switch { 0 => Up(0x1000), 1 => Up(0x200), _ => Up(0x40) * 4 },
                random.Next(3) switch { 0 => value & 15, 1 => value, _ => 1UL << random.Next(32) }),
            "fw_cfg" => (FirmwareConfiguration + Up(0x20), value & 0x2F00),
            "rtc" => (Rtc + (ulong)random.Next(8, 0x30), random.Next(8) == 0 ? 0x6FFF_FFFF : value % 3),
            "pci" => (random.Next(5) switch
            {
                0 => Pci + Up(0x1000),
                1 => Pci + Up(0x1000_0000),
                2 => 0x4000_0000 + Up(0x4000_0000),
                3 => 0x300_0000 + Up(0x1_0000),
                _ => 0x4_0000_0000 + (ulong)random.NextInt64(0x4_0000_0000),
            }, value),
            _ => (random.Next(3) switch { 0 => Up(0x200_0000), 1 => 0x1100_0000 + Up(0xF00_0000), _ => (ulong)random.NextInt64(1L << 40, 1L << 58) }, value),
        };

        ulong Up(int most) => (ulong)random.Next(most);

        (ulong, ulong) Register()
        {
            var register = Uart + Up(9);
            // Without the modem's interrupt: in loopback QEMU sees no change of its lines.
            return (register, register == Uart + 1 ? value & 0xF7 : value & 0xFF);
        }
    }

    /// <summary>The modem's lines change in loopback, and QEMU doesn't see it; features differ by kind and are compared by no one;
    /// SHMBase of a region that is not there is all ones; <c>mtime</c> runs; the finisher finishes; the ROM's content is the
    /// firmware's business.</summary>
    private static bool IsLeftOut(ulong address) =>
        address is >= Uart + 6 and < Uart + 7
        || address is >= Slots and < Slots + 0x8000 && (address & 0xFFF & ~7UL) is 0x10 or 0xB8
        || address is >= Clint + 0xBFF8 and < Clint + 0xC000
        || address is >= 0x10_0000 and < 0x10_1000 or >= 0x1000 and < 0x1_0000
        || address is >= 0x2000_0000 and < 0x4000_0000 && address < Pci;

    private static void Keys(Script script)
    {
        // Key 4 says whether there is a screen, which the tests' QEMU has and ours has not.
        foreach (var key in Enumerable.Range(0, 0x40).Concat(Enumerable.Range(0x4000, 8)).Concat(Enumerable.Range(0x8000, 8)).Where(key => (key & 0xFF) != 4))
        {
            script.Machine(Stores[1], FirmwareConfiguration + 8, (ulong)((key & 0xFF) << 8 | key >> 8));
            for (var i = 0; i < 30; i++) script.Machine(Loads[3], FirmwareConfiguration);
        }
    }

    /// <summary>Whole commands: programming only what is erased, and buffers within their block, as drivers do.</summary>
    private static void FlashCommands(Script script, Random random, int commands)
    {
        Command(0x98);
        for (var i = 0UL; i < 0x110; i++) script.Machine(Loads[2], Flash + i * 4);
        Command(0xFF);
        Command(0x90);
        for (var i = 0UL; i < 0x110; i++) script.Machine(Loads[2], Flash + i * 4);
        Command(0xFF);
        var next = 0UL;
        for (var i = 0; i < commands; i++)
        {
            // A sector of its own for each command, and both banks.
            next = (next + 0x4_0000) % 0x200_0000;
            var sector = Flash + next + (ulong)random.Next(2) * 0x200_0000;
            Write(sector, 0x20);
            Write(sector, 0xD0);
            Look(sector);
            var (count, at) = (random.Next(1, 9), sector + (ulong)random.Next(64) * 4);
            if (random.Next(2) == 0)
            {
                Write(at, random.Next(2) == 0 ? 0x10u : 0x40u);
                Write(at, (uint)random.Next());
            }
            else
            {
                Write(at, 0xE8);
                Look(at);
                Write(at, (uint)count - 1);
                for (var j = 0; j < count; j++) Write(at + (ulong)j * 4, (uint)random.Next());
                Write(at, random.Next(4) == 0 ? 0xFFu : 0xD0u);
            }
            Look(at);
            if (random.Next(4) == 0) Write(sector, 0x50);
            Look(at);
            Write(sector, 0xFF);
            for (var j = 0; j < count; j++) Look(at + (ulong)j * 4);
        }

        void Command(uint word) => Write(Flash, word);

        void Write(ulong address, uint word) => script.Machine(Stores[2], address, word);

        void Look(ulong address)
        {
            var width = random.Next(4);
            script.Machine(Loads[width], address & ~0UL << width);
        }
    }
}
