using Verification.Machine.Harts;

namespace Verification.Machine.Firmware;

/// <summary>BASE: SBI specification 2.0, chapter 4.</summary>
public sealed partial class SbiModel
{
    /// <summary>The version that the model implements, major in bits 30-24.</summary>
    public const ulong SpecificationVersion = 2 << 24;

    /// <summary>The model's implementation number; the specification has given it to nobody.</summary>
    public const ulong ImplementationId = 0x5642;

    private const int VendorCsr = 0xf11, ArchitectureCsr = 0xf12, ImplementationCsr = 0xf13;

    private static SbiResult? Base(Hart hart, SbiCall call) => call.Function switch
    {
        0 => SbiResult.Of(SpecificationVersion),
        1 => SbiResult.Of(ImplementationId),
        2 => SbiResult.Of(1),
        3 => SbiResult.Of(IsPresent(call[0]) ? 1UL : 0),
        4 => SbiResult.Of(Csr(hart, VendorCsr)),
        5 => SbiResult.Of(Csr(hart, ArchitectureCsr)),
        6 => SbiResult.Of(Csr(hart, ImplementationCsr)),
        _ => SbiError.NotSupported,
    };

    private static bool IsPresent(ulong extension) =>
        extension <= uint.MaxValue && Enum.IsDefined((SbiExtension)(uint)extension);

    private static ulong Csr(Hart hart, int csr) => hart.TryGetCsr(csr, out var value) ? value : 0;
}
