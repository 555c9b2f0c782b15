using Brood.Workers;

namespace Brood.Pool;

/// <summary>How calls end that did not just finish: crashed, stopped, given up, or joined.</summary>
internal sealed partial class Scheduler
{
    void IConnectionOwner.OnCrashed(IWorkerLink link, PendingCall call, WorkerExit exit)
    {
        lock (_gate)
        {
            AssertInvariants();
            _tally.Crashed(call, exit);
            if (call.Stop is null && call.RetriesLeft > 0 && call.CanRunAgain && exit.Reason != ExitReason.Killed)
            {
                call.RetriesLeft--;
                call.Connection = null;
                call.Rewind();
                _tally.Retried();
                _queue.Enqueue(call);
                return;
            }
        }
        call.Fail(link.CrashOf(call, exit, started: true));
    }

    void IConnectionOwner.OnExited(IWorkerLink link, WorkerExit exit, IReadOnlyList<PendingCall> notStarted)
    {
        var stopped = new List<PendingCall>();
        lock (_gate)
        {
            AssertInvariants();
            PoolWorker? worker = FindNeedsLock(link);
            if (worker is not null)
            {
                ForgetNeedsLock(worker);
            }
            foreach (PendingCall call in notStarted)
            {
                if (call.Stop is not null)
                {
                    stopped.Add(call);
                }
            }
            RequeueNeedsLock(null, notStarted);
            FillAllNeedsLock();
            if (_isJoining && _killed)
            {
                FailQueuedNeedsLock(new ObjectDisposedException(nameof(WorkerPool), "The pool was disposed before the call had started."));
            }
            TryEndNeedsLock();
        }
        foreach (PendingCall call in stopped)
        {
            call.Fail(call.StopException(started: false, _clock));
        }
    }

    /// <summary>Takes the call back if it has not started; else stops its work.</summary>
    public void Stop(PendingCall call, StopCause cause)
    {
        call.StopFor(cause);
        ICallLink? link;
        lock (_gate)
        {
            AssertInvariants();
            bool wasQueued = _queue.Remove(call);
            link = call.Connection;
            if (!wasQueued && link is IWorkerLink worker && worker.TryTakeBack(call))
            {
                wasQueued = true;
                FindNeedsLock(worker)?.TookBack();
            }
            if (wasQueued)
            {
                _tally.Stopped(cause);
                link = null;
                TryEndNeedsLock();
            }
        }
        if (link is null)
        {
            call.Fail(call.StopException(started: false, _clock));
        }
        else if (link.Has(call))
        {
            _tally.Stopped(cause);
            link.StopRunning(call);
        }
    }

    /// <summary>Finishes what was accepted, then ends all workers.</summary>
    public Task JoinAsync()
    {
        lock (_gate)
        {
            AssertInvariants();
            _isJoining = true;
            JoinIdleNeedsLock();
            TryEndNeedsLock();
        }
        return _ended.Task;
    }

    /// <summary>Ends all workers at once; what they had fails.</summary>
    public Task KillAsync()
    {
        IWorkerLink[] links;
        lock (_gate)
        {
            AssertInvariants();
            _isJoining = true;
            _killed = true;
            FailQueuedNeedsLock(new ObjectDisposedException(nameof(WorkerPool), "The pool was disposed before the call had started."));
            links = [.. _workers.Concat(_spares).Concat(_leaving).Where(static worker => worker.Link is not null).Select(static worker => worker.Link!)];
            TryEndNeedsLock();
        }
        foreach (IWorkerLink link in links)
        {
            link.Kill(ExitReason.Killed);
        }
        return _ended.Task;
    }

    private bool _killed; // Guarded by _gate.

    /// <summary>While joining: workers that have nothing left to do leave.</summary>
    private void JoinIdleNeedsLock()
    {
        if (_queue.Count > 0 && !_killed)
        {
            return;
        }
        foreach (PoolWorker worker in _workers.Concat(_spares).ToArray())
        {
            if (worker.Link is { } link)
            {
                LeaveNeedsLock(worker, ExitReason.Joined);
                if (_killed)
                {
                    link.Kill(ExitReason.Killed);
                }
            }
        }
    }

    private void TryEndNeedsLock()
    {
        if (!_isJoining)
        {
            return;
        }
        JoinIdleNeedsLock();
        if (_workers.Count == 0 && _spares.Count == 0 && _leaving.Count == 0 && _queue.Count == 0)
        {
            _aheadTimer.Dispose();
            _keepTimer.Dispose();
            _ended.TrySetResult();
        }
    }

    private void FailQueuedNeedsLock(Exception error)
    {
        foreach (PendingCall call in _queue.TakeAll())
        {
            _tally.Failed();
            call.Fail(Again(error));
        }
    }

    /// <summary>An exception of its own for each call: one that several threads throw collects all their stacks.</summary>
    private static Exception Again(Exception error) => error switch
    {
        WorkerStartException start => new WorkerStartException(start.Message, start.Exit, start.InnerException),
        ObjectDisposedException disposed => new ObjectDisposedException(disposed.ObjectName, disposed.Message),
        _ => error,
    };
}
