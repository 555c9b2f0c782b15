using Brood.Calls;
using Brood.Workers;

namespace Brood.Pool;

/// <summary>The lives of the workers: started as they are needed, replaced when they are used up, joined when idle.</summary>
internal sealed partial class Scheduler
{
    /// <summary>Starts every worker, and the spares.</summary>
    public async Task WarmUpAsync(CancellationToken cancellationToken)
    {
        var starting = new List<Task>();
        while (DyingWorker() is { } dying)
        {
            // Whoever was told of the crash may be here before the worker is forgotten.
            await dying.Exited.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        lock (_gate)
        {
            AssertInvariants();
            if (_isJoining)
            {
                throw StopMessages.Closed(typeof(WorkerPool));
            }
            if (_breaker.Failure is { } failure)
            {
                throw Again(failure);
            }
            while (_workers.Count < _options.Workers)
            {
                StartOneNeedsLock(isSpare: false);
            }
            StartSparesNeedsLock();
            foreach (PoolWorker worker in _workers.Concat(_spares))
            {
                starting.Add(worker.Started.Task);
            }
        }
        await Task.WhenAll(starting).WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    private IWorkerLink? DyingWorker()
    {
        lock (_gate)
        {
            return _workers.Concat(_spares).FirstOrDefault(static worker => worker.Link?.IsGone == true)?.Link;
        }
    }

    private void StartWorkersNeedsLock()
    {
        if (_queue.Count == 0)
        {
            return;
        }
        RetireNeedsLock();
        if (_breaker.Failure is { } failure)
        {
            // Those that serve go on; calls fail only when there is nobody who could run them.
            if (_workers.Count == 0)
            {
                FailQueuedNeedsLock(failure);
            }
            return;
        }
        int starting = 0;
        foreach (PoolWorker worker in _workers)
        {
            starting += worker.State == PoolWorkerState.Starting ? 1 : 0;
        }
        while (_workers.Count < _options.Workers && starting < _queue.Count)
        {
            if (TakeSpareNeedsLock() is { } spare)
            {
                ServeNeedsLock(spare);
                continue;
            }
            StartOneNeedsLock(isSpare: false);
            starting++;
        }
        // A replacement is started before the worker that it replaces has left; one at a time.
        if (_workersWear && _workers.Count == _options.Workers && _workers.Exists(IsUsedUpNeedsLock))
        {
            if (TakeSpareNeedsLock() is { } spare)
            {
                ServeNeedsLock(spare);
            }
            else
            {
                StartOneNeedsLock(isSpare: false);
            }
        }
        StartSparesSoonNeedsLock();
    }

    /// <summary>A start keeps a processor busy for tens of milliseconds: the call that the last spare was taken for goes first.</summary>
    private static readonly TimeSpan s_spareDelay = TimeSpan.FromMilliseconds(10);

    private bool _spareTimerIsSet; // Guarded by _gate.

    private bool NeedsSpare => !_isJoining && _breaker.Failure is null && _spares.Count < _options.SpareWorkers;

    private void StartSparesSoonNeedsLock()
    {
        if (NeedsSpare && !_spareTimerIsSet)
        {
            _spareTimerIsSet = true;
            _spareTimer.Change(s_spareDelay, Timeout.InfiniteTimeSpan);
        }
    }

    private void StartSpares()
    {
        lock (_gate)
        {
            AssertInvariants();
            _spareTimerIsSet = false;
            StartSparesNeedsLock();
        }
    }

    private void StartSparesNeedsLock()
    {
        while (NeedsSpare)
        {
            StartOneNeedsLock(isSpare: true);
        }
    }

    private PoolWorker? TakeSpareNeedsLock()
    {
        PoolWorker? ready = _spares.Find(static worker => worker.State == PoolWorkerState.Spare);
        if (ready is not null)
        {
            _spares.Remove(ready);
            _workers.Add(ready);
        }
        return ready;
    }

    private void StartOneNeedsLock(bool isSpare)
    {
        var worker = new PoolWorker();
        (isSpare ? _spares : _workers).Add(worker);
        // Apart from the caller: starting a process takes a millisecond.
        _ = _apart.StartNew(() => StartAsync(worker));
    }

    private async Task StartAsync(PoolWorker worker)
    {
        IWorkerLink link;
        long begun = _clock.GetTimestamp();
        try
        {
            link = await _start(this, _options, _starts.Token).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            OnStartFailed(worker, e, _clock.GetElapsedTime(begun));
            return;
        }
        lock (_gate)
        {
            AssertInvariants();
            worker.Link = link;
            if (link.IsGone)
            {
                // Its end was heard of before it was known here.
                ForgetNeedsLock(worker);
                OnDiedBeforeServingNeedsLock(null);
            }
            else if (_spares.Contains(worker))
            {
                worker.State = PoolWorkerState.Spare;
                worker.LastProgress = _clock.GetTimestamp();
                foreach (Function function in _recentFunctions)
                {
                    link.Define(function);
                }
            }
            else
            {
                ServeNeedsLock(worker);
            }
            FillAllNeedsLock();
            TryEndNeedsLock();
        }
        worker.Started.TrySetResult();
    }

    private void OnStartFailed(PoolWorker worker, Exception error, TimeSpan took)
    {
        lock (_gate)
        {
            AssertInvariants();
            ForgetNeedsLock(worker);
            // A program that cannot be started again, or an Initialize that throws, will not do better next time.
            bool isFinal = error is not WorkerStartException { Exit: not null } start || start.InnerException is not (null or WorkerCrashedException);
            _breaker.Failed(error, isFinal, took);
            StartWorkersNeedsLock();
            SettleNeedsLock();
            TryEndNeedsLock();
        }
        worker.Started.TrySetException(Again(error));
        _ = worker.Started.Task.Exception; // Seen: nobody has to wait for it.
    }

    /// <summary>A worker that dies before it has ended its first call counts as one that died while starting.</summary>
    private void OnDiedBeforeServingNeedsLock(WorkerExit? exit) => _breaker.Failed(
        new WorkerStartException(
            exit is null ? "A worker ended just after it was started."
                : $"Worker {exit.ProcessId} {CrashMessages.How(exit)} before it had finished its first call.", exit),
        isFinal: false, TimeSpan.Zero);

    private void ServeNeedsLock(PoolWorker worker)
    {
        worker.State = PoolWorkerState.Serving;
        worker.ServingSince = worker.LastProgress = _clock.GetTimestamp();
        if (_workers.Count > _options.Workers
            && (_workers.Find(other => other.IsIdle && IsUsedUpNeedsLock(other)) ?? _workers.Find(IsUsedUpNeedsLock)) is { } old)
        {
            LeaveNeedsLock(old, ExitReason.Recycled);
        }
        FillNeedsLock(worker);
        StartSparesSoonNeedsLock();
    }

    /// <summary>Lets a worker go between two calls if it is used up. Its replacement is started before, if calls wait.</summary>
    private void RecycleNeedsLock(PoolWorker worker)
    {
        if (!worker.IsIdle)
        {
            return;
        }
        LookAtIdleMemoryNeedsLock(worker);
        // One that is only old serves on until the replacement is there.
        if (HasNoCallsLeft(worker) || worker.IsTooLarge || (IsTooOldNeedsLock(worker) && _queue.Count == 0))
        {
            LeaveNeedsLock(worker, ExitReason.Recycled);
        }
    }

    private void LookAtIdleMemoryNeedsLock(PoolWorker worker)
    {
        if (_options.MaxMemoryBytes > 0)
        {
            worker.MemoryLookedAt = _clock.GetTimestamp();
            worker.IsTooLarge |= worker.Link!.MemoryBytes > _options.MaxMemoryBytes;
        }
    }

    /// <summary>Whether an idle worker uses too much by now: what earlier calls left is not to be blamed on the next.</summary>
    private bool IsTooLargeByNowNeedsLock(PoolWorker worker)
    {
        if (_options.MaxMemoryBytes > 0 && worker.IsIdle && _clock.GetElapsedTime(worker.MemoryLookedAt) >= WorkerConnection.MemoryPeriod)
        {
            LookAtIdleMemoryNeedsLock(worker);
        }
        return worker.IsTooLarge;
    }

    /// <remarks>One that a call is being copied into is not yet: the call would have to be copied again, for the next that is used up by it.</remarks>
    private bool IsUsedUpNeedsLock(PoolWorker worker) =>
        worker.State == PoolWorkerState.Serving && worker.StagingCount == 0 && (HasNoCallsLeft(worker) || worker.IsTooLarge || IsTooOldNeedsLock(worker));

    private bool HasNoCallsLeft(PoolWorker worker) =>
        _options.MaxCallsPerWorker > 0 && (worker.IsSpent || worker.InvocationsGiven >= _options.MaxCallsPerWorker);

    /// <summary>A worker that uses too much memory, or may not serve as many invocations as the next call has, makes room for another.</summary>
    private void RetireNeedsLock()
    {
        if (!_workersWear || !_queue.TryPeek(out PendingCall next))
        {
            return;
        }
        foreach (PoolWorker worker in _workers.ToArray())
        {
            // What was sent ahead may come back, and then there is more left.
            if (worker.State == PoolWorkerState.Serving && worker.CallCount <= 1)
            {
                worker.IsSpent |= !MayServe(worker, next);
                if (worker.IsSpent || worker.IsTooLarge)
                {
                    RecycleNeedsLock(worker);
                }
            }
        }
    }

    private bool IsTooOldNeedsLock(PoolWorker worker) =>
        _options.MaxWorkerAge != Timeout.InfiniteTimeSpan && _clock.GetElapsedTime(worker.ServingSince) >= _options.MaxWorkerAge;

    private void LeaveNeedsLock(PoolWorker worker, ExitReason reason)
    {
        worker.State = PoolWorkerState.Leaving;
        _workers.Remove(worker);
        _spares.Remove(worker);
        _leaving.Add(worker);
        if (worker.Link!.InFlightCount > 1)
        {
            // What it has not started others may have, now.
            RequeueNeedsLock(worker, worker.Link.TakeBack());
        }
        worker.LeftAt = _clock.GetTimestamp();
        worker.Link.Join(reason);
    }

    private void ForgetNeedsLock(PoolWorker worker)
    {
        worker.State = PoolWorkerState.Gone;
        _workers.Remove(worker);
        _spares.Remove(worker);
        _leaving.Remove(worker);
    }

    /// <summary>Idle workers whose time is up are joined; those that use too much memory, or do not leave, are killed.</summary>
    private void Keep()
    {
        lock (_gate)
        {
            AssertInvariants();
            _keepAt = long.MaxValue;
            foreach (PoolWorker worker in _workers.ToArray())
            {
                if (worker.State != PoolWorkerState.Serving)
                {
                    continue;
                }
                if (worker.IsIdle && IsIdleForLongNeedsLock(worker))
                {
                    LeaveNeedsLock(worker, ExitReason.Recycled);
                }
                else if (worker.IsIdle)
                {
                    RecycleNeedsLock(worker);
                }
                else
                {
                    LookAtMemoryNeedsLock(worker);
                }
            }
            foreach (PoolWorker worker in _leaving)
            {
                if (worker.Link!.InFlightCount > 0)
                {
                    LookAtMemoryNeedsLock(worker);
                }
                else if (!worker.IsKilled && _options.JoinTimeout != Timeout.InfiniteTimeSpan && _clock.GetElapsedTime(LeavingSince(worker)) >= _options.JoinTimeout)
                {
                    worker.IsKilled = true;
                    worker.Link.Kill(ExitReason.Killed);
                }
            }
            FillAllNeedsLock();
            TryEndNeedsLock();
        }
    }

    /// <summary>Kills a busy worker that uses too much memory, unless the call that it runs is so new that others may be to blame.</summary>
    private void LookAtMemoryNeedsLock(PoolWorker worker)
    {
        if (_options.MaxMemoryBytes == 0 || worker.Link!.MemoryBytes is var used && used <= _options.MaxMemoryBytes)
        {
            return;
        }
        worker.IsTooLarge = true;
        List<PendingCall> taken = worker.Link.TakeBack();
        if (_clock.GetElapsedTime(worker.LastProgress) >= WorkerConnection.MemoryPeriod && worker.Link.InFlightCount > 0)
        {
            worker.Link.Kill(ExitReason.MemoryLimit, CrashMessages.MemoryUsed(used, _options.MaxMemoryBytes));
        }
        else
        {
            worker.Link.AcceptCalls();
        }
        RequeueNeedsLock(worker, taken);
    }

    private bool IsIdleForLongNeedsLock(PoolWorker worker) =>
        _options.IdleTimeout != Timeout.InfiniteTimeSpan && _clock.GetElapsedTime(worker.LastProgress) >= _options.IdleTimeout;

    private static long LeavingSince(PoolWorker worker) => Math.Max(worker.LeftAt, worker.LastProgress);

    /// <summary>When <see cref="Keep"/> is to look next: never, while nothing can be due.</summary>
    private void SettleNeedsLock()
    {
        if (!_workersWear && _leaving.Count == 0)
        {
            return;
        }
        long due = long.MaxValue;
        foreach (PoolWorker worker in _workers)
        {
            if (worker.State != PoolWorkerState.Serving)
            {
                continue;
            }
            if (!worker.IsIdle)
            {
                due = _options.MaxMemoryBytes > 0 ? Math.Min(due, After(_clock.GetTimestamp(), WorkerConnection.MemoryPeriod)) : due;
                continue;
            }
            if (_options.MaxMemoryBytes > 0)
            {
                // Once more a little after its last call: what that left running may still grow.
                long again = After(worker.LastProgress, WorkerConnection.MemoryPeriod);
                due = worker.IsTooLarge ? _clock.GetTimestamp() : worker.MemoryLookedAt < again ? Math.Min(due, again) : due;
            }
            due = Math.Min(due, Math.Min(After(worker.LastProgress, _options.IdleTimeout), After(worker.ServingSince, _options.MaxWorkerAge)));
        }
        foreach (PoolWorker worker in _leaving)
        {
            if (worker.Link!.InFlightCount == 0)
            {
                due = worker.IsKilled ? due : Math.Min(due, After(LeavingSince(worker), _options.JoinTimeout));
            }
            else if (_options.MaxMemoryBytes > 0)
            {
                due = Math.Min(due, After(_clock.GetTimestamp(), WorkerConnection.MemoryPeriod));
            }
        }
        // Looking too early does no harm; it is looked again.
        if (due < _keepAt)
        {
            _keepAt = due;
            long now = _clock.GetTimestamp();
            TimeSpan wait = due > now ? _clock.GetElapsedTime(now, due) : TimeSpan.Zero;
            TimeSpan least = TimeSpan.FromMilliseconds(1);
            _keepTimer.Change(wait < least ? least : wait > s_longestWait ? s_longestWait : wait, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Timers take no more than 49 days.</summary>
    private static readonly TimeSpan s_longestWait = TimeSpan.FromDays(1);

    private long _keepAt = long.MaxValue; // When the timer is due, as a timestamp. Guarded by _gate.

    private long After(long since, TimeSpan time) => time == Timeout.InfiniteTimeSpan || time >= TimeSpan.FromDays(10_000)
        ? long.MaxValue : since + (long)(time.TotalSeconds * _clock.TimestampFrequency);
}
