using Verification.Machine;
using Verification.Machine.Harts;
using Verification.Machine.Isa;
using Verification.Machine.Translation.X64;
using Verification.Specs.Translation;
using Xunit;

namespace Verification.Specs.Observing;

/// <summary>What an observer learns of translated code is what it learns of interpreted code.</summary>
public class SelectiveObserverSpecs
{
    private static readonly int s_programs = Setting.Number("VERIFICATION_PROGRAMS", 100);

    [Fact]
    public void Translated_and_interpreted_runs_tell_the_same_and_stop_at_the_same_instruction()
    {
        var (told, translated) = (0, 0ul);
        for (var seed = 0; seed < s_programs; seed++)
        {
            var (news, instructions) = Compare(seed, static seed => RandomProgram.Create(seed), static random => new Log(random));
            told += news;
            translated += instructions;
        }

        Assert.True(told > 100 * s_programs, $"only {told} events were compared");
        Assert.True(translated > 50ul * (ulong)s_programs || TranslationCache.Current is null, $"only {translated} instructions were translated");
    }

    [Fact]
    public unsafe void Without_an_observer_the_code_is_the_same_whatever_was_observed_before()
    {
        if (TranslationCache.TryCreate() is not { } undisturbed || TranslationCache.TryCreate() is not { } observed) return;
        for (var seed = 0; seed < 20; seed++)
        {
            using var board = RandomProgram.Create(seed);
            var content = new byte[4096];
            board.Memory.Read(0x8000_0000, content);
            var interests = new Log(new Random(seed)).Interests;
            var (first, second) = (Translate(undisturbed, null), Translate(observed, null));
            Assert.Equal(first, second);

            var withChecks = Translate(observed, interests.Code);
            Assert.NotEqual(first, withChecks);
            Assert.Empty(Translate(observed, null));
            // The next program's code shall begin at the same place again.
            Translate(undisturbed, interests.Code);

            byte[] Translate(TranslationCache cache, CodeInterests? watched)
            {
                var before = cache.CopyOfCode().Length;
                var page = cache.PageOf(0x8000_0000, board.Configuration.Extensions, watched, content, (0, content.Length));
                for (var offset = 0; offset < 4096; offset += 32) cache.CodeFor(page, offset, 1, content);
                return cache.CopyOfCode()[before..];
            }
        }
    }

    [Fact]
    public void A_frame_pointer_about_the_ends_of_a_stack_is_told_of_as_it_is_when_interpreted() => CompareAtEnds(FrameLoop.Create, 20);

    [Fact]
    public void Frames_about_the_ends_of_a_stack_are_told_of_as_they_are_when_interpreted() => CompareAtEnds(StackLoop.Create, 5);

    private static void CompareAtEnds(Func<int, Board> create, int least)
    {
        var (told, translated) = (0, 0ul);
        for (var seed = 0; seed < s_programs; seed++)
        {
            var (news, instructions) = Compare(seed, create, random => new Log(random) { EndIn = FrameLoop.EndIn(seed) });
            told += news;
            translated += instructions;
        }

        Assert.True(told > least * s_programs, $"only {told} events were compared");
        Assert.True(translated > 500ul * (ulong)s_programs || TranslationCache.Current is null, $"only {translated} instructions were translated");
    }

    [Fact]
    public void A_stack_pointer_from_user_mode_is_told_of_as_it_is_when_interpreted()
    {
        var (told, translated) = Compare(1, static _ => UserStack.Create(), static random => new Log(random));
        Assert.True(told > 100, $"only {told} events were compared");
        Assert.True(translated > 500 || TranslationCache.Current is null, $"only {translated} instructions were translated");
    }

    [Fact]
    public void A_frame_pointer_goes_by_the_address_space_that_there_is()
    {
        const int rounds = 300;
        using var board = EnginePair.Prepared(TwoSpaces.Create(rounds), ExecutionEngine.Translator);
        board.Run(20 * rounds, new Recorder(new Log(new Random(1))));
        Assert.Equal((TwoSpaces.First + (2 * TwoSpaces.Second)) * rounds, board.FindHart(0)!.GetRegister(10));
        Assert.True(board.Translator.Translated > 5 * rounds || TranslationCache.Current is null, $"{board.Translator.Translated}");
    }

    [Fact]
    public void Stores_beside_watched_words_are_told_apart_as_they_are_when_interpreted()
    {
        var told = 0;
        for (var seed = 0; seed < s_programs; seed++)
            told += Compare(seed, StoreLoop.Create, static random => new Log(random, StoreLoop.Data, 60)).Told;

        Assert.True(told > 10 * s_programs, $"only {told} stores to watched words were compared");
    }

    private static (int Told, ulong Translated) Compare(int seed, Func<int, Board> create, Func<Random, Log> observe)
    {
        using var pair = new EnginePair(() => create(seed));
        var (interpreted, translated) = (pair.Interpreted, pair.Translated);
        Log expected = observe(new Random(seed)), actual = observe(new Random(seed));
        var random = new Random(seed);
        for (var i = 0; i < 10; i++)
        {
            var count = (ulong)random.Next(1, i < 5 ? 50 : 2_000);
            // Now and then nobody looks.
            var isObserved = random.Next(5) != 0;
            var first = isObserved ? interpreted.Run(count, new Recorder(expected)) : interpreted.Run(count);
            var second = isObserved ? translated.Run(count, new Recorder(actual)) : translated.Run(count);
            var difference = expected.News.Zip(actual.News).FirstOrDefault(static pair => pair.First != pair.Second);
            Assert.True(difference == default && expected.News.Count == actual.News.Count,
                $"Program {seed}: interpreted '{difference.First}', translated '{difference.Second}'; {expected.News.Count} and {actual.News.Count} events");
            Assert.Equal(first.ToString(), second.ToString());
            Assert.Equal(interpreted.Retired, translated.Retired);
            Assert.True(pair.Agrees);
            if (random.Next(4) == 0) pair.SaveAndRestore();
        }

        return (expected.News.Count, translated.Translator.Translated);
    }

    /// <summary>What must be told, of what is told.</summary>
    private sealed class Log
    {
        private const ulong Code = 0x8000_0000, Data = 0x8000_2000;
        private const int DataBytes = 0x4000;
        private readonly HashSet<ulong> _targets;
        private readonly (ulong Address, int SizeBytes)[] _words;
        private readonly Dictionary<ulong, (ulong Low, ulong Deepest, ulong High)> _guards = [];

        public Log(Random random, ulong data = Data, int words = 2)
        {
            _targets = [.. Enumerable.Range(0, 30).Select(_ => Code + (ulong)random.Next(0x1000) * 2)];
            _words = [.. Enumerable.Range(0, random.Next(words + 1)).Select(_ => (data + (ulong)random.Next(DataBytes), random.Next(1, 17)))];
            Interests = new Interests(StackInterest.Privileged, _targets, _words);
        }

        public Interests Interests { get; }

        /// <summary>Where in a page stacks begin and end.</summary>
        public ulong EndIn { get; init; }

        public List<string> News { get; } = [];

        public void Add(Hart hart, string what)
        {
            News.Add($"hart {hart.Id} after {hart.Retired} at {hart.Pc:x}: {what}");
            if (News.Count % 40 == 39) hart.RequestStop(News.Count);
        }

        public void Transfer(Hart hart, ulong to, TransferKind kind)
        {
            if (kind != TransferKind.Branch && _targets.Contains(to)) Add(hart, $"{kind} to {to:x}");
        }

        public void StackPointer(Hart hart, ulong value)
        {
            if (hart.Privilege == PrivilegeMode.User) return;
            if (_guards.TryGetValue(hart.Id, out var guard) && value >= guard.Deepest && value <= guard.High) return;
            Add(hart, $"sp {value:x}");
            var low = ((value - EndIn) & ~0xFFFUL) + EndIn;
            _guards[hart.Id] = guard = (low, value, low + 0x2000);
            hart.GuardStack(guard.Low, guard.Deepest, guard.High);
        }

        public void Access(Hart hart, in MemoryAccess access)
        {
            var isStore = access.Kind is AccessKind.Store or AccessKind.Atomic;
            foreach (var (address, sizeBytes) in _words)
            {
                if (isStore && access.PhysicalAddress < address + (ulong)sizeBytes && address < access.PhysicalAddress + (ulong)access.SizeBytes)
                    Add(hart, $"{access.Kind} {access.PhysicalAddress:x} {access.Value:x}");
            }

            if (access.BaseRegister is not (2 or 8) || hart.Privilege == PrivilegeMode.User) return;
            var isGuarded = _guards.TryGetValue(hart.Id, out var guard);
            if (access.BaseRegister == 8 && (!isGuarded || hart.GetRegister(8) < guard.Low || hart.GetRegister(8) > guard.High)) return;
            if (isGuarded && access.VirtualAddress >= guard.Low && access.VirtualAddress < guard.High
                && (ulong)access.SizeBytes <= guard.High - access.VirtualAddress) return;
            Add(hart, $"{access.Kind} by x{access.BaseRegister} {access.VirtualAddress:x}");
        }
    }

    private readonly struct Recorder(Log log) : ISelectiveObserver
    {
        public Interests Interests => log.Interests;

        public void Fetch(Hart hart, ulong pc, in Instruction instruction)
        {
        }

        public void Access(Hart hart, in MemoryAccess access) => log.Access(hart, access);

        public void Trap(Hart hart, in TrapEvent trap) => log.Add(hart, trap.ToString());

        public void Csr(Hart hart, int csr, ulong oldValue, ulong newValue)
        {
        }

        public void Transfer(Hart hart, ulong from, ulong to, TransferKind kind) => log.Transfer(hart, to, kind);

        public void Register(Hart hart, int register, ulong value)
        {
            if (register == 2) log.StackPointer(hart, value);
        }

        public void HostCall(Hart hart, ulong extension, ulong function) => log.Add(hart, $"call {extension:x}");
    }
}
