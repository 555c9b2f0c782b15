using Brood.Workers;

namespace Brood;

/// <summary>How one call is made. Give it to <see cref="Callable.With"/>.</summary>
public sealed record CallOptions
{
    internal static readonly CallOptions Default = new();

    /// <summary>The time from the call until it is stopped, waiting in the queue included.</summary>
    /// <value>Up to 49 days. The default is <see cref="System.Threading.Timeout.InfiniteTimeSpan"/>: no limit.</value>
    public TimeSpan Timeout
    {
        get;
        init => field = OptionChecks.Limit(value, nameof(Timeout));
    } = System.Threading.Timeout.InfiniteTimeSpan;

    /// <summary>How often a pool repeats the call after the worker that ran it died. Only for functions that may run twice.</summary>
    /// <value>From 0 up. The default is 0. An exception that the function throws is never retried. A <see cref="Worker"/> repeats
    /// nothing: it is gone itself.</value>
    public int Retries
    {
        get;
        init => field = OptionChecks.NotNegative(value, nameof(Retries), "none");
    }

    /// <summary>How long a running function that took a <see cref="CancellationToken"/> may take to end by itself after it was cancelled.</summary>
    /// <value>Up to 49 days, or <see cref="System.Threading.Timeout.InfiniteTimeSpan"/>: it is never killed. The default is 2 seconds;
    /// <see cref="TimeSpan.Zero"/> kills at once.</value>
    public TimeSpan CancelGrace
    {
        get;
        init => field = OptionChecks.Limit(value, nameof(CancelGrace), zeroIsAllowed: true);
    } = TimeSpan.FromSeconds(2);

    /// <summary>Calls of higher priority are started first; within one priority the order is that of the calls.</summary>
    /// <value>The default is 0.</value>
    public int Priority { get; init; }

    /// <summary>A name for the call in messages and statistics.</summary>
    /// <value>The default is null: the function's own name.</value>
    public string? Name { get; init; }
}
