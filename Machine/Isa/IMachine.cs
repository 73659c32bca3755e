namespace Verification.Machine.Isa;

/// <summary>
/// What the meaning of an instruction may do to a hart. The plain interpreter, the observed interpreter and the
/// translator are three implementations; each is a struct, so that every meaning is compiled anew for each of them.
/// </summary>
/// <remarks>
/// Whatever can trap answers a host <see cref="bool"/>: false when the trap was taken, and then the meaning ends without a
/// further effect. A translator always answers true, since its code leaves the block where the trap arises. Meanings
/// therefore do nothing visible before their last trapping step, and hold no other host condition than these answers and
/// those on the instruction's own fields.
/// </remarks>
/// <typeparam name="TWord">The word that meanings compute with.</typeparam>
public interface IMachine<TWord> where TWord : struct, IWord<TWord>
{
    /// <summary>Address of this instruction.</summary>
    TWord Pc { get; }

    /// <summary>Integer register <paramref name="register"/>; x0 reads 0.</summary>
    TWord X(int register);

    /// <summary>Sets integer register <paramref name="register"/>; a write of x0 has no effect.</summary>
    void X(int register, TWord value);

    /// <summary>Floating-point register, all 64 bits (NaN boxing is the meaning's business).</summary>
    TWord F(int register);

    /// <summary>Sets a floating-point register, all 64 bits, and marks the floating-point state dirty.</summary>
    void F(int register, TWord value);

    /// <summary>Loads <paramref name="sizeBytes"/> (1, 2, 4, 8) bytes, zero-extended.</summary>
    /// <returns>False when the access trapped.</returns>
    bool Load(int sizeBytes, TWord address, out TWord value);

    /// <summary>Stores the low <paramref name="sizeBytes"/> (1, 2, 4, 8) bytes.</summary>
    /// <returns>False when the access trapped.</returns>
    bool Store(int sizeBytes, TWord address, TWord value);

    /// <summary>
    /// Replaces memory's word (zero-extended to <paramref name="update"/>, low bytes of its result stored) in one step:
    /// the AMO instructions. Traps, misalignment included, are store/AMO exceptions.
    /// </summary>
    /// <returns>False when the access trapped; otherwise <paramref name="old"/> is the word that stood there, zero-extended.</returns>
    bool Update(int sizeBytes, TWord address, TWord operand, Func<TWord, TWord, TWord> update, out TWord old);

    /// <summary>Loads and registers the reservation (Zalrsc <c>lr</c>); must be aligned.</summary>
    /// <returns>False when the access trapped.</returns>
    bool LoadReserved(int sizeBytes, TWord address, out TWord value);

    /// <summary>Stores if the reservation holds, and gives it up in any case (Zalrsc <c>sc</c>).</summary>
    /// <returns>False when the access trapped; otherwise <paramref name="failed"/> is 0 after a store and 1 without.</returns>
    bool StoreConditional(int sizeBytes, TWord address, TWord value, out TWord failed);

    /// <summary>Atomic compare and swap (Zacas); for 16 bytes the pairs are low word first.</summary>
    /// <returns>False when the access trapped; otherwise the words that stood in memory, zero-extended.</returns>
    bool CompareAndSwap(int sizeBytes, TWord address, TWord expectedLow, TWord expectedHigh, TWord newLow, TWord newHigh,
        out TWord oldLow, out TWord oldHigh);

    /// <summary>Continues at <paramref name="target"/> (bit 0 already clear), where <paramref name="link"/> gets the next
    /// instruction's address; x0 for none. The link and base registers tell calls and returns apart.</summary>
    /// <returns>False when the target is misaligned and trapped.</returns>
    bool Jump(TWord target, int link, int baseRegister);

    /// <summary>Continues at this instruction plus <paramref name="offset"/> where <paramref name="condition"/> is not 0.</summary>
    void Branch(TWord condition, long offset);

    /// <summary>
    /// Reads and writes a control and status register in one step (Zicsr): <paramref name="operation"/> tells how
    /// <paramref name="operand"/> enters; a read or a write that the instruction does not make has no side effect.
    /// </summary>
    /// <returns>False when the access was illegal and trapped; otherwise the old value.</returns>
    bool AccessCsr(int csr, CsrOperation operation, bool reads, bool writes, TWord operand, out TWord old);

    /// <summary>
    /// A step of the privileged architecture or of floating point that is done by the hart as a whole: see
    /// <see cref="HartOperation"/>. A translator leaves its code for it.
    /// </summary>
    /// <returns>False when it trapped, or when it set the program counter itself.</returns>
    bool Perform(HartOperation operation, in Instruction instruction);

    /// <summary>
    /// A floating-point operation with IEEE 754 results, rounding mode and flags as the instruction and <c>fcsr</c> say.
    /// Operands and result are raw register contents (NaN-boxed below 64 bits) or integers, as the operation has it.
    /// </summary>
    /// <returns>False when the floating-point unit is off or the rounding mode is reserved, and the instruction trapped.</returns>
    bool Float(FloatOperation operation, in Instruction instruction, TWord first, TWord second, TWord third, out TWord result);
}

/// <summary>How a CSR instruction combines its operand with the old value (Zicsr).</summary>
public enum CsrOperation
{
    /// <summary>The operand replaces the value.</summary>
    Write,

    /// <summary>The operand's ones are set.</summary>
    Set,

    /// <summary>The operand's ones are cleared.</summary>
    Clear,
}

/// <summary>Steps that a hart does as a whole.</summary>
public enum HartOperation
{
    /// <summary>Environment call from the current mode.</summary>
    EnvironmentCall,

    /// <summary>Breakpoint exception.</summary>
    Breakpoint,

    /// <summary>Illegal-instruction exception.</summary>
    Illegal,

    /// <summary>Return from an M-mode trap.</summary>
    MachineReturn,

    /// <summary>Return from an S-mode trap.</summary>
    SupervisorReturn,

    /// <summary>Wait for interrupt.</summary>
    WaitForInterrupt,

    /// <summary>Memory fence: no effect on harts that are interleaved, but a coordinate that schedules may use.</summary>
    Fence,

    /// <summary>Instruction-fetch fence: stores become visible to fetches.</summary>
    FenceInstruction,

    /// <summary><c>sfence.vma</c>: forget translations (rs1: address, rs2: ASID).</summary>
    FenceTranslation,

    /// <summary><c>sinval.vma</c> (Svinval): as <c>sfence.vma</c>.</summary>
    InvalidateTranslation,

    /// <summary><c>sfence.w.inval</c> and <c>sfence.inval.ir</c> (Svinval).</summary>
    FenceInvalidation,

    /// <summary><c>cbo.clean</c>, <c>cbo.flush</c>, <c>cbo.inval</c> (Zicbom): checks, no effect on coherent memory.</summary>
    CacheBlockManage,

    /// <summary><c>cbo.zero</c> (Zicboz): 64 bytes of zeros.</summary>
    CacheBlockZero,

    /// <summary><c>pause</c> (Zihintpause): a hint that another hart may go first.</summary>
    Pause,

    /// <summary>Raises illegal-instruction unless the floating-point unit is on (mstatus.FS); loads, stores and moves ask this.</summary>
    RequireFloat,
}
