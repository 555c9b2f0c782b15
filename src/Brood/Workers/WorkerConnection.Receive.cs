using Brood.Calls;
using Brood.Channel;
using Brood.Transfer;

namespace Brood.Workers;

/// <summary>What comes back from the worker.</summary>
internal sealed partial class WorkerConnection
{
    /// <summary>Under the receiver's gate.</summary>
    void IFrameHandler.OnFrame(in FrameHeader header, ReadOnlySpan<byte> payload, ReceivedBlocks? blocks)
    {
        if ((header.Flags & FrameFlags.Output) != 0)
        {
            // What the call printed is out before its task completes.
            _process.DrainOutput();
            _relay.WaitUntilWritten();
        }
        if (header.Kind == FrameKind.Ready)
        {
            // Again later, when it has skipped what was withdrawn: no call ends then, but there is room.
            if (!_ready.TrySetResult())
            {
                _owner.OnTakenBack(this, []);
            }
            return;
        }
        PendingCall? call = Volatile.Read(ref _inFlight[Slot(header.CallId)]);
        if (call is null || call.CallId != header.CallId)
        {
            throw new ChannelCorruptedException($"{header.Kind} for call {header.CallId}, which is not on this worker");
        }
        var reader = new TransferReader(payload, blocks, _shared, _policy);
        switch (header.Kind)
        {
            case FrameKind.Result or FrameKind.End:
                Finish(call);
                call.OnResult(ref reader);
                _owner.OnRoom(this, call);
                break;
            case FrameKind.Failed:
                Finish(call);
                OnFailed(call, ReadException(call, ref reader), (header.Flags & FrameFlags.NotStarted) == 0);
                _owner.OnRoom(this, call);
                break;
            case FrameKind.Item:
                call.OnItem(ref reader);
                break;
            case FrameKind.Items:
                call.OnItems(ref reader, header.FunctionId);
                break;
            case FrameKind.ItemFailed:
                call.OnItemFailed(ReadException(call, ref reader));
                break;
            case FrameKind.Progress or FrameKind.Pull when call.Live is not null:
                OnLive(header, call, ref reader);
                break;
            default:
                throw new ChannelCorruptedException($"frame kind {header.Kind}");
        }
    }

    void IFrameHandler.OnCorrupted(ChannelCorruptedException error) => OnCorrupted(error);

    /// <summary>From whoever found it: the receiver, or a thread that was about to send.</summary>
    private void OnCorrupted(ChannelCorruptedException error) => Kill(ExitReason.ProtocolViolation, error.Message);

    private static void OnLive(in FrameHeader header, PendingCall call, ref TransferReader reader)
    {
        try
        {
            call.Live!.OnFrame(header, call, ref reader);
        }
        catch (TransferException)
        {
            // A report that cannot be read is lost alone.
        }
    }

    /// <summary>The function threw. If the call was being stopped, its caller hears of that.</summary>
    private void OnFailed(PendingCall call, Exception error, bool started) =>
        call.Fail(call.Stop is { } stop && (stop.IsTimeout || error is OperationCanceledException)
            ? call.StopException(started, TimeProvider.System, ProcessId) : error);

    private Exception ReadException(PendingCall call, ref TransferReader reader)
    {
        try
        {
            return ExceptionTransfer.Read(ref reader, $"in worker {ProcessId}");
        }
        catch (Exception e)
        {
            return new TransferException($"{call.Name} threw an exception in worker {ProcessId} that could not be read: {e.Message}", null, e);
        }
    }

    private void Finish(PendingCall call)
    {
        int claim = _relay.LastWords.Claim;
        // If the worker has gone on to another call, the text may be from there.
        if (claim >= 0 && new WorkerStatus(_region).RunningCallId == call.CallId)
        {
            _relay.LastWords.Refute(claim);
        }
        Remove(call);
    }

    private void Remove(PendingCall call)
    {
        if (Interlocked.CompareExchange(ref _inFlight[Slot(call.CallId)], null, call) == call)
        {
            Interlocked.Decrement(ref _inFlightCount);
        }
    }
}
