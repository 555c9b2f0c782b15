using System.Diagnostics;
using Brood.Calls;
using Brood.Channel;
using Brood.Memory;
using Brood.Platform;
using Brood.Transfer;

namespace Brood.Workers;

/// <summary>What the owner of a connection hears. From the threads of the channel: must not block.</summary>
internal interface IConnectionOwner
{
    /// <summary>A call that was sent on the connection has ended; there may be room again.</summary>
    void OnRoom(WorkerConnection connection);

    /// <summary>Calls that had been sent and not started are the owner's again, in their order. There may be none.</summary>
    void OnTakenBack(WorkerConnection connection, IReadOnlyList<PendingCall> calls);

    /// <summary>The worker is gone, and this call had started on it. Followed by <see cref="OnExited"/>.</summary>
    void OnCrashed(WorkerConnection connection, PendingCall call, WorkerExit exit);

    /// <summary>The worker is gone. The calls had been sent to it and had not started.</summary>
    void OnExited(WorkerConnection connection, WorkerExit exit, IReadOnlyList<PendingCall> notStarted);
}

/// <summary>The host's side of one worker: its process, its channel, and the calls that are on it.</summary>
internal sealed partial class WorkerConnection : IFrameHandler, IProcessObserver
{
    /// <summary>How many calls may be on one worker at a time, started or not.</summary>
    public const int MaxInFlight = 1024;

    private readonly IConnectionOwner _owner;
    private readonly WorkerOptions _options;
    private readonly OutputRelay _relay;
    private readonly TypePolicy _policy;
    private readonly long _startedAt = Stopwatch.GetTimestamp();
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<WorkerExit> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly PendingCall?[] _inFlight = new PendingCall?[MaxInFlight]; // By call id. Set under _gate, cleared by the receiver or under _gate.
    private readonly HashSet<int> _defined = []; // Guarded by _gate.
    private readonly Lock _gate = new();

    private WorkerProcess _process = null!; // Set by Start, then constant; like the three below.
    private SharedRegion _region = null!;
    private RingWriter<RegionMemory> _calls = null!; // Guarded by _gate.
    private BulkSender _bulkOut = null!;
    private FrameSender _control = null!;
    private HostReceiver _receiver = null!;
    private long _lastCallId; // Guarded by _gate.
    private int _inFlightCount; // Interlocked.
    private bool _closed; // Guarded by _gate: the region is, or is about to be, unmapped.
    private bool _acceptsCalls = true; // Guarded by _gate.
    private ExitReason? _hostReason; // Guarded by _gate: why this side ends the worker.

    private WorkerConnection(WorkerOptions options, IConnectionOwner owner)
    {
        _options = options;
        _owner = owner;
        _relay = new OutputRelay(options.Output);
        _policy = options.KnownTypes is null ? TypePolicy.Default : TypePolicy.Only(options.KnownTypes);
    }

    public int ProcessId => _process.ProcessId;

    public Task<WorkerExit> Exited => _exited.Task;

    public int InFlightCount => Volatile.Read(ref _inFlightCount);

    /// <summary>Sends a call if there is room for it.</summary>
    /// <param name="inline">What was encoded; the call's own payload, or that of a writer that is still at hand.</param>
    /// <returns>False: no room now, or the worker takes no more calls.</returns>
    /// <exception cref="TransferException">The value is too large for this worker's memory.</exception>
    public bool TrySend(PendingCall call, ReadOnlySpan<byte> inline, ReadOnlySpan<Block> blocks)
    {
        var header = new FrameHeader(call.Kind, call.Flags, call.Function.Id, 0);
        long[]? offsets = null;
        if (!BulkAssembler.FitsInline(inline, blocks))
        {
            try
            {
                inline = BulkAssembler.Assemble(_bulkOut, ref header, inline, blocks, out offsets);
            }
            catch (ObjectDisposedException)
            {
                // The worker is gone; its owner is about to hear of it.
                return false;
            }
        }
        lock (_gate)
        {
            if (_acceptsCalls && TrySendNeedsLock(call, header, inline))
            {
                return true;
            }
        }
        if (offsets is not null)
        {
            _bulkOut.Release(offsets);
        }
        return false;
    }

    /// <summary>Waits in the caller's thread for the answer, as long as looking for it pays.</summary>
    public bool TryWait(PendingCall call, bool maySleep) => _receiver.TryWait(call, maySleep);

    /// <summary>Sends something for a call that runs. Nothing happens if it has ended.</summary>
    public void SendControl(FrameKind kind, int liveId, PendingCall call, TransferWriter? writer = null)
    {
        if (!call.IsEnded)
        {
            _control.Send(
                new FrameHeader(kind, FrameFlags.None, liveId, call.CallId),
                writer is null ? [] : writer.Inline,
                writer is null ? [] : writer.Blocks);
        }
    }

    public void SendCredit(PendingCall call, int items)
    {
        if (!call.IsEnded)
        {
            _control.Send(new FrameHeader(FrameKind.Credit, FrameFlags.None, 0, call.CallId), BitConverter.GetBytes(items), []);
        }
    }

    /// <summary>Takes back all calls that have not started. The worker takes no new ones until <see cref="AcceptCalls"/>.</summary>
    public List<PendingCall> TakeBack()
    {
        var taken = new List<PendingCall>();
        lock (_gate)
        {
            _acceptsCalls = false;
            if (_closed)
            {
                return taken;
            }
            foreach (PendingCall? call in _inFlight)
            {
                if (call is not null && _calls.TryWithdraw(call.Position))
                {
                    RemoveNeedsLock(call);
                    taken.Add(call);
                }
            }
        }
        taken.Sort(static (a, b) => a.CallId.CompareTo(b.CallId));
        return taken;
    }

    /// <summary>Takes back one call.</summary>
    /// <returns>False: it has been started, or has ended.</returns>
    public bool TryTakeBack(PendingCall call)
    {
        lock (_gate)
        {
            if (_closed || _inFlight[Slot(call.CallId)] != call || !_calls.TryWithdraw(call.Position))
            {
                return false;
            }
            RemoveNeedsLock(call);
            return true;
        }
    }

    public void AcceptCalls()
    {
        lock (_gate)
        {
            _acceptsCalls = _hostReason is null && !_closed;
        }
    }

    /// <summary>Whether this call is the one that the worker has, started or about to start.</summary>
    public bool Has(PendingCall call) => Volatile.Read(ref _inFlight[Slot(call.CallId)]) == call;

    /// <summary>Whether the call's function has started, as the worker itself wrote it down.</summary>
    public bool HasStarted(PendingCall call)
    {
        lock (_gate)
        {
            return !_closed && new WorkerStatus(_region).HasStarted(call.CallId);
        }
    }

    public long MemoryBytes => _process.MemoryBytes;

    /// <summary>Everything that was sent is done; then the worker ends.</summary>
    public void Join(ExitReason reason = ExitReason.Joined)
    {
        lock (_gate)
        {
            if (_closed || _hostReason is not null)
            {
                return;
            }
            _acceptsCalls = false;
            _hostReason = reason;
            var exit = new FrameHeader(FrameKind.Exit, FrameFlags.None, 0, 0);
            while (_calls.TryWrite(exit, []) < 0)
            {
                _calls.WakeConsumer();
                _calls.WaitForRoom(0, timeoutMilliseconds: 100);
            }
            _calls.WakeConsumer();
        }
    }

    /// <summary>Ends the worker at once. The first reason counts.</summary>
    public void Kill(ExitReason reason)
    {
        lock (_gate)
        {
            _acceptsCalls = false;
            if (_hostReason is null or ExitReason.Joined or ExitReason.Recycled)
            {
                _hostReason = reason;
            }
        }
        _process.Kill();
    }

    private bool TrySendNeedsLock(PendingCall call, FrameHeader header, ReadOnlySpan<byte> payload)
    {
        long id = _lastCallId + 1;
        ref PendingCall? slot = ref _inFlight[Slot(id)];
        if (_closed || slot is not null || !TryDefineNeedsLock(call.Function))
        {
            return false;
        }
        call.CallId = id;
        call.Position = -1;
        call.Connection = this;
        Volatile.Write(ref slot, call);
        Interlocked.Increment(ref _inFlightCount);
        long position = _calls.TryWrite(header with { CallId = id }, payload);
        if (position < 0)
        {
            RemoveNeedsLock(call);
            return false;
        }
        call.Position = position;
        _lastCallId = id;
        _calls.WakeConsumer();
        call.Live?.Connect(call);
        return true;
    }

    private bool TryDefineNeedsLock(Function function)
    {
        if (_defined.Contains(function.Id))
        {
            return true;
        }
        if (_calls.TryWrite(new FrameHeader(FrameKind.Define, FrameFlags.None, function.Id, 0), function.Definition.Span) < 0)
        {
            return false;
        }
        _defined.Add(function.Id);
        return true;
    }

    private void RemoveNeedsLock(PendingCall call)
    {
        if (Interlocked.CompareExchange(ref _inFlight[Slot(call.CallId)], null, call) == call)
        {
            Interlocked.Decrement(ref _inFlightCount);
        }
    }

    private static int Slot(long callId) => (int)(callId & (MaxInFlight - 1));
}
