using System.Runtime.InteropServices;
using Brood.Channel;
using Brood.Transfer;

namespace Brood.Workers.Serving;

/// <summary>Reads the control ring while functions run. Its thread starts with the first call that needs it.</summary>
internal sealed class ControlLoop(WorkerChannel channel)
{
    private const int ControlMask = 1;

    private readonly Lock _gate = new();
    private RunningCall? _running; // Guarded by _gate.
    private Thread? _thread; // Touched by the serving thread only.
    private List<(long CallId, int LiveId)>? _early; // Guarded by _gate. Cancelled before they were begun.

    /// <summary>From now on, what comes for this call reaches it.</summary>
    public void Begin(RunningCall call)
    {
        lock (_gate)
        {
            _running = call;
            foreach ((long callId, int liveId) in _early ?? [])
            {
                if (callId == call.Id)
                {
                    call.Cancel(liveId);
                }
            }
            _early?.RemoveAll(early => early.CallId <= call.Id);
        }
        if (_thread is null)
        {
            _thread = new Thread(Run, maxStackSize: 512 * 1024) { IsBackground = true, Name = "Brood control" };
            _thread.Start();
        }
    }

    public void End()
    {
        lock (_gate)
        {
            _running = null;
        }
    }

    private void Run()
    {
        while (true)
        {
            while (channel.Control.TryPeek(out FrameHeader header, out ReadOnlySpan<byte> payload))
            {
                Handle(header, payload);
                channel.Control.Advance();
            }
            if (channel.Control.PrepareToPark(ControlMask) is { } sleep)
            {
                channel.Control.Park(sleep, ControlMask);
                channel.Control.DoNotWake();
            }
        }
    }

    private void Handle(in FrameHeader header, ReadOnlySpan<byte> payload)
    {
        ReceivedBlocks? blocks = (header.Flags & FrameFlags.Blocks) != 0
            ? channel.ControlBulkOut.Open(header.Flags, ref payload) : null;
        lock (_gate)
        {
            if (_running?.Id == header.CallId)
            {
                HandleRunning(_running, header, payload, blocks);
            }
            else if (header.Kind == FrameKind.Cancel)
            {
                (_early ??= []).Add((header.CallId, header.FunctionId));
            }
        }
        blocks?.Release();
    }

    private static void HandleRunning(RunningCall call, in FrameHeader header, ReadOnlySpan<byte> payload, BlockSource? blocks)
    {
        switch (header.Kind)
        {
            case FrameKind.Cancel:
                call.Cancel(header.FunctionId);
                break;
            case FrameKind.Credit:
                call.AddCredit(MemoryMarshal.Read<int>(payload));
                break;
            case FrameKind.SourceItem or FrameKind.SourceEnd or FrameKind.SourceFailed:
                var reader = new TransferReader(payload, blocks, call.Live, TypePolicy.TrustHost);
                call.Live.OnSource(header.Kind, header.FunctionId, ref reader);
                break;
        }
    }
}
