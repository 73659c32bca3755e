using Verification.Framework.Kernels;
using Verification.Machine;
using Verification.Machine.Harts;
using Verification.Machine.Isa;

namespace Verification.Framework.Booting;

/// <summary>
/// Calls functions of a booted kernel: arguments in <c>a0</c>..., the result in <c>a0</c>, on the stack that the hart has.
/// Several harts can be in a call at once; they are interleaved as the machine's schedule has it.
/// </summary>
public sealed class GuestCalls
{
    private const ulong BudgetInstructions = 20_000_000;
    private readonly BootedKernel _kernel;
    private readonly Board _board;
    private readonly ulong _returnAddress;
    private readonly Dictionary<ulong, ulong> _panics = [];

    /// <summary>Calls on a fork of a booted kernel.</summary>
    public GuestCalls(BootedKernel kernel, Board board)
    {
        (_kernel, _board) = (kernel, board);
        // No kernel returns to its own entry, so that a return to there can only be ours.
        _returnAddress = kernel.Kernel.Image.EntryAddress;
        foreach (string symbol in kernel.Kernel.PanicSymbols) _panics[kernel.AddressOf(symbol)] = 0;
    }

    /// <summary>The machine.</summary>
    public Board Board => _board;

    /// <summary>Calls one function on the boot hart, and lets no other hart run.</summary>
    /// <param name="function">Its symbol.</param>
    /// <param name="arguments">Up to eight.</param>
    public GuestReturn Call(string function, params ReadOnlySpan<ulong> arguments)
    {
        var hart = _board.FindHart(_board.Configuration.BootHartId)!;
        Begin(hart, function, arguments);
        return Finish()[hart.Id];
    }

    /// <summary>Lets a hart begin a call; it runs in <see cref="Finish"/>.</summary>
    public void Begin(Hart hart, string function, params ReadOnlySpan<ulong> arguments)
    {
        if (arguments.Length > 8) throw new ArgumentException("a call has at most eight arguments in registers", nameof(arguments));
        ulong first = arguments.Length > 0 ? arguments[0] : 0, second = arguments.Length > 1 ? arguments[1] : 0;
        hart.Start(PrivilegeMode.Supervisor, _kernel.AddressOf(function), first, second);
        for (int i = 2; i < arguments.Length; i++) hart.SetRegister(10 + i, arguments[i]);
        hart.SetRegister(1, _returnAddress);
    }

    /// <summary>Runs until each hart that has begun a call has returned from it, or one has panicked.</summary>
    /// <returns>By hart id, what came of the calls that ended.</returns>
    public IReadOnlyDictionary<ulong, GuestReturn> Finish()
    {
        var returns = new SortedDictionary<ulong, GuestReturn>();
        ulong end = _board.Retired + BudgetInstructions;
        while (_board.Harts.Any(h => h.RunState == HartRunState.Running))
        {
            int printed = _board.ConsoleOutput.Length;
            switch (_board.Run(end - _board.Retired, new ReturnObserver(_returnAddress, _panics)))
            {
                case StopReason.ObserverStop { Finding: Returned returned }:
                    var hart = _board.FindHart(returned.HartId)!;
                    returns[hart.Id] = new GuestReturn.Value(hart.GetRegister(10));
                    hart.Stop();
                    continue;
                case StopReason.ObserverStop { Finding: PanicEntry panic }:
                    _board.Run(BudgetInstructions);
                    returns[panic.HartId] = new GuestReturn.Panic(_board.ConsoleOutput[printed..].Trim());
                    return returns;
                case var reason:
                    foreach (var running in _board.Harts.Where(h => h.RunState != HartRunState.Stopped))
                        returns.TryAdd(running.Id, new GuestReturn.None(reason));
                    return returns;
            }
        }

        return returns;
    }

    private sealed record Returned(ulong HartId);

    private readonly struct ReturnObserver(ulong returnAddress, Dictionary<ulong, ulong> panics) : IObserver
    {
        public void Fetch(Hart hart, ulong pc, in Instruction instruction)
        {
        }

        public void Access(Hart hart, in MemoryAccess access)
        {
        }

        public void Trap(Hart hart, in TrapEvent trap)
        {
        }

        public void Csr(Hart hart, int csr, ulong oldValue, ulong newValue)
        {
        }

        public void Transfer(Hart hart, ulong from, ulong to, TransferKind kind)
        {
            if (to == returnAddress) hart.RequestStop(new Returned(hart.Id));
            else if (kind is TransferKind.Call or TransferKind.Jump && panics.ContainsKey(to))
                hart.RequestStop(new PanicEntry(hart.Id, from, hart.Retired, "panic"));
        }

        public void Register(Hart hart, int register, ulong value)
        {
        }

        public void HostCall(Hart hart, ulong extension, ulong function)
        {
        }
    }
}

/// <summary>What came of a call into a kernel.</summary>
public abstract record GuestReturn
{
    private GuestReturn()
    {
    }

    /// <summary>It returned.</summary>
    /// <param name="A0">The result register.</param>
    public sealed record Value(ulong A0) : GuestReturn;

    /// <summary>The kernel gave up.</summary>
    /// <param name="Text">What it printed.</param>
    public sealed record Panic(string Text) : GuestReturn;

    /// <summary>It did neither.</summary>
    /// <param name="Reason">Why the machine stopped.</param>
    public sealed record None(StopReason Reason) : GuestReturn;
}
