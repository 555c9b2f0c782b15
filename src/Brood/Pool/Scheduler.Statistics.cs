using Brood.Workers;

namespace Brood.Pool;

internal sealed partial class Scheduler
{
    public PoolStatistics GetStatistics()
    {
        lock (_gate)
        {
            AssertInvariants();
            long running = 0;
            var workers = new List<WorkerStatistics>();
            foreach (PoolWorker worker in _workers.Concat(_spares).Concat(_leaving))
            {
                running += worker.InvocationsGiven - worker.InvocationsEnded - worker.StagingInvocations;
                // One that has just died is about to be forgotten.
                if (worker.Link is not { IsGone: true })
                {
                    workers.Add(Describe(worker));
                }
            }
            return new PoolStatistics
            {
                Workers = workers,
                Queued = _queue.Invocations + _stagingInvocations,
                Running = running,
                Finished = _tally.FinishedCount,
                Failed = _tally.FailedCount,
                Crashed = _tally.CrashedCount,
                Killed = _tally.KilledCount,
                Unresponsive = _tally.UnresponsiveCount,
                Cancelled = _tally.CancelledCount,
                TimedOut = _tally.TimedOutCount,
                Retried = _tally.RetriedCount,
                Refused = _tally.RefusedCount,
                TimeQueued = _tally.TimeQueued,
                TimeRunning = _tally.TimeRunning,
            };
        }
    }

    private WorkerStatistics Describe(PoolWorker worker)
    {
        PendingCall? running = worker.Link?.Running;
        return new WorkerStatistics
        {
            ProcessId = worker.Link?.ProcessId ?? 0,
            State = worker.State == PoolWorkerState.Serving
                ? (worker.CallCount > 0 ? "Running" : "Idle") : worker.State.ToString(),
            Function = running?.Name,
            Since = worker.Link is null ? TimeSpan.Zero : _clock.GetElapsedTime(worker.LastProgress),
            MemoryBytes = worker.Link?.MemoryBytes ?? 0,
            CallsServed = worker.InvocationsEnded,
        };
    }
}
