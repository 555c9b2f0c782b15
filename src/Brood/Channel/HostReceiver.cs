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
/// The gate makes the readers one consumer. A thread in <see cref="Wait"/> holds it, looks, and if need be sleeps under
/// a mask of its own, so that the answer wakes the caller itself. Meanwhile the reader thread sleeps undisturbed. On
/// leaving, the caller hands the ring back to the reader thread.
/// </remarks>
internal sealed class HostReceiver : IDisposable
{
    private const int ReaderMask = 1;
    private const int CallerMask = 2;

    /// <summary>After so many frames a reader looks whether it should still read.</summary>
    private const int FramesAtOnce = 1024;

    /// <summary>How often a caller that has its own answer reads on for others before it wakes the reader thread instead.</summary>
    private const int LapsForOthers = 4;

    private readonly object _gate = new();
    private readonly RingReader<RegionMemory> _ring; // Guarded by _gate.
    private readonly BulkReceiver _bulk; // Guarded by _gate.
    private readonly IFrameHandler _handler;
    private readonly Func<bool> _expectsFrames;
    private readonly SpinPolicy _callerSpin = SpinPolicy.ForThisMachine(); // Guarded by _gate.
    private readonly SpinPolicy _readerSpin = SpinPolicy.ForThisMachine(); // Touched by the reader thread only.
    private volatile bool _isArmed; // Written under _gate. The next frame wakes the reader thread.
    private volatile bool _callerInside; // Written under _gate. A caller looks, and will hand over when it leaves.
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

    /// <summary>Makes this thread the reader, if no other caller is. Before a call is sent: its answer then wakes nobody else.</summary>
    /// <returns>Whether it is; then <see cref="EndWait"/> must follow.</returns>
    public bool TryBeginWait()
    {
        if (!TryEnterGate())
        {
            return false;
        }
        if (IsOverNeedsGate)
        {
            Monitor.Exit(_gate);
            return false;
        }
        _callerInside = true;
        DisarmNeedsGate();
        return true;
    }

    /// <summary>Reads until <paramref name="call"/> is complete, or can no longer be completed from here.</summary>
    /// <param name="maySleep">False: only as long as looking pays.</param>
    public void Wait(IAwaited call, bool maySleep)
    {
        _callerSpin.Begin(isPatient: maySleep);
        while (!call.IsCompleted && !IsOverNeedsGate && call.IsAwaitedFrom(_handler))
        {
            if (DrainNeedsGate(call))
            {
                _callerSpin.WasBusy();
                continue;
            }
            if (_callerSpin.KeepLooking())
            {
                continue;
            }
            if (!maySleep)
            {
                break;
            }
            if (_ring.PrepareToPark(CallerMask) is { } sleep && !_closed && call.IsAwaitedFrom(_handler))
            {
                _ring.Park(sleep, CallerMask);
                _ring.DoNotWake();
            }
        }
        _callerSpin.End();
    }

    /// <summary>Hands the ring back to the reader thread.</summary>
    public void EndWait()
    {
        try
        {
            // The reader thread sleeps, or waits for the gate: what comes from now on is its business. While no call is out
            // nothing comes, and the word that wakes it stays as it is: it lies in a cache line that the worker reads.
            int laps = LapsForOthers;
            while (_expectsFrames() && !IsOverNeedsGate && !TryHandOverNeedsGate())
            {
                if (laps-- == 0)
                {
                    // There is still more. It may never end, and this caller has what it waited for.
                    _ring.Unpark(ReaderMask);
                    break;
                }
                DrainNeedsGate();
            }
        }
        finally
        {
            _callerInside = false;
            Monitor.Exit(_gate);
        }
        // A call may have been sent since the question above, by a thread that saw this one inside.
        Interlocked.MemoryBarrier();
        EnsureReader();
    }

    /// <summary>A call was sent that nobody waits for inline: the reader thread must hear of its answer.</summary>
    public void EnsureReader()
    {
        if (_isArmed || _callerInside || !_expectsFrames() || !Monitor.TryEnter(_gate))
        {
            // Whoever has the gate asks the same when it leaves; the reader thread arms itself before it sleeps.
            return;
        }
        try
        {
            if (!IsOverNeedsGate && !TryHandOverNeedsGate())
            {
                _ring.Unpark(ReaderMask);
            }
        }
        finally
        {
            Monitor.Exit(_gate);
        }
    }

    /// <summary>From another thread than the reader's: what comes from now on wakes the reader thread.</summary>
    /// <returns>False: something is there already.</returns>
    private bool TryHandOverNeedsGate()
    {
        if (_ring.IsGrowing)
        {
            // Whoever sleeps meanwhile has to look once more by itself.
            _ring.Unpark(ReaderMask);
            return true;
        }
        return ArmNeedsGate() is not null;
    }

    private Sleep? ArmNeedsGate()
    {
        Sleep? sleep = _ring.PrepareToPark(ReaderMask);
        _isArmed = sleep is not null;
        return sleep;
    }

    private void DisarmNeedsGate()
    {
        if (_isArmed)
        {
            _isArmed = false;
            _ring.DoNotWake();
        }
    }

    /// <summary>The reader thread has the gate only for as long as it takes frames out; another caller keeps it.</summary>
    private bool TryEnterGate()
    {
        if (Monitor.IsEntered(_gate))
        {
            // Code that runs while a frame is handled makes a call: the frame's bytes must stay as they are until it is done.
            return false;
        }
        for (int tries = 0; tries < 64; tries++)
        {
            if (Monitor.TryEnter(_gate))
            {
                return true;
            }
            if (_callerInside)
            {
                return false;
            }
            Thread.SpinWait(8);
        }
        return false;
    }

    /// <summary>A call was taken back: whoever sleeps in <see cref="Wait"/> for it looks again.</summary>
    public void WakeCaller() => _ring.Unpark(CallerMask);

    /// <summary>The worker is dead: takes what it still wrote, then ends all waiting.</summary>
    public void CloseAfterDeath()
    {
        _closed = true;
        // Whoever sleeps holding the gate must leave it first. More than once, because the word that it sleeps on was
        // the worker's to write, too: it may have been set to just what one increment makes the expected value.
        do
        {
            _ring.Unpark(ReaderMask | CallerMask);
        }
        while (!Monitor.TryEnter(_gate, millisecondsTimeout: 10));
        try
        {
            // One lap: there is no more in a ring that nobody writes to, and if somebody does, it is not the worker.
            DrainNeedsGate(maxFrames: RegionLayout.ResultRingBytes / RecordLayout.Alignment);
        }
        finally
        {
            Monitor.Exit(_gate);
        }
    }

    /// <summary>After <see cref="CloseAfterDeath"/>. When it returns, no thread touches the ring's memory through this.</summary>
    public void Dispose()
    {
        while (!_thread.Join(millisecondsTimeout: 10))
        {
            _ring.Unpark(ReaderMask);
        }
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
            lock (_gate)
            {
                if (IsOverNeedsGate)
                {
                    return;
                }
                DisarmNeedsGate();
                while (DrainNeedsGate() && !IsOverNeedsGate)
                {
                    if (_ring.IsGrowing)
                    {
                        _readerSpin.LetGather();
                    }
                }
            }
            if (LookForMore() is { } sleep && !_closed)
            {
                _ring.Park(sleep, ReaderMask);
                _readerSpin.End();
            }
        }
    }

    /// <summary>Looks without the gate, so that a caller can have it at any time.</summary>
    /// <returns>How to sleep; null: there is something to read.</returns>
    private Sleep? LookForMore()
    {
        _readerSpin.Begin();
        while (!_closed)
        {
            // Before the question whether a caller looks: on leaving, it lets the producer wake this thread, and a signal
            // that came in between ends the sleep at once.
            int signal = _ring.Signal;
            if (_callerInside)
            {
                return new Sleep(signal, LooksAgain: false);
            }
            if (_ring.HasRecord)
            {
                _readerSpin.End();
                return null;
            }
            if (!_expectsFrames() || !_readerSpin.KeepLooking())
            {
                if (!Monitor.TryEnter(_gate))
                {
                    continue;
                }
                try
                {
                    return IsOverNeedsGate ? null : ArmNeedsGate();
                }
                finally
                {
                    Monitor.Exit(_gate);
                }
            }
        }
        return null;
    }

    /// <summary>Whether nobody reads any more: the worker is dead, or about to be killed for what it wrote.</summary>
    private bool IsOverNeedsGate => _closed || _corrupted;

    /// <param name="until">Nothing is read after this is complete.</param>
    /// <returns>Whether there was anything.</returns>
    private bool DrainNeedsGate(IAwaited? until = null, int maxFrames = FramesAtOnce)
    {
        bool any = false;
        try
        {
            while (!_corrupted && maxFrames-- > 0 && until?.IsCompleted != true && _ring.TryPeek(out FrameHeader header, out ReadOnlySpan<byte> shared))
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
