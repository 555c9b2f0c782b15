using Brood.Workers;

namespace Brood.Pool;

/// <summary>Counts what happened, and how long calls waited and ran. Guarded by the scheduler's lock.</summary>
/// <remarks>The last durations are kept in rings of fixed size; percentiles are those of the rings.</remarks>
internal sealed class Tally(TimeProvider clock)
{
    /// <summary>How many of the last calls the percentiles are made of.</summary>
    private const int Kept = 1024;

    private readonly long[] _queued = new long[Kept];
    private readonly long[] _running = new long[Kept];
    private long _measured;

    public long FinishedCount { get; private set; }

    public long FailedCount { get; private set; }

    public long CrashedCount { get; private set; }

    public long KilledCount { get; private set; }

    public long CancelledCount { get; private set; }

    public long TimedOutCount { get; private set; }

    public long RetriedCount { get; private set; }

    public long RefusedCount { get; private set; }

    public long UnresponsiveCount { get; private set; }

    public void Unresponsive() => UnresponsiveCount++;

    public void Refused() => RefusedCount++;

    public void Retried() => RetriedCount++;

    public void Failed(PendingCall call) => FailedCount += call.Invocations;

    public void Finished(int invocations) => FinishedCount += invocations;

    public void Ended(PendingCall call, long runningTicks, long now)
    {
        int at = (int)(_measured++ % Kept);
        _running[at] = runningTicks;
        _queued[at] = Math.Max(0, now - runningTicks - call.CalledAt);
    }

    public void Crashed(PendingCall call, WorkerExit exit)
    {
        if (exit.Reason is ExitReason.CallStopped or ExitReason.Killed or ExitReason.MemoryLimit or ExitReason.Unresponsive)
        {
            KilledCount++;
        }
        else
        {
            CrashedCount++;
        }
    }

    public void Stopped(StopCause cause)
    {
        if (cause.IsTimeout)
        {
            TimedOutCount++;
        }
        else
        {
            CancelledCount++;
        }
    }

    public DurationPercentiles TimeQueued => Percentiles(_queued);

    public DurationPercentiles TimeRunning => Percentiles(_running);

    private DurationPercentiles Percentiles(long[] ring)
    {
        int count = (int)Math.Min(_measured, Kept);
        if (count == 0)
        {
            return default;
        }
        long[] sorted = ring[..count];
        Array.Sort(sorted);
        return new DurationPercentiles(At(0.50), At(0.90), At(0.99), At(1));

        TimeSpan At(double share) =>
            TimeSpan.FromSeconds(sorted[Math.Min(count - 1, (int)(share * count))] / (double)clock.TimestampFrequency);
    }
}
