namespace Verification.Specs.Benchmarks.Code;

/// <summary>
/// What gcc's code of the kernels took, written down, so that figures can be compared where gcc is not installed. The
/// text that <c>dotnet run -c Release --project Specs/Benchmarks -- code record</c> prints.
/// </summary>
/// <param name="Kernel">The kernel's name.</param>
/// <param name="Instructions">Instructions executed.</param>
/// <param name="CodeBytes">Bytes of code.</param>
/// <param name="Fingerprint">Of the result and the memory.</param>
public sealed record RecordedGcc(string Kernel, ulong Instructions, int CodeBytes, ulong Fingerprint)
{
    /// <summary>The version that was used, with the flags of <see cref="GccCode.Flags"/> without extensions.</summary>
    public const string Version = "12.2.0";

    /// <summary>The figures.</summary>
    public static IReadOnlyList<RecordedGcc> All { get; } =
    [
        new("devicetree walk", 10924, 762, 0x2cd8d2954dc7b8e7),
        new("CRC-32", 50704, 126, 0x78f1ff2a952a4321),
        new("memcpy", 5264, 152, 0x3f0a1290de5d0887),
        new("memset", 4635, 246, 0x76491e369d57995d),
        new("bitmap scan", 293398, 394, 0x7901b32a82738479),
        new("buddy allocator", 39243, 706, 0xa25d63ed4e3f22fd),
        new("sort", 53084, 390, 0x0a414fa1173e83ef),
        new("UTF-8 formatting", 33286, 936, 0xbadee24206cf7567),
        new("hash table", 18229, 364, 0x5c819e929edee40c),
        new("page-table walk", 59431, 254, 0x6ea5840aa2719dbc),
        new("ring buffer", 19253, 178, 0x23c337f3538869ed),
        new("string search", 73786, 304, 0x04c5d882560f580e),
        new("SHA-256", 171714, 694, 0x22988f3180e71a4b),
        new("checksum", 30343, 128, 0xef17e3091cb5c8d9),
        new("linked list", 13492, 218, 0x1da9cf7a481bff03),
        new("path lookup", 17518, 594, 0xd5f245420590c933),
        new("timer heap", 60575, 420, 0xab1910a2ee42cc1b),
    ];
}
