namespace Brood;

/// <summary>What a worker and a pool have in common.</summary>
public abstract class Callable
{
    /// <summary>The same workers, other call options.</summary>
    public Callable With(CallOptions options) => throw new NotImplementedException(options.ToString());
}

/// <summary>(placeholder)</summary>
public sealed record WorkerPoolOptions : WorkerOptions
{
    /// <summary>(placeholder)</summary>
    public int MaxQueuedCalls { get; init; }
}
