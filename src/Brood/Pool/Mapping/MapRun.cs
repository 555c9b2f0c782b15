using System.Runtime.InteropServices;
using Brood.Calls;
using Brood.Channel;
using Brood.Transfer;
using Brood.Workers;

namespace Brood.Pool.Mapping;

/// <summary>One enumeration of a map: reads the source ahead, deals chunks, puts the results in order.</summary>
/// <remarks>
/// A pump of its own reads the source, as far ahead as allowed, and encodes; the readers of the channels deliver; the
/// enumerator takes. They meet under one lock, under which no user code runs.
/// </remarks>
internal sealed class MapRun<T, R> : IAsyncDisposable
{
    /// <summary>A chunk's arguments fit into one record of the ring.</summary>
    private const int MaxChunkBytes = 24 * 1024;

    /// <summary>How many chunks for each worker are in flight if nobody said otherwise.</summary>
    private const int ChunksPerWorker = 4;

    /// <summary>How long a source that is being read gets to come back when the map is left: enough for one that does not block
    /// to be disposed before leaving returns, not enough to wait for one that does.</summary>
    private static readonly TimeSpan s_sourceGrace = TimeSpan.FromMilliseconds(50);

    /// <summary>Whether items are their bytes: then a chunk is encoded all at once when it is full.</summary>
    private static readonly bool s_isRaw = Codec<T>.Declared.IsRaw;

    private static readonly int s_maxItems = s_isRaw ? Math.Max(1, MaxChunkBytes / Codec<T>.Declared.MinBytes) : int.MaxValue;

    private readonly WorkerPool _pool;
    private readonly Function _function;
    private readonly Delegate _delegate;
    private readonly ChunkSource<T> _source;
    private readonly MapOptions _options;
    private readonly CallOptions _callOptions;
    private readonly CancellationTokenSource _stopped;
    private readonly byte[]? _ambient = Ambient.Copy(); // As it is where the enumeration begins. Null: nothing flows.
    private readonly Lock _gate = new();
    private readonly ResultBuffer<R> _buffer; // Guarded by _gate, like all below.
    private readonly ChunkSizer _sizer;
    private readonly HashSet<PendingChunk<T, R>> _chunks = [];
    private readonly List<T> _chunk = []; // Touched by the pump only, like the three below.
    private TransferWriter? _writer;
    private HostLiveArguments? _live;
    private int _countPosition;
    private TaskCompletionSource? _roomWaiter;
    private TaskCompletionSource? _resultWaiter;
    private long _readCount;
    private long _deliveredCount; // Results that the buffer got.
    private long _takenCount; // Results that the enumerator has handed out, as far as it has said so.
    private bool _sourceEnded;
    private bool _isStopping;
    private Exception? _sourceError;
    private Task _pump = Task.CompletedTask;

    public MapRun(
        WorkerPool pool, Delegate function, Codec<R>? resultCodec, ChunkSource<T> source, MapOptions options, CancellationToken cancellationToken)
    {
        _pool = pool;
        _delegate = function;
        _function = Function.Of(function);
        _source = source;
        _options = options;
        _callOptions = pool.Options;
        ResultCodec = resultCodec;
        _buffer = new ResultBuffer<R>(options.Ordered);
        _sizer = new ChunkSizer(options.ChunkSize, pool.MaxCallsPerWorker, pool.Clock);
        _stopped = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
    }

    /// <summary>Null: the function returns nothing.</summary>
    public Codec<R>? ResultCodec { get; }

    public TimeProvider Clock => _pool.Clock;

    public void Start() => _pump = Task.Run(PumpAsync);

    /// <summary>After so many results the enumerator says that it has handed them out: often enough that the source is read on
    /// meanwhile, seldom enough that it costs little.</summary>
    public int ReportStride => _options.MaxInFlight > 0 ? Math.Max(1, _options.MaxInFlight / 4) : int.MaxValue;

    /// <summary>The next results, if there are any at hand. The first of them is handed out with this.</summary>
    public bool TryTake(out ResultRun<R> run)
    {
        lock (_gate)
        {
            if (!_buffer.TryTake(out run))
            {
                return false;
            }
        }
        // Where the limit is this side's own, results that lie in the enumerator need not count.
        HandedOut(_options.MaxInFlight > 0 ? 1 : run.Count);
        return true;
    }

    /// <summary>So many more results have been handed out: that makes room.</summary>
    public void HandedOut(int count)
    {
        TaskCompletionSource? waiter;
        lock (_gate)
        {
            _takenCount += count;
            waiter = _roomWaiter;
            _roomWaiter = null;
        }
        waiter?.TrySetResult();
    }

    /// <summary>Waits for results.</summary>
    /// <returns>False: there are no more.</returns>
    public async ValueTask<bool> WaitAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task waiting;
            lock (_gate)
            {
                if (_buffer.HasReady)
                {
                    return true;
                }
                // Chunks end after the reports of their functions have been handed on.
                if (_sourceEnded && _deliveredCount == _readCount && _chunks.Count == 0)
                {
                    if (_sourceError is not null)
                    {
                        System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(_sourceError);
                    }
                    return false;
                }
                _resultWaiter ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                waiting = _resultWaiter.Task;
            }
            await waiting.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Ends all work that is under way. The source is disposed when it comes back, by the thread that reads it.</summary>
    public async ValueTask DisposeAsync()
    {
        PendingChunk<T, R>[] left;
        lock (_gate)
        {
            if (_isStopping)
            {
                return;
            }
            _isStopping = true;
            _roomWaiter?.TrySetResult();
        }
        await _stopped.CancelAsync().ConfigureAwait(false);
        lock (_gate)
        {
            left = [.. _chunks];
        }
        foreach (PendingChunk<T, R> chunk in left)
        {
            // One that has all its results just has not said so yet: its worker has done nothing to be stopped for.
            if (!chunk.HasAllResults)
            {
                _pool.Stop(chunk, new StopCause(CancellationToken.None));
            }
        }
        Task pump = _pump.ContinueWith(
            static (_, stopped) => ((CancellationTokenSource)stopped!).Dispose(), _stopped,
            CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        await Task.WhenAny(pump, Task.Delay(s_sourceGrace)).ConfigureAwait(false);
    }

    // From the readers of the channels.

    public void Deliver(in ResultRun<R> run)
    {
        TaskCompletionSource? waiter;
        lock (_gate)
        {
            _deliveredCount += run.Count;
            _buffer.Add(run);
            waiter = _buffer.HasReady ? TakeWaiterNeedsLock() : null;
        }
        waiter?.TrySetResult();
    }

    public void OnChunkEnded(PendingChunk<T, R> chunk)
    {
        TaskCompletionSource? waiter;
        lock (_gate)
        {
            _chunks.Remove(chunk);
            if (chunk.LastProgress > 0)
            {
                _sizer.Took(chunk.ItemCount, chunk.LastProgress - chunk.SentAt);
            }
            waiter = _chunks.Count == 0 ? TakeWaiterNeedsLock() : null;
        }
        waiter?.TrySetResult();
    }

    /// <summary>The enumerator, if it waits: to be completed without the lock, it looks again.</summary>
    private TaskCompletionSource? TakeWaiterNeedsLock()
    {
        TaskCompletionSource? waiter = _resultWaiter;
        _resultWaiter = null;
        return waiter;
    }

    /// <summary>What was behind an item that took its worker along.</summary>
    public void Redeal(long firstIndex, T[] items)
    {
        // Apart: this comes from the supervisor, and encoding runs code of the user's types.
        ThreadPool.UnsafeQueueUserWorkItem(
            static state => state.Map.SendAgain(state.Index, state.Items),
            (Map: this, Index: firstIndex, Items: items), preferLocal: false);
    }

    private void SendAgain(long firstIndex, T[] items)
    {
        try
        {
            Send(firstIndex, items);
        }
        catch (Exception e)
        {
            // What was encoded once cannot be now: changed meanwhile, or disposed.
            for (int i = 0; i < items.Length; i++)
            {
                Deliver(new ResultRun<R>(firstIndex + i, [default!], 1, e));
            }
        }
    }

    /// <summary>Arguments of a chunk: what flows with the call, what the function captured, their number, then each.</summary>
    public Payload Encode(ReadOnlySpan<T> items, out HostLiveArguments? live)
    {
        TransferWriter writer = TransferWriter.Rent();
        live = null;
        try
        {
            live = Begin(writer);
            writer.WriteUnmanaged(items.Length);
            Codec<T>.Declared.WriteEach(writer, items);
            return Payload.CopyOf(writer);
        }
        catch
        {
            live?.ReleaseShared();
            throw;
        }
        finally
        {
            writer.Return();
        }
    }

    private async Task PumpAsync()
    {
        Exception? error = null;
        try
        {
            await using IChunkSource<T> source = _source.Open(_stopped.Token);
            bool more = true;
            while (more && await RoomAsync().ConfigureAwait(false) is > 0 and int room)
            {
                int size = Math.Min(room, s_maxItems);
                more = source is SyncChunkSource<T> sync ? Fill(sync, size) : await FillAsync(source, size).ConfigureAwait(false);
                SendFilled();
            }
        }
        catch (Exception e)
        {
            error = e;
            // What the source gave before it broke is mapped.
            SendFilled();
        }
        EndSource(error);
    }

    /// <summary>Reads items into the chunk until it is full, or the source makes others wait.</summary>
    /// <param name="size">The most items that are read, whatever becomes of them.</param>
    /// <returns>False: the source has ended.</returns>
    private bool Fill(SyncChunkSource<T> source, int size)
    {
        BeginChunk();
        do
        {
            if (!source.MoveNext())
            {
                return false;
            }
            AddToChunk(source.Current);
        }
        while (--size > 0 && _writer!.Count < MaxChunkBytes && !source.IsSlow);
        return true;
    }

    /// <inheritdoc cref="Fill"/>
    private async ValueTask<bool> FillAsync(IChunkSource<T> source, int size)
    {
        BeginChunk();
        for (; size > 0 && _writer!.Count < MaxChunkBytes; size--)
        {
            ValueTask<bool> next = source.MoveNextAsync();
            if (!next.IsCompleted)
            {
                // The source is slower than the workers: what there is goes out.
                SendFilled();
                BeginChunk();
            }
            if (!await next.ConfigureAwait(false))
            {
                return false;
            }
            AddToChunk(source.Current);
            if (source.IsSlow)
            {
                break;
            }
        }
        return true;
    }

    private void BeginChunk()
    {
        _chunk.Clear();
        _writer = TransferWriter.Rent();
        _live = Begin(_writer);
        _countPosition = _writer.Count;
        _writer.WriteUnmanaged(0);
    }

    private HostLiveArguments? Begin(TransferWriter writer)
    {
        writer.WriteBytes(_ambient);
        if (!_function.MayTakeLiveArguments)
        {
            _function.WriteTarget(writer, _delegate);
            return null;
        }
        var live = new HostLiveArguments();
        writer.Live = live;
        try
        {
            _function.WriteTarget(writer, _delegate);
            return live.HasSource ? throw new TransferException(
                $"{_function.Name} captured a sequence that is read while it runs: the first item would read it and leave nothing to the others. "
                + "Capture a list, or make the sequence an argument of a call.") : live;
        }
        catch
        {
            live.ReleaseShared();
            throw;
        }
    }

    private void AddToChunk(T item)
    {
        if (s_isRaw)
        {
            _chunk.Add(item);
            return;
        }
        try
        {
            _writer!.ForgetObjects();
            Codec<T>.Declared.Write(_writer, item);
            _chunk.Add(item);
        }
        catch (Exception e)
        {
            // Half of it is written: what came before is encoded again, and this item fails alone.
            T[] before = [.. _chunk];
            _writer!.Return();
            _writer = null;
            _live?.ReleaseShared();
            if (before.Length > 0)
            {
                Send(Read(before.Length), before);
            }
            Deliver(new ResultRun<R>(Read(1), [default!], 1, e is TransferException refused ? TransferPath.Under("item", refused) : e));
            BeginChunk();
        }
    }

    private void SendFilled()
    {
        if (_writer is null)
        {
            return;
        }
        TransferWriter writer = _writer;
        _writer = null;
        if (_chunk.Count > 0)
        {
            writer.PatchInt32(_countPosition, _chunk.Count);
            if (s_isRaw)
            {
                Codec<T>.Declared.WriteEach(writer, CollectionsMarshal.AsSpan(_chunk));
            }
            Dispatch(Read(_chunk.Count), [.. _chunk], Payload.CopyOf(writer), _live);
        }
        else
        {
            _live?.ReleaseShared();
        }
        writer.Return();
    }

    private void Send(long firstIndex, T[] items) => Dispatch(firstIndex, items, Encode(items, out HostLiveArguments? live), live);

    /// <returns>The index of the first of these items.</returns>
    private long Read(int count)
    {
        lock (_gate)
        {
            _readCount += count;
            return _readCount - count;
        }
    }

    private void Dispatch(long firstIndex, T[] items, Payload payload, HostLiveArguments? live)
    {
        var chunk = new PendingChunk<T, R>(this, _function, _callOptions, firstIndex, items)
        {
            Payload = payload,
            Flags = _ambient is null ? FrameFlags.None : FrameFlags.Ambient,
        };
        chunk.Attach(live);
        lock (_gate)
        {
            if (_isStopping)
            {
                live?.ReleaseShared();
                return;
            }
            _chunks.Add(chunk);
        }
        try
        {
            _pool.DispatchKept(chunk);
            chunk.WatchItems(_pool);
        }
        catch (Exception e)
        {
            chunk.Fail(e);
        }
    }

    /// <summary>Waits until a chunk may be read.</summary>
    /// <returns>How many items it may have; 0: the enumeration has ended.</returns>
    private async ValueTask<int> RoomAsync()
    {
        while (true)
        {
            Task waiting;
            lock (_gate)
            {
                if (_isStopping)
                {
                    return 0;
                }
                long limit = _options.MaxInFlight > 0 ? _options.MaxInFlight : (long)_pool.MaxWorkers * ChunksPerWorker * _sizer.Size;
                long room = limit - (_readCount - _takenCount);
                if (room > 0 && (room >= _sizer.Size || _options.MaxInFlight > 0))
                {
                    return (int)Math.Min(room, _sizer.Size);
                }
                _roomWaiter ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                waiting = _roomWaiter.Task;
            }
            await waiting.ConfigureAwait(false);
        }
    }

    private void EndSource(Exception? error)
    {
        TaskCompletionSource? waiter;
        _writer?.Return();
        lock (_gate)
        {
            _sourceEnded = true;
            _sourceError = error;
            waiter = TakeWaiterNeedsLock();
        }
        waiter?.TrySetResult();
    }
}
