using Verification.Machine.Harts;
using Verification.Machine.Translation.X64;

namespace Verification.Machine.Translation;

/// <summary>
/// The tier of a <see cref="ISelectiveObserver"/>: code that checks by itself whether the observer must be told, and the
/// observed interpreter for each instruction at which it must. The observer learns the same as when all is interpreted.
/// </summary>
internal sealed class ObservedTranslator<TObserver>(Translator translator, ObservedInterpreter<TObserver> interpreter, Interests interests)
    : ExecutionTier
    where TObserver : struct, IObserver
{
    /// <inheritdoc/>
    internal override void Begin() => translator.Begin();

    /// <inheritdoc/>
    internal override ulong Run(Hart hart, ulong budget) => TranslationCache.Current is { } cache
        ? translator.Run(hart, budget, cache, new Rest(interpreter), interests)
        : interpreter.Run(hart, budget);

    private readonly struct Rest(ObservedInterpreter<TObserver> interpreter) : Translator.IRest
    {
        public ulong RunBlock(Hart hart, ulong left) => interpreter.RunBlock(hart, left);

        public ulong Run(Hart hart, ulong budget) => interpreter.Run(hart, budget);
    }
}
