using Brood.Channel;
using Brood.Transfer;
using Brood.Workers;

namespace Brood.Pool;

/// <summary>A worker without a process. What it does next is said from outside, step by step.</summary>
internal sealed class FakeLink(IConnectionOwner owner, FakeWorkers workers, int processId) : IWorkerLink
{
    private readonly List<FakeCall> _calls = [];
    private readonly List<(long Position, FakeCall Call)> _ring = []; // What was sent and not claimed; what was taken back stays until it is skipped.
    private long _lastPosition = -1;
    private readonly TaskCompletionSource<WorkerExit> _exited = new();
    private int _holds;

    public int ProcessId => processId;

    public int InFlightCount => _calls.Count;

    public int InvocationsInFlight => _calls.Sum(static call => call.Invocations);

    public long MemoryBytes
    {
        get;
        set
        {
            field = value;
            MemorySince = workers.Clock.GetTimestamp();
        }
    }

    public long MemorySince { get; private set; }

    public Task<WorkerExit> Exited => _exited.Task;

    public bool IsGone { get; private set; }

    /// <summary>Its process does not end by itself when it is joined.</summary>
    public bool HangsWhenJoined { get; set; }

    /// <summary>It does nothing at all, but dies when it is killed.</summary>
    public bool IsStopped { get; set; }

    public bool IsSetUp { get; set; } = true;

    public long UntakenPosition => Claimed is null && _ring.Count > 0 && !IsGone ? _ring[0].Position : -1;

    /// <summary>When it last passed over what was taken back.</summary>
    public long? SkippedAt { get; private set; }

    /// <summary>Since when it would have to take that.</summary>
    public long UntakenSince { get; private set; }

    /// <summary>The next calls find no room.</summary>
    public bool IsFull { get; set; }

    /// <summary>When it last had no room.</summary>
    public long? RefusedAt { get; private set; }

    public ExitReason? Joined { get; private set; }

    public ExitReason? Killed { get; private set; }

    public string? KillFacts { get; private set; }

    public int Given { get; private set; }

    /// <summary>The call that was taken out of the ring: it cannot be taken back any more.</summary>
    public FakeCall? Claimed { get; private set; }

    public bool HasStarted { get; private set; }

    public bool CanServe => !IsGone && Killed is null && Joined is null && _holds == 0 && !IsFull;

    public PendingCall? Running => HasStarted ? Claimed : null;

    public bool TrySend(PendingCall call, ReadOnlySpan<byte> inline, ReadOnlySpan<Block> blocks)
    {
        if (!CanServe)
        {
            RefusedAt = workers.Clock.GetTimestamp();
            return false;
        }
        var sent = (FakeCall)call;
        Assert.False(sent.IsEnded, $"{sent} was sent after it had ended");
        if (sent.Payload.TotalBytes < Scheduler.LargeBytes)
        {
            // A large one had its turn when it was copied.
            workers.CheckTurn(sent);
        }
        workers.CheckMemory(this);
        call.Connection = this;
        _calls.Add(sent);
        _ring.Add((++_lastPosition, sent));
        if (_ring.Count == 1)
        {
            UntakenSince = workers.Clock.GetTimestamp();
        }
        Given += sent.Invocations;
        return true;
    }

    public StagedCall? TryStage(PendingCall call)
    {
        Assert.True(call.Payload.TotalBytes >= Scheduler.LargeBytes, "A small call was copied apart.");
        workers.WhileCopying?.Invoke(this);
        if (workers.CopyFails)
        {
            throw new TransferException("There is no room.");
        }
        if (IsGone)
        {
            return null;
        }
        workers.CopiesOpen++;
        return new StagedCall(default, [], []);
    }

    public bool TrySend(PendingCall call, StagedCall staged)
    {
        workers.CopiesOpen--;
        return TrySend(call, [], []);
    }

    public void Discard(StagedCall staged) => workers.CopiesOpen--;

    public void Define(Brood.Calls.Function function) { }

    public bool TryBeginWait() => false;

    public void Wait(PendingCall call, bool maySleep) => throw new NotSupportedException();

    public void EndWait() => throw new NotSupportedException();

    public bool TryTakeBack(PendingCall call) => call != Claimed && !IsGone && Take((FakeCall)call);

    public List<PendingCall> TakeBack()
    {
        _holds++;
        List<PendingCall> taken = IsGone ? [] : [.. _calls.Where(call => call != Claimed)];
        taken.ForEach(call => Take((FakeCall)call));
        return taken;
    }

    public void AcceptCalls() => _holds--;

    public bool Has(PendingCall call) => _calls.Contains(call);

    public void SendControl(FrameKind kind, int liveId, PendingCall call, TransferWriter? writer = null) { }

    public void SendCredit(PendingCall call, int items) { }

    public void StopRunning(PendingCall call)
    {
        List<PendingCall> taken = TakeBack();
        if (Has(call))
        {
            Kill(ExitReason.CallStopped);
        }
        else
        {
            AcceptCalls();
        }
        owner.OnTakenBack(this, taken);
    }

    public void Join(ExitReason reason)
    {
        if (!IsGone && Killed is null)
        {
            Joined ??= reason;
        }
    }

    public void Kill(ExitReason reason, string? facts = null)
    {
        if (reason == ExitReason.Unresponsive)
        {
            workers.CheckUnresponsive(this);
        }
        KillFacts ??= facts;
        Killed ??= reason;
    }

    public Exception CrashOf(PendingCall call, WorkerExit exit, bool started) => call.Stop is not null
        ? call.StopException(started, TimeProvider.System) : new WorkerCrashedException("crash", exit, call.Name, started);

    // What the worker does.

    public void Claim()
    {
        Skip();
        Claimed = _calls[0];
        Assert.Same(Claimed, _ring[0].Call);
        _ring.RemoveAt(0);
    }

    /// <summary>Passes over what was taken back.</summary>
    public void Skip()
    {
        UntakenSince = workers.Clock.GetTimestamp();
        if (_ring.RemoveAll(record => !_calls.Contains(record.Call)) > 0)
        {
            SkippedAt = UntakenSince;
        }
    }

    public void Start()
    {
        HasStarted = true;
        workers.OnStarted(Claimed!);
    }

    /// <summary>An item of several is done; the next is read.</summary>
    public void FinishItem()
    {
        HasStarted = false;
        Claimed!.Done++;
        Claimed.Starts = 0;
        Claimed.RetriesLeft = Claimed.Options.Retries;
        Claimed.ReadingDeaths = 0;
    }

    public void Finish(bool throws)
    {
        FakeCall call = Claimed!;
        Claimed = null;
        HasStarted = false;
        UntakenSince = workers.Clock.GetTimestamp();
        _calls.Remove(call);
        if (throws)
        {
            call.Fail(new InvalidOperationException("thrown by the function"));
        }
        else
        {
            call.Return();
        }
        workers.Finished += call.Items - call.Counted;
        call.Counted = call.Items;
        owner.OnRoom(this, call);
    }

    public void Die(ExitReason reason)
    {
        IsGone = true;
        var exit = new WorkerExit { ProcessId = processId, Reason = reason };
        FakeCall? running = HasStarted ? Claimed : null;
        List<PendingCall> notStarted = [.. _calls.Where(call => call != running)];
        if (Claimed is not null)
        {
            workers.Finished += Claimed.Done - Claimed.Counted;
            Claimed.Counted = Claimed.Done;
        }
        if (Claimed is not null && running is null)
        {
            Claimed.ReadingDeaths++;
        }
        _calls.Clear();
        Claimed = null;
        if (running is not null)
        {
            workers.Crashed++;
            owner.OnCrashed(this, running, exit);
        }
        owner.OnExited(this, exit, notStarted);
        _exited.SetResult(exit);
    }

    private bool Take(FakeCall call)
    {
        if (!_calls.Remove(call))
        {
            return false;
        }
        Given -= call.Invocations;
        return true;
    }
}
