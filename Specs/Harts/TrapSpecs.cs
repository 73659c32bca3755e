using Verification.Machine;
using Verification.Machine.Harts;
using Verification.Machine.Isa;
using Xunit;

namespace Verification.Specs.Harts;

/// <summary>Traps, as privileged specification 1.12 chapters 3 and 4 have them.</summary>
public class TrapSpecs
{
    private const int Mstatus = 0x300, Mtvec = 0x305, Mepc = 0x341, Mcause = 0x342, Mtval = 0x343;
    private const int Sepc = 0x141, Scause = 0x142, Stval = 0x143;

    [Theory]
    [InlineData("ecall", ExceptionCause.MachineEnvironmentCall, 0)]
    [InlineData("ebreak", ExceptionCause.Breakpoint, 0)]
    [InlineData(".word 0xffffffff", ExceptionCause.IllegalInstruction, 0xffff_ffff)]
    [InlineData("csrw mhartid, zero", ExceptionCause.IllegalInstruction, 0xf140_1073)]
    [InlineData("ld a0, 16(zero)", ExceptionCause.LoadAccessFault, 16)]
    [InlineData("sb a0, -1(zero)", ExceptionCause.StoreAccessFault, -1)]
    [InlineData("amoadd.w a0, a1, (zero)", ExceptionCause.StoreAccessFault, 0)]
    [InlineData("lr.w a0, (zero)", ExceptionCause.LoadAccessFault, 0)]
    [InlineData("jr zero", ExceptionCause.InstructionAccessFault, 0)]
    public void An_exception_tells_its_cause_and_value(string instruction, ExceptionCause cause, long value)
    {
        var hart = Guest.Run($"""
            auipc t0, 0
            csrw mtvec, zero
            {instruction}
            """, instruction.StartsWith("jr", StringComparison.Ordinal) ? 4UL : 3);

        Assert.Equal((ulong)cause, hart.Csr(Mcause));
        Assert.Equal((ulong)value, hart.Csr(Mtval));
        Assert.Equal(instruction.StartsWith("jr", StringComparison.Ordinal) ? 0 : Guest.Start + 8, hart.Csr(Mepc));
        Assert.Equal(0UL, hart.Pc);
    }

    [Theory]
    [InlineData("cbo.clean (t1)", 0x1FUL << 8, 0UL)]
    [InlineData("cbo.clean (t1)", 0x18UL << 8, 7UL)]
    [InlineData("cbo.flush (t1)", 0x18UL << 8, 7UL)]
    public void A_cache_block_that_may_not_be_reached_faults_as_a_store(string instruction, ulong second, ulong cause)
    {
        var board = Guest.Load($"li t1, 0x80004000\n {instruction}\n ebreak");
        var hart = board.Harts[0];
        // The page of the block has an entry of its own, before the one for everything.
        hart.TrySetCsr(0x3B0, 0x8000_4000 >> 2 | 0x1FF);
        hart.TrySetCsr(0x3B1, ulong.MaxValue);
        hart.TrySetCsr(0x3A0, second >> 8 | 0x1F00);
        hart.TrySetCsr(0x30A, 0xF0);
        hart.TrySetCsr(0x302, 1UL << 3 | 1UL << 7);
        hart.Privilege = PrivilegeMode.Supervisor;
        board.Run(10);

        Assert.Equal(cause == 0 ? 3UL : cause, hart.Csr(Scause));
    }

    [Fact]
    public void A_trap_saves_mode_and_enable_bit_and_mret_brings_them_back()
    {
        var board = Guest.Load("""
                    la t0, handler
                    csrw mtvec, t0
                    li t0, 0x8
                    csrs mstatus, t0
                    ecall
            after:  j after
                    .balign 4
            handler:
                    csrr a0, mstatus
                    csrr t0, mepc
                    addi t0, t0, 4
                    csrw mepc, t0
                    mret
            """);
        board.Run(40);
        var hart = board.Harts[0];

        Assert.Equal(0x1880UL, hart.GetRegister(10) & 0x1888);
        Assert.Equal(0x88UL, hart.Csr(Mstatus) & 0x1888);
        Assert.Equal(PrivilegeMode.Machine, hart.Privilege);
    }

    [Fact]
    public void A_delegated_exception_of_user_mode_arrives_in_supervisor_mode()
    {
        var board = Guest.Load("""
                    ecall
            """);
        var hart = board.Harts[0];
        hart.TrySetCsr(0x302, 1 << 8);
        hart.TrySetCsr(0x105, 0x8000_1000);
        hart.TrySetCsr(0x3B0, ulong.MaxValue);
        hart.TrySetCsr(0x3A0, 0x1F);
        hart.Privilege = PrivilegeMode.User;

        board.Run(1);

        Assert.Equal(PrivilegeMode.Supervisor, hart.Privilege);
        Assert.Equal(0x8000_1000UL, hart.Pc);
        Assert.Equal(8UL, hart.Csr(Scause));
        Assert.Equal(Guest.Start, hart.Csr(Sepc));
        Assert.Equal(0UL, hart.Csr(Stval));
        Assert.Equal(0UL, hart.Csr(0x100) & 0x100);
    }

    [Fact]
    public void Interrupts_go_to_their_slot_of_a_vectored_handler_most_urgent_first()
    {
        var board = Guest.Load("nop\nnop\nnop");
        var hart = board.Harts[0];
        hart.TrySetCsr(Mtvec, 0x8000_1001);
        board.Memory.Write(0x8000_100CUL, 0x13U);
        hart.TrySetCsr(0x304, 0xAAA);
        hart.TrySetCsr(Mstatus, 8);
        board.Run(1);
        hart.SetInterrupt(InterruptCause.MachineTimer, true);
        hart.SetInterrupt(InterruptCause.MachineSoftware, true);

        var slot = 0UL;
        board.Run(1, new TrapListener(trap => slot = trap.Handler));

        Assert.Equal(1UL << 63 | 3, hart.Csr(Mcause));
        Assert.Equal(Guest.Start + 4, hart.Csr(Mepc));
        Assert.Equal(0x8000_1000UL + 4 * 3, slot);
    }

    [Fact]
    public void Supervisor_interrupts_wait_while_machine_mode_runs_and_their_mode_masks_them()
    {
        var board = Guest.Load("loop: j loop");
        var hart = board.Harts[0];
        hart.TrySetCsr(0x303, 0x222);
        hart.TrySetCsr(0x304, 0x222);
        hart.TrySetCsr(0x105, 0x8000_2000);
        hart.TrySetCsr(0x3B0, ulong.MaxValue);
        hart.TrySetCsr(0x3A0, 0x1F);
        hart.SetInterrupt(InterruptCause.SupervisorExternal, true);

        board.Run(10);
        Assert.Equal(Guest.Start, hart.Pc);
        hart.Privilege = PrivilegeMode.Supervisor;
        board.Run(10);
        Assert.Equal(Guest.Start, hart.Pc);
        hart.TrySetCsr(0x100, 2);
        board.Run(1);

        Assert.Equal(1UL << 63 | 9, hart.Csr(Scause));
        Assert.Equal(Guest.Start, hart.Csr(Sepc));
    }

    [Fact]
    public void Wfi_waits_until_an_enabled_interrupt_is_pending_even_where_the_mode_masks_it()
    {
        var board = Guest.Load("wfi\nli a0, 1\nend: wfi\nj end");
        var hart = board.Harts[0];
        hart.TrySetCsr(0x304, 0x80);

        Assert.IsType<StopReason.Idle>(board.Run(1000));
        Assert.Equal(1UL, hart.Retired);
        hart.SetInterrupt(InterruptCause.MachineTimer, true);
        Assert.IsType<StopReason.Budget>(board.Run(2));

        Assert.Equal(1UL, hart.GetRegister(10));
    }

    [Fact]
    public void Time_jumps_to_the_deadline_when_every_hart_waits()
    {
        var board = Guest.Load("""
                    li t0, -1
                    csrw menvcfg, t0
                    li t0, 1000000
                    csrw stimecmp, t0
                    li t0, 0x20
                    csrs mie, t0
                    wfi
                    csrr a0, time
            end:    j end
            """);

        board.Run(30);

        Assert.Equal(1_000_000UL, board.Harts[0].Register("a0"));
        Assert.True(board.Retired == 30);
    }

    [Fact]
    public void A_hundred_instructions_are_a_tick()
    {
        var board = Guest.Load("loop: j loop");
        board.Run(99);
        Assert.Equal(0UL, board.Ticks);
        board.Run(1);
        Assert.Equal(1UL, board.Ticks);
        board.Run(12_345);
        Assert.Equal(124UL, board.Ticks);
    }

    [Fact]
    public void Counters_count_what_retires_and_are_written_exactly()
    {
        var hart = Guest.Run("""
            csrw minstret, zero
            csrr a0, minstret
            nop
            csrr a1, minstret
            csrr a2, mcycle
            csrr a3, mcycle
            """, 6);

        Assert.Equal(0UL, hart.Register("a0"));
        Assert.Equal(2UL, hart.Register("a1"));
        Assert.Equal(1UL, hart.Register("a3") - hart.Register("a2"));
    }

    [Theory]
    [InlineData(MisalignedAccess.Done)]
    [InlineData(MisalignedAccess.Trapped)]
    public void A_misaligned_load_is_done_or_trapped_as_chosen(MisalignedAccess choice)
    {
        var board = Guest.Load("la t0, 0x80000ffd\nld a0, 0(t0)", Guest.Bare with { Misaligned = choice });
        board.Memory.Write(0x8000_0FFDUL, 0x1122_3344_5566_7788UL);
        board.Run(3);

        Assert.Equal(choice == MisalignedAccess.Done ? 0x1122_3344_5566_7788UL : 0, board.Harts[0].Register("a0"));
        Assert.Equal(choice == MisalignedAccess.Done ? 0UL : 4UL, board.Harts[0].Csr(Mcause));
    }

    [Fact]
    public void A_store_into_the_next_instructions_is_fetched_at_once()
    {
        var hart = Guest.Run("""
                    la t0, patched
                    lw t1, replacement
                    sw t1, 0(t0)
            patched:
                    li a0, 1
            end:    j end
            replacement:
                    li a0, 2
            """, 7);

        Assert.Equal(2UL, hart.Register("a0"));
    }

    [Fact]
    public void A_store_conditional_fails_after_another_hart_wrote_the_same_value()
    {
        // Hart 0 reserves; hart 1 stores the value that stands there anyway; hart 0 stores conditionally.
        var board = Guest.Load("""
                    la t0, word
                    csrr t1, mhartid
                    bnez t1, other
                    lr.w a0, (t0)
                    nop
                    sc.w a1, a0, (t0)
            end:    j end
            other:  sw zero, 4(t0)
            end2:   j end2
                    .balign 64
            word:   .dword 0
            """, Guest.Bare with
        {
            Harts = [new HartConfiguration(0), new HartConfiguration(1)],
            Schedule = new Verification.Machine.Schedule.ScheduleChoice.Recorded(
                Verification.Machine.Schedule.ScheduleRecord.Parse("0x5 1x5 0x5")),
        });

        board.Run(15);

        Assert.Equal(1UL, board.Harts[0].Register("a1"));
    }

    [Fact]
    public void A_store_conditional_succeeds_when_the_other_hart_wrote_elsewhere()
    {
        var board = Guest.Load("""
                    la t0, word
                    csrr t1, mhartid
                    bnez t1, other
                    lr.w a0, (t0)
                    nop
                    sc.w a1, t0, (t0)
            end:    j end
            other:  sw t0, 64(t0)
            end2:   j end2
                    .balign 64
            word:   .dword 0
            """, Guest.Bare with
        {
            Harts = [new HartConfiguration(0), new HartConfiguration(1)],
            Schedule = new Verification.Machine.Schedule.ScheduleChoice.Recorded(
                Verification.Machine.Schedule.ScheduleRecord.Parse("0x5 1x5 0x5")),
        });

        board.Run(15);

        Assert.Equal(0UL, board.Harts[0].Register("a1"));
        Assert.Equal((uint)board.Harts[0].Register("t0"), board.Memory.Read<uint>(board.Harts[0].Register("t0")));
    }

    [Fact]
    public void The_run_ends_with_the_word_that_is_stored_at_the_watched_address()
    {
        var board = Guest.Load("la t0, 0x80002000\nli t1, 5\nsd zero, 0(t0)\nsd t1, 0(t0)\nend: j end");
        board.HostExitAddress = 0x8000_2000;

        Assert.Equal(new StopReason.HostExit(5), board.Run(1000));
    }

    private readonly struct TrapListener(Action<TrapEvent> told) : IObserver
    {
        public void Trap(Hart hart, in TrapEvent trap) => told(trap);

        public void Fetch(Hart hart, ulong pc, in Instruction instruction)
        {
        }

        public void Access(Hart hart, in MemoryAccess access)
        {
        }

        public void Csr(Hart hart, int csr, ulong oldValue, ulong newValue)
        {
        }

        public void Transfer(Hart hart, ulong from, ulong to, TransferKind kind)
        {
        }

        public void Register(Hart hart, int register, ulong value)
        {
        }

        public void HostCall(Hart hart, ulong extension, ulong function)
        {
        }
    }
}
