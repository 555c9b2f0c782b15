using Brood.Workers;

namespace Brood;

/// <summary>How a pool starts, keeps and replaces its workers.</summary>
public sealed record WorkerPoolOptions : WorkerOptions
{
    /// <summary>How many workers may serve at a time. They are started as they are needed.</summary>
    /// <value>From 1 up. The default is <see cref="System.Environment.ProcessorCount"/>.</value>
    public int Workers
    {
        get;
        init => field = value >= 1 ? value : throw new ArgumentOutOfRangeException(nameof(Workers), value, $"{nameof(Workers)} must be at least 1.");
    } = System.Environment.ProcessorCount;

    /// <summary>Workers that are kept started beyond <see cref="Workers"/>, so that a replacement costs nothing.</summary>
    /// <value>From 0 up. The default is 0.</value>
    public int SpareWorkers
    {
        get;
        init => field = OptionChecks.NotNegative(value, nameof(SpareWorkers), "none");
    }

    /// <summary>After so many calls a worker is replaced. It never serves more; each item of a map is a call.</summary>
    /// <value>From 0 up. The default is 0: no limit. A worker that may not serve as many calls as the next chunk of a map has items is replaced
    /// before.</value>
    public int MaxCallsPerWorker
    {
        get;
        init => field = OptionChecks.NotNegative(value, nameof(MaxCallsPerWorker), "no limit");
    }

    /// <summary>After this time, counted from when it began to serve, a worker is replaced, between two calls.</summary>
    /// <value>Longer than zero. The default is <see cref="Timeout.InfiniteTimeSpan"/>: no limit.</value>
    public TimeSpan MaxWorkerAge
    {
        get;
        init => field = OptionChecks.PositiveOrInfinite(value, nameof(MaxWorkerAge));
    } = Timeout.InfiniteTimeSpan;

    /// <summary>A worker that had nothing to do for this long is joined; the next call starts one.</summary>
    /// <value>Longer than zero. The default is <see cref="Timeout.InfiniteTimeSpan"/>: workers stay.</value>
    public TimeSpan IdleTimeout
    {
        get;
        init => field = OptionChecks.PositiveOrInfinite(value, nameof(IdleTimeout));
    } = Timeout.InfiniteTimeSpan;

    /// <summary>How many calls may wait for a worker; more are refused with a <see cref="PoolSaturatedException"/>.</summary>
    /// <value>From 0 up. The default is 0: no limit. A pool accepts so many calls and one for each of its <see cref="Workers"/>, whether those have
    /// started yet or not. The items of maps do not count: <see cref="MapOptions.MaxInFlight"/> limits them, and none is refused.</value>
    public int MaxQueuedCalls
    {
        get;
        init => field = OptionChecks.NotNegative(value, nameof(MaxQueuedCalls), "no limit");
    }

    /// <summary>How many workers may die while starting within <see cref="RestartPeriod"/> before the pool gives up on the calls that wait:
    /// they fail with a <see cref="WorkerStartException"/>, unless a worker serves, and for that period no worker is started.</summary>
    /// <value>From 0 up. The default is 3. A worker that dies before it has ended its first call counts, too. A program that cannot be
    /// started at all, and an <see cref="WorkerOptions.Initialize"/> that throws, are not tried again within the period.</value>
    public int RestartIntensity
    {
        get;
        init => field = OptionChecks.NotNegative(value, nameof(RestartIntensity), "that the first failed start is the last");
    } = 3;

    /// <summary>The time over which <see cref="RestartIntensity"/> counts. The starts themselves do not count: those that hang until
    /// <see cref="WorkerOptions.StartTimeout"/> are too many as soon as others.</summary>
    /// <value>Longer than zero. The default is 10 seconds.</value>
    public TimeSpan RestartPeriod
    {
        get;
        init => field = OptionChecks.Positive(value, nameof(RestartPeriod));
    } = TimeSpan.FromSeconds(10);

    /// <summary>The options of every call that names no others.</summary>
    public CallOptions Call
    {
        get;
        init => field = value ?? throw new ArgumentNullException(nameof(Call));
    } = CallOptions.Default;
}
