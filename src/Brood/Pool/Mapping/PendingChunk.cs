using Brood.Calls;
using Brood.Channel;
using Brood.Transfer;
using Brood.Workers;

namespace Brood.Pool.Mapping;

/// <summary>Some items of a map on their way through one worker. Their results come one by one.</summary>
/// <remarks>
/// Results that came are kept, whatever happens to the chunk: the item after them is the one that runs, and the only one to
/// blame; those behind it are dealt again.
/// </remarks>
internal sealed class PendingChunk<T, R>(MapRun<T, R> map, Function function, CallOptions options, long firstIndex, T[] items)
    : PendingCall(function, options)
{
    private int _done; // Results that came. Written under the receiver's gate; read when the worker is gone.
    private ITimer? _timer; // Looks after the item that runs, if items have a time limit.
    private int _sent; // Where in the items the current payload begins.
    private int _counted; // Results that the statistics know. Guarded by the scheduler's lock.

    public override FrameKind Kind => FrameKind.CallChunk;

    public override bool IsCompleted => IsEnded;

    /// <summary>Always: what is done is not done again.</summary>
    public override bool CanRunAgain => true;

    /// <summary>Its map reads no further ahead than it may.</summary>
    public override bool BoundsItself => true;

    public override int Invocations => items.Length - _sent;

    public override int TakeFinished(bool hasEnded)
    {
        int done = _done;
        int finished = done - _counted;
        _counted = done;
        return finished;
    }

    public int ItemCount => items.Length;

    /// <summary>Whether only the end is to come.</summary>
    public bool HasAllResults => Volatile.Read(ref _done) == items.Length;

    /// <summary>When the last result came, or the chunk was sent.</summary>
    public long LastProgress { get; private set; }

    /// <summary>Gives each item as long as <see cref="CallOptions.Timeout"/> says, from when it begins to run.</summary>
    public void WatchItems(WorkerPool pool)
    {
        if (Options.Timeout == Timeout.InfiniteTimeSpan || IsEnded)
        {
            return;
        }
        _timer = map.Clock.CreateTimer(_ => CheckItem(pool), null, Options.Timeout, Timeout.InfiniteTimeSpan);
    }

    private void CheckItem(WorkerPool pool)
    {
        if (IsEnded)
        {
            _timer?.Dispose();
            return;
        }
        long since = Math.Max(LastProgress, SentAt);
        TimeSpan left = Connection is null ? Options.Timeout : Options.Timeout - map.Clock.GetElapsedTime(since);
        if (left <= TimeSpan.Zero)
        {
            CalledAt = since;
            pool.Stop(this, StopCause.TimedOut);
            left = Options.Timeout;
        }
        _timer?.Change(left, Timeout.InfiniteTimeSpan);
    }

    public override void OnItem(ref TransferReader reader) => OnItems(ref reader, 1);

    public override void OnItems(ref TransferReader reader, int count)
    {
        if (count > items.Length - _done)
        {
            throw new ChannelCorruptedException($"more than {items.Length} items for a chunk");
        }
        if (count == 0)
        {
            return;
        }
        var values = new R[count];
        if (map.ResultCodec is { } codec && !codec.TryReadEach(ref reader, values))
        {
            for (int i = 0; i < count; i++)
            {
                reader.ForgetObjects();
                try
                {
                    values[i] = codec.Read(ref reader);
                }
                catch (TransferException e)
                {
                    // Where the next item begins is not known any more: those after it fail with it.
                    Deliver(values, i);
                    for (; i < count; i++)
                    {
                        OnItemFailed(e);
                    }
                    return;
                }
            }
        }
        Deliver(values, count);
    }

    public override void OnItemFailed(Exception error)
    {
        if (_done == items.Length)
        {
            throw new ChannelCorruptedException($"more than {items.Length} items for a chunk");
        }
        long index = firstIndex + _done++;
        LastProgress = map.Clock.GetTimestamp();
        map.Deliver(new ResultRun<R>(index, [default!], 1, error));
    }

    public override void OnResult(ref TransferReader reader)
    {
        if (_done != items.Length)
        {
            throw new ChannelCorruptedException($"chunk of {items.Length} ended after {_done} items");
        }
        EndWhole();
    }

    private void EndWhole()
    {
        if (TryEnd())
        {
            _timer?.Dispose();
            AfterReports(() => map.OnChunkEnded(this));
        }
    }

    /// <summary>Reports that came before are handed on before.</summary>
    private void AfterReports(Action action)
    {
        if (Live is { IsConnected: true } live)
        {
            live.EndThen(action);
            return;
        }
        action();
    }

    /// <remarks>What stays connected is connected anew: a sequence that was read in part cannot be read on.</remarks>
    public override bool NeedsRewind => _done > _sent || Live is { IsConnected: true };

    public override bool IsDone(int item) => _sent + item < _done;

    /// <summary>Goes to another worker without what is done.</summary>
    public override void Rewind()
    {
        _sent = _done;
        Live?.End();
        Live?.ReleaseShared();
        if (_done < items.Length)
        {
            Payload = map.Encode(items.AsSpan(_done), out HostLiveArguments? live);
            Attach(live);
        }
        else
        {
            // Its worker died between the last item and the end.
            EndWhole();
        }
    }

    protected override void CompleteFailed(Exception error)
    {
        _timer?.Dispose();
        AfterReports(() => EndAt(error));
    }

    private void EndAt(Exception error)
    {
        // One item was run, or read, when this happened: those before are done, those behind are dealt again.
        bool concernsAll = error is not (WorkerCrashedException or CallTimeoutException { Started: true });
        if (concernsAll || _done == items.Length)
        {
            while (_done < items.Length)
            {
                OnItemFailed(error);
            }
            map.OnChunkEnded(this);
            return;
        }
        OnItemFailed(error);
        map.OnChunkEnded(this);
        if (_done < items.Length)
        {
            map.Redeal(firstIndex + _done, items[_done..]);
        }
    }

    private void Deliver(R[] values, int count)
    {
        if (count == 0)
        {
            return;
        }
        long index = firstIndex + _done;
        _done += count;
        // What follows is another item.
        RetriesLeft = Options.Retries;
        ReadingDeaths = 0;
        LastProgress = map.Clock.GetTimestamp();
        map.Deliver(new ResultRun<R>(index, values, count, null));
    }
}
