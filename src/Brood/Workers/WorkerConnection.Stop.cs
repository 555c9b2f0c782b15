using Brood.Channel;

namespace Brood.Workers;

/// <summary>Stopping a call that runs: ask, wait, kill.</summary>
internal sealed partial class WorkerConnection
{
    /// <summary>Cancels the tokens of a call that may hear of it; after its grace, or at once if it cannot hear, kills the worker.</summary>
    public void StopRunning(PendingCall call)
    {
        if (!call.NeedsControl || call.Options.CancelGrace == TimeSpan.Zero)
        {
            KillFor(call);
            return;
        }
        // First the timer: a worker that reads nothing may keep the frame waiting, until the timer kills it.
        ITimer? grace = null;
        grace = TimeProvider.System.CreateTimer(
            _ =>
            {
                grace?.Dispose();
                call.FailIfItThrows(() => KillFor(call));
            },
            null, call.Options.CancelGrace, Timeout.InfiniteTimeSpan);
        SendControl(FrameKind.Cancel, 0, call);
    }

    /// <summary>Kills the worker if it still takes nothing; a call that it takes at this moment is not harmed.</summary>
    public void KillUnresponsive()
    {
        List<PendingCall> taken = TakeBack();
        if (UntakenPosition >= 0)
        {
            Kill(ExitReason.Unresponsive);
        }
        else
        {
            AcceptCalls();
        }
        _owner.OnTakenBack(this, taken);
    }

    /// <summary>Kills the worker if it has this call, and then only: no other call is harmed.</summary>
    private void KillFor(PendingCall call)
    {
        if (!Has(call))
        {
            return;
        }
        // Once nothing else can start, the call either is the one that runs, or it has ended.
        List<PendingCall> taken = TakeBack();
        if (Has(call))
        {
            Kill(ExitReason.CallStopped);
        }
        else
        {
            AcceptCalls();
        }
        // If the call itself is among them, its owner knows that it was stopped.
        _owner.OnTakenBack(this, taken);
    }
}
