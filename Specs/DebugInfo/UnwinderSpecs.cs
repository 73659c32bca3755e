using Verification.Framework.DebugInfo;
using Verification.Machine;
using Verification.Machine.Images;
using Verification.Specs.Oracles;
using Xunit;

namespace Verification.Specs.DebugInfo;

public sealed class UnwinderSpecs
{
    [RequiresToolTheory(CompiledSample.Compiler)]
    [InlineData(FrameSource.CallFrameInformation, "-g", "-O2")]
    [InlineData(FrameSource.CallFrameInformation, "-g", "-O0")]
    [InlineData(FrameSource.CallFrameInformation, "-gdwarf-3", "-O1", "-march=rv64gc")]
    [InlineData(FrameSource.CallFrameInformation, "-g", "-O1", "-fasynchronous-unwind-tables", "-fexceptions")]
    [InlineData(FrameSource.Prologue, "-O2")]
    [InlineData(FrameSource.Prologue, "-O0")]
    [InlineData(FrameSource.Prologue, "-O2", "-march=rv64gc", "-fno-omit-frame-pointer")]
    [InlineData(FrameSource.Prologue, "-Os", "-msave-restore", "-mno-save-restore")]
    public void At_every_instruction_the_chain_is_that_of_the_calls_and_returns(FrameSource source, params string[] options)
    {
        using var sample = new CompiledSample(source == FrameSource.Prologue ? [.. options, "-fno-asynchronous-unwind-tables"] : options);
        var machine = new BoardConfiguration();
        using var board = Board.Boot(machine, sample.Image);
        var hart = board.Harts[0];
        var unwinder = new Unwinder(ImageDebugInfo.Read(sample.Image));
        var chain = new Stack<(string Function, ulong EntryStackPointer, ulong ReturnAddress)>();
        var deepest = 0;
        var registers = new ulong[32];
        var entries = sample.Image.Symbols.All.Where(symbol => symbol.Kind == SymbolKind.Function).ToDictionary(symbol => symbol.Address, symbol => symbol.Name);

        for (var step = 0; step < 3000; step++)
        {
            var pc = hart.Pc;
            for (var i = 0; i < 32; i++) registers[i] = hart.GetRegister(i);
            while (chain.Count > 0 && chain.Peek().ReturnAddress == pc && chain.Peek().EntryStackPointer == registers[2]) chain.Pop();
            if (entries.TryGetValue(pc, out var entered) && entered != "_start")
            {
                // A function that jumps to another as its last deed is gone.
                if (chain.TryPeek(out var last) && last.EntryStackPointer == registers[2] && last.ReturnAddress == registers[1]) chain.Pop();
                chain.Push((entered, registers[2], registers[1]));
            }

            if (chain.Count > 0)
            {
                var frames = unwinder.Unwind(pc, registers, Read);

                var expected = chain.Select(call => $"{call.Function} {call.EntryStackPointer:x}").ToArray();
                var found = frames.Take(expected.Length).Select(frame => $"{frame.Function} {frame.FrameAddress:x}").ToArray();
                Assert.True(expected.SequenceEqual(found), $"At 0x{pc:x}, step {step}:\n{string.Join(" < ", expected)}\n{string.Join(" < ", found)}");
                Assert.All(frames.Take(expected.Length), frame => Assert.Equal(source, frame.Source));
                deepest = Math.Max(deepest, chain.Count);
            }

            board.Run(1);
        }

        Assert.InRange(deepest, 6, 7);

        bool Read(ulong address, Span<byte> destination) => board.Memory.TryRead(address, destination);
    }

    [RequiresToolFact(CompiledSample.Compiler)]
    public void A_destroyed_stack_ends_the_chain_and_nothing_else()
    {
        using var sample = new CompiledSample("-g", "-O2");
        var unwinder = new Unwinder(ImageDebugInfo.Read(sample.Image));
        var registers = new ulong[32];
        var random = new Random(1);
        for (var i = 0; i < 2000; i++)
        {
            for (var register = 1; register < 32; register++) registers[register] = (ulong)random.NextInt64() >> random.Next(64);
            var pc = sample.Image.Elf!.Section(".text")!.Address + (2 * (ulong)random.Next(200));
            var garbage = (byte)random.Next(256);

            var frames = unwinder.Unwind(pc, registers, (_, destination) =>
            {
                destination.Fill(garbage);
                return random.Next(4) != 0;
            });

            Assert.InRange(frames.Count, 1, 1024);
        }
    }
}
