using System.Threading.Channels;
using Brood.Calls;
using Brood.Channel;
using Brood.Memory;
using Brood.Platform;
using Brood.Transfer;

namespace Brood.Workers.Serving;

/// <summary>The arguments of one call that stay connected to the host: tokens, progress, sources.</summary>
internal sealed class WorkerLiveArguments(RunningCall call, WorkerChannel channel, WorkerEndpoint endpoint) : LiveReceiver
{
    private readonly Lock _gate = new();
    private readonly Dictionary<int, CancellationTokenSource> _tokens = []; // Guarded by _gate.
    private readonly Dictionary<int, IPulledSource> _sources = []; // Guarded by _gate.
    private readonly List<int> _cancelled = []; // Guarded by _gate.
    private bool _ended; // Guarded by _gate.

    public override CancellationToken GetToken(int id)
    {
        if (id == 0 && !call.HearsOfCancellation)
        {
            return CancellationToken.None;
        }
        // With id 0 the caller gave a token that cannot be cancelled: the function still hears when the call is.
        lock (_gate)
        {
            if (!_tokens.TryGetValue(id, out CancellationTokenSource? source))
            {
                source = new CancellationTokenSource();
                _tokens.Add(id, source);
                if (_cancelled.Contains(id) || _cancelled.Contains(0))
                {
                    source.Cancel();
                }
            }
            return source.Token;
        }
    }

    public override IProgress<T> GetProgress<T>(int id) => new RemoteProgress<T>(this, id);

    public override IAsyncEnumerable<T> GetAsyncEnumerable<T>(int id)
    {
        var source = new PulledSource<T>(credit => Pull(id, credit));
        lock (_gate)
        {
            _sources[id] = source;
        }
        return source;
    }

    public override SharedBlock GetShared(long sharedId) => endpoint.TakeShared(sharedId);

    /// <summary>From the control thread.</summary>
    public void Cancel(int id)
    {
        var sources = new List<CancellationTokenSource>();
        lock (_gate)
        {
            _cancelled.Add(id);
            foreach ((int token, CancellationTokenSource source) in _tokens)
            {
                if (id == 0 || id == token)
                {
                    sources.Add(source);
                }
            }
        }
        foreach (CancellationTokenSource source in sources)
        {
            // Callbacks of the function's own run here; they must not end this thread.
            _ = source.CancelAsync();
        }
    }

    /// <summary>From the control thread: something for a source.</summary>
    public void OnSource(FrameKind kind, int id, ref TransferReader reader)
    {
        IPulledSource? source;
        lock (_gate)
        {
            _sources.TryGetValue(id, out source);
        }
        switch (kind)
        {
            case FrameKind.SourceItem when source is not null:
                try
                {
                    source.OnItem(ref reader);
                }
                catch (Exception e)
                {
                    // The function that reads the sequence hears of it; this thread serves the others.
                    source.OnEnd(e);
                }
                break;
            case FrameKind.SourceEnd:
                source?.OnEnd(null);
                break;
            case FrameKind.SourceFailed:
                source?.OnEnd(ExceptionTransfer.Read(ref reader));
                break;
        }
    }

    /// <summary>The call is over: later reports go nowhere, sources end.</summary>
    public void End()
    {
        List<IPulledSource> sources;
        lock (_gate)
        {
            _ended = true;
            sources = [.. _sources.Values];
        }
        foreach (IPulledSource source in sources)
        {
            source.OnEnd(new ObjectDisposedException(null, "The call that this sequence was an argument of has ended."));
        }
    }

    private void Pull(int id, int credit)
    {
        lock (_gate)
        {
            if (!_ended)
            {
                channel.Results.Send(new FrameHeader(FrameKind.Pull, FrameFlags.None, id, call.Id), BitConverter.GetBytes(credit), []);
            }
        }
    }

    private void Report<T>(int id, T value)
    {
        TransferWriter writer = TransferWriter.Rent();
        try
        {
            Codec<T>.Declared.Write(writer, value);
            lock (_gate)
            {
                // Under the gate: a report is sent before the call's end, or not at all.
                if (!_ended)
                {
                    channel.Results.Send(new FrameHeader(FrameKind.Progress, FrameFlags.None, id, call.Id), writer.Inline, writer.Blocks);
                }
            }
        }
        finally
        {
            writer.Return();
        }
    }

    private sealed class RemoteProgress<T>(WorkerLiveArguments owner, int id) : IProgress<T>
    {
        public void Report(T value) => owner.Report(id, value);
    }

    private interface IPulledSource
    {
        void OnItem(ref TransferReader reader);

        void OnEnd(Exception? error);
    }

    /// <summary>A sequence that the host enumerates, item by item as far as this side has room.</summary>
    private sealed class PulledSource<T>(Action<int> pull) : IPulledSource, IAsyncEnumerable<T>
    {
        private readonly Channel<T> _items = System.Threading.Channels.Channel.CreateUnbounded<T>();
        private int _enumerated;

        public void OnItem(ref TransferReader reader) => _items.Writer.TryWrite(Codec<T>.Declared.Read(ref reader));

        public void OnEnd(Exception? error) => _items.Writer.TryComplete(error);

        public async IAsyncEnumerator<T> GetAsyncEnumerator(CancellationToken cancellationToken = default)
        {
            if (Interlocked.Exchange(ref _enumerated, 1) != 0)
            {
                throw new InvalidOperationException("A sequence that crossed the border can be enumerated once.");
            }
            pull(FlowControl.StreamWindow);
            int taken = 0;
            try
            {
                while (await _items.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
                {
                    while (_items.Reader.TryRead(out T? item))
                    {
                        if (++taken % FlowControl.CreditBatch == 0)
                        {
                            pull(FlowControl.CreditBatch);
                        }
                        yield return item;
                    }
                }
            }
            finally
            {
                // No more: the host ends its enumeration.
                pull(0);
            }
        }
    }
}
