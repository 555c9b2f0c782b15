using Brood.Memory;
using Brood.Transfer;

namespace Brood.Channel;

/// <summary>Something that frames complete.</summary>
internal interface IAwaited
{
    bool IsCompleted { get; }

    /// <summary>Whether it is to be completed by what this handler gets: it may be taken back and go elsewhere.</summary>
    bool IsAwaitedFrom(IFrameHandler handler);
}

/// <summary>Who takes frames out of the result ring. Called under the receiver's gate: must not block or run user code.</summary>
internal interface IFrameHandler
{
    void OnFrame(in FrameHeader header, ReadOnlySpan<byte> payload, ReceivedBlocks? blocks);

    /// <summary>The worker wrote what cannot be. Called once; nothing is read after it.</summary>
    void OnCorrupted(ChannelCorruptedException error);
}

/// <summary>The host's side of the result ring: whoever waits reads for all; a thread of its own reads when nobody waits.</summary>
/// <remarks>
/// The gate makes the readers one consumer. A thread in <see cref="TryWait"/> holds it, looks, and if need be sleeps under
/// a mask of its own, so that the answer wakes the caller itself. Meanwhile the reader thread sleeps undisturbed. On
/// leaving, the caller hands the ring back to the reader thread.
/// </remarks>
internal sealed class HostReceiver : IDisposable
{
    private const int ReaderMask = 1;
    private const int CallerMask = 2;

    private readonly object _gate = new();
    private readonly RingReader<RegionMemory> _ring; // Guarded by _gate.
    private readonly BulkReceiver _bulk; // Guarded by _gate.
    private readonly IFrameHandler _handler;
    private readonly Func<bool> _expectsFrames;
    private readonly SpinPolicy _callerSpin = SpinPolicy.ForThisMachine(); // Guarded by _gate.
    private readonly SpinPolicy _readerSpin = SpinPolicy.ForThisMachine(); // Guarded by _gate.
    private byte[] _copy = new byte[RecordLayout.MaxPayloadBytes]; // Guarded by _gate.
    private readonly Thread _thread;
    private volatile bool _closed; // Set once, before the gate is taken a last time: then the memory may go.
    private bool _corrupted; // Guarded by _gate.

    /// <param name="expectsFrames">Whether any call is out: else the reader thread need not look before it sleeps.</param>
    public HostReceiver(RingReader<RegionMemory> ring, BulkReceiver bulk, IFrameHandler handler, Func<bool> expectsFrames, string name)
    {
        _ring = ring;
        _bulk = bulk;
        _handler = handler;
        _expectsFrames = expectsFrames;
        _thread = new Thread(Read, maxStackSize: 512 * 1024) { IsBackground = true, Name = name };
        _thread.Start();
    }

    /// <summary>Reads until <paramref name="call"/> is complete, if no other thread is reading.</summary>
    /// <param name="maySleep">False: only as long as looking pays.</param>
    /// <returns>Whether the call is complete.</returns>
    public bool TryWait(IAwaited call, bool maySleep)
    {
        if (!Monitor.TryEnter(_gate))
        {
            return call.IsCompleted;
        }
        try
        {
            if (_closed)
            {
                return call.IsCompleted;
            }
            _ring.DoNotWake();
            _callerSpin.Begin();
            while (!call.IsCompleted && !_closed && call.IsAwaitedFrom(_handler))
            {
                if (DrainNeedsGate() || _callerSpin.KeepLooking())
                {
                    continue;
                }
                if (!maySleep)
                {
                    break;
                }
                if (_ring.PrepareToPark(CallerMask) is { } signal && !_closed && call.IsAwaitedFrom(_handler))
                {
                    _ring.Park(signal, CallerMask, -1);
                    _ring.DoNotWake();
                }
            }
            _callerSpin.End();
            // The reader thread sleeps, or waits for the gate: what comes from now on is its business.
            while (!_closed && _ring.PrepareToPark(ReaderMask) is null)
            {
                DrainNeedsGate();
            }
        }
        finally
        {
            Monitor.Exit(_gate);
        }
        return call.IsCompleted;
    }

    /// <summary>A call was taken back: whoever sleeps in <see cref="TryWait"/> for it looks again.</summary>
    public void WakeCaller() => _ring.Unpark(CallerMask);

    /// <summary>The worker is dead: takes what it still wrote, then ends all waiting.</summary>
    public void CloseAfterDeath()
    {
        _closed = true;
        // Whoever sleeps holding the gate must leave it first.
        _ring.Unpark(ReaderMask | CallerMask);
        lock (_gate)
        {
            DrainNeedsGate();
        }
    }

    /// <summary>After <see cref="CloseAfterDeath"/>. When it returns, no thread touches the ring's memory through this.</summary>
    public void Dispose()
    {
        _thread.Join();
        lock (_gate)
        {
            _copy = [];
            _bulk.Dispose();
        }
    }

    private void Read()
    {
        while (!_closed)
        {
            int? signal;
            lock (_gate)
            {
                if (_closed)
                {
                    return;
                }
                _ring.DoNotWake();
                _readerSpin.Begin();
                while (DrainNeedsGate() || (_expectsFrames() && _readerSpin.KeepLooking()))
                {
                    if (_closed)
                    {
                        return;
                    }
                }
                signal = _ring.PrepareToPark(ReaderMask);
            }
            if (signal is { } value && !_closed)
            {
                _ring.Park(value, ReaderMask, -1);
            }
            lock (_gate)
            {
                _readerSpin.End();
            }
        }
    }

    /// <returns>Whether there was anything.</returns>
    private bool DrainNeedsGate()
    {
        bool any = false;
        try
        {
            while (!_corrupted && _ring.TryPeek(out FrameHeader header, out ReadOnlySpan<byte> shared))
            {
                any = true;
                // The worker may still write here: what is parsed is a private copy.
                Span<byte> copy = _copy.AsSpan(0, shared.Length);
                shared.CopyTo(copy);
                _ring.Advance();
                ReadOnlySpan<byte> payload = copy;
                ReceivedBlocks? blocks = (header.Flags & FrameFlags.Blocks) != 0 ? _bulk.Open(header.Flags, ref payload) : null;
                _handler.OnFrame(header, payload, blocks);
                blocks?.Release();
            }
        }
        catch (Exception e)
        {
            // Whatever the worker's bytes made of it: the worker ends, this process does not.
            _corrupted = true;
            _handler.OnCorrupted(e as ChannelCorruptedException ?? new ChannelCorruptedException(e.ToString()));
        }
        return any;
    }
}
