using Brood.Workers;

namespace Brood.Pool;

/// <summary>The lives of the workers: started as they are needed, replaced when they are used up, joined when idle.</summary>
internal sealed partial class Scheduler
{
    /// <summary>How often the memory of busy workers is looked at, if it has a limit.</summary>
    private static readonly TimeSpan s_memoryPeriod = TimeSpan.FromMilliseconds(50);

    /// <summary>Starts every worker, and the spares.</summary>
    public async Task WarmUpAsync(CancellationToken cancellationToken)
    {
        var starting = new List<Task>();
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isJoining, typeof(WorkerPool));
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

    private void StartWorkersNeedsLock()
    {
        if (_queue.Count == 0)
        {
            return;
        }
        if (_breaker.Failure is { } failure)
        {
            FailQueuedNeedsLock(failure);
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
        StartSparesNeedsLock();
    }

    private void StartSparesNeedsLock()
    {
        while (!_isJoining && _breaker.Failure is null && _spares.Count < _options.SpareWorkers)
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
        var worker = new PoolWorker { Number = ++_lastNumber };
        (isSpare ? _spares : _workers).Add(worker);
        // Apart from the caller: starting a process takes a millisecond.
        _ = Task.Run(() => StartAsync(worker));
    }

    private async Task StartAsync(PoolWorker worker)
    {
        IWorkerLink link;
        try
        {
            link = await _start(this, _options).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            OnStartFailed(worker, e);
            return;
        }
        lock (_gate)
        {
            AssertInvariants();
            worker.Link = link;
            _breaker.Succeeded();
            if (link.Exited.IsCompleted)
            {
                ForgetNeedsLock(worker);
            }
            else if (_spares.Contains(worker))
            {
                worker.State = PoolWorkerState.Spare;
                if (_workers.Count < _options.Workers && _queue.Count > 0)
                {
                    ServeNeedsLock(TakeSpareNeedsLock()!);
                }
            }
            else
            {
                ServeNeedsLock(worker);
            }
            if (_isJoining)
            {
                JoinIdleNeedsLock();
            }
            SettleNeedsLock();
        }
        worker.Started.TrySetResult();
    }

    private void OnStartFailed(PoolWorker worker, Exception error)
    {
        lock (_gate)
        {
            AssertInvariants();
            ForgetNeedsLock(worker);
            // A program that cannot be started again, or an Initialize that throws, will not do better next time.
            bool isFinal = error is not WorkerStartException { Exit: not null } start || start.InnerException is not (null or WorkerCrashedException);
            if (_breaker.Failed(error, isFinal))
            {
                FailQueuedNeedsLock(error);
            }
            else
            {
                StartWorkersNeedsLock();
            }
            SettleNeedsLock();
            TryEndNeedsLock();
        }
        worker.Started.TrySetException(Again(error));
    }

    private void ServeNeedsLock(PoolWorker worker)
    {
        worker.State = PoolWorkerState.Serving;
        worker.ServingSince = worker.LastProgress = _clock.GetTimestamp();
        PoolWorker? old = _workers.Find(static other => other.IsBeingReplaced && other.State == PoolWorkerState.Serving);
        if (old is not null && _workers.Count > _options.Workers)
        {
            LeaveNeedsLock(old, ExitReason.Recycled);
        }
        FillNeedsLock(worker);
        StartSparesNeedsLock();
    }

    /// <summary>Replaces the worker if it is used up. The replacement is started first.</summary>
    private void RecycleNeedsLock(PoolWorker worker)
    {
        if (worker.State != PoolWorkerState.Serving)
        {
            return;
        }
        bool noCallsLeft = _options.MaxCallsPerWorker > 0 && worker.CallsGiven >= _options.MaxCallsPerWorker;
        if (!noCallsLeft && !IsTooOldNeedsLock(worker) && !IsTooLargeNeedsLock(worker))
        {
            return;
        }
        if (!worker.IsBeingReplaced)
        {
            worker.IsBeingReplaced = true;
            if (_queue.Count > 0 || _options.SpareWorkers > 0)
            {
                if (TakeSpareNeedsLock() is { } spare)
                {
                    ServeNeedsLock(spare);
                    return;
                }
                StartOneNeedsLock(isSpare: false);
                return;
            }
        }
        if (worker.State == PoolWorkerState.Serving && (noCallsLeft || _queue.Count == 0) && worker.Link!.InFlightCount == 0)
        {
            LeaveNeedsLock(worker, ExitReason.Recycled);
        }
    }

    private bool IsTooOldNeedsLock(PoolWorker worker) =>
        _options.MaxWorkerAge != Timeout.InfiniteTimeSpan && _clock.GetElapsedTime(worker.ServingSince) >= _options.MaxWorkerAge;

    private bool IsTooLargeNeedsLock(PoolWorker worker) =>
        _options.MaxMemoryBytes > 0 && worker.Link!.InFlightCount == 0 && worker.Link.MemoryBytes > _options.MaxMemoryBytes;

    private void LeaveNeedsLock(PoolWorker worker, ExitReason reason)
    {
        worker.State = PoolWorkerState.Leaving;
        _workers.Remove(worker);
        _spares.Remove(worker);
        _leaving.Add(worker);
        worker.Link!.Join(reason);
    }

    private void ForgetNeedsLock(PoolWorker worker)
    {
        worker.State = PoolWorkerState.Gone;
        _workers.Remove(worker);
        _spares.Remove(worker);
        _leaving.Remove(worker);
    }

    /// <summary>Idle workers whose time is up are joined; busy ones that use too much memory are killed.</summary>
    private void Keep()
    {
        lock (_gate)
        {
            AssertInvariants();
            // The timer has fired and is not set any more.
            _keepDue = Timeout.InfiniteTimeSpan;
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
                else if (_options.MaxMemoryBytes > 0 && worker.Link!.MemoryBytes > _options.MaxMemoryBytes)
                {
                    List<PendingCall> taken = worker.Link.TakeBack();
                    worker.Link.Kill(ExitReason.MemoryLimit);
                    RequeueNeedsLock(worker, taken);
                }
            }
            FillAllNeedsLock();
        }
    }

    private bool IsIdleForLongNeedsLock(PoolWorker worker) =>
        _options.IdleTimeout != Timeout.InfiniteTimeSpan && _clock.GetElapsedTime(worker.LastProgress) >= _options.IdleTimeout;

    /// <summary>When <see cref="Keep"/> is to look next: never, while nothing can be due.</summary>
    private void SettleNeedsLock()
    {
        TimeSpan due = Timeout.InfiniteTimeSpan;
        foreach (PoolWorker worker in _workers)
        {
            if (worker.State != PoolWorkerState.Serving)
            {
                continue;
            }
            if (!worker.IsIdle)
            {
                due = _options.MaxMemoryBytes > 0 ? Sooner(due, s_memoryPeriod) : due;
                continue;
            }
            if (_options.IdleTimeout != Timeout.InfiniteTimeSpan)
            {
                due = Sooner(due, _options.IdleTimeout - _clock.GetElapsedTime(worker.LastProgress));
            }
            if (_options.MaxWorkerAge != Timeout.InfiniteTimeSpan)
            {
                due = Sooner(due, _options.MaxWorkerAge - _clock.GetElapsedTime(worker.ServingSince));
            }
        }
        if (due != _keepDue)
        {
            _keepDue = due;
            _keepTimer.Change(due, Timeout.InfiniteTimeSpan);
        }
    }

    private TimeSpan _keepDue = Timeout.InfiniteTimeSpan; // Guarded by _gate.

    private static TimeSpan Sooner(TimeSpan a, TimeSpan b)
    {
        TimeSpan least = TimeSpan.FromMilliseconds(1);
        b = b < least ? least : b;
        return a == Timeout.InfiniteTimeSpan || b < a ? b : a;
    }
}
