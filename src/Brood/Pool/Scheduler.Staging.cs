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

    private long _stagingInvocations; // Of the calls that are being copied; they count as waiting. Guarded by _gate.

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
            if (error is not null)
            {
                worker.TookBack(call);
                CloseNeedsLock(call);
                _tally.Failed(call);
            }
            else
            {
                SendStagedNeedsLock(worker, call, staged);
            }
            TryEndNeedsLock();
        }
        if (error is not null)
        {
            call.Fail(error);
        }
    }

    private void SendStagedNeedsLock(PoolWorker worker, PendingCall call, StagedCall? staged)
    {
        if (worker.State != PoolWorkerState.Serving || worker.Taking.IsSuspect || IsTooLargeByNowNeedsLock(worker)
            || call.Stop is not null || call.IsEnded || _killed)
        {
            if (staged is not null)
            {
                worker.Link!.Discard(staged);
            }
            RequeueNeedsLock(worker, [call]);
            FillAllNeedsLock();
            return;
        }
        bool wasIdle = worker.CallCount == 0;
        call.SentAt = _clock.GetTimestamp();
        if (staged is not null && worker.Link!.TrySend(call, staged))
        {
            OnSentNeedsLock(worker, call, wasIdle);
            return;
        }
        // No room for it now, or its worker is dying: not at once, or it would be copied again and again meanwhile.
        RequeueNeedsLock(worker, [call]);
        LookAgainNeedsLock();
    }
}
