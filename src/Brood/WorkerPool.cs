using Brood.Pool;
using Brood.Transfer;
using Brood.Workers;

namespace Brood;

/// <summary>A set of worker processes that calls are spread over. A worker that dies costs the call that ran on it, and is replaced.</summary>
/// <remarks>
/// Workers are started as they are needed. Dispose the pool: until then its processes stay. If this program ends without
/// disposing, in whatever way, they end with it. A worker may own a pool of its own.
/// </remarks>
public sealed partial class WorkerPool : Callable, IAsyncDisposable
{
    private readonly WorkerPoolOptions _options;
    private readonly Scheduler _scheduler;

    /// <summary>A pool of so many workers. None is started yet.</summary>
    /// <param name="workers">How many workers may serve at a time. From 1 up.</param>
    public WorkerPool(int workers) : this(new WorkerPoolOptions { Workers = workers }) { }

    /// <summary>A pool with these options. No worker is started yet.</summary>
    /// <param name="options">The default is null: <see cref="WorkerPoolOptions"/> with its defaults.</param>
    public WorkerPool(WorkerPoolOptions? options = null)
    {
        _options = options ?? new WorkerPoolOptions();
        _scheduler = new Scheduler(_options, TimeProvider.System, StartAsync);
    }

    internal override CallOptions Options => _options.Call;

    internal int MaxWorkers => _options.Workers;

    internal int MaxCallsPerWorker => _options.MaxCallsPerWorker;

    internal TimeProvider Clock => _scheduler.Clock;

    /// <summary>Starts every worker and every spare now, so that the first calls need not wait for that.</summary>
    /// <param name="cancellationToken">Ends the waiting, not the starting.</param>
    /// <exception cref="WorkerStartException">A worker could not be started. Others may serve.</exception>
    /// <exception cref="ObjectDisposedException">After dispose or join.</exception>
    public Task WarmUpAsync(CancellationToken cancellationToken = default) => _scheduler.WarmUpAsync(cancellationToken);

    /// <summary>Finishes all calls that were made, then ends the workers. New calls are refused with an
    /// <see cref="ObjectDisposedException"/>. A call that hangs keeps it waiting.</summary>
    /// <param name="cancellationToken">Ends the waiting, not the joining.</param>
    public Task JoinAsync(CancellationToken cancellationToken = default) => _scheduler.JoinAsync().WaitAsync(cancellationToken);

    /// <summary>What the pool is doing, at this moment.</summary>
    public PoolStatistics GetStatistics() => _scheduler.GetStatistics();

    /// <summary>Joins, and kills after <see cref="WorkerOptions.JoinTimeout"/>. Always ends.</summary>
    /// <remarks>Calls that wait or run when the time is up fail: those that had started with a <see cref="WorkerCrashedException"/>, the
    /// others with an <see cref="ObjectDisposedException"/>.</remarks>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await _scheduler.JoinAsync().WaitAsync(_options.JoinTimeout).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            await Task.WhenAny(_scheduler.KillAsync(), Task.Delay(WorkerConnection.KillTimeout)).ConfigureAwait(false);
        }
    }

    internal override void Dispatch(PendingCall call, TransferWriter writer, WaitInline wait)
    {
        if (_scheduler.Dispatch(call, writer, wait) is not { } link)
        {
            return;
        }
        try
        {
            link.Wait(call, maySleep: wait == WaitInline.UntilDone);
        }
        finally
        {
            link.EndWait();
        }
    }

    internal override void DispatchKept(PendingCall call) => _scheduler.Dispatch(call);

    internal override void Watch(PendingCall call, CancellationToken cancellationToken) =>
        call.WatchFor(cancellationToken, _scheduler.Clock, _scheduler.Stop);

    internal override void Stop(PendingCall call, StopCause cause) => _scheduler.Stop(call, cause);

    private static async Task<IWorkerLink> StartAsync(IConnectionOwner owner, WorkerPoolOptions options, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        WorkerConnection connection = WorkerConnection.Start(options, owner);
        try
        {
            return await connection.WaitUntilServingAsync(connection, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // Killed with the pool, which ends when the process is gone.
            await connection.Exited.ConfigureAwait(false);
            throw;
        }
    }
}
