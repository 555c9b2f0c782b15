using Brood.Workers;

namespace Brood.Pool;

/// <summary>Where a pool's worker is in its life.</summary>
internal enum PoolWorkerState
{
    /// <summary>The process starts. It has no calls.</summary>
    Starting,

    /// <summary>Serves calls.</summary>
    Serving,

    /// <summary>Started and kept for later.</summary>
    Spare,

    /// <summary>Finishes what it has, and takes no more: it is being replaced, or the pool is being joined.</summary>
    Leaving,

    /// <summary>The process is gone.</summary>
    Gone,
}

/// <summary>A worker as the scheduler sees it. All of it is guarded by the scheduler's lock.</summary>
internal sealed class PoolWorker
{
    /// <summary>Null while the process starts.</summary>
    public IWorkerLink? Link { get; set; }

    public PoolWorkerState State { get; set; } = PoolWorkerState.Starting;

    /// <summary>When it began to serve, as a timestamp of the pool's clock.</summary>
    public long ServingSince { get; set; }

    /// <summary>When the last call ended on it, or when the first was sent to it while it had none.</summary>
    public long LastProgress { get; set; }

    /// <summary>How long calls take on it: the average of the last ones, the newest an eighth of it. In ticks of the clock.</summary>
    public long AverageTicks { get; set; } = long.MaxValue;

    /// <summary>Invocations of functions that were sent or promised to it and not taken back.</summary>
    public long InvocationsGiven { get; set; }

    /// <summary>Those of them that have ended, in whatever way.</summary>
    public long InvocationsEnded { get; set; }

    /// <summary>It may not serve as many invocations as the next call has; it gets no more.</summary>
    public bool IsSpent { get; set; }

    /// <summary>It used more memory than it may have; it gets no more calls.</summary>
    public bool IsTooLarge { get; set; }

    /// <summary>When its memory was last looked at while it had nothing to do, as a timestamp of the pool's clock.</summary>
    public long MemoryLookedAt { get; set; }

    /// <summary>Whether it takes what it was handed.</summary>
    public TakeWatch Taking = new();

    /// <summary>When it was told to leave, as a timestamp of the pool's clock.</summary>
    public long LeftAt { get; set; }

    /// <summary>It did not leave in time.</summary>
    public bool IsKilled { get; set; }

    /// <summary>Completes when it serves, or could not be started.</summary>
    public TaskCompletionSource Started { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void TookBack(PendingCall call) => InvocationsGiven -= call.Invocations;

    /// <summary>Calls that are being copied into its memory, and will be sent to it then.</summary>
    public int StagingCount { get; set; }

    /// <summary>The invocations that these calls are.</summary>
    public long StagingInvocations { get; set; }

    /// <summary>Calls that it has, or is about to have.</summary>
    public int CallCount => Link!.InFlightCount + StagingCount;

    public bool IsIdle => State == PoolWorkerState.Serving && CallCount == 0;
}
