using Brood.Transfer;
using Brood.Workers;

namespace Brood;

/// <summary>One worker process. It serves the calls that are made on it one after another, in their order.</summary>
/// <remarks>
/// A worker that dies is not replaced; WorkerPool does that. Dispose it: until then the process stays. If this
/// program ends without disposing, in whatever way, the worker ends with it.
/// </remarks>
public sealed partial class Worker : Callable, IAsyncDisposable, IConnectionOwner
{
    private readonly WorkerOptions _options;
    private readonly Lock _gate = new();
    private readonly Queue<PendingCall> _queue = []; // Guarded by _gate. What the connection had no room for.
    private readonly WorkerConnection _connection;
    private WorkerExit? _exit; // Guarded by _gate. Set when the worker is gone.
    private bool _isJoining; // Guarded by _gate.

    private Worker(WorkerOptions options)
    {
        _options = options;
        _connection = WorkerConnection.Start(options, this);
    }

    /// <summary>The process id of the worker.</summary>
    public int ProcessId => _connection.ProcessId;

    /// <summary>Completes when the process is gone, in whatever way. Never fails.</summary>
    public Task<WorkerExit> Exited => _connection.Exited;

    internal override CallOptions Options => CallOptions.Default;

    /// <summary>Starts a worker process: this same program, without its Main.</summary>
    /// <param name="options">The default is null: <see cref="WorkerOptions"/> with its defaults.</param>
    /// <param name="cancellationToken">Ends the start; a process that was started is killed.</param>
    /// <exception cref="WorkerStartException">The worker could not be started. No function has run, except perhaps
    /// <see cref="WorkerOptions.Initialize"/>.</exception>
    public static async Task<Worker> StartAsync(WorkerOptions? options = null, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var worker = new Worker(options ?? WorkerOptions.Default);
        await worker._connection.WaitUntilServingAsync(cancellationToken).ConfigureAwait(false);
        return worker;
    }

    /// <summary>Finishes all calls that were made, then ends the process. New calls are refused.</summary>
    /// <param name="cancellationToken">Ends the waiting, not the joining.</param>
    public Task<WorkerExit> JoinAsync(CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            _isJoining = true;
            if (_queue.Count == 0)
            {
                _connection.Join();
            }
        }
        return Exited.WaitAsync(cancellationToken);
    }

    /// <summary>Ends the process, and everything it started, at once. Calls that it had fail with a <see cref="WorkerCrashedException"/>.</summary>
    public Task<WorkerExit> KillAsync()
    {
        _connection.Kill(ExitReason.Killed);
        return Exited;
    }

    /// <summary>Joins, and kills after <see cref="WorkerOptions.JoinTimeout"/>. Always ends.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await JoinAsync().WaitAsync(_options.JoinTimeout).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            await Task.WhenAny(KillAsync(), Task.Delay(WorkerConnection.KillTimeout)).ConfigureAwait(false);
        }
    }

    internal override void Dispatch(PendingCall call, TransferWriter writer)
    {
        lock (_gate)
        {
            AcceptNeedsLock(call);
            if (_queue.Count > 0 || !_connection.TrySend(call, writer.Inline, writer.Blocks))
            {
                call.Payload = Payload.CopyOf(writer);
                _queue.Enqueue(call);
            }
        }
    }

    internal override void DispatchKept(PendingCall call)
    {
        lock (_gate)
        {
            AcceptNeedsLock(call);
            _queue.Enqueue(call);
            SendQueuedNeedsLock();
        }
    }

    internal override bool TryWaitBriefly(PendingCall call) => _connection.TryWait(call, maySleep: false);

    internal override void WaitFor(PendingCall call) => _connection.TryWait(call, maySleep: true);

    internal override void Watch(PendingCall call, CancellationToken cancellationToken) =>
        call.WatchFor(cancellationToken, TimeProvider.System, Stop);

    internal override void Stop(PendingCall call, StopCause cause)
    {
        call.StopFor(cause);
        lock (_gate)
        {
            if (call.Connection is null)
            {
                // Still queued. It stays in the queue as a husk that is skipped.
                call.Fail(call.StopException(started: false, TimeProvider.System));
                return;
            }
        }
        if (_connection.TryTakeBack(call))
        {
            call.Fail(call.StopException(started: false, TimeProvider.System));
            ((IConnectionOwner)this).OnRoom(_connection);
        }
        else if (_connection.Has(call))
        {
            _connection.StopRunning(call);
        }
    }

    void IConnectionOwner.OnRoom(WorkerConnection connection)
    {
        lock (_gate)
        {
            SendQueuedNeedsLock();
        }
    }

    void IConnectionOwner.OnTakenBack(WorkerConnection connection, IReadOnlyList<PendingCall> calls)
    {
        WorkerExit? exit;
        lock (_gate)
        {
            exit = _exit;
            PendingCall[] later = [.. _queue];
            _queue.Clear();
            foreach (PendingCall call in (IEnumerable<PendingCall>)(exit is null ? [.. calls, .. later] : later))
            {
                _queue.Enqueue(call);
            }
            foreach (PendingCall call in calls)
            {
                call.Connection = null;
            }
            SendQueuedNeedsLock();
        }
        if (exit is not null)
        {
            // Whoever took them back also killed the worker, and it was gone before they came here.
            foreach (PendingCall call in calls)
            {
                call.Fail(connection.CrashOf(call, exit, started: false));
            }
        }
    }

    void IConnectionOwner.OnCrashed(WorkerConnection connection, PendingCall call, WorkerExit exit) =>
        call.Fail(connection.CrashOf(call, exit, started: true));

    void IConnectionOwner.OnExited(WorkerConnection connection, WorkerExit exit, IReadOnlyList<PendingCall> notStarted)
    {
        PendingCall[] queued;
        lock (_gate)
        {
            _exit = exit;
            queued = [.. _queue];
            _queue.Clear();
        }
        foreach (PendingCall call in (IEnumerable<PendingCall>)[.. notStarted, .. queued])
        {
            call.Fail(connection.CrashOf(call, exit, started: false));
        }
    }

    private void AcceptNeedsLock(PendingCall call)
    {
        call.CalledAt = TimeProvider.System.GetTimestamp();
        ObjectDisposedException.ThrowIf(_isJoining, this);
        if (_exit is not null)
        {
            throw _connection.CrashOf(call, _exit, started: false);
        }
    }

    private void SendQueuedNeedsLock()
    {
        while (_queue.TryPeek(out PendingCall? call))
        {
            if (!call.IsEnded && !_connection.TrySend(call, call.Payload.Inline, call.Payload.Blocks))
            {
                return;
            }
            _queue.Dequeue();
        }
        if (_isJoining)
        {
            _connection.Join();
        }
    }
}
