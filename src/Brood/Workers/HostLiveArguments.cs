using Brood.Channel;
using Brood.Memory;
using Brood.Platform;
using Brood.Transfer;

namespace Brood.Workers;

/// <summary>The host's side of a call's live arguments. Registered while the arguments are encoded, connected when it is sent.</summary>
/// <remarks>User code (reports, sources) runs on the thread pool, in order, never on a thread of the channel.</remarks>
internal sealed class HostLiveArguments : LiveSender
{
    private readonly Lock _gate = new();
    private readonly List<object> _values = []; // By id - 1. Written while encoding, constant afterwards.
    private readonly List<SharedBlock> _shared = []; // Written while encoding, constant afterwards.
    private int _holdsShared; // Interlocked. Whether this is a user of each of them.
    private readonly Queue<Action> _actions = []; // Guarded by _gate.
    private readonly List<CancellationTokenRegistration> _registrations = []; // Guarded by _gate.
    private bool _isRunning; // Guarded by _gate.
    private bool _isEnded; // Guarded by _gate.
    private bool _isConnected; // Touched while the call is being sent, by one thread at a time.

    public bool IsEmpty => _values.Count == 0 && _shared.Count == 0;

    /// <summary>Whether the worker has to listen or to report while the call runs.</summary>
    public bool IsConnected => _values.Count > 0;

    public override int Add(CancellationToken token) => token.CanBeCanceled ? Register(token) : 0;

    public override int Add<T>(IProgress<T> progress) => Register(new ProgressTarget<T>(progress));

    public override int Add<T>(IAsyncEnumerable<T> source) => Register(new SourcePump<T>(source));

    /// <summary>Whether there is a sequence that is read while the call runs.</summary>
    public bool HasSource => _values.Exists(static value => value is SourcePump);

    public override void AddShared(SharedBlock block)
    {
        // The caller may dispose the array as soon as the call is made.
        block.Use();
        _holdsShared = 1;
        _shared.Add(block);
    }

    /// <summary>Shared memory that goes along.</summary>
    public IReadOnlyList<SharedBlock> Shared => _shared;

    /// <summary>The call has ended, or will not be made now. Harmless to repeat.</summary>
    public void ReleaseShared()
    {
        if (Interlocked.Exchange(ref _holdsShared, 0) == 0)
        {
            return;
        }
        foreach (SharedBlock block in _shared)
        {
            block.Release();
        }
    }

    /// <summary>The call is made after all.</summary>
    /// <exception cref="ObjectDisposedException">An array has been disposed since.</exception>
    public void HoldShared()
    {
        for (int i = 0; i < _shared.Count; i++)
        {
            try
            {
                _shared[i].Use();
            }
            catch (ObjectDisposedException)
            {
                while (--i >= 0)
                {
                    _shared[i].Release();
                }
                throw;
            }
        }
        _holdsShared = 1;
    }

    /// <summary>The call is on its way: cancellations follow it. Again when it goes to another worker.</summary>
    public void Connect(PendingCall call)
    {
        bool isFirst = !_isConnected;
        _isConnected = true;
        for (int id = 1; id <= _values.Count; id++)
        {
            if (_values[id - 1] is not CancellationToken token)
            {
                continue;
            }
            int liveId = id;
            if (!isFirst)
            {
                if (token.IsCancellationRequested)
                {
                    Cancel(call, liveId);
                }
                continue;
            }
            CancellationTokenRegistration registration = token.UnsafeRegister(_ => Cancel(call, liveId), null);
            lock (_gate)
            {
                if (_isEnded)
                {
                    // The answer was faster.
                    registration.Unregister();
                    return;
                }
                _registrations.Add(registration);
            }
        }
    }

    // Apart: sending waits where a worker does not read, and whoever cancels or sends the call must not.
    private static void Cancel(PendingCall call, int liveId) => ThreadPool.UnsafeQueueUserWorkItem(
        static state => state.Call.Connection?.SendControl(FrameKind.Cancel, state.LiveId, state.Call), (Call: call, LiveId: liveId), preferLocal: false);

    /// <summary>A Progress or Pull frame.</summary>
    public void OnFrame(in FrameHeader header, PendingCall call, ref TransferReader reader)
    {
        int id = header.FunctionId;
        object? value = id > 0 && id <= _values.Count ? _values[id - 1] : null;
        switch (header.Kind)
        {
            case FrameKind.Progress when value is ProgressTarget target:
                Enqueue(target.Read(ref reader));
                break;
            case FrameKind.Pull when value is SourcePump pump:
                pump.Pull(call, id, reader.ReadUnmanaged<int>());
                break;
            default:
                throw new ChannelCorruptedException($"{header.Kind} for live argument {id} of {_values.Count}");
        }
    }

    public void End()
    {
        lock (_gate)
        {
            _isEnded = true;
            foreach (CancellationTokenRegistration registration in _registrations)
            {
                registration.Unregister();
            }
            _registrations.Clear();
        }
        foreach (object value in _values)
        {
            (value as SourcePump)?.Stop();
        }
    }

    /// <summary>Runs the completion after all reports.</summary>
    public void EndThen(Action complete)
    {
        End();
        Enqueue(complete);
    }

    private int Register(object value)
    {
        _values.Add(value);
        return _values.Count;
    }

    private void Enqueue(Action action)
    {
        lock (_gate)
        {
            _actions.Enqueue(action);
            if (_isRunning)
            {
                return;
            }
            _isRunning = true;
        }
        ThreadPool.UnsafeQueueUserWorkItem(static self => self.RunActions(), this, preferLocal: false);
    }

    private void RunActions()
    {
        while (true)
        {
            Action action;
            lock (_gate)
            {
                if (!_actions.TryDequeue(out action!))
                {
                    _isRunning = false;
                    return;
                }
            }
            action();
        }
    }

    private abstract class ProgressTarget
    {
        public abstract Action Read(ref TransferReader reader);
    }

    private sealed class ProgressTarget<T>(IProgress<T> progress) : ProgressTarget
    {
        public override Action Read(ref TransferReader reader)
        {
            T value = Codec<T>.Declared.Read(ref reader);
            return () =>
            {
                try
                {
                    progress.Report(value);
                }
                catch (Exception)
                {
                    // As with Progress<T> itself, what a handler throws is not the call's business.
                }
            };
        }
    }

    private abstract class SourcePump
    {
        public abstract void Pull(PendingCall call, int id, int credit);

        public abstract void Stop();
    }

    /// <summary>Enumerates a source for the worker, as far as it has asked.</summary>
    private sealed class SourcePump<T>(IAsyncEnumerable<T> source) : SourcePump
    {
        private readonly SemaphoreSlim _credit = new(0);
        private readonly CancellationTokenSource _stopped = new();
        private int _started;

        public override void Pull(PendingCall call, int id, int credit)
        {
            if (credit <= 0)
            {
                Stop();
                return;
            }
            if (credit > FlowControl.StreamWindow)
            {
                throw new ChannelCorruptedException($"credit={credit}");
            }
            _credit.Release(credit);
            if (Interlocked.Exchange(ref _started, 1) == 0)
            {
                _ = Task.Run(() => PumpAsync(call, id));
            }
        }

        // What the source does about it is user code: not on this thread.
        public override void Stop() => _ = _stopped.CancelAsync();

        private async Task PumpAsync(PendingCall call, int id)
        {
            try
            {
                await foreach (T item in source.WithCancellation(_stopped.Token).ConfigureAwait(false))
                {
                    await _credit.WaitAsync(_stopped.Token).ConfigureAwait(false);
                    SendItem(call, id, item);
                }
                call.Connection?.SendControl(FrameKind.SourceEnd, id, call);
            }
            catch (Exception) when (_stopped.IsCancellationRequested)
            {
                // The worker wants no more, or the call is over.
            }
            catch (Exception e)
            {
                SendFailed(call, id, e);
            }
        }

        private static void SendItem(PendingCall call, int id, T item)
        {
            TransferWriter writer = TransferWriter.Rent();
            try
            {
                Codec<T>.Declared.Write(writer, item);
                call.Connection?.SendControl(FrameKind.SourceItem, id, call, writer);
            }
            finally
            {
                writer.Return();
            }
        }

        private static void SendFailed(PendingCall call, int id, Exception error)
        {
            TransferWriter writer = TransferWriter.Rent();
            try
            {
                Calls.ExceptionTransfer.Write(writer, error);
                call.Connection?.SendControl(FrameKind.SourceFailed, id, call, writer);
            }
            finally
            {
                writer.Return();
            }
        }
    }
}
