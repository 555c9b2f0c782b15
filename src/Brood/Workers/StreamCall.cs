using System.Threading.Channels;
using Brood.Calls;
using Brood.Channel;
using Brood.Transfer;

namespace Brood.Workers;

/// <summary>A call that streams, as its caller sees it. Each enumeration is a call of its own.</summary>
internal sealed class StreamCall<T>(
    Callable target, Function? function, Exception? error, Payload payload, FrameFlags flags,
    HostLiveArguments? live, CancellationToken cancellationToken) : IAsyncEnumerable<T>
{
    private int _enumerations;

    public async IAsyncEnumerator<T> GetAsyncEnumerator(CancellationToken enumeratorToken = default)
    {
        if (error is not null)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(error);
        }
        bool hasLive = live is { IsEmpty: false };
        if (Interlocked.Increment(ref _enumerations) > 1 && hasLive)
        {
            throw new InvalidOperationException(
                $"{function!.Name} took a token, a progress or a source: such a stream can be enumerated once. Call {nameof(Callable.StreamAsync)} again.");
        }
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, enumeratorToken);
        both.Token.ThrowIfCancellationRequested();
        live?.HoldShared();
        var call = new PendingStream<T>(function!, target.Options)
        {
            Payload = payload,
            Flags = flags,
        };
        call.Attach(live);
        try
        {
            target.DispatchKept(call);
        }
        catch
        {
            live?.ReleaseShared();
            throw;
        }
        target.Watch(call, enumeratorToken.CanBeCanceled ? both.Token : cancellationToken);
        int taken = 0;
        try
        {
            while (await call.Items.WaitToReadAsync(CancellationToken.None).ConfigureAwait(false))
            {
                while (call.Items.TryRead(out T? item))
                {
                    call.OnTaken();
                    if (++taken % FlowControl.CreditBatch == 0)
                    {
                        call.Connection?.SendCredit(call, FlowControl.CreditBatch);
                    }
                    yield return item;
                }
            }
        }
        finally
        {
            if (!call.IsEnded)
            {
                target.Stop(call, new StopCause(CancellationToken.None));
            }
        }
    }
}

/// <summary>One enumeration of a stream.</summary>
internal sealed class PendingStream<T>(Function function, CallOptions options) : PendingCall(function, options)
{
    // Bounded by the credit that the worker has, which is checked below.
    private readonly Channel<T> _items = System.Threading.Channels.Channel.CreateUnbounded<T>(
        new UnboundedChannelOptions { SingleReader = true, SingleWriter = false, AllowSynchronousContinuations = false });

    private volatile bool _anyItem; // Has come: what was handed on cannot be taken back.
    private int _waiting; // Items that came and were not taken. Interlocked.

    public ChannelReader<T> Items => _items.Reader;

    public void OnTaken() => Interlocked.Decrement(ref _waiting);

    public override FrameKind Kind => FrameKind.CallStream;

    public override bool IsCompleted => IsEnded;

    public override bool CanRunAgain => base.CanRunAgain && !_anyItem;

    public override void OnItem(ref TransferReader reader)
    {
        _anyItem = true;
        if (Interlocked.Increment(ref _waiting) > FlowControl.StreamWindow + FlowControl.CreditBatch)
        {
            throw new ChannelCorruptedException($"items={_waiting}, more than the reader allowed");
        }
        try
        {
            _items.Writer.TryWrite(Codec<T>.Declared.Read(ref reader));
        }
        catch (TransferException e)
        {
            // Before it ends: an ended call is not told that it is to stop.
            Connection?.StopRunning(this);
            Fail(e);
        }
    }

    public override void OnResult(ref TransferReader reader)
    {
        if (TryEnd())
        {
            if (Live is { IsConnected: true } live)
            {
                live.EndThen(() => _items.Writer.TryComplete());
                return;
            }
            _items.Writer.TryComplete();
        }
    }

    protected override void CompleteFailed(Exception error)
    {
        if (Live is { IsConnected: true } live)
        {
            live.EndThen(() => _items.Writer.TryComplete(error));
            return;
        }
        _items.Writer.TryComplete(error);
    }
}
