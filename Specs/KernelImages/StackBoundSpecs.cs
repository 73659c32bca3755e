using Verification.Framework.DebugInfo;
using Verification.Machine;
using Verification.Machine.Harts;
using Verification.Machine.Images;
using Verification.Machine.Isa;
using Verification.Specs.Linking;
using Xunit;

namespace Verification.Specs.KernelImages;

/// <summary>
/// What runs do with stacks and calls, against what the image says they can do: the depth reached from each entry is at
/// most its bound, and every call that is made is in the call graph.
/// </summary>
public sealed class StackBoundSpecs
{
    private const ulong BudgetInstructions = 20_000_000;

    public static TheoryData<string, int> Runs => new()
    {
        { "default", 1 }, { "default", 4 }, { "default", 9 }, { "story", 1 }, { "story", 5 },
    };

    [Theory]
    [MemberData(nameof(Runs))]
    public void No_run_goes_deeper_than_the_bound_of_its_entry(string variant, int harts)
    {
        (KernelImage image, StackBounds bounds, CallRecord record) = Recorded(variant, harts);
        Assert.NotEmpty(record.Depths);
        foreach ((ulong entry, ulong depth) in record.Depths)
        {
            ImageStackBound bound = bounds.Of(entry);
            Assert.Null(bound.Unresolved);
            Assert.True(depth <= bound.SizeBytes, $"{image.Symbols.FindFunction(entry)}: {depth} > {bound.SizeBytes}");
        }
    }

    [Theory]
    [MemberData(nameof(Runs))]
    public void Every_call_of_a_run_is_in_the_call_graph(string variant, int harts)
    {
        (_, StackBounds bounds, CallRecord record) = Recorded(variant, harts);
        Assert.True(record.Edges.Count > 20);
        Assert.All(record.Edges, edge => Assert.Contains(edge.To, bounds.TargetsOf(edge.From) ?? []));
    }

    [Fact]
    public void The_deepest_run_comes_near_its_bound()
    {
        KernelImage image = Read("story");
        StackBounds bounds = StackBounds.Read(image)!;
        ulong kmain = image.Symbols.Find("kmain")!.Address;
        // The cache of nodes is most of it; a bound that counted something twice would lie far above.
        Assert.InRange(Boot(image, bounds, 1).Depths[kmain], bounds.Of(kmain).SizeBytes * 3 / 4, bounds.Of(kmain).SizeBytes);
    }

    [Theory]
    [InlineData("default")]
    [InlineData("story")]
    public void Every_function_of_an_image_has_its_frame_in_it_stubs_too(string variant)
    {
        KernelImage image = Read(variant);
        StackBounds bounds = StackBounds.Read(image)!;
        ulong[] functions = [.. image.Symbols.All.Where(symbol => symbol.Kind == SymbolKind.Function).Select(symbol => symbol.Address).Distinct().Order()];
        Assert.Equal(functions, bounds.Frames.Keys.Order());
        Assert.Equal(160ul, bounds.Frames[image.Symbols.Find("trap_entry")!.Address]);
    }

    [Fact]
    public void A_trap_handlers_bound_counts_the_frame_of_the_stub()
    {
        KernelImage image = Read("default");
        StackBounds bounds = StackBounds.Read(image)!;
        ulong handler = bounds.Of(image.Symbols.Find("trap_handle")!.Address).SizeBytes;
        Assert.Equal(handler + 160, bounds.Of(image.Symbols.Find("trap_entry")!.Address).SizeBytes);
    }

    /// <summary>A stack of the bound's size is enough, and one that is 16 bytes smaller than what a run reached is not.</summary>
    [Fact]
    public void A_boot_stack_sized_by_its_bound_holds_and_one_smaller_than_the_depth_overflows()
    {
        KernelImage image = Read("story");
        ulong depth = Boot(image, StackBounds.Read(image)!, 1).Depths[image.Symbols.Find("kmain")!.Address];
        using TemporaryFile tight = BuiltImage.Of("story", "--stack-placement", "Guarded", "--boot-stack-size", "auto");
        using TemporaryFile small = BuiltImage.Of("story", "--stack-placement", "Guarded", "--boot-stack-size", $"{(depth & ~4095ul) + 16}");
        Assert.Contains("kmain done", Console(tight), StringComparison.Ordinal);
        Assert.Contains("overflowed into its guard page", Console(small), StringComparison.Ordinal);
    }

    private static (KernelImage Image, StackBounds Bounds, CallRecord Record) Recorded(string variant, int harts)
    {
        KernelImage image = Read(variant);
        StackBounds bounds = StackBounds.Read(image)!;
        return (image, bounds, Boot(image, bounds, harts));
    }

    private static KernelImage Read(string variant)
    {
        // The story's own build overflows: the depth is told by one whose stack is large enough.
        if (variant != "story") return KernelImage.Read(File.ReadAllBytes(BuiltImage.PathOf(variant)));
        using TemporaryFile image = BuiltImage.Of("story", "--stack-placement", "BelowImage", "--boot-stack-size", "65536");
        return KernelImage.Read(File.ReadAllBytes(image.Path));
    }

    private static string Console(TemporaryFile file)
    {
        using Board board = Board.Boot(new BoardConfiguration(), KernelImage.Read(File.ReadAllBytes(file.Path)));
        board.Run(BudgetInstructions);
        return board.ConsoleOutput;
    }

    private static CallRecord Boot(KernelImage image, StackBounds bounds, int harts)
    {
        BoardConfiguration machine = new() { Harts = [.. Enumerable.Range(0, harts).Select(id => new HartConfiguration((ulong)id))] };
        using Board board = Board.Boot(machine, image);
        CallRecord record = new(image, bounds);
        Assert.IsType<StopReason.PowerOff>(board.Run(BudgetInstructions, new Watcher(record)));
        return record;
    }

    /// <summary>Calls and depths of a run. A jump to a function's first instruction is a call, too.</summary>
    private sealed class CallRecord(KernelImage image, StackBounds bounds)
    {
        private readonly Dictionary<ulong, (ulong Entry, ulong Top, ulong Site)> _running = [];

        private readonly Dictionary<ulong, Stack<(ulong Entry, ulong Top, ulong Site)>> _interrupted = [];

        public HashSet<(ulong From, ulong To)> Edges { get; } = [];

        public Dictionary<ulong, ulong> Depths { get; } = [];

        public void Transfer(Hart hart, ulong from, ulong to, TransferKind kind)
        {
            if (kind == TransferKind.TrapReturn && _interrupted.TryGetValue(hart.Id, out Stack<(ulong, ulong, ulong)>? below) && below.TryPop(out var before))
                _running[hart.Id] = before;
            // Back behind the call of the entry: what sp becomes now is the stub's affair.
            if (kind == TransferKind.Return && _running.TryGetValue(hart.Id, out (ulong Entry, ulong Top, ulong Site) own) && to - own.Site is > 0 and <= 8)
                _running.Remove(hart.Id);
            if (kind is not (TransferKind.Call or TransferKind.Jump) || !bounds.Frames.ContainsKey(to)) return;
            // A loop back to the function's first instruction is no call, nor is the way in from the image's header.
            if (image.Symbols.FindFunction(from) is not { } place || !bounds.Frames.ContainsKey(place.Symbol.Address) || (kind == TransferKind.Jump && place.Symbol.Address == to)) return;
            Edges.Add((from, to));
            if (bounds.Entries.ContainsKey(to)) _running[hart.Id] = (to, hart.GetRegister(2), from);
        }

        public void Trap(Hart hart)
        {
            if (!_running.Remove(hart.Id, out (ulong Entry, ulong Top, ulong Site) running)) return;
            if (!_interrupted.TryGetValue(hart.Id, out Stack<(ulong Entry, ulong Top, ulong Site)>? below)) _interrupted.Add(hart.Id, below = []);
            below.Push(running);
        }

        public void StackPointer(Hart hart, ulong value)
        {
            if (!_running.TryGetValue(hart.Id, out (ulong Entry, ulong Top, ulong Site) running)) return;
            if (value > running.Top) return;
            Depths[running.Entry] = Math.Max(Depths.GetValueOrDefault(running.Entry), running.Top - value);
        }
    }

    private readonly struct Watcher(CallRecord record) : IObserver
    {
        public void Fetch(Hart hart, ulong pc, in Instruction instruction)
        {
        }

        public void Access(Hart hart, in MemoryAccess access)
        {
        }

        public void Trap(Hart hart, in TrapEvent trap) => record.Trap(hart);

        public void Csr(Hart hart, int csr, ulong oldValue, ulong newValue)
        {
        }

        public void Transfer(Hart hart, ulong from, ulong to, TransferKind kind) => record.Transfer(hart, from, to, kind);

        public void Register(Hart hart, int register, ulong value)
        {
            if (register == 2) record.StackPointer(hart, value);
        }

        public void HostCall(Hart hart, ulong extension, ulong function)
        {
        }
    }
}
