using System.Diagnostics;
using Brood.Platform;

namespace Brood.Workers;

/// <summary>The end of a worker: what it left behind, and what becomes of the calls that were on it.</summary>
internal sealed partial class WorkerConnection
{
    private volatile bool _isGone;

    public bool IsGone => _isGone;

    private string _startNote = ""; // Set before Exited completes.

    bool IProcessObserver.TakesOutput => !_relay.IsFull;

    /// <summary>With the process's output lock held.</summary>
    void IProcessObserver.OnOutput(bool isError, ReadOnlySpan<byte> bytes) => _relay.Add(isError, bytes);

    /// <summary>The process is gone, its output has been read. On a thread of its own.</summary>
    void IProcessObserver.OnExited(ProcessEnd end)
    {
        lock (_gate)
        {
            // Whoever kills it from now on is too late to be the reason.
            _isGone = true;
        }
        // Before any call is told of the end: what it printed is out by then.
        _relay.Complete();
        // What it still sent counts: a result that lies in the ring is a result.
        _receiver.CloseAfterDeath();
        WorkerExit exit;
        var notStarted = new List<PendingCall>();
        PendingCall? started = null;
        lock (_gate)
        {
            _acceptsCalls = false;
            _closed = true;
            EndLendingNeedsLock();
            var status = new WorkerStatus(_region);
            exit = ExitReport.Make(ProcessId, end, status, _relay, _hostReason, _killedBy, _ready.Task.IsCompleted, Stopwatch.GetElapsedTime(_startedAt));
            // Initialize is no call.
            exit = exit with { CallsServed = Math.Max(0, exit.CallsServed - (_initialize is { IsCompleted: true } ? 1 : 0)) };
            _startNote = status.ReadNote() is { Note: ExitNote.StartFailed } note ? note.Text : "";
            foreach (PendingCall? call in _inFlight)
            {
                if (call is null)
                {
                    continue;
                }
                if (status.HasStarted(call.CallId) && !call.IsDone(status.RunningItem))
                {
                    started = call;
                }
                else
                {
                    call.ReadingDeaths += status.IsReading(call.CallId) ? 1 : 0;
                    notStarted.Add(call);
                }
                RemoveNeedsLock(call);
            }
        }
        if (_initialize is { } initialize && notStarted.Remove(initialize))
        {
            initialize.Fail(InitializeEnded(initialize, exit, started: false));
        }
        notStarted.Sort(static (a, b) => a.CallId.CompareTo(b.CallId));
        Unmap();
        if (started is not null && started == _initialize)
        {
            started.Fail(InitializeEnded(started, exit, started: true));
        }
        else if (started is not null)
        {
            _owner.OnCrashed(this, started, exit);
        }
        _owner.OnExited(this, exit, notStarted);
        _process.WaitUntilReaped();
        _exited.TrySetResult(exit);
    }

    /// <summary>Why a call that was on this worker failed with it.</summary>
    public Exception CrashOf(PendingCall call, WorkerExit exit, bool started) =>
        call.Stop is not null ? call.StopException(started, TimeProvider.System, ProcessId)
        : new WorkerCrashedException(CrashMessages.Of(call, exit, started, _owner.RepeatsCalls, _killFacts), exit, call.Function.Name, started);

    /// <summary>Becomes the cause of a <see cref="WorkerStartException"/>, which says what to do.</summary>
    private static WorkerCrashedException InitializeEnded(PendingCall call, WorkerExit exit, bool started) =>
        new(StartMessages.InitializeFailed(call.Name, exit, null), exit, call.Function.Name, started);

    private void Unmap()
    {
        _control.Close();
        _receiver.Dispose();
        _bulkOut.Dispose();
        _region.Dispose();
        _process.CloseMemory();
    }
}
