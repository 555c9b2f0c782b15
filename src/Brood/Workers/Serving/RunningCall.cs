using Brood.Calls;
using Brood.Channel;
using Brood.Platform;
using Brood.Transfer;

namespace Brood.Workers.Serving;

/// <summary>The call that the worker is serving.</summary>
/// <remarks>
/// Used by the thread that serves, and by those that its function awaits on, one at a time. What the control ring brings
/// comes from another thread: <see cref="Cancel"/> and <see cref="AddCredit"/>.
/// </remarks>
internal sealed class RunningCall(
    WorkerChannel channel, WorkerEndpoint endpoint, WorkerStatus status, TransferWriter writer, ConsoleWatch console)
    : ServedCall
{
    private readonly object _gate = new();
    private readonly CancellationTokenSource _abandoned = new();
    private int _credit; // Guarded by _gate.
    private int _item; // The next of a chunk.
    private WorkerLiveArguments? _live;

    public long Id { get; private set; }

    public bool HasStarted { get; private set; }

    /// <summary>Whether the control ring is read for this call.</summary>
    public bool HearsOfCancellation { get; init; }

    /// <summary>The call's live arguments; made when they are first needed, by the serving thread or by the control thread.</summary>
    public WorkerLiveArguments Live =>
        _live ?? Interlocked.CompareExchange(ref _live, new WorkerLiveArguments(this, channel, endpoint), null) ?? _live;

    public override TransferWriter Writer => writer;

    public override CancellationToken StreamAbandoned => _abandoned.Token;

    /// <param name="isStream">Whether items are sent only as far as the reader has given credit; a chunk bounds itself.</param>
    public void Begin(long id, bool isStream)
    {
        Id = id;
        HasStarted = false;
        _item = 0;
        _credit = isStream ? FlowControl.StreamWindow : int.MaxValue;
    }

    public override void Started()
    {
        HasStarted = true;
        status.Enter(WorkerPhase.Running);
    }

    public override void ItemBegins()
    {
        if (_item > 0)
        {
            // The item before is done; the last one is counted with the call.
            status.Served();
        }
        LeaveContext();
        status.DecodingItem(_item++);
    }

    /// <summary>Where a function before wanted to be continued, perhaps a loop that has ended: the next would wait for ever.</summary>
    public static void LeaveContext()
    {
        if (SynchronizationContext.Current is not null)
        {
            SynchronizationContext.SetSynchronizationContext(null);
        }
    }

    public override void SendItem()
    {
        EndIfStopped();
        if (_credit == int.MaxValue && BulkAssembler.FitsInline(writer.Inline, writer.Blocks) && !console.IsUsed)
        {
            // Reports and requests for a source come from other threads; a call that is not connected has neither.
            channel.Results.SendItem(new FrameHeader(FrameKind.Item, FrameFlags.None, 0, Id), writer.Inline, isAlone: !HearsOfCancellation);
            ClearWriter();
            return;
        }
        TakeCredit();
        Send(FrameKind.Item);
    }

    /// <summary>Nobody wants the rest: what the function made of its cancelled token is no item, and no item is begun after it.</summary>
    private void EndIfStopped()
    {
        if (HearsOfCancellation)
        {
            _abandoned.Token.ThrowIfCancellationRequested();
        }
    }

    public override void SendItemFailed(Exception error)
    {
        EndIfStopped();
        ClearWriter();
        ExceptionTransfer.Write(writer, error);
        Send(FrameKind.ItemFailed);
    }

    public override void Wait(Task task)
    {
        if (!task.IsCompleted)
        {
            // Without a wrapper around what it threw.
            ((IAsyncResult)task).AsyncWaitHandle.WaitOne();
        }
        task.GetAwaiter().GetResult();
    }

    public void AddCredit(int items)
    {
        lock (_gate)
        {
            _credit = (int)Math.Min((long)_credit + Math.Max(0, items), int.MaxValue);
            Monitor.PulseAll(_gate);
        }
    }

    /// <param name="liveId">The token that was cancelled; 0: the whole call.</param>
    public void Cancel(int liveId)
    {
        if (liveId == 0)
        {
            // What the function does about it is user code: not on this thread.
            _ = _abandoned.CancelAsync();
            lock (_gate)
            {
                Monitor.PulseAll(_gate);
            }
        }
        Live.Cancel(liveId);
    }

    public void End() => _live?.End();

    private void TakeCredit()
    {
        if (_credit == int.MaxValue)
        {
            return;
        }
        lock (_gate)
        {
            while (_credit <= 0)
            {
                _abandoned.Token.ThrowIfCancellationRequested();
                Monitor.Wait(_gate);
            }
            _credit--;
        }
    }

    private void Send(FrameKind kind)
    {
        FrameFlags flags = FrameFlags.None;
        if (console.IsUsed)
        {
            console.Flush();
            flags = FrameFlags.Output;
        }
        channel.Results.Send(new FrameHeader(kind, flags, 0, Id), writer.Inline, writer.Blocks);
        ClearWriter();
    }

    private void ClearWriter()
    {
        LiveSender? live = writer.Live;
        writer.Clear();
        writer.Live = live;
    }
}
