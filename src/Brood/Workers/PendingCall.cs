using Brood.Calls;
using Brood.Channel;
using Brood.Transfer;

namespace Brood.Workers;

/// <summary>A call that was made and has not ended: what to send, and what to do with the answer.</summary>
/// <remarks>
/// Its owner (a worker or a pool) decides where it goes; the connection that it was sent on tells it what came back. It
/// ends exactly once: <see cref="TryEnd"/> decides who may say how.
/// </remarks>
internal abstract class PendingCall(Function function, CallOptions options) : IAwaited
{
    private int _ended; // 1 once somebody has the right to complete it. Interlocked.
    private ICallLink? _connection;
    private StopCause? _stop; // Set once. Interlocked.
    private CancellationTokenRegistration _cancellation; // Guarded by this.
    private ITimer? _timer; // Guarded by this.

    public Function Function { get; } = function;

    public CallOptions Options { get; } = options;

    public string Name => Options.Name ?? Function.Name;

    /// <summary>Which frame carries it.</summary>
    public abstract FrameKind Kind { get; }

    /// <summary>What was encoded on the caller's thread; not kept if it was sent to a worker that had nothing else to do.</summary>
    public Payload Payload { get; set; }

    public FrameFlags Flags { get; set; }

    public HostLiveArguments? Live { get; private set; }

    /// <summary>When the call was made, as a timestamp of the owner's clock.</summary>
    public long CalledAt { get; set; }

    // Written by the owner under its lock.

    /// <summary>Its place among calls of the same priority.</summary>
    public long Order { get; set; }

    public bool IsQueued { get; set; }

    public int RetriesLeft { get; set; }

    /// <summary>When it was last sent to a worker, as a timestamp of the owner's clock.</summary>
    public long SentAt { get; set; }

    /// <summary>Whether it could be sent again from the start: not once items have been handed on, or live arguments used.</summary>
    public virtual bool CanRunAgain => Live is not { IsConnected: true };

    /// <summary>How many times the function is invoked where it is sent now: once, or for each item of a chunk. It does not change
    /// while the call waits, is being copied or is on a worker.</summary>
    public virtual int Invocations => 1;

    /// <summary>How many of them have ended, by returning or by throwing, since this was last asked.</summary>
    /// <param name="hasEnded">Whether the worker has answered the whole call.</param>
    public virtual int TakeFinished(bool hasEnded) => hasEnded ? 1 : 0;

    /// <summary>Whether whoever makes such calls limits their number, so that the pool must not refuse them.</summary>
    public virtual bool BoundsItself => false;

    // Written by the connection under its lock while it has the call.

    public long CallId { get; set; }

    public long Position { get; set; } = -1;

    public ICallLink? Connection
    {
        get => Volatile.Read(ref _connection);
        set => Volatile.Write(ref _connection, value);
    }

    /// <summary>Its blocks in the bulk area, which nobody but this side frees if the call is withdrawn.</summary>
    public long[]? BlockOffsets { get; set; }

    /// <summary>How many workers died while they read its arguments. Written when such a worker is gone.</summary>
    public int ReadingDeaths { get; set; }

    /// <summary>Why it is being stopped: this is what its caller is told, however the worker then ends.</summary>
    public StopCause? Stop => Volatile.Read(ref _stop);

    /// <summary>Whether the worker must listen while this call runs.</summary>
    public bool NeedsControl => Function.TakesToken || Live is { IsConnected: true } || Kind == FrameKind.CallStream;

    /// <summary>What stays connected of what was encoded for it.</summary>
    public void Attach(HostLiveArguments? live)
    {
        Live = live is { IsEmpty: false } ? live : null;
        Flags = NeedsControl ? Flags | FrameFlags.Control : Flags & ~FrameFlags.Control;
    }

    public abstract bool IsCompleted { get; }

    public bool IsAwaitedFrom(IFrameHandler handler) => ReferenceEquals(Connection, handler);

    public bool IsEnded => Volatile.Read(ref _ended) != 0;

    /// <summary>The first cause counts.</summary>
    /// <returns>Whether this is the first.</returns>
    public bool StopFor(StopCause cause) => Interlocked.CompareExchange(ref _stop, cause, null) is null;

    /// <summary>Whether the caller of this method is the one to complete the call.</summary>
    public bool TryEnd()
    {
        if (Interlocked.Exchange(ref _ended, 1) != 0)
        {
            return false;
        }
        Live?.ReleaseShared();
        if (_timer is not null || _cancellation != default)
        {
            lock (this)
            {
                _cancellation.Unregister();
                _timer?.Dispose();
            }
        }
        return true;
    }

    /// <summary>From now on the token and the time limit stop the call.</summary>
    public void WatchFor(CancellationToken token, TimeProvider clock, Action<PendingCall, StopCause> stop)
    {
        if (!token.CanBeCanceled && Options.Timeout == Timeout.InfiniteTimeSpan)
        {
            return;
        }
        lock (this)
        {
            if (token.CanBeCanceled)
            {
                _cancellation = token.UnsafeRegister(_ => FailIfItThrows(() => stop(this, new StopCause(token))), null);
            }
            if (Options.Timeout != Timeout.InfiniteTimeSpan)
            {
                _timer = clock.CreateTimer(_ => FailIfItThrows(() => stop(this, StopCause.TimedOut)), null, Options.Timeout, Timeout.InfiniteTimeSpan);
            }
            if (IsEnded)
            {
                _cancellation.Unregister();
                _timer?.Dispose();
            }
        }
    }

    /// <summary>Whatever goes wrong when a call is stopped belongs to the call: on the thread of a timer it would end this process.</summary>
    public void FailIfItThrows(Action action)
    {
        try
        {
            action();
        }
        catch (Exception e)
        {
            Fail(e);
        }
    }

    /// <summary>What the caller is told when the call was stopped.</summary>
    /// <param name="processId">The worker that had it, or was handed it and did not take it; null: none.</param>
    public Exception StopException(bool started, TimeProvider clock, int? processId = null)
    {
        StopCause cause = Stop!;
        if (!cause.IsTimeout)
        {
            return new OperationCanceledException(StopMessages.Cancelled(this, started, processId), cause.Token);
        }
        TimeSpan elapsed = clock.GetElapsedTime(CalledAt);
        return new CallTimeoutException(StopMessages.TimedOut(this, started, elapsed, processId), started, elapsed);
    }

    /// <summary>Ends the call with an exception, unless it has ended.</summary>
    public void Fail(Exception error)
    {
        if (TryEnd())
        {
            Live?.End();
            CompleteFailed(error);
        }
    }

    /// <summary>Whether this item of the call, counted from where it was last sent, has been answered.</summary>
    public virtual bool IsDone(int item) => false;

    /// <summary>Whether some of it is done already, so that it must be encoded anew before it goes to another worker.</summary>
    public virtual bool NeedsRewind => false;

    /// <summary>It goes to another worker, or to the same again: what is done already need not be done again.</summary>
    public virtual void Rewind() { }

    // From the receiver of the connection. The reader is valid during the call only.

    /// <summary>Result, or End.</summary>
    public abstract void OnResult(ref TransferReader reader);

    public virtual void OnItem(ref TransferReader reader) { }

    public virtual void OnItems(ref TransferReader reader, int count)
    {
        for (; count > 0; count--)
        {
            OnItem(ref reader);
        }
    }

    public virtual void OnItemFailed(Exception error) { }

    protected abstract void CompleteFailed(Exception error);
}

/// <summary>Why a call is being stopped.</summary>
/// <param name="Token">The caller's token; the default one where the caller just left.</param>
internal sealed record StopCause(CancellationToken Token, bool IsTimeout = false)
{
    public static readonly StopCause TimedOut = new(default, IsTimeout: true);
}

/// <summary>An encoded call that is kept: its own copy of everything.</summary>
internal readonly struct Payload(byte[] inline, Block[] blocks)
{
    /// <summary>Whether the call can be sent again: it may be taken back while another runs.</summary>
    public bool IsKept => inline is not null;

    public ReadOnlySpan<byte> Inline => inline;

    public ReadOnlySpan<Block> Blocks => blocks;

    public long TotalBytes
    {
        get
        {
            long total = Inline.Length;
            foreach (Block block in Blocks)
            {
                total += block.LengthBytes;
            }
            return total;
        }
    }

    public static Payload CopyOf(TransferWriter writer)
    {
        var blocks = writer.Blocks.IsEmpty ? [] : new Block[writer.Blocks.Length];
        for (int i = 0; i < blocks.Length; i++)
        {
            Block block = writer.Blocks[i];
            if (block.Source is string)
            {
                blocks[i] = block;
                continue;
            }
            byte[] copy = GC.AllocateUninitializedArray<byte>(checked((int)block.LengthBytes));
            block.Bytes(0).CopyTo(copy);
            blocks[i] = Block.Of(copy, 0, copy.Length);
        }
        return new Payload(writer.Inline.ToArray(), blocks);
    }
}
