using Verification.Framework.DebugInfo;
using Verification.Machine;
using Verification.Machine.Harts;
using Verification.Machine.Images;
using Xunit;

namespace Verification.Specs.KernelImages;

/// <summary>
/// The kernel's call frame information at every single instruction of a boot: prologues, epilogues, tail calls, assembly
/// stubs, and code that a trap interrupted. The oracle is the calls, returns and traps themselves.
/// </summary>
public sealed class KernelUnwindingSpecs
{
    private const int Steps = 12_000;

    [Theory]
    [InlineData("default")]
    [InlineData("story")]
    public void At_every_instruction_the_chain_is_that_of_the_calls_and_returns(string variant)
    {
        KernelImage image = KernelImage.Read(File.ReadAllBytes(BuiltImage.PathOf(variant)));
        Unwinder unwinder = new(ImageDebugInfo.Read(image));
        Dictionary<ulong, string> entries = image.Symbols.All
            .Where(symbol => symbol.Kind == SymbolKind.Function)
            .GroupBy(symbol => symbol.Address).ToDictionary(symbols => symbols.Key, symbols => symbols.First().Name);
        using Board board = Board.Boot(new BoardConfiguration(), image);
        Hart hart = board.Harts[0];
        Stack<(ulong Function, ulong StackPointer, ulong ReturnAddress)> chain = new();
        ulong[] registers = new ulong[32];
        int deepest = 0;
        for (int step = 0; step < Steps; step++)
        {
            ulong pc = hart.Pc;
            for (int register = 0; register < 32; register++) registers[register] = hart.GetRegister(register);
            while (chain.Count > 0 && chain.Peek().ReturnAddress == pc && chain.Peek().StackPointer == registers[2]) chain.Pop();
            if (entries.TryGetValue(pc, out string? entered) && entered != "_start")
            {
                // A loop back to the first instruction is no call, and a function that jumps to another as its last deed is gone.
                bool isLoop = chain.TryPeek(out var own) && own.Function == pc && own.StackPointer == registers[2] && own.ReturnAddress == registers[1];
                if (!isLoop && chain.TryPeek(out var last) && last.StackPointer == registers[2] && last.ReturnAddress == registers[1]) chain.Pop();
                if (!isLoop) chain.Push((pc, registers[2], registers[1]));
            }

            if (chain.Count > 0)
            {
                IReadOnlyList<StackFrame> frames = unwinder.Unwind(pc, registers, (address, bytes) => board.Memory.TryRead(address, bytes));
                string[] expected = [.. chain.Select(call => $"{call.StackPointer:x}")];
                string[] found = [.. frames.Take(expected.Length).Select(frame => $"{frame.FrameAddress:x}")];
                Assert.True(expected.SequenceEqual(found), $"At 0x{pc:x}, step {step}:\n{string.Join(" < ", expected)}\n{string.Join(" < ", found)}");
                deepest = Math.Max(deepest, chain.Count);
            }

            board.Run(1);
        }

        Assert.True(deepest >= 4, $"no more than {deepest} calls");
    }

    /// <summary>In the handler of a trap, the frames below the stub's are those of the interrupted code.</summary>
    [Fact]
    public void A_handlers_chain_goes_on_in_the_code_that_was_interrupted()
    {
        using Linking.TemporaryFile file = BuiltImage.Of("story", "--stack-placement", "Guarded", "--boot-stack-size", "4096");
        KernelImage image = KernelImage.Read(File.ReadAllBytes(file.Path));
        Unwinder unwinder = new(ImageDebugInfo.Read(image));
        using Board board = Board.Boot(new BoardConfiguration(), image);
        Hart hart = board.Harts[0];
        ulong handler = image.Symbols.Find("trap_handle")!.Address;
        for (int step = 0; step < 20_000 && hart.Pc != handler; step++) board.Run(1);
        Assert.Equal(handler, hart.Pc);
        ulong[] registers = [.. Enumerable.Range(0, 32).Select(hart.GetRegister)];
        string[] names = [.. unwinder.Unwind(hart.Pc, registers, (address, bytes) => board.Memory.TryRead(address, bytes)).Select(frame => frame.Function)];
        Assert.EndsWith("Handle", names[0].Split('(')[0], StringComparison.Ordinal);
        Assert.Equal("trap_entry", names[1]);
        int survey = Array.FindIndex(names, name => name.Contains("NodeCacheReader.Survey", StringComparison.Ordinal));
        // On to the very first call, as gdb goes.
        Assert.True(survey >= 2 && names.Skip(survey).Any(name => name.Contains("Main.Kmain", StringComparison.Ordinal)), string.Join(" < ", names));
    }
}
