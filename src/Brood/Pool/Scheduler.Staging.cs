using Brood.Workers;

namespace Brood.Pool;

/// <summary>Large calls: copying them takes longer than all others may wait, so it is done without the lock.</summary>
/// <remarks>Meanwhile the call is promised to its worker and is neither in the queue nor on the worker. What happens to either is
/// looked at when the copy is made.</remarks>
internal sealed partial class Scheduler
{
    /// <summary>A copy of so many bytes takes a tenth of a millisecond.</summary>
    public const long LargeBytes = 1 << 20;

    private static bool IsLarge(PendingCall call) => call.Payload.TotalBytes >= LargeBytes;

    private void PromiseNeedsLock(PoolWorker worker, PendingCall call)
    {
        worker.StagingCount++;
        worker.StagingInvocations += call.Invocations;
        worker.InvocationsGiven += call.Invocations;
        _stagingInvocations += call.Invocations;
    }

    private void StageApartNeedsLock(PoolWorker worker, PendingCall call)
    {
        PromiseNeedsLock(worker, call);
        // Fair: it is the longest work that this pool gives away. Tests know it by this.
        _ = _apart.StartNew(() => Stage(worker, call), TaskCreationOptions.PreferFairness);
    }

    private void Stage(PoolWorker worker, PendingCall call)
    {
        StagedCall? staged = null;
        Exception? error = null;
        try
        {
            staged = worker.Link!.TryStage(call);
        }
        catch (Exception e)
        {
            // Too large for a worker's memory, or the system's: it would be so for each.
            error = e;
        }
        lock (_gate)
        {
            AssertInvariants();
            worker.StagingCount--;
            worker.StagingInvocations -= call.Invocations;
            _stagingInvocations -= call.Invocations;
            bool isUnwanted = call.Stop is not null || call.IsEnded || _killed;
            // Whoever stopped it hears of that, and not of what became of the copy.
            error = isUnwanted ? null : error;
            if (error is null
                && (isUnwanted || worker.State != PoolWorkerState.Serving || worker.Taking.IsSuspect || IsTooLargeByNowNeedsLock(worker)))
            {
                if (staged is not null)
                {
                    worker.Link!.Discard(staged);
                }
                RequeueNeedsLock(worker, [call]);
            }
            else if (error is null && !TrySendStagedNeedsLock(worker, call, staged, ref error) && error is null)
            {
                // No room for it now, or its worker is dying: not at once, or it would be copied again and again meanwhile.
                RequeueNeedsLock(worker, [call]);
                LookAgainNeedsLock();
                return;
            }
            if (error is not null)
            {
                worker.TookBack(call);
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

    private bool TrySendStagedNeedsLock(PoolWorker worker, PendingCall call, StagedCall? staged, ref Exception? error)
    {
        bool wasIdle = worker.Link!.InFlightCount == 0;
        call.SentAt = _clock.GetTimestamp();
        try
        {
            if (staged is null || !worker.Link.TrySend(call, staged))
            {
                return false;
            }
        }
        catch (Exception e)
        {
            error = e;
            return false;
        }
        OnSentNeedsLock(worker, call, wasIdle);
        return true;
    }
}
