namespace Verification.Specs.Lockstep;

// The registers that a program starts with.
internal sealed partial class ProgramGenerator
{
    /// <summary>UXL and SXL of <c>mstatus</c>: 64 bits. QEMU would keep other widths that a program before has set by a bug.</summary>
    private const ulong Widths = 0xAUL << 32;

    private ulong[] InitialIntegers() => [0, .. Enumerable.Range(1, 31).Select(_ => Integer())];

    private ulong[] InitialFloats()
    {
        var values = new ulong[32];
        for (var i = 0; i < 32; i++) values[i] = Float(values[_random.Next(i + 1)]);
        return values;
    }

    private ulong[] InitialCsrs()
    {
        var mode = _random.Next(10) < _profile.Machine ? 3UL : Any(0UL, 1UL);
        var isHigh = _isPaged && mode == 1;
        return [.. GuestArea.InitialCsrNumbers.Select(number => ExplainedDifferences.Legal(number, Initial(number)) | Fixed(number))];

        ulong Fixed(int number) => number switch
        {
            Mstatus => Widths,
            Menvcfg => ExplainedDifferences.MemoryTypes | (_hasTimer ? ExplainedDifferences.TimerCompare : 0),
            _ => 0,
        };

        ulong Initial(int number) => number switch
        {
            0x302 => OneIn(3) ? 0 : Integer() & ~0x200UL & (_profile.Name is "protection" or "everything" ? ~2UL : ~0UL),
            0x303 => OneIn(3) ? 0 : Integer(),
            0x305 => GuestArea.Start + GuestArea.MachineEntry + (ulong)_random.Next(2),
            0x105 => (isHigh && OneIn(2) ? GuestArea.HighWindow : GuestArea.Start) + GuestArea.SupervisorEntry + (ulong)_random.Next(2),
            0x306 or 0x106 => OneIn(2) ? uint.MaxValue : Integer(),
            0x14D => ulong.MaxValue,
            Satp => _isPaged ? Any(8UL, 9UL, 10UL) switch
            {
                8 => 8UL << 60 | (GuestArea.Start + GuestArea.RootSv39) >> 12,
                9 => 9UL << 60 | (GuestArea.Start + GuestArea.RootSv48) >> 12,
                _ => 10UL << 60 | (GuestArea.Start + GuestArea.RootSv57) >> 12,
            } : 0,
            PmpAddress => GuestArea.Start + GuestArea.Code / 2 - 1 >> 2,
            PmpAddress + 15 => ulong.MaxValue >> 10,
            > PmpAddress and < PmpAddress + 15 => _profile.Name == "protection" ? ProtectionAddress() & (1UL << 54) - 1 : ExplainedDifferences.LeastAddress,
            PmpConfiguration => _profile.Name == "protection" && OneIn(2) ? ProtectionConfiguration(true) : 0x1F,
            PmpConfiguration + 2 => _profile.Name == "protection" && OneIn(2) ? ProtectionConfiguration(false) : 0x1FUL << 56,
            FloatControl => (uint)_random.Next(32) | (ulong)(OneIn(20) ? _random.Next(8) : _random.Next(5)) << 5,
            Mip => _profile.Name == "interrupts" ? (ulong)_random.Next(0x400) : 0,
            Mie => OneIn(2) ? 0 : Integer(),
            Mstatus => Integer() & 0x1A2 | mode << 11 | (OneIn(12) ? 0 : (ulong)_random.Next(1, 4) << 13) | (ulong)(_random.Next(8) & _random.Next(8)) << 20 & (_isPaged ? ~ExplainedDifferences.FencesTrapped : ~0UL)
                | (ulong)_random.Next(4) << 18,
            Mepc => (isHigh ? GuestArea.HighWindow : GuestArea.Start) + GuestArea.Code,
            _ => Integer(),
        };
    }
}
