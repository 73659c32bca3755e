using Verification.Framework.Booting;
using Verification.Framework.Kernels;
using Verification.Framework.Observing;
using Verification.Machine;
using Verification.Machine.Harts;
using Verification.Machine.Images;
using Verification.Machine.Isa;

namespace Verification.Specs.Benchmarks.Campaigns;

/// <summary>What observers cost, on guests that do little else than what is observed.</summary>
internal static class Observers
{
    // The interpreter is slow: it is given a part of the rounds.
    private const int InterpretedPart = 40;

    public static void Run(int turns)
    {
        Console.WriteLine($"{"guest",-22}{"plain",10}{"stack oracle",14}{"word watched",14}{"page watched",14}{"interpreted",13}");
        foreach (var name in (string[])["calls", "memory", "integer"])
        {
            var guest = Guest.All.First(guest => guest.File == name && guest.Harts == 1);
            var image = KernelImage.FromRaw(guest.Image(), Guest.LoadAddress);
            var shortened = KernelImage.FromRaw(guest.Shortened(InterpretedPart).Image(), Guest.LoadAddress);
            var kernel = new KernelDescription { Name = name, Image = image };
            var times = Timing.MicrosecondsOf(turns, 1,
                _ => Measure(board => board.Run(ulong.MaxValue / 2)),
                _ => Measure(board => board.Run(ulong.MaxValue / 2, Watch(board, StackInterest.Privileged, []))),
                // No guest stores there.
                _ => Measure(board => board.Run(ulong.MaxValue / 2, Watch(board, StackInterest.None, [(0x8700_0000, 8)]))),
                // The page of the stack or of the data, a word that is not stored to.
                _ => Measure(board => board.Run(ulong.MaxValue / 2, Watch(board, StackInterest.None, [(0x803F_F000, 8)]))),
                _ => Measure(
                    board => { board.Engine = ExecutionEngine.Interpreter; board.Run(ulong.MaxValue / 2, Watch(board, StackInterest.Privileged, [])); },
                    shortened));
            times[^1] *= InterpretedPart;
            Console.WriteLine($"{name,-22}{times[0] / 1e3,8:N1}ms{string.Concat(times.Skip(1).Select(time => $"{time / times[0],13:0.00}x"))}");

            void Measure(Action<Board> run, KernelImage? part = null)
            {
                using var board = Board.Boot(ModelRun.Configuration(1, 128UL << 20), part ?? image);
                run(board);
            }

            StackAndStores Watch(Board board, StackInterest stack, (ulong, int)[] stores) =>
                new(new StackOracle(new StackMap(kernel, board.Configuration.Memory)) { Policy = BreachPolicy.Keep }, new Interests(stack, [], stores));
        }
    }

    private readonly struct StackAndStores(StackOracle oracle, Interests interests) : ISelectiveObserver
    {
        public Interests Interests => interests;

        public void Fetch(Hart hart, ulong pc, in Instruction instruction)
        {
        }

        public void Access(Hart hart, in MemoryAccess access)
        {
            if (interests.Stack != StackInterest.None && access.BaseRegister is 2 or 8) oracle.Access(hart, access);
        }

        public void Trap(Hart hart, in TrapEvent trap)
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
            if (interests.Stack != StackInterest.None && register == 2) oracle.Register(hart, hart.Pc, value);
        }

        public void HostCall(Hart hart, ulong extension, ulong function)
        {
        }
    }
}
