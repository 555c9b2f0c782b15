using System.Diagnostics;
using Brood.Calls;
using Brood.Transfer;
using Brood.Workers;

namespace Brood.Pool;

/// <summary>Which worker runs which call.</summary>
/// <remarks>
/// Every call is assigned by the host to one worker's private channel; nothing is shared between workers. Short calls are
/// sent ahead, so that a worker never waits for the next one; a call that was sent ahead and finds itself behind a long one
/// is taken back, which the channel allows until it has started. All state is guarded by one lock of this process; under it
/// nothing blocks and no user code runs. Scheduler.Placing.cs says which worker a call goes to, Scheduler.Staging.cs how a
/// large one gets there, Scheduler.Workers.cs has the workers' lives, Scheduler.Ends.cs the ends of calls.
/// </remarks>
internal sealed partial class Scheduler : IConnectionOwner
{
    /// <summary>Work that is sent ahead of a worker, as time: enough to bridge a wake-up, not enough to wait for.</summary>
    private static readonly TimeSpan s_ahead = TimeSpan.FromMicroseconds(300);

    /// <summary>A worker that ends no call for so long keeps nothing that was sent ahead.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromMilliseconds(2);

    /// <summary>How many functions a spare is told of.</summary>
    private const int MaxRecentFunctions = 16;

    private readonly Queue<Function> _recentFunctions = new(); // Guarded by _gate.
    private readonly Lock _gate = new();
    private readonly WorkerPoolOptions _options;
    private readonly TimeProvider _clock;
    private readonly Func<IConnectionOwner, WorkerPoolOptions, CancellationToken, Task<IWorkerLink>> _start;
    private readonly TaskFactory _apart;
    private readonly CallQueue _queue = new();
    private readonly List<PoolWorker> _workers = []; // Those that serve, or start to. Guarded by _gate, like all below.
    private readonly List<PoolWorker> _spares = [];
    private readonly List<PoolWorker> _leaving = [];
    private readonly StartBreaker _breaker;
    private readonly Tally _tally;
    private readonly ITimer _aheadTimer;
    private readonly ITimer _keepTimer;
    private readonly ITimer _spareTimer;
    private readonly ITimer _takeTimer;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _aheadTimerIsSet;
    private bool _takeTimerIsSet;
    private bool _isJoining;
    private long _lastOrder;
    private long _openCount; // Calls that were accepted and have not ended here: queued, on a worker, or between the two.
    private long _limitedCount; // Those of them that MaxQueuedCalls counts.
    private long _stagingInvocations; // Of the calls that are being copied; they count as waiting.
    private readonly long _aheadTicks;
    private readonly long _patienceTicks;
    private readonly bool _workersWear; // Whether workers are replaced for any reason but their end.

    /// <param name="start">Starts a worker; its task completes when the worker serves. The token kills it before.</param>
    /// <param name="apart">Where that is called, and where calls are encoded anew and large ones copied; null: on the thread pool.</param>
    public Scheduler(
        WorkerPoolOptions options, TimeProvider clock,
        Func<IConnectionOwner, WorkerPoolOptions, CancellationToken, Task<IWorkerLink>> start, TaskScheduler? apart = null)
    {
        _apart = new TaskFactory(apart ?? TaskScheduler.Default);
        _options = options;
        _clock = clock;
        _start = start;
        _breaker = new StartBreaker(options.RestartIntensity, options.RestartPeriod, clock);
        _tally = new Tally(clock);
        _workersWear = options.MaxCallsPerWorker > 0 || options.MaxMemoryBytes > 0
            || options.MaxWorkerAge != Timeout.InfiniteTimeSpan || options.IdleTimeout != Timeout.InfiniteTimeSpan;
        _aheadTicks = (long)(s_ahead.TotalSeconds * clock.TimestampFrequency);
        _patienceTicks = (long)(s_patience.TotalSeconds * clock.TimestampFrequency);
        _aheadTimer = clock.CreateTimer(_ => TakeBackFromSlow(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _takeTimer = clock.CreateTimer(_ => LookAtTaking(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _keepTimer = clock.CreateTimer(_ => Keep(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _spareTimer = clock.CreateTimer(_ => StartSpares(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public TimeProvider Clock => _clock;

    /// <summary>Takes a call that is still in its writer.</summary>
    /// <returns>The worker that an idle thread may wait on: it has become the reader there. Null: it need not wait, or cannot.</returns>
    public IWorkerLink? Dispatch(PendingCall call, TransferWriter writer, WaitInline wait)
    {
        // Kept, also if it is sent at once: the worker may die before the call has started, or the call may be run again.
        call.Payload = Payload.CopyOf(writer);
        return Dispatch(call, wait);
    }

    /// <summary>Takes a call that has its own copy of everything.</summary>
    public IWorkerLink? Dispatch(PendingCall call, WaitInline wait = WaitInline.No)
    {
        PoolWorker? worker;
        lock (_gate)
        {
            AssertInvariants();
            AdmitNeedsLock(call);
            if (call.Stop is not null)
            {
                // Its map was left while it was on its way here.
                CloseNeedsLock(call);
                call.Fail(call.StopException(started: false, _clock));
                return null;
            }
            worker = _queue.Count > 0 ? null : FindRoomNeedsLock(call);
            if (worker is null)
            {
                EnqueueNeedsLock(call);
                return null;
            }
            if (!IsLarge(call))
            {
                return SendNeedsLock(worker, call, wait);
            }
            PromiseNeedsLock(worker, call);
        }
        Stage(worker, call);
        return null;
    }

    private IWorkerLink? SendNeedsLock(PoolWorker worker, PendingCall call, WaitInline wait)
    {
        // Readers take this lock while they read; this takes the reader's place only if it is free, so nobody waits in a circle.
        bool reads = wait != WaitInline.No && worker.Link!.InFlightCount == 0 && worker.Link.TryBeginWait();
        if (!TrySendNeedsLock(worker, call))
        {
            EnqueueNeedsLock(call);
        }
        return reads ? worker.Link : null;
    }

    /// <summary>A call ended on a worker: what waits may follow.</summary>
    void IConnectionOwner.OnRoom(IWorkerLink link, PendingCall ended)
    {
        lock (_gate)
        {
            AssertInvariants();
            if (ended.Order == 0 || FindNeedsLock(link) is not { } worker)
            {
                // Initialize, which is no call of the pool's.
                return;
            }
            CloseNeedsLock(ended);
            long now = _clock.GetTimestamp();
            long took = now - worker.LastProgress;
            worker.AverageTicks = worker.AverageTicks == long.MaxValue
                ? took : worker.AverageTicks + ((took - worker.AverageTicks) / 8);
            worker.LastProgress = now;
            if (worker.InvocationsEnded == 0)
            {
                _breaker.Succeeded();
            }
            CountFinishedNeedsLock(worker, ended, hasEnded: true);
            _tally.Ended(ended, took, now);
            if (link.InFlightCount > 0)
            {
                WatchTakingNeedsLock();
            }
            RecycleNeedsLock(worker);
            FillNeedsLock(worker);
            StartWorkersNeedsLock();
            SettleNeedsLock();
            TryEndNeedsLock();
        }
    }

    void IConnectionOwner.OnTakenBack(IWorkerLink link, IReadOnlyList<PendingCall> calls)
    {
        lock (_gate)
        {
            AssertInvariants();
            RequeueNeedsLock(FindNeedsLock(link), calls);
            FillAllNeedsLock();
            TryEndNeedsLock();
        }
    }

    private void AdmitNeedsLock(PendingCall call)
    {
        if (_isJoining)
        {
            throw StopMessages.Closed(typeof(WorkerPool));
        }
        if (_options.MaxQueuedCalls > 0 && !call.BoundsItself && _limitedCount >= (long)_options.Workers + _options.MaxQueuedCalls)
        {
            _tally.Refused();
            throw new PoolSaturatedException(
                $"{call.Name} was refused: {_limitedCount:N0} calls that were made before have not ended, and this pool accepts one for each of its "
                + $"{_options.Workers:N0} workers and {_options.MaxQueuedCalls:N0} that wait "
                + $"({nameof(WorkerPoolOptions)}.{nameof(WorkerPoolOptions.MaxQueuedCalls)}). It has not run. Wait for some of the others first.",
                _options.MaxQueuedCalls);
        }
        call.CalledAt = _clock.GetTimestamp();
        if (_options.SpareWorkers > 0 && !_recentFunctions.Contains(call.Function))
        {
            RememberNeedsLock(call.Function);
        }
        call.RetriesLeft = call.Options.Retries;
        call.Order = ++_lastOrder;
        _openCount++;
        _limitedCount += call.BoundsItself ? 0 : 1;
    }

    /// <summary>The call has ended here, however it did.</summary>
    private void CloseNeedsLock(PendingCall call)
    {
        _openCount--;
        _limitedCount -= call.BoundsItself ? 0 : 1;
    }

    /// <summary>The call has ended here without a worker's answer.</summary>
    private void GiveUpNeedsLock(PendingCall call)
    {
        CloseNeedsLock(call);
        _tally.Failed(call);
    }

    private void EnqueueNeedsLock(PendingCall call)
    {
        _queue.Enqueue(call);
        StartWorkersNeedsLock();
    }

    /// <summary>Calls that had not started and are on no worker any more wait again, unless nobody wants them any more.</summary>
    private void RequeueNeedsLock(PoolWorker? worker, IReadOnlyList<PendingCall> calls)
    {
        foreach (PendingCall call in calls)
        {
            call.Connection = null;
            worker?.TookBack(call);
            if (call.Stop is not null)
            {
                // Stopped on its way.
                CloseNeedsLock(call);
                call.Fail(call.StopException(started: false, _clock));
            }
            else if (call.IsEnded || _killed)
            {
                CloseNeedsLock(call);
                if (!call.IsEnded)
                {
                    _tally.Failed(call);
                }
                call.Fail(Disposed());
            }
            else
            {
                _queue.Enqueue(call);
            }
        }
    }

    /// <summary>Spares are told of the last functions before they are needed.</summary>
    private void RememberNeedsLock(Function function)
    {
        if (_recentFunctions.Count == MaxRecentFunctions)
        {
            _recentFunctions.Dequeue();
        }
        _recentFunctions.Enqueue(function);
        foreach (PoolWorker spare in _spares)
        {
            spare.Link?.Define(function);
        }
    }

    private PoolWorker? FindNeedsLock(IWorkerLink link)
    {
        foreach (PoolWorker worker in _workers)
        {
            if (worker.Link == link)
            {
                return worker;
            }
        }
        return _leaving.Find(worker => worker.Link == link) ?? _spares.Find(worker => worker.Link == link);
    }

    [Conditional("DEBUG")]
    private void AssertInvariants()
    {
        Debug.Assert(_gate.IsHeldByCurrentThread, "Invariants can only be validated while holding the lock.");
        Debug.Assert(_workers.Count <= _options.Workers + 1, "No more workers than asked for, and one replacement at most beyond that at a time.");
        Debug.Assert(_openCount >= _queue.Count, "A call that waits is open.");
        Debug.Assert(_limitedCount >= 0 && _limitedCount <= _openCount, "A call that is limited is open, and closed once.");
        Debug.Assert(
            _options.MaxQueuedCalls == 0 || _limitedCount <= (long)_options.Workers + _options.MaxQueuedCalls, "No more wait than may.");
        foreach (PoolWorker worker in _workers)
        {
            Debug.Assert(worker.State is PoolWorkerState.Starting or PoolWorkerState.Serving, "Others are in lists of their own.");
            Debug.Assert((worker.Link is null) == (worker.State == PoolWorkerState.Starting), "A worker that serves has a link.");
            Debug.Assert(_options.MaxCallsPerWorker == 0 || worker.InvocationsGiven <= _options.MaxCallsPerWorker, "The limit of calls is strict.");
        }
        Debug.Assert(_spares.TrueForAll(static worker => worker.InvocationsGiven == 0), "Spares serve no calls.");
        Debug.Assert(_queue.Count >= 0, "A call leaves the queue once.");
    }
}
