using System.Diagnostics;
using Brood.Calls;
using Brood.Channel;
using Brood.Memory;
using Brood.Platform;
using Brood.Transfer;

namespace Brood.Workers;

/// <summary>The host's side of one worker: its process, its channel, and the calls that are on it.</summary>
internal sealed partial class WorkerConnection : IWorkerLink, IFrameHandler, IProcessObserver, ISharedLender
{
    /// <summary>How many calls may be on one worker at a time, started or not.</summary>
    public const int MaxInFlight = 1024;

    /// <summary>Calls leave so much of their ring free that <see cref="FrameKind.Exit"/> never has to wait behind a hung one.</summary>
    private const int RoomForExit = RecordLayout.Alignment;

    private readonly IConnectionOwner _owner;
    private readonly WorkerOptions _options;
    private readonly OutputRelay _relay;
    private readonly TypePolicy _policy;
    private readonly long _startedAt = Stopwatch.GetTimestamp();
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<WorkerExit> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly PendingCall?[] _inFlight = new PendingCall?[MaxInFlight]; // By call id. Set under _gate, cleared by the receiver or under _gate.
    private bool[] _defined = new bool[16]; // By function id. Guarded by _gate.
    private readonly Lock _gate = new();

    private WorkerProcess _process = null!; // Set by Start, then constant; like the three below.
    private SharedRegion _region = null!;
    private RingWriter<RegionMemory> _calls = null!; // Guarded by _gate.
    private BulkSender _bulkOut = null!;
    private FrameSender _control = null!;
    private HostReceiver _receiver = null!;
    private ReceivedShared _shared = null!;
    private long _lastCallId; // Guarded by _gate.
    private int _inFlightCount; // Interlocked.
    private bool _closed; // Guarded by _gate: the region is, or is about to be, unmapped.
    private bool _acceptsCalls = true; // Guarded by _gate.
    private int _holds; // Those who took calls back and have not said that new ones may come. Guarded by _gate.
    private PendingCall? _initialize; // Set while starting. Not the owner's: it must not run on another worker.
    private volatile string? _killFacts; // Written under _gate.
    private ExitReason? _hostReason; // Guarded by _gate: why this side ends the worker.
    private string? _killedBy; // Guarded by _gate.

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
    /// <returns>False: no room now, or the worker takes no more calls, or others are before this one and its payload was not kept.</returns>
    /// <exception cref="TransferException">The value is too large for this worker's memory.</exception>
    public bool TrySend(PendingCall call, ReadOnlySpan<byte> inline, ReadOnlySpan<Block> blocks)
    {
        if (BulkAssembler.FitsInline(inline, blocks))
        {
            return TrySendRecord(call, HeaderOf(call), inline, null);
        }
        return TryStage(call, inline, blocks) is { } staged && TrySend(call, staged);
    }

    /// <summary>Puts the large parts of a call, as it is kept, into the worker's memory. It takes as long as copying them does.</summary>
    /// <returns>Null: the worker is gone, or takes no calls now.</returns>
    /// <exception cref="TransferException">The value is too large for this worker's memory.</exception>
    public StagedCall? TryStage(PendingCall call)
    {
        lock (_gate)
        {
            if (!_acceptsCalls || _holds > 0)
            {
                // It would be copied for nothing.
                return null;
            }
        }
        return TryStage(call, call.Payload.Inline, call.Payload.Blocks);
    }

    /// <summary>Sends a call that was staged here. If it is not sent, its blocks are released.</summary>
    /// <returns>False: no room now, or the worker takes no more calls.</returns>
    public bool TrySend(PendingCall call, StagedCall staged)
    {
        bool isSent = false;
        try
        {
            return isSent = TrySendRecord(call, staged.Header, staged.Inline, staged.Offsets);
        }
        finally
        {
            if (!isSent)
            {
                Discard(staged);
            }
        }
    }

    public void Discard(StagedCall staged) => _bulkOut.Release(staged.Offsets);

    private static FrameHeader HeaderOf(PendingCall call) => new(call.Kind, call.Flags, call.Function.Id, 0);

    private StagedCall? TryStage(PendingCall call, ReadOnlySpan<byte> inline, ReadOnlySpan<Block> blocks)
    {
        FrameHeader header = HeaderOf(call);
        try
        {
            byte[] payload = BulkAssembler.Assemble(_bulkOut, ref header, inline, blocks, out long[] offsets);
            return new StagedCall(header, payload, offsets);
        }
        catch (ObjectDisposedException)
        {
            return null;
        }
    }

    private bool TrySendRecord(PendingCall call, in FrameHeader header, ReadOnlySpan<byte> payload, long[]? offsets)
    {
        lock (_gate)
        {
            call.BlockOffsets = offsets;
            if (!_acceptsCalls || _holds > 0 || !TrySendNeedsLock(call, header, payload))
            {
                call.BlockOffsets = null;
                return false;
            }
        }
        _receiver.EnsureReader();
        return true;
    }

    public void Define(Function function)
    {
        lock (_gate)
        {
            if (!_closed && TryDefineNeedsLock(function))
            {
                _calls.WakeConsumer();
            }
        }
    }

    /// <inheritdoc cref="HostReceiver.TryBeginWait"/>
    public bool TryBeginWait() => _receiver.TryBeginWait();

    /// <inheritdoc cref="HostReceiver.Wait"/>
    public void Wait(PendingCall call, bool maySleep) => _receiver.Wait(call, maySleep);

    /// <inheritdoc cref="HostReceiver.EndWait"/>
    public void EndWait() => _receiver.EndWait();

    /// <summary>Sends something for a call that runs. Nothing happens if it has ended.</summary>
    public void SendControl(FrameKind kind, int liveId, PendingCall call, TransferWriter? writer = null)
    {
        if (!call.IsEnded)
        {
            SendControl(
                new FrameHeader(kind, FrameFlags.None, liveId, call.CallId),
                writer is null ? [] : writer.Inline,
                writer is null ? [] : writer.Blocks);
        }
    }

    public void SendCredit(PendingCall call, int items)
    {
        if (!call.IsEnded)
        {
            SendControl(new FrameHeader(FrameKind.Credit, FrameFlags.None, 0, call.CallId), BitConverter.GetBytes(items), []);
        }
    }

    private void SendControl(FrameHeader header, ReadOnlySpan<byte> inline, ReadOnlySpan<Block> blocks)
    {
        try
        {
            _control.Send(header, inline, blocks);
        }
        catch (ChannelCorruptedException e)
        {
            OnCorrupted(e);
        }
    }

    /// <summary>Takes back all calls that have not started. The worker takes no new ones until each who did so has called
    /// <see cref="AcceptCalls"/>.</summary>
    public List<PendingCall> TakeBack()
    {
        var taken = new List<PendingCall>();
        lock (_gate)
        {
            _holds++;
            if (_closed)
            {
                return taken;
            }
            foreach (PendingCall? call in _inFlight)
            {
                if (call is not null && _calls.TryWithdraw(call.Position))
                {
                    RemoveNeedsLock(call);
                    _bulkOut.Release(call.BlockOffsets);
                    taken.Add(call);
                }
            }
        }
        taken.Sort(static (a, b) => a.CallId.CompareTo(b.CallId));
        if (taken.Count > 0)
        {
            WakeCaller();
        }
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
            _bulkOut.Release(call.BlockOffsets);
        }
        WakeCaller();
        return true;
    }

    /// <summary>A thread may sleep for a call that was taken back.</summary>
    private void WakeCaller()
    {
        lock (_gate)
        {
            if (!_closed)
            {
                _receiver.WakeCaller();
            }
        }
    }

    public void AcceptCalls()
    {
        lock (_gate)
        {
            _holds--;
        }
    }

    /// <summary>Whether this call is the one that the worker has, started or about to start.</summary>
    public bool Has(PendingCall call) => Volatile.Read(ref _inFlight[Slot(call.CallId)]) == call;

    /// <summary>The call whose function has started, as the worker itself wrote it down.</summary>
    public PendingCall? Running
    {
        get
        {
            lock (_gate)
            {
                if (_closed)
                {
                    return null;
                }
                var status = new WorkerStatus(_region);
                PendingCall? call = _inFlight[Slot(status.RunningCallId)];
                return call is not null && status.HasStarted(call.CallId) ? call : null;
            }
        }
    }

    public long MemoryBytes => _process.MemoryBytes;

    public long UntakenPosition
    {
        get
        {
            lock (_gate)
            {
                if (_closed)
                {
                    return -1;
                }
                long position = _calls.ConsumerPosition(out bool isTaken, out FrameKind kind);
                bool isBusy = isTaken && (kind == FrameKind.Define || Array.Exists(_inFlight, call => call?.Position == position));
                return isBusy ? -1 : position;
            }
        }
    }

    public bool IsSetUp
    {
        get
        {
            lock (_gate)
            {
                return !_closed && new WorkerStatus(_region).Phase != WorkerPhase.Starting;
            }
        }
    }

    /// <summary>Everything that was sent is done; then the worker ends.</summary>
    public void Join(ExitReason reason)
    {
        lock (_gate)
        {
            if (_closed || _hostReason is not null)
            {
                return;
            }
            _acceptsCalls = false;
            _hostReason = reason;
            // There is always room for it.
            TryWriteNeedsLock(new FrameHeader(FrameKind.Exit, FrameFlags.None, 0, 0), [], spareBytes: 0);
            _calls.WakeConsumer();
        }
    }

    /// <summary>Ends the worker at once. The first reason counts.</summary>
    /// <param name="facts">For whoever had a call on it: what was measured; who did it, where the reason is <see cref="ExitReason.Killed"/>.</param>
    public void Kill(ExitReason reason, string? facts = null)
    {
        lock (_gate)
        {
            _acceptsCalls = false;
            if (!_isGone && _hostReason is (null or ExitReason.Joined or ExitReason.Recycled))
            {
                _hostReason = reason;
                _killFacts = reason == ExitReason.Killed ? null : facts;
                _killedBy = facts ?? StopMessages.DisposedBy(nameof(WorkerPool));
            }
        }
        _relay.Hurry();
        _process.Kill();
    }

    private bool TrySendNeedsLock(PendingCall call, FrameHeader header, ReadOnlySpan<byte> payload)
    {
        if (_closed)
        {
            return false;
        }
        TellGoneNeedsLock();
        long id = _lastCallId + 1;
        ref PendingCall? slot = ref _inFlight[Slot(id)];
        bool cannotBeTakenBack = InFlightCount > 0 && !call.Payload.IsKept;
        if (slot is not null || cannotBeTakenBack || !TryDefineNeedsLock(call.Function) || !TryLendNeedsLock(call.Live))
        {
            return false;
        }
        call.CallId = id;
        call.Position = -1;
        call.Connection = this;
        Volatile.Write(ref slot, call);
        Interlocked.Increment(ref _inFlightCount);
        long position = TryWriteNeedsLock(header with { CallId = id }, payload, RoomForExit);
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
        if (function.Id < _defined.Length && _defined[function.Id])
        {
            return true;
        }
        if (TryWriteNeedsLock(new FrameHeader(FrameKind.Define, FrameFlags.None, function.Id, 0), function.Definition.Span, RoomForExit) < 0)
        {
            return false;
        }
        if (function.Id >= _defined.Length)
        {
            Array.Resize(ref _defined, function.Id * 2);
        }
        _defined[function.Id] = true;
        return true;
    }

    /// <summary>A worker that published a position which cannot be has no room: it is being killed.</summary>
    private long TryWriteNeedsLock(in FrameHeader header, ReadOnlySpan<byte> payload, int spareBytes)
    {
        try
        {
            return _calls.TryWrite(header, payload, spareBytes);
        }
        catch (ChannelCorruptedException e)
        {
            OnCorrupted(e);
            return -1;
        }
    }

    private void RemoveNeedsLock(PendingCall call)
    {
        Remove(call);
        call.Connection = null;
    }

    private static int Slot(long callId) => (int)(callId & (MaxInFlight - 1));
}
