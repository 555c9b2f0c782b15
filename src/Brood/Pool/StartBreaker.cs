namespace Brood.Pool;

/// <summary>Counts workers that died while starting: too many in a short time, and starting again is no use.</summary>
/// <remarks>The restart intensity of Erlang/OTP's supervisors. Guarded by the scheduler's lock.</remarks>
internal sealed class StartBreaker(int intensity, TimeSpan period, TimeProvider clock)
{
    private readonly Queue<long> _failures = new();
    private long _hungUntil; // The end of the last start that took its time.
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
    /// <param name="took">How long it took. That time does not count: starts that hang for longer than the period would never be too many.</param>
    public void Failed(Exception error, bool isFinal, TimeSpan took)
    {
        long now = clock.GetTimestamp();
        // Of starts that hung at the same time the time counts once.
        long hung = Math.Min((long)(took.TotalSeconds * clock.TimestampFrequency), now - _hungUntil);
        for (int i = 0; i < _failures.Count; i++)
        {
            _failures.Enqueue(_failures.Dequeue() + hung);
        }
        _hungUntil = took > TimeSpan.Zero ? now : _hungUntil;
        while (_failures.TryPeek(out long first) && clock.GetElapsedTime(first, now) >= period)
        {
            _failures.Dequeue();
        }
        _failures.Enqueue(now);
        if (_failures.Count > intensity || isFinal)
        {
            _lastFailure = error;
            _openedAt = now;
        }
    }

    public void Succeeded() => _failures.Clear();
}
