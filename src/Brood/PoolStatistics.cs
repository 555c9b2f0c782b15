namespace Brood;

/// <summary>What a pool is doing, at one moment. A snapshot that does not change.</summary>
/// <remarks>A call is one invocation of a function: each item of a map counts, unless it says otherwise below. A map's items are
/// sent in chunks, and are counted as finished when their chunk is.</remarks>
public sealed record PoolStatistics
{
    /// <summary>The workers that exist, the spares included.</summary>
    public required IReadOnlyList<WorkerStatistics> Workers { get; init; }

    /// <summary>Calls that wait for a worker.</summary>
    public required long Queued { get; init; }

    /// <summary>Calls that are on a worker: the one it runs, and short ones that were sent ahead.</summary>
    public required long Running { get; init; }

    /// <summary>Calls whose function ended, by returning or by throwing.</summary>
    public required long Finished { get; init; }

    /// <summary>Calls that ended without having run: no worker could be started for them, their arguments were too large to send, or the
    /// pool was disposed before. Those that were stopped are in <see cref="Cancelled"/> and <see cref="TimedOut"/>, those that were refused
    /// in <see cref="Refused"/>.</summary>
    public required long Failed { get; init; }

    /// <summary>Workers that crashed while a call ran on them.</summary>
    public required long Crashed { get; init; }

    /// <summary>Workers that were killed while a call ran on them: to stop it, for their memory, or with the pool.</summary>
    public required long Killed { get; init; }

    /// <summary>Workers that were killed and replaced because they ran nothing and took no call for some seconds. No call is lost with one.</summary>
    public required long Unresponsive { get; init; }

    /// <summary>Calls that were cancelled, or whose map was left, before or while they ran; a chunk of a map's items is one. A call that is
    /// made with a token that is cancelled already does not reach the pool, and is not counted.</summary>
    public required long Cancelled { get; init; }

    /// <summary>Calls that timed out, before or while they ran.</summary>
    public required long TimedOut { get; init; }

    /// <summary>Times that a call was repeated, for <see cref="CallOptions.Retries"/>.</summary>
    public required long Retried { get; init; }

    /// <summary>Calls that were refused, for <see cref="WorkerPoolOptions.MaxQueuedCalls"/>.</summary>
    public required long Refused { get; init; }

    /// <summary>How long the last 1,024 calls waited for their turn; of maps, chunks.</summary>
    public required DurationPercentiles TimeQueued { get; init; }

    /// <summary>How long the last 1,024 calls took on their worker; of maps, chunks.</summary>
    public required DurationPercentiles TimeRunning { get; init; }
}

/// <summary>One worker of a pool, at one moment.</summary>
public sealed record WorkerStatistics
{
    /// <summary>The process id; 0 while the process is being started.</summary>
    public required int ProcessId { get; init; }

    /// <summary>What the worker is doing: <c>Starting</c>, <c>Idle</c>, <c>Running</c>, <c>Spare</c> or <c>Leaving</c>.</summary>
    public required string State { get; init; }

    /// <summary>The name of the call that it runs, or null: <see cref="CallOptions.Name"/>, or else the function's.</summary>
    public required string? Function { get; init; }

    /// <summary>How long it has been doing that; zero while the process is being started.</summary>
    public required TimeSpan Since { get; init; }

    /// <summary>Memory of its own, in bytes; 0 if unknown.</summary>
    public required long MemoryBytes { get; init; }

    /// <summary>Calls that ended on it.</summary>
    public required long CallsServed { get; init; }
}

/// <summary>A distribution of durations in four numbers.</summary>
/// <param name="Median">Half were not longer.</param>
/// <param name="P90">Nine of ten were not longer.</param>
/// <param name="P99">99 of 100 were not longer.</param>
/// <param name="Max">The longest.</param>
public readonly record struct DurationPercentiles(TimeSpan Median, TimeSpan P90, TimeSpan P99, TimeSpan Max);
