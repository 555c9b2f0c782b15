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
            if (FindNeedsLock(link) is { } worker)
            {
                CountFinishedNeedsLock(worker, call, hasEnded: false);
                worker.InvocationsEnded++;
            }
            if (call.Stop is null && call.RetriesLeft > 0 && call.CanRunAgain && !call.IsEnded && exit.Reason != ExitReason.Killed)
            {
                call.RetriesLeft--;
                call.Connection = null;
                _tally.Retried();
                if (call.NeedsRewind)
                {
                    RewindNeedsLock(call);
                }
                else
                {
                    _queue.Enqueue(call);
                }
                return;
            }
            CloseNeedsLock(call);
        }
        call.Fail(link.CrashOf(call, exit, started: true));
    }

    void IConnectionOwner.OnExited(IWorkerLink link, WorkerExit exit, IReadOnlyList<PendingCall> notStarted)
    {
        var lost = new List<PendingCall>();
        lock (_gate)
        {
            AssertInvariants();
            _unreapedCount++;
            PoolWorker? worker = FindNeedsLock(link);
            if (worker is not null)
            {
                ForgetNeedsLock(worker);
                foreach (PendingCall call in notStarted)
                {
                    CountFinishedNeedsLock(worker, call, hasEnded: false);
                }
                if (worker.InvocationsEnded == 0 && DiedByItself(exit) && !notStarted.Any(static call => call.ReadingDeaths > 0))
                {
                    OnDiedBeforeServingNeedsLock(exit);
                }
            }
            var again = new List<PendingCall>();
            foreach (PendingCall call in notStarted)
            {
                if (call.Stop is null && call.ReadingDeaths >= MaxReadingDeaths)
                {
                    _tally.Crashed(call, exit);
                    CloseNeedsLock(call);
                    lost.Add(call);
                }
                else if (call.NeedsRewind && call.Stop is null && !call.IsEnded && !_killed)
                {
                    call.Connection = null;
                    RewindNeedsLock(call);
                }
                else
                {
                    again.Add(call);
                }
            }
            RequeueNeedsLock(null, again);
            FillAllNeedsLock();
            TryEndNeedsLock();
        }
        _ = link.Exited.ContinueWith(_ => OnReaped(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        foreach (PendingCall call in lost)
        {
            call.Fail(link.CrashOf(call, exit, started: false));
        }
    }

    private void CountFinishedNeedsLock(PoolWorker worker, PendingCall call, bool hasEnded)
    {
        int finished = call.TakeFinished(hasEnded);
        worker.InvocationsEnded += finished;
        _tally.Finished(finished);
    }

    /// <summary>A call that so many workers died of while they read its arguments is not given to another.</summary>
    private const int MaxReadingDeaths = 3;

    private static bool DiedByItself(WorkerExit exit) => exit.Reason is not (ExitReason.Joined or ExitReason.Recycled
        or ExitReason.Killed or ExitReason.CallStopped or ExitReason.MemoryLimit);

    /// <summary>What it has got already need not be done again. It is encoded anew, which runs code of the user's types: apart, and without the lock.</summary>
    private void RewindNeedsLock(PendingCall call) => _ = _apart.StartNew(() =>
    {
        Exception? error = null;
        try
        {
            call.Rewind();
        }
        catch (Exception e)
        {
            error = e;
        }
        OnRewound(call, error);
    });

    private void OnRewound(PendingCall call, Exception? error)
    {
        lock (_gate)
        {
            AssertInvariants();
            if (error is null)
            {
                RequeueNeedsLock(null, [call]);
            }
            else
            {
                GiveUpNeedsLock(call);
            }
            FillAllNeedsLock();
            TryEndNeedsLock();
        }
        if (error is not null)
        {
            call.Fail(error);
        }
    }

    private static ObjectDisposedException Disposed() => new(typeof(WorkerPool).FullName, "The pool was disposed before the call had started; the function has not run.");

    /// <summary>Takes the call back if it has not started; else stops its work.</summary>
    public void Stop(PendingCall call, StopCause cause)
    {
        bool isFirst = call.StopFor(cause);
        ICallLink? link;
        bool wasWaiting;
        int? untakenBy = null;
        lock (_gate)
        {
            AssertInvariants();
            if (isFirst && !call.IsEnded)
            {
                _tally.Stopped(cause);
            }
            wasWaiting = _queue.Remove(call);
            link = call.Connection;
            long untaken = cause.IsTimeout && link is IWorkerLink { IsGone: false } handed ? handed.UntakenPosition : -1;
            if (!wasWaiting && link is IWorkerLink worker && worker.TryTakeBack(call))
            {
                wasWaiting = true;
                untakenBy = untaken >= 0 ? worker.ProcessId : null;
                call.Connection = null;
                if (FindNeedsLock(worker) is { } left)
                {
                    left.TookBack(call);
                    if (untaken >= 0 && worker.IsSetUp && _clock.GetElapsedTime(call.SentAt) >= TakeWatch.Period)
                    {
                        left.Taking.Suspect(untaken, _clock.GetTimestamp());
                        TakeBackFromSuspectNeedsLock(left);
                    }
                    FillNeedsLock(left);
                    SettleNeedsLock();
                }
            }
            if (wasWaiting)
            {
                CloseNeedsLock(call);
                TryEndNeedsLock();
            }
        }
        if (wasWaiting)
        {
            call.Fail(call.StopException(started: false, _clock, untakenBy));
        }
        else if (link?.Has(call) == true)
        {
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
            FailQueuedNeedsLock(Disposed());
            links = [.. _workers.Concat(_spares).Concat(_leaving).Where(static worker => worker.Link is not null).Select(static worker => worker.Link!)];
            TryEndNeedsLock();
        }
        _starts.Cancel();
        foreach (IWorkerLink link in links)
        {
            link.Kill(ExitReason.Killed);
        }
        return _ended.Task;
    }

    private void OnReaped()
    {
        lock (_gate)
        {
            _unreapedCount--;
            TryEndNeedsLock();
        }
    }

    private int _unreapedCount; // Workers that are forgotten and still in the process table. Guarded by _gate.

    private bool _killed; // Guarded by _gate.
    private readonly CancellationTokenSource _starts = new(); // Cancelled to kill workers that are being started.

    /// <summary>While joining: workers that have nothing left to do leave.</summary>
    private void JoinIdleNeedsLock()
    {
        // While calls wait, or may have to be taken back from a worker that turns out slow, the others are still needed.
        if (!_killed && (_queue.Count > 0 || _stagingInvocations > 0 || _workers.Exists(static worker => worker.Link?.InFlightCount > 1)))
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
        SettleNeedsLock();
    }

    private void TryEndNeedsLock()
    {
        if (!_isJoining)
        {
            return;
        }
        JoinIdleNeedsLock();
        if (_workers.Count == 0 && _spares.Count == 0 && _leaving.Count == 0 && _unreapedCount == 0 && _openCount == 0)
        {
            _aheadTimer.Dispose();
            _takeTimer.Dispose();
            _keepTimer.Dispose();
            _spareTimer.Dispose();
            _ended.TrySetResult();
        }
    }

    private void FailQueuedNeedsLock(Exception error)
    {
        foreach (PendingCall call in _queue.TakeAll())
        {
            GiveUpNeedsLock(call);
            call.Fail(Again(error));
        }
    }

    /// <summary>An exception of its own for each call: one that several threads throw collects all their stacks.</summary>
    private static Exception Again(Exception error) => error switch
    {
        WorkerStartException start => new WorkerStartException(start.Message, start.Exit, start.InnerException),
        ObjectDisposedException => Disposed(),
        _ => error,
    };
}
