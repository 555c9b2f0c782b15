using Brood.Workers;

namespace Brood.Pool;

/// <summary>Which worker a call goes to, and how far ahead.</summary>
internal sealed partial class Scheduler
{
    private PoolWorker? FindRoomNeedsLock(PendingCall call)
    {
        PoolWorker? best;
        do
        {
            best = FindLeastBusyNeedsLock(call);
        }
        while (best is not null && IsTooLargeByNowNeedsLock(best));
        return best;
    }

    /// <summary>An idle worker; else, while calls are short, the one with the least sent ahead.</summary>
    private PoolWorker? FindLeastBusyNeedsLock(PendingCall call)
    {
        PoolWorker? best = null;
        int fewest = int.MaxValue;
        bool canGrow = _workers.Count < _options.Workers;
        foreach (PoolWorker worker in _workers)
        {
            if (worker.State != PoolWorkerState.Serving)
            {
                continue;
            }
            int calls = worker.CallCount;
            if (calls < fewest && calls < DepthOf(worker) && !(canGrow && calls > 0) && MayServe(worker, call))
            {
                best = worker;
                fewest = calls;
            }
        }
        return best;
    }

    /// <summary>How many calls the worker may have at a time: one that runs, and what is worth sending ahead.</summary>
    private int DepthOf(PoolWorker worker)
    {
        long depth = worker.AverageTicks >= _patienceTicks ? 1 : Math.Max(2, 1 + (_aheadTicks / Math.Max(1, worker.AverageTicks)));
        depth = Math.Min(depth, WorkerConnection.MaxInFlight / 2);
        if (worker.IsTooLarge || worker.IsSpent || worker.Taking.IsSuspect)
        {
            return worker.CallCount;
        }
        if (_options.MaxCallsPerWorker > 0)
        {
            long left = _options.MaxCallsPerWorker - worker.InvocationsGiven;
            depth = Math.Min(depth, worker.CallCount + Math.Max(0, left));
        }
        return (int)depth;
    }

    /// <summary>Whether the call leaves the worker within <see cref="WorkerPoolOptions.MaxCallsPerWorker"/>.</summary>
    private bool MayServe(PoolWorker worker, PendingCall call) =>
        _options.MaxCallsPerWorker == 0 || worker.InvocationsGiven + call.Invocations <= _options.MaxCallsPerWorker;

    private bool TrySendNeedsLock(PoolWorker worker, PendingCall call)
    {
        if (IsLarge(call))
        {
            StageApartNeedsLock(worker, call);
            return true;
        }
        bool wasIdle = worker.Link!.InFlightCount == 0;
        call.SentAt = _clock.GetTimestamp();
        try
        {
            if (!worker.Link.TrySend(call, call.Payload.Inline, call.Payload.Blocks))
            {
                // No room for it now, or somebody is taking calls back: looked at again soon, whatever happens.
                LookAgainNeedsLock();
                return false;
            }
        }
        catch (Exception e)
        {
            // Too large for a worker's memory, or the system's: it would be so for each.
            GiveUpNeedsLock(call);
            call.Fail(e);
            return true;
        }
        worker.InvocationsGiven += call.Invocations;
        OnSentNeedsLock(worker, call, wasIdle);
        return true;
    }

    private void OnSentNeedsLock(PoolWorker worker, PendingCall call, bool wasIdle)
    {
        WatchTakingNeedsLock();
        if (wasIdle)
        {
            worker.LastProgress = call.SentAt;
            if (_options.MaxMemoryBytes > 0)
            {
                SettleNeedsLock();
            }
        }
        else
        {
            LookAgainNeedsLock();
        }
    }

    private void LookAgainNeedsLock()
    {
        if (!_aheadTimerIsSet)
        {
            _aheadTimerIsSet = true;
            _aheadTimer.Change(s_patience, Timeout.InfiniteTimeSpan);
        }
    }

    private void FillNeedsLock(PoolWorker worker)
    {
        if (worker.State != PoolWorkerState.Serving || worker.Link!.IsGone)
        {
            return;
        }
        if (_queue.Count == 0 || IsTooLargeByNowNeedsLock(worker))
        {
            return;
        }
        int depth = DepthOf(worker);
        int calls = worker.CallCount;
        if (calls > 0 && calls > depth / 2)
        {
            // In batches: a worker that has half of what it may have is not waiting.
            return;
        }
        while (worker.CallCount < depth && _queue.TryPeek(out PendingCall call) && MayServe(worker, call))
        {
            if (!TrySendNeedsLock(worker, call))
            {
                return;
            }
            _queue.Dequeue();
        }
    }

    private void FillAllNeedsLock()
    {
        foreach (PoolWorker worker in _workers)
        {
            // First one for each that has none: no call is sent ahead of one worker while another has nothing to do.
            if (worker.IsIdle && DepthOf(worker) > 0 && _queue.TryPeek(out PendingCall call) && MayServe(worker, call)
                && !IsTooLargeByNowNeedsLock(worker) && TrySendNeedsLock(worker, call))
            {
                _queue.Dequeue();
            }
        }
        foreach (PoolWorker worker in _workers)
        {
            FillNeedsLock(worker);
        }
        StartWorkersNeedsLock();
        SettleNeedsLock();
    }

    /// <summary>What was sent ahead of workers that turned out slow goes back to the queue, where others may have it.</summary>
    private void TakeBackFromSlow()
    {
        lock (_gate)
        {
            AssertInvariants();
            _aheadTimerIsSet = false;
            long now = _clock.GetTimestamp();
            bool anyAhead = false;
            foreach (PoolWorker worker in _workers)
            {
                if (worker.State != PoolWorkerState.Serving || worker.Link!.InFlightCount <= 1)
                {
                    continue;
                }
                if (_clock.GetElapsedTime(worker.LastProgress, now) < s_patience)
                {
                    anyAhead = true;
                    continue;
                }
                worker.AverageTicks = Math.Max(worker.AverageTicks, _patienceTicks);
                List<PendingCall> taken = worker.Link.TakeBack();
                worker.Link.AcceptCalls();
                RequeueNeedsLock(worker, taken);
            }
            FillAllNeedsLock();
            if (anyAhead)
            {
                LookAgainNeedsLock();
            }
            TryEndNeedsLock();
        }
    }
}
