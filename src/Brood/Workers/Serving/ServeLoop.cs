using Brood.Calls;
using Brood.Channel;
using Brood.Platform;
using Brood.Transfer;

namespace Brood.Workers.Serving;

/// <summary>The worker's loop: takes calls out of its ring, one after another, and answers each.</summary>
internal sealed class ServeLoop
{
    private const int ServerMask = 1;

    /// <summary>A worker that gets no call for so long after its start was started for later: it rehearses one.</summary>
    private const int RehearseAfterMilliseconds = 20;

    private readonly WorkerChannel _channel;
    private readonly WorkerEndpoint _endpoint;
    private readonly WorkerStatus _status;
    private readonly SpinPolicy _spin = SpinPolicy.ForThisMachine();
    private readonly TransferWriter _writer = TransferWriter.Rent();
    private readonly ConsoleWatch _console = new();
    private readonly ControlLoop _control;
    private readonly RunningCall _plainCall;
    private readonly SentShared _sentShared;
    private readonly ExecutionContext? _cleanContext = Thread.CurrentThread.ExecutionContext;
    private DefinedFunction[] _functions = new DefinedFunction[16]; // By function id.

    private bool _hasRehearsed;
    private bool _isTold; // Of a function that no call has followed yet: a spare is.
    private bool _hasSkipped; // A record was withdrawn: its room is the host's again, and no answer tells the host so.

    private readonly record struct DefinedFunction(Invoker? Invoker, Exception? Error);

    public ServeLoop(WorkerChannel channel, WorkerEndpoint endpoint, WorkerStatus status)
    {
        _channel = channel;
        _endpoint = endpoint;
        _status = status;
        _control = new ControlLoop(channel);
        _plainCall = new RunningCall(channel, endpoint, status, _writer, _console);
        // What the host would refuse to build is refused here, where the path to it is known.
        _writer.HomePolicy = TypePolicy.Default;
        _sentShared = new SentShared(endpoint);
        TransferHooks.Install();
    }

    /// <summary>Serves until the host says that there is no more.</summary>
    public void Run()
    {
        // From here on the host may expect that calls are taken.
        _status.Enter(WorkerPhase.Idle);
        while (true)
        {
            FrameHeader header = WaitForFrame(out ReadOnlySpan<byte> payload);
            if (header.Kind == FrameKind.Exit)
            {
                return;
            }
            if (_channel.Calls.TryClaim())
            {
                Serve(header, payload);
            }
            else
            {
                _hasSkipped = true;
            }
            _channel.Calls.Advance();
        }
    }

    private FrameHeader WaitForFrame(out ReadOnlySpan<byte> payload)
    {
        if (_channel.Calls.TryPeek(out FrameHeader header, out payload))
        {
            return header;
        }
        if (_isTold)
        {
            RehearseOnce();
        }
        if (_hasSkipped)
        {
            _hasSkipped = false;
            _channel.Results.Send(new FrameHeader(FrameKind.Ready, FrameFlags.None, 0, 0), [], []);
        }
        _spin.Begin(isPatient: true);
        while (!_channel.Calls.TryPeek(out header, out payload))
        {
            if (!_spin.KeepLooking() && _channel.Calls.PrepareToPark(ServerMask) is { } sleep)
            {
                _channel.Calls.Park(sleep, ServerMask, _hasRehearsed ? -1 : RehearseAfterMilliseconds);
                _channel.Calls.DoNotWake();
                RehearseOnce();
            }
        }
        _spin.End();
        return header;
    }

    private void RehearseOnce()
    {
        if (!_hasRehearsed && !_channel.Calls.HasRecord)
        {
            _hasRehearsed = true;
            Rehearsal.PlayWorker();
        }
    }

    private void Serve(in FrameHeader header, ReadOnlySpan<byte> payload)
    {
        switch (header.Kind)
        {
            case FrameKind.Define:
                Define(header.FunctionId, payload);
                _isTold = true;
                break;
            case FrameKind.Forget:
                _endpoint.ForgetShared(header.CallId);
                // Asked to make room for handles, the host waits to hear that there is some.
                _hasSkipped |= header.CallId == 0;
                break;
            default:
                Call(header, payload);
                break;
        }
    }

    private void Define(int functionId, ReadOnlySpan<byte> payload)
    {
        if (functionId >= _functions.Length)
        {
            Array.Resize(ref _functions, Math.Max(functionId + 1, _functions.Length * 2));
        }
        try
        {
            var reader = new TransferReader(payload, null, null, TypePolicy.TrustHost);
            _functions[functionId] = new DefinedFunction(Invoker.Read(ref reader), null);
        }
        catch (Exception e)
        {
            _functions[functionId] = new DefinedFunction(null, e);
        }
    }

    private void Call(in FrameHeader header, ReadOnlySpan<byte> payload)
    {
        _hasRehearsed = true; // This is the real thing.
        _status.Decoding(header.CallId);
        bool usesControl = (header.Flags & FrameFlags.Control) != 0;
        RunningCall call = usesControl
            ? new RunningCall(_channel, _endpoint, _status, _writer, _console) { HearsOfCancellation = true } : _plainCall;
        call.Begin(header.CallId, header.Kind == FrameKind.CallStream);
        FrameKind kind = header.Kind == FrameKind.Call ? FrameKind.Result : FrameKind.End;
        FrameFlags flags = FrameFlags.None;
        ReceivedBlocks? blocks = null;
        try
        {
            if ((header.Flags & FrameFlags.Blocks) != 0)
            {
                blocks = _channel.BulkOut.Open(header.Flags, ref payload);
            }
            if (usesControl)
            {
                _control.Begin(call);
            }
            var reader = new TransferReader(payload, blocks, call.Live, TypePolicy.TrustHost);
            if ((header.Flags & FrameFlags.Ambient) != 0)
            {
                Ambient.Enter(ref reader);
            }
            Invoker invoker = Find(header.FunctionId);
            _writer.Live = _sentShared;
            if (header.Kind == FrameKind.CallChunk)
            {
                invoker.RunEach(ref reader, call);
            }
            else
            {
                invoker.Run(ref reader, call);
            }
        }
        catch (Exception e)
        {
            kind = FrameKind.Failed;
            flags = call.HasStarted ? FrameFlags.None : FrameFlags.NotStarted;
            _writer.Clear();
            ExceptionTransfer.Write(_writer, e);
        }
        if (usesControl)
        {
            _control.End();
            call.End();
        }
        Finish(call, kind, flags);
        blocks?.Release();
    }

    private void Finish(RunningCall call, FrameKind kind, FrameFlags flags)
    {
        if (call.HasStarted)
        {
            _status.Enter(WorkerPhase.Returning);
        }
        if (Thread.CurrentThread.ExecutionContext != _cleanContext)
        {
            // What a function left behind (culture, activity, AsyncLocal values) must not reach the next one.
            ExecutionContext.Restore(_cleanContext!);
        }
        RunningCall.LeaveContext();
        if (Thread.CurrentThread.Priority != ThreadPriority.Normal)
        {
            Thread.CurrentThread.Priority = ThreadPriority.Normal;
        }
        if (_console.IsUsed)
        {
            _console.Flush();
            flags |= FrameFlags.Output;
        }
        try
        {
            _channel.Results.Send(new FrameHeader(kind, flags, 0, call.Id), _writer.Inline, _writer.Blocks);
        }
        catch (Exception e)
        {
            // There is no room for the result, or no memory; there is always room to say so.
            _writer.Clear();
            ExceptionTransfer.Write(_writer, e);
            _channel.Results.Send(new FrameHeader(FrameKind.Failed, flags, 0, call.Id), _writer.Inline, _writer.Blocks);
        }
        _writer.Clear();
        _status.Served();
        _status.Enter(WorkerPhase.Idle);
    }

    private Invoker Find(int functionId)
    {
        DefinedFunction function = functionId < _functions.Length ? _functions[functionId] : default;
        return function.Invoker ?? throw new TransferException(
            "The worker cannot find the function: " + (function.Error?.Message ?? "it was not told which it is."), null, function.Error);
    }
}
