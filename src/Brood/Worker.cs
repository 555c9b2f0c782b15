using Brood.Transfer;
using Brood.Workers;

namespace Brood;

/// <summary>One worker process. It serves the calls that are made on it one after another, in their order.</summary>
/// <remarks>
/// A worker that dies is not replaced; <see cref="WorkerPool"/> does that. Dispose it: until then the process stays. If this
/// program ends without disposing, in whatever way, the worker ends with it.
/// </remarks>
public sealed partial class Worker : Callable, IAsyncDisposable, IConnectionOwner
{
    private readonly WorkerOptions _options;
    private readonly Lock _gate = new();
    private readonly Queue<PendingCall> _queue = []; // Guarded by _gate. What the connection had no room for.
    private readonly WorkerConnection _connection;
    private volatile bool _hasQueued; // Written under _gate: calls wait, and the next must not pass them.
    private WorkerExit? _exit; // Guarded by _gate. Set when the worker is gone.
    private readonly ITimer? _memoryTimer; // Null: memory has no limit.
    private volatile bool _watchesMemory; // While calls are out, and for one look after that.
    private bool _lookedIdle; // Touched by the timer only: that look is over.
    private readonly ITimer _takeTimer;
    private volatile bool _watchesTaking; // While the worker may have something to take.
    private TakeWatch _taking = new(); // Touched by the timer only, which is set again when it is done.
    private volatile bool _isJoining; // Written under _gate.

    private Worker(WorkerOptions options)
    {
        _options = options;
        _connection = WorkerConnection.Start(options, this);
        _takeTimer = TimeProvider.System.CreateTimer(_ => LookAtTaking(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        if (options.MaxMemoryBytes > 0)
        {
            _memoryTimer = TimeProvider.System.CreateTimer(_ => CheckMemory(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>The process id of the worker.</summary>
    public int ProcessId => _connection.ProcessId;

    /// <summary>Completes when the process is gone, in whatever way. Never fails.</summary>
    public Task<WorkerExit> Exited => _connection.Exited;

    internal override CallOptions Options => CallOptions.Default;

    /// <summary>Starts a worker process: this same program, without its Main.</summary>
    /// <param name="options">The default is null: <see cref="WorkerOptions"/> with its defaults.</param>
    /// <param name="cancellationToken">Ends the start; a process that was started is killed.</param>
    /// <returns>The worker, when it serves and <see cref="WorkerOptions.Initialize"/> has run.</returns>
    /// <exception cref="WorkerStartException">The worker could not be started. No function has run, except perhaps
    /// <see cref="WorkerOptions.Initialize"/>.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled before the worker served.</exception>
    public static Task<Worker> StartAsync(WorkerOptions? options = null, CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled<Worker>(cancellationToken);
        }
        try
        {
            var worker = new Worker(options ?? WorkerOptions.Default);
            return worker._connection.WaitUntilServingAsync(worker, cancellationToken);
        }
        catch (Exception e)
        {
            return Task.FromException<Worker>(e);
        }
    }

    /// <summary>Finishes all calls that were made, then ends the process. New calls are refused with an
    /// <see cref="ObjectDisposedException"/>. A call that hangs keeps it waiting.</summary>
    /// <param name="cancellationToken">Ends the waiting, not the joining.</param>
    /// <returns>How the process ended, also if it did so before, in another way. May be asked for again.</returns>
    public Task<WorkerExit> JoinAsync(CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            _isJoining = true;
            if (_queue.Count == 0)
            {
                _connection.Join(ExitReason.Joined);
            }
        }
        return Exited.WaitAsync(cancellationToken);
    }

    /// <summary>Ends the process, and everything it started, at once. Calls that it had, and later ones, fail with a
    /// <see cref="WorkerCrashedException"/>.</summary>
    /// <returns>How the process ended, when it is gone.</returns>
    public Task<WorkerExit> KillAsync() => Kill(nameof(KillAsync));

    private Task<WorkerExit> Kill(string by)
    {
        _connection.Kill(ExitReason.Killed, by);
        return Exited;
    }

    /// <summary>Joins, and kills after <see cref="WorkerOptions.JoinTimeout"/>. Always ends.</summary>
    public async ValueTask DisposeAsync()
    {
        await _takeTimer.DisposeAsync().ConfigureAwait(false);
        if (_memoryTimer is not null)
        {
            await _memoryTimer.DisposeAsync().ConfigureAwait(false);
        }
        try
        {
            await JoinAsync().WaitAsync(_options.JoinTimeout).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            await Task.WhenAny(Kill(StopMessages.DisposedBy(nameof(Worker))), Task.Delay(WorkerConnection.KillTimeout)).ConfigureAwait(false);
        }
    }

    internal override void Dispatch(PendingCall call, TransferWriter writer, WaitInline wait)
    {
        WatchMemory();
        WatchTaking();
        if (call.Options.Timeout != Timeout.InfiniteTimeSpan)
        {
            call.CalledAt = TimeProvider.System.GetTimestamp();
        }
        if (_connection.InFlightCount > 0)
        {
            // It may be taken back from behind one that is being stopped.
            call.Payload = Payload.CopyOf(writer);
        }
        // Before the call is sent: then its answer wakes nobody else.
        bool reads = wait != WaitInline.No && _connection.TryBeginWait();
        try
        {
            // Without the lock while nothing is queued: the connection has its own, and refuses when it is at its end.
            if (_hasQueued || !_connection.TrySend(call, writer.Inline, writer.Blocks))
            {
                DispatchSlowly(call, writer);
            }
            if (reads)
            {
                _connection.Wait(call, maySleep: wait == WaitInline.UntilDone);
            }
        }
        finally
        {
            if (reads)
            {
                _connection.EndWait();
            }
        }
    }

    private void DispatchSlowly(PendingCall call, TransferWriter writer)
    {
        lock (_gate)
        {
            AcceptNeedsLock(call);
            if (!call.Payload.IsKept)
            {
                call.Payload = Payload.CopyOf(writer);
            }
            if (_queue.Count > 0 || !_connection.TrySend(call, writer.Inline, writer.Blocks))
            {
                _queue.Enqueue(call);
                _hasQueued = true;
            }
        }
    }

    internal override void DispatchKept(PendingCall call)
    {
        WatchMemory();
        WatchTaking();
        lock (_gate)
        {
            AcceptNeedsLock(call);
            _queue.Enqueue(call);
            _hasQueued = true;
            SendQueuedNeedsLock();
        }
    }

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
        bool isUntaken = cause.IsTimeout && _connection.UntakenPosition >= 0;
        if (_connection.TryTakeBack(call))
        {
            call.Fail(call.StopException(started: false, TimeProvider.System, isUntaken ? ProcessId : null));
            ((IConnectionOwner)this).OnRoom(_connection, call);
        }
        else if (_connection.Has(call))
        {
            _connection.StopRunning(call);
        }
    }

    bool IConnectionOwner.RepeatsCalls => false;

    void IConnectionOwner.OnRoom(IWorkerLink worker, PendingCall ended)
    {
        if (!_hasQueued && !_isJoining)
        {
            return;
        }
        lock (_gate)
        {
            SendQueuedNeedsLock();
        }
    }

    void IConnectionOwner.OnTakenBack(IWorkerLink worker, IReadOnlyList<PendingCall> calls)
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
                if (call.Stop is not null)
                {
                    // Stopped on its way back: whoever did found it nowhere.
                    call.Fail(call.StopException(started: false, TimeProvider.System));
                }
            }
            _hasQueued = _queue.Count > 0;
            SendQueuedNeedsLock();
        }
        if (exit is not null)
        {
            // Whoever took them back also killed the worker, and it was gone before they came here.
            foreach (PendingCall call in calls)
            {
                call.Fail(worker.CrashOf(call, exit, started: false));
            }
        }
    }

    void IConnectionOwner.OnCrashed(IWorkerLink worker, PendingCall call, WorkerExit exit) =>
        call.Fail(worker.CrashOf(call, exit, started: true));

    void IConnectionOwner.OnExited(IWorkerLink worker, WorkerExit exit, IReadOnlyList<PendingCall> notStarted)
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
            call.Fail(worker.CrashOf(call, exit, started: false));
        }
    }

    private void WatchTaking()
    {
        if (!_watchesTaking)
        {
            _watchesTaking = true;
            _takeTimer.Change(TakeWatch.Period, Timeout.InfiniteTimeSpan);
        }
    }

    private void LookAtTaking()
    {
        if (_isJoining && _connection.InFlightCount == 0)
        {
            // It does not take what tells it to end: it is on its way out, or whoever joins has a limit.
            _watchesTaking = false;
            return;
        }
        TakeVerdict verdict = _taking.Look(_connection.UntakenPosition, _connection.IsSetUp, _options.StartTimeout, TimeProvider.System);
        _watchesTaking = false;
        if (verdict == TakeVerdict.Unresponsive)
        {
            _connection.KillUnresponsive();
        }
        else if (verdict != TakeVerdict.Takes || _connection.InFlightCount > 1)
        {
            // Behind the call that it has taken there may be one that it will not take.
            WatchTaking();
        }
    }

    private void WatchMemory()
    {
        // What was left of earlier calls is not to be blamed on this one: looked at before it is sent.
        if (_memoryTimer is not null && !_watchesMemory && !KillIfTooLarge())
        {
            _watchesMemory = true;
            _memoryTimer.Change(WorkerConnection.MemoryPeriod, Timeout.InfiniteTimeSpan);
        }
    }

    private void CheckMemory()
    {
        if (Exited.IsCompleted || KillIfTooLarge())
        {
            return;
        }
        bool isIdle = _connection.InFlightCount == 0 && !_hasQueued;
        if (isIdle && _lookedIdle)
        {
            _lookedIdle = false;
            _watchesMemory = false;
            return;
        }
        _lookedIdle = isIdle;
        _memoryTimer!.Change(WorkerConnection.MemoryPeriod, Timeout.InfiniteTimeSpan);
    }

    private bool KillIfTooLarge()
    {
        long used = _connection.MemoryBytes;
        if (used <= _options.MaxMemoryBytes)
        {
            return false;
        }
        _connection.Kill(ExitReason.MemoryLimit, CrashMessages.MemoryUsed(used, _options.MaxMemoryBytes));
        return true;
    }

    private void AcceptNeedsLock(PendingCall call)
    {
        call.CalledAt = TimeProvider.System.GetTimestamp();
        if (_isJoining)
        {
            throw StopMessages.Closed(typeof(Worker));
        }
        if (_exit is not null)
        {
            throw _connection.CrashOf(call, _exit, started: false);
        }
    }

    private void SendQueuedNeedsLock()
    {
        while (_queue.TryPeek(out PendingCall? call))
        {
            try
            {
                if (!call.IsEnded && !_connection.TrySend(call, call.Payload.Inline, call.Payload.Blocks))
                {
                    return;
                }
            }
            catch (Exception e)
            {
                // Too large for the worker's memory, or the system's.
                call.Fail(e);
            }
            _queue.Dequeue();
        }
        _hasQueued = false;
        if (_isJoining)
        {
            _connection.Join(ExitReason.Joined);
        }
    }
}
