using Verification.Machine;
using Verification.Machine.Harts;

namespace Verification.Specs.Translation;

/// <summary>A machine twice: the one is interpreted, the other translated as soon as may be. They are always in the same state.</summary>
internal sealed class EnginePair(Func<Board> create) : IDisposable
{
    internal Board Interpreted { get; } = Prepared(create(), ExecutionEngine.Interpreter);

    internal Board Translated { get; } = Prepared(create(), ExecutionEngine.Translator);

    internal bool Agrees => Interpreted.StateHash() == Translated.StateHash();

    /// <summary>A board that executes so, and translates what it comes to a second time.</summary>
    internal static Board Prepared(Board board, ExecutionEngine engine)
    {
        board.Engine = engine;
        board.Translator.VisitsToTranslate = 2;
        return board;
    }

    internal (StopReason Interpreted, StopReason Translated) Run(ulong instructions) => (Interpreted.Run(instructions), Translated.Run(instructions));

    /// <summary>Pages that are written from here on lie elsewhere.</summary>
    internal void SaveAndRestore()
    {
        Interpreted.Restore(Interpreted.Save());
        Translated.Restore(Translated.Save());
    }

    public void Dispose()
    {
        Interpreted.Dispose();
        Translated.Dispose();
    }
}
