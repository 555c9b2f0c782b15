namespace Brood.Pool;

/// <summary>Counts workers that died while starting: too many in a short time, and starting again is no use.</summary>
/// <remarks>The restart intensity of Erlang/OTP's supervisors. Guarded by the scheduler's lock.</remarks>
internal sealed class StartBreaker(int intensity, TimeSpan period, TimeProvider clock)
{
    private readonly Queue<long> _failures = new();
    private Exception? _lastFailure;
    private long _openedAt;

    /// <summary>The failure that calls end with while the breaker is open; null: start workers.</summary>
    public Exception? Failure
    {
        get
        {
            if (_lastFailure is not null && clock.GetElapsedTime(_openedAt) >= period)
            {
                _lastFailure = null;
                _failures.Clear();
            }
            return _lastFailure;
        }
    }

    /// <summary>A start failed.</summary>
    /// <param name="isFinal">Trying again cannot help: the program itself, or its Initialize, is the cause.</param>
    /// <returns>Whether that was one too many.</returns>
    public bool Failed(Exception error, bool isFinal)
    {
        long now = clock.GetTimestamp();
        while (_failures.TryPeek(out long first) && clock.GetElapsedTime(first, now) >= period)
        {
            _failures.Dequeue();
        }
        _failures.Enqueue(now);
        if (_failures.Count <= intensity && !isFinal)
        {
            return false;
        }
        _lastFailure = error;
        _openedAt = now;
        return true;
    }

    public void Succeeded() => _failures.Clear();
}
