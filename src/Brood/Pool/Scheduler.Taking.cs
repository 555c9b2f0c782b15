using Brood.Workers;

namespace Brood.Pool;

/// <summary>Workers that do not take what they are handed: their calls go to others, and they are replaced.</summary>
internal sealed partial class Scheduler
{
    /// <summary>While calls are out, and then only, it is looked whether they are taken.</summary>
    private void WatchTakingNeedsLock()
    {
        if (!_takeTimerIsSet)
        {
            _takeTimerIsSet = true;
            _takeTimer.Change(TakeWatch.Period, Timeout.InfiniteTimeSpan);
        }
    }

    private void LookAtTaking()
    {
        lock (_gate)
        {
            AssertInvariants();
            _takeTimerIsSet = false;
            foreach (PoolWorker worker in _workers.Concat(_leaving).ToArray())
            {
                // One that leaves and has nothing left is killed when its time is up.
                if (worker.Link is { IsGone: false } link && (worker.State == PoolWorkerState.Serving || link.InFlightCount > 0))
                {
                    LookAtTakingNeedsLock(worker, link);
                }
            }
            FillAllNeedsLock();
            TryEndNeedsLock();
        }
    }

    private void LookAtTakingNeedsLock(PoolWorker worker, IWorkerLink link)
    {
        switch (worker.Taking.Look(link.UntakenPosition, link.IsSetUp, _options.StartTimeout, _clock))
        {
            case TakeVerdict.Waits:
                WatchTakingNeedsLock();
                break;
            case TakeVerdict.Suspect:
                TakeBackFromSuspectNeedsLock(worker);
                break;
            case TakeVerdict.Unresponsive:
                _tally.Unresponsive();
                _workers.Remove(worker);
                _leaving.Remove(worker);
                _leaving.Add(worker);
                worker.State = PoolWorkerState.Leaving;
                worker.LeftAt = _clock.GetTimestamp();
                link.Kill(ExitReason.Unresponsive);
                break;
        }
    }

    /// <summary>It has started nothing, so others may have all that it was handed. It gets no more until it shows that it takes calls.</summary>
    private void TakeBackFromSuspectNeedsLock(PoolWorker worker)
    {
        List<PendingCall> taken = worker.Link!.TakeBack();
        worker.Link.AcceptCalls();
        RequeueNeedsLock(worker, taken);
        WatchTakingNeedsLock();
    }
}
