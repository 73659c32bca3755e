using Verification.Machine.Isa;

namespace Verification.Specs.Lockstep;

/// <summary>What programs are about: an extension, or a part of the privileged architecture.</summary>
/// <param name="Name">As specs and reports call it.</param>
/// <param name="Extension">Rows that need it are the profile's own; none where it is about something else.</param>
/// <param name="Weights">How often each kind of unit comes.</param>
/// <param name="Machine">Of ten programs, how many start in M-mode; the others start in S or U.</param>
/// <param name="Paged">Of ten programs, how many start with page tables on.</param>
internal sealed record LockstepProfile(
    string Name, IsaExtensions? Extension, (UnitKind Kind, int Weight)[] Weights, int Machine = 8, int Paged = 2)
{
    private static readonly (UnitKind, int)[] s_integer =
        [(UnitKind.Compute, 24), (UnitKind.ComputeAny, 6), (UnitKind.Constant, 3), (UnitKind.Memory, 3), (UnitKind.Branch, 2), (UnitKind.Loop, 1)];

    private static readonly (UnitKind, int)[] s_float =
    [
        (UnitKind.Float, 20), (UnitKind.Compute, 6), (UnitKind.FloatControl, 3), (UnitKind.Constant, 1), (UnitKind.Memory, 3),
        (UnitKind.Branch, 1), (UnitKind.Loop, 1),
    ];

    /// <summary>Every profile; the names are the rows of the spec's theory.</summary>
    public static IReadOnlyList<LockstepProfile> All { get; } =
    [
        new("I", IsaExtensions.None,
        [
            (UnitKind.Compute, 16), (UnitKind.Constant, 3), (UnitKind.Memory, 10), (UnitKind.Branch, 5), (UnitKind.Jump, 4),
            (UnitKind.Loop, 1), (UnitKind.Fence, 1), (UnitKind.Trap, 1), (UnitKind.AstrayMemory, 1),
        ]),
        new("M", IsaExtensions.M, s_integer),
        new("A", IsaExtensions.A,
        [
            (UnitKind.Atomic, 16), (UnitKind.Reservation, 6), (UnitKind.ComputeAny, 6), (UnitKind.Memory, 4),
            (UnitKind.AstrayMemory, 1), (UnitKind.Constant, 2), (UnitKind.Branch, 1), (UnitKind.Loop, 1),
        ]),
        new("F", IsaExtensions.F, s_float),
        new("D", IsaExtensions.D, s_float),
        new("Zfh", IsaExtensions.Zfh | IsaExtensions.Zfhmin, s_float),
        new("C", IsaExtensions.C,
        [
            (UnitKind.Compute, 16), (UnitKind.Memory, 8), (UnitKind.Branch, 4), (UnitKind.Jump, 4), (UnitKind.Constant, 2),
            (UnitKind.Trap, 1), (UnitKind.Loop, 1),
        ]),
        new("Zba", IsaExtensions.Zba, s_integer),
        new("Zbb", IsaExtensions.Zbb, s_integer),
        new("Zbc", IsaExtensions.Zbc, s_integer),
        new("Zbs", IsaExtensions.Zbs, s_integer),
        new("registers", null,
        [
            (UnitKind.Csr, 24), (UnitKind.FloatControl, 3), (UnitKind.ComputeAny, 6), (UnitKind.Constant, 2), (UnitKind.Return, 2),
            (UnitKind.Trap, 1), (UnitKind.Float, 1),
        ], Machine: 6, Paged: 1),
        new("traps", null,
        [
            (UnitKind.Trap, 8), (UnitKind.AstrayMemory, 8), (UnitKind.AstrayJump, 3), (UnitKind.Return, 6), (UnitKind.Csr, 4),
            (UnitKind.ComputeAny, 8), (UnitKind.Memory, 4), (UnitKind.Float, 1), (UnitKind.Branch, 2), (UnitKind.Jump, 2),
        ], Machine: 4, Paged: 3),
        new("paging", null,
        [
            (UnitKind.Memory, 16), (UnitKind.PageTable, 8), (UnitKind.AddressSpace, 2), (UnitKind.Return, 3), (UnitKind.Atomic, 3),
            (UnitKind.AstrayMemory, 4), (UnitKind.AstrayJump, 1), (UnitKind.ComputeAny, 4), (UnitKind.Fence, 2), (UnitKind.Csr, 2),
            (UnitKind.Jump, 2), (UnitKind.Branch, 1), (UnitKind.Reservation, 1),
        ], Machine: 2, Paged: 10),
        new("protection", null,
        [
            (UnitKind.Memory, 16), (UnitKind.Protection, 8), (UnitKind.Return, 5), (UnitKind.Atomic, 3), (UnitKind.AstrayMemory, 3),
            (UnitKind.ComputeAny, 4), (UnitKind.Csr, 2), (UnitKind.Jump, 2), (UnitKind.Branch, 1),
        ], Machine: 5, Paged: 3),
        new("interrupts", null,
        [
            (UnitKind.Interrupt, 12), (UnitKind.Return, 4), (UnitKind.Csr, 6), (UnitKind.ComputeAny, 8), (UnitKind.Memory, 4),
            (UnitKind.Trap, 2), (UnitKind.Branch, 1),
        ], Machine: 4, Paged: 2),
        new("self-modification", null,
        [
            (UnitKind.SelfModification, 10), (UnitKind.ComputeAny, 10), (UnitKind.Loop, 2), (UnitKind.Branch, 2), (UnitKind.Memory, 3),
            (UnitKind.Fence, 2),
        ], Machine: 6, Paged: 3),
        new("everything", null, [.. Enum.GetValues<UnitKind>().Select(kind => (kind, kind is UnitKind.Compute ? 0 : kind is UnitKind.ComputeAny or UnitKind.Memory or UnitKind.Float ? 4 : 1))],
            Machine: 4, Paged: 4),
    ];

    public static LockstepProfile Named(string name) => All.Single(profile => profile.Name == name);

    public override string ToString() => Name;
}
