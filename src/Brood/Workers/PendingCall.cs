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
    private volatile Exception? _stopReason;

    public Function Function { get; } = function;

    public CallOptions Options { get; } = options;

    public string Name => Options.Name ?? Function.Name;

    /// <summary>Which frame carries it.</summary>
    public abstract FrameKind Kind { get; }

    /// <summary>What was encoded on the caller's thread; empty if it was sent at once and need not be sent again.</summary>
    public Payload Payload { get; set; }

    public FrameFlags Flags { get; set; }

    public HostLiveArguments? Live { get; set; }

    /// <summary>When the call was made, as a timestamp of the owner's clock.</summary>
    public long CalledAt { get; set; }

    // Written by the connection under its lock while it has the call.

    public long CallId { get; set; }

    public long Position { get; set; } = -1;

    public WorkerConnection? Connection { get; set; }

    /// <summary>Why it is being stopped: this is what its caller is told, however the worker then ends.</summary>
    public Exception? StopReason => _stopReason;

    public abstract bool IsCompleted { get; }

    public bool IsEnded => Volatile.Read(ref _ended) != 0;

    /// <summary>The first reason counts.</summary>
    public void StopFor(Exception reason) => _stopReason ??= reason;

    /// <summary>Whether the caller of this method is the one to complete the call.</summary>
    public bool TryEnd() => Interlocked.Exchange(ref _ended, 1) == 0;

    /// <summary>Ends the call with an exception, unless it has ended.</summary>
    public void Fail(Exception error)
    {
        if (TryEnd())
        {
            Live?.End();
            CompleteFailed(error);
        }
    }

    // From the receiver of the connection. The reader is valid during the call only.

    /// <summary>Result, or End.</summary>
    public abstract void OnResult(ref TransferReader reader);

    public virtual void OnItem(ref TransferReader reader) { }

    public virtual void OnItemFailed(Exception error) { }

    protected abstract void CompleteFailed(Exception error);
}

/// <summary>An encoded call that is kept: its own copy of everything.</summary>
internal readonly struct Payload(byte[] inline, Block[] blocks)
{
    public ReadOnlySpan<byte> Inline => inline;

    public ReadOnlySpan<Block> Blocks => blocks;

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
