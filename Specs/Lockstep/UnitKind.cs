namespace Verification.Specs.Lockstep;

/// <summary>Kinds of units that programs are made of.</summary>
internal enum UnitKind
{
    /// <summary>One row that computes on registers, of the profile's extension.</summary>
    Compute,

    /// <summary>One that computes, of any extension.</summary>
    ComputeAny,

    /// <summary>A constant for a register.</summary>
    Constant,

    /// <summary>A load or store that is aimed at the data, in any window, aligned or not.</summary>
    Memory,

    /// <summary>A load, store or atomic of an address where something may be wrong.</summary>
    AstrayMemory,

    /// <summary>An atomic read-modify-write.</summary>
    Atomic,

    /// <summary>Load-reserved, something, store-conditional.</summary>
    Reservation,

    /// <summary>A branch over some units.</summary>
    Branch,

    /// <summary>A jump over some units, direct or through a register.</summary>
    Jump,

    /// <summary>A jump to where there is no code.</summary>
    AstrayJump,

    /// <summary>A loop over the next units.</summary>
    Loop,

    /// <summary>Floating-point operands from the data, an operation, its flags.</summary>
    Float,

    /// <summary>A read or write of <c>fcsr</c> or its parts.</summary>
    FloatControl,

    /// <summary>A read or write of any other CSR.</summary>
    Csr,

    /// <summary><c>ecall</c>, <c>ebreak</c>, words that are no instruction.</summary>
    Trap,

    /// <summary><c>mret</c> or <c>sret</c> to a mode.</summary>
    Return,

    /// <summary>A change of a page-table entry, and its fence.</summary>
    PageTable,

    /// <summary>Another address space.</summary>
    AddressSpace,

    /// <summary>A fence of any kind.</summary>
    Fence,

    /// <summary>A change of the physical memory protection.</summary>
    Protection,

    /// <summary>A store into the code ahead, and its fence.</summary>
    SelfModification,

    /// <summary>An interrupt made pending, enabled, or waited for.</summary>
    Interrupt,
}
