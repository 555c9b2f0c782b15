using System.Text;
using Brood.Workers;

namespace Brood;

/// <summary>How a source is mapped over the workers of a pool.</summary>
public sealed record MapOptions
{
    internal static readonly MapOptions Default = new();

    /// <summary>Whether results come in the order of the source; else in the order in which they are finished.</summary>
    /// <value>The default is true.</value>
    public bool Ordered { get; init; } = true;

    /// <summary>How many items are sent to a worker at a time, at most: items that are large, or that the source is slow to give, are sent
    /// in smaller chunks.</summary>
    /// <value>From 0 up. The default is 0: it adapts to how long items take. Never more than <see cref="WorkerPoolOptions.MaxCallsPerWorker"/>.</value>
    public int ChunkSize
    {
        get;
        init => field = OptionChecks.NotNegative(value, nameof(ChunkSize), "that it adapts itself");
    }

    /// <summary>How many items may have been read from the source and not been taken as results.</summary>
    /// <value>From 0 up; it holds exactly, and an item is taken when the reader gets its result. The default is 0: about four chunks for
    /// each worker, and what the reader has at hand.</value>
    public int MaxInFlight
    {
        get;
        init => field = OptionChecks.NotNegative(value, nameof(MaxInFlight), "that it adapts itself");
    }
}

/// <summary>What became of one item of a map.</summary>
/// <typeparam name="R">What the function returns.</typeparam>
public readonly record struct MapResult<R>
{
    private readonly R _value;
    private readonly bool _isResult; // The default value is no item's.

    internal MapResult(long index, R value, Exception? error)
    {
        Index = index;
        _value = value;
        _isResult = true;
        Error = error;
    }

    /// <summary>The item's place in the source, from 0 up.</summary>
    public long Index { get; }

    /// <summary>Whether there is a value.</summary>
    public bool Succeeded => _isResult && Error is null;

    /// <summary>What the function returned.</summary>
    /// <exception cref="InvalidOperationException">It failed; <see cref="Error"/> says how.</exception>
    public R Value => Succeeded ? _value
        : throw new InvalidOperationException(
            Error is null ? $"This is the default of {nameof(MapResult<>)}, not the result of an item." : $"Item {Index} has no value: {Error.Message}", Error);

    /// <summary>Why there is no value, or null.</summary>
    public Exception? Error { get; }

    /// <summary>What <see cref="ToString"/> shows: a failed item has no value to read.</summary>
    private bool PrintMembers(StringBuilder text)
    {
        text.Append($"{nameof(Index)} = {Index}, {nameof(Succeeded)} = {Succeeded}");
        if (Succeeded)
        {
            text.Append($", {nameof(Value)} = {_value}");
        }
        else if (Error is not null)
        {
            text.Append($", {nameof(Error)} = {Error.GetType()}: {Error.Message}");
        }
        return true;
    }
}
