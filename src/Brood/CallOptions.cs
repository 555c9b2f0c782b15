using Brood.Workers;

namespace Brood;

/// <summary>How calls are made. Give it to <see cref="Callable.With"/>, or to a pool as <see cref="WorkerPoolOptions.Call"/>.</summary>
/// <remarks>A value out of its range is refused where it is set, with an <see cref="ArgumentOutOfRangeException"/>.</remarks>
public sealed record CallOptions
{
    internal static readonly CallOptions Default = new();

    /// <summary>The time from the call until it is stopped, waiting in the queue included. In a map each item has it from when it begins
    /// to run.</summary>
    /// <value>Longer than zero, up to 49 days. The default is <see cref="System.Threading.Timeout.InfiniteTimeSpan"/>: no limit.</value>
    public TimeSpan Timeout
    {
        get;
        init => field = OptionChecks.Limit(value, nameof(Timeout));
    } = System.Threading.Timeout.InfiniteTimeSpan;

    /// <summary>How often a pool repeats the call after the worker that ran it died. Only for functions that may run twice.</summary>
    /// <value>From 0 up. The default is 0. An exception that the function throws is never retried. A <see cref="Worker"/> repeats
    /// nothing: it is gone itself.</value>
    /// <remarks>Not repeated are calls that were stopped or whose worker was killed by dispose, those that took a
    /// <see cref="CancellationToken"/> that can be cancelled, an <see cref="IProgress{T}"/> or a sequence, and streams that have handed on
    /// items. The items of a map are repeated one by one, whatever the function captured.</remarks>
    public int Retries
    {
        get;
        init => field = OptionChecks.NotNegative(value, nameof(Retries), "none");
    }

    /// <summary>How long a running function may take to end by itself after its call was cancelled or has timed out, if it can hear of that:
    /// it took a <see cref="CancellationToken"/>, an <see cref="IProgress{T}"/> or a sequence, or it streams. Others are killed at once.</summary>
    /// <value>From zero up to 49 days, or <see cref="System.Threading.Timeout.InfiniteTimeSpan"/>: it is never killed. The default is 2 seconds;
    /// <see cref="TimeSpan.Zero"/> kills at once.</value>
    public TimeSpan CancelGrace
    {
        get;
        init => field = OptionChecks.Limit(value, nameof(CancelGrace), zeroIsAllowed: true);
    } = TimeSpan.FromSeconds(2);

    /// <summary>Of the calls that wait in a pool, those of higher priority are started first; within one priority the order is that of
    /// the calls. A <see cref="Worker"/> serves its calls in their order, whatever their priority.</summary>
    /// <value>Any number, negative ones too. The default is 0.</value>
    public int Priority { get; init; }

    /// <summary>A name for the call in messages and statistics.</summary>
    /// <value>The default is null: the function's own name.</value>
    public string? Name { get; init; }
}
