namespace Brood;

/// <summary>How a source is mapped over the workers of a pool.</summary>
public sealed record MapOptions
{
    internal static readonly MapOptions Default = new();

    /// <summary>Whether results come in the order of the source; else in the order in which they are finished.</summary>
    /// <value>The default is true.</value>
    public bool Ordered { get; init; } = true;

    /// <summary>How many items are sent to a worker at a time.</summary>
    /// <value>From 0 up. The default is 0: it adapts to how long items take. Never more than <see cref="WorkerPoolOptions.MaxCallsPerWorker"/>.</value>
    public int ChunkSize
    {
        get;
        init => field = value >= 0 ? value : throw new ArgumentOutOfRangeException(nameof(ChunkSize), value, "A chunk has at least one item; 0 means that the size adapts.");
    }

    /// <summary>How many items may have been read from the source and not been taken as results.</summary>
    /// <value>From 0 up; it holds exactly, and an item is taken when the reader gets its result. The default is 0: about four chunks for
    /// each worker, and what the reader has at hand.</value>
    public int MaxInFlight
    {
        get;
        init => field = value >= 0 ? value : throw new ArgumentOutOfRangeException(nameof(MaxInFlight), value, "At least one item is in flight; 0 means that the limit adapts.");
    }
}

/// <summary>What became of one item of a map.</summary>
/// <typeparam name="R">What the function returns.</typeparam>
public readonly record struct MapResult<R>
{
    private readonly R _value;

    internal MapResult(long index, R value, Exception? error)
    {
        Index = index;
        _value = value;
        Error = error;
    }

    /// <summary>The item's place in the source, from 0 up.</summary>
    public long Index { get; }

    /// <summary>Whether there is a value.</summary>
    public bool Succeeded => Error is null;

    /// <summary>What the function returned.</summary>
    /// <exception cref="InvalidOperationException">It failed; <see cref="Error"/> says how.</exception>
    public R Value => Error is null ? _value
        : throw new InvalidOperationException($"Item {Index} has no value: {Error.Message}", Error);

    /// <summary>Why there is no value, or null.</summary>
    public Exception? Error { get; }
}
