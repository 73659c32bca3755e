using Verification.Machine.Isa;

namespace Verification.Specs.Lockstep;

/// <summary>
/// The code around the programs: the driver, and the trap handlers, which go on at the next instruction; where a trap comes
/// from outside of the code (a jump went astray), they go on 128 bytes of code further each time, so that every program ends.
/// </summary>
internal static class GuestCode
{
    private static readonly Lazy<byte[]> s_handlers = new(() => Assemble(Handlers(), GuestArea.Start));

    /// <summary>The first page of the area.</summary>
    public static ReadOnlySpan<byte> HandlerPage => s_handlers.Value;

    /// <summary>The driver for so many programs.</summary>
    public static byte[] Driver(int programs) => Assemble(DriverText(programs), GuestArea.Driver);

    private static byte[] Assemble(string text, ulong address)
    {
        var code = Assembler.Assemble(text, new AssemblerOptions { BaseAddress = address });
        Xunit.Assert.Empty(code.Relocations);
        return code.Bytes;
    }

    private static string DriverText(int programs) => $"""
        start:
            csrr    t0, mhartid
            beqz    t0, first
        sleep:
            wfi
            j       sleep
        first:
            la      sp, index
            sd      zero, 0(sp)
            li      t0, 0x2004000           # mtimecmp: never
            li      t1, -1
            sd      t1, 0(t0)
        next:
            la      sp, index
            ld      t0, 0(sp)
            li      t1, {programs}
            beq     t0, t1, finish
            addi    t1, t0, 1
            sd      t1, 0(sp)
            li      t0, {GuestArea.MemoryEnd - 16}  # programs look there, and QEMU leaves something
            sd      zero, 0(t0)
            sd      zero, 8(t0)
            csrw    satp, zero
            csrw    mcountinhibit, zero
            la      t0, index
            ld      t0, 0(t0)
            addi    t0, t0, -1
            slli    t0, t0, 16
            li      a0, {GuestArea.Store}
            add     a0, a0, t0
            li      a1, {GuestArea.Start}
            li      a2, {GuestArea.Start + GuestArea.SizeBytes}
        copy:
            ld      t0, 0(a0)
            ld      t1, 8(a0)
            ld      t2, 16(a0)
            ld      t3, 24(a0)
            sd      t0, 0(a1)
            sd      t1, 8(a1)
            sd      t2, 16(a1)
            sd      t3, 24(a1)
            addi    a0, a0, 32
            addi    a1, a1, 32
            bne     a1, a2, copy
            fence.i
            sfence.vma
            li      x31, {GuestArea.Start + GuestArea.Registers}
            li      x1, 0x6000
            csrs    mstatus, x1
            la      x1, cell                # no reservation is left from the program before
            lr.w    x2, (x1)
            sc.w    x2, x2, (x1)
        {Lines(32, i => $"fld f{i}, {GuestArea.InitialF + 8 * i}(x31)")}
        {Lines(GuestArea.InitialCsrNumbers.Length, i => $"ld x1, {GuestArea.InitialCsrs + 8 * i}(x31)\ncsrw {GuestArea.InitialCsrNumbers[i]}, x1")}
        {Lines(30, i => $"ld x{i + 1}, {GuestArea.InitialX + 8 * (i + 1)}(x31)")}
            ld      x31, {GuestArea.InitialX + 8 * 31}(x31)
            mret

            .p2align 12
        done:                               # the handler comes here in M-mode: a digest of the area, then what CSRs hold
            csrr    s0, pmpcfg0
            csrr    s1, pmpcfg2
            csrw    pmpcfg0, zero           # an entry that ends in the area would stop the digest
            csrw    pmpcfg2, zero
            li      a0, {GuestArea.Start + GuestArea.Code}
            li      a1, {GuestArea.Start + GuestArea.SizeBytes}
            li      a2, 0
            li      a3, 0x9E3779B97F4A7C15
        digest:
            ld      t0, 0(a0)
            ld      t1, 8(a0)
            xor     a2, a2, t0
            mul     a2, a2, a3
            srli    t2, a2, 29
            xor     a2, a2, t2
            xor     a2, a2, t1
            mul     a2, a2, a3
            srli    t2, a2, 29
            xor     a2, a2, t2
            addi    a0, a0, 16
            bne     a0, a1, digest
            li      t0, 0x6000
            csrs    mstatus, t0
            csrr    a3, fcsr
            csrr    a4, mcounteren
            csrr    a5, scounteren
            csrr    a6, menvcfg
            csrr    a7, senvcfg
        {Lines(10, i => $"csrr s{i + 2}, pmpaddr{i + 1}")}
            csrr    t1, mcountinhibit
            la      sp, index
            ld      a1, 0(sp)
            li      t0, {GuestArea.Start + GuestArea.Marker}
            jalr    t0, 0(t0)
            j       next
        finish:
            li      a0, 0x100000
            li      a1, 0x5555
            sw      a1, 0(a0)
        halt:
            j       halt
            .p2align 4
        index:
            .dword  0
        cell:
            .dword  0
        """;

    private static string Handlers() => $"""
        {Lines(16, _ => "j machine_handler")}
            .p2align 8
        {Lines(16, _ => "j supervisor_handler")}
            .p2align 6
            .space  {GuestArea.SupervisorExit - 0x140}
        leave:
            ecall
            .space  {GuestArea.Marker - GuestArea.SupervisorExit - 4}
        marker:
            nop
            jalr    t0, 0(t0)
            .p2align 6
        {Handler("m", $$"""
            csrw    mip, zero
            li      t1, 0x2000000           # msip
            sw      zero, 0(t1)
            li      t1, -1
            csrw    stimecmp, t1
            """, $"""
            li      t0, {GuestArea.Driver + 0x1000}
            jr      t0
            """)}
            .p2align 6
        {Handler("s", """
            csrw    sip, zero
            csrw    sie, zero
            """, """
            la      t0, machine_save
            li      t2, 0x4000
            sd      t2, 24(t0)
            j       leave
            """)}
        """;

    /// <summary>Registers are t0-t2, saved in memory; t0's value passes through the scratch register.</summary>
    private static string Handler(string mode, string quieten, string exit)
    {
        var name = mode == "m" ? "machine" : "supervisor";
        // Loads and stores of M-mode must not go through the tables of the mode that it came from.
        var plain = mode == "m" ? "lui t0, 0x20\ncsrc mstatus, t0" : "";
        return $"""
            {name}_handler:
                csrw    {mode}scratch, t0
                {plain}
                la      t0, {name}_save
                sd      t1, 8(t0)
                sd      t2, 16(t0)
                csrr    t1, {mode}scratch
                sd      t1, 0(t0)
                csrr    t1, {mode}cause
                bltz    t1, {name}_interrupt
                csrr    t1, {mode}epc
                li      t0, {GuestArea.Start + GuestArea.Code}
                sub     t2, t1, t0
                srli    t0, t2, 13
                beqz    t0, {name}_inside
                li      t0, {unchecked((long)(GuestArea.HighWindow + GuestArea.Code))}
                sub     t2, t1, t0
                srli    t0, t2, 13
                beqz    t0, {name}_inside
                la      t0, {name}_save         # astray: on in the code, in the window of the mode
                ld      t2, 24(t0)
                addi    t2, t2, 128
                sd      t2, 24(t0)
                srli    t1, t2, 13
                bnez    t1, {name}_exit
                csrr    t0, {mode}status
                srli    t0, t0, {(mode == "m" ? 11 : 8)}
                andi    t0, t0, {(mode == "m" ? 3 : 1)}
                li      t1, {GuestArea.Start + GuestArea.Code}
                addi    t0, t0, -1
                bnez    t0, {name}_start
                {(mode == "m" ? "csrr t0, satp" : "auipc t0, 0\nslti t0, t0, 0")}
                beqz    t0, {name}_start
                li      t1, {unchecked((long)(GuestArea.HighWindow + GuestArea.Code))}
            {name}_start:
                srli    t2, t2, 6
                li      t0, {GuestArea.Start + GuestArea.Registers + GuestArea.AstrayTable}
                j       {name}_look
            {name}_inside:
                li      t0, {GuestArea.Start + GuestArea.ResumeTable}
            {name}_look:
                andi    t2, t2, -2
                add     t0, t0, t2
                lhu     t0, 0(t0)
                srli    t2, t0, 13
                bnez    t2, {name}_exit
                srli    t1, t1, 13
                slli    t1, t1, 13
                add     t1, t1, t0
                csrw    {mode}epc, t1
            {name}_return:
                la      t0, {name}_save
                ld      t1, 8(t0)
                ld      t2, 16(t0)
                ld      t0, 0(t0)
                {mode}ret
            {name}_interrupt:
                {quieten}
                j       {name}_return
            {name}_exit:
                {exit}
                .p2align 3
            {name}_save:
                .dword  0, 0, 0, 0
            """;
    }

    private static string Lines(int count, Func<int, string> line) => string.Join('\n', Enumerable.Range(0, count).Select(line));
}
