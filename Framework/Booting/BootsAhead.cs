using System.Runtime.ExceptionServices;

namespace Verification.Framework.Booting;

/// <summary>
/// Boots with numbers, taken in their order, while other threads are some boots ahead: none waits for the slowest boot of a
/// group. Who takes boots himself as long as the next one isn't there.
/// </summary>
internal sealed class BootsAhead : IDisposable
{
    private const int AheadPerThread = 32;

    private readonly int _count;
    private readonly Func<int, BootResult> _boot;
    private readonly Outcome?[] _outcomes;
    private readonly Task[] _others;
    private int _begun;
    private int _taken;
    private bool _isOver;

    /// <summary>Begins with boot 0.</summary>
    /// <param name="count">How many there are.</param>
    /// <param name="threads">How many run at the same time.</param>
    /// <param name="boot">Boots one; what it throws is thrown where the boot is taken.</param>
    public BootsAhead(int count, int threads, Func<int, BootResult> boot)
    {
        (_count, _boot) = (count, boot);
        _outcomes = new Outcome?[AheadPerThread * threads];
        _others = [.. Enumerable.Range(1, threads - 1).Select(_ => Task.Run(WorkAhead))];
    }

    /// <summary>The next boot in order; there must be one.</summary>
    public BootResult Take()
    {
        while (true)
        {
            int number;
            lock (_outcomes)
            {
                ref var outcome = ref _outcomes[_taken % _outcomes.Length];
                if (outcome is { } next)
                {
                    outcome = null;
                    _taken++;
                    Monitor.PulseAll(_outcomes);
                    next.Refusal?.Throw();
                    return next.Result!;
                }

                if (!MayBegin)
                {
                    Monitor.Wait(_outcomes);
                    continue;
                }

                number = _begun++;
            }

            Work(number);
        }
    }

    /// <summary>Begins no more, and waits for those that run.</summary>
    public void Dispose()
    {
        lock (_outcomes)
        {
            _isOver = true;
            Monitor.PulseAll(_outcomes);
        }

        Task.WaitAll(_others);
    }

    private bool MayBegin => _begun < _count && _begun - _taken < _outcomes.Length;

    private void WorkAhead()
    {
        while (true)
        {
            int number;
            lock (_outcomes)
            {
                while (!_isOver && _begun < _count && !MayBegin) Monitor.Wait(_outcomes);
                if (_isOver || _begun == _count) return;
                number = _begun++;
            }

            Work(number);
        }
    }

    private void Work(int number)
    {
        Outcome outcome;
        try
        {
            outcome = new Outcome(_boot(number), null);
        }
        catch (Exception e)
        {
            outcome = new Outcome(null, ExceptionDispatchInfo.Capture(e));
        }

        lock (_outcomes)
        {
            _outcomes[number % _outcomes.Length] = outcome;
            Monitor.PulseAll(_outcomes);
        }
    }

    private sealed record Outcome(BootResult? Result, ExceptionDispatchInfo? Refusal);
}
