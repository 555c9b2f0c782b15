using Brood.Memory;
using Brood.Transfer;

namespace Brood.Channel;

/// <summary>Sends frames into one ring: small payloads in the record, large ones through the bulk area.</summary>
/// <remarks>Thread-safe: many threads of this process are one producer, under a lock of this process.</remarks>
internal sealed class FrameSender(RingWriter<RegionMemory> ring, BulkSender bulk)
{
    private readonly Lock _gate = new();
    private volatile bool _closed; // Set once, before the gate is taken a last time: then the memory may go.

    /// <summary>Sends a frame, waiting for room as long as the other side lives.</summary>
    /// <returns>False: the channel is closed.</returns>
    public bool Send(FrameHeader header, ReadOnlySpan<byte> inline, ReadOnlySpan<Block> blocks)
    {
        try
        {
            return Write(header, BulkAssembler.FitsInline(inline, blocks)
                ? inline : BulkAssembler.Assemble(bulk, ref header, inline, blocks, out _));
        }
        catch (ObjectDisposedException)
        {
            return false;
        }
    }

    /// <summary>Sends an item of a chunk: into the record that grows, so that it costs the other side no look of its own.</summary>
    /// <param name="isAlone">Whether no other thread can send meanwhile. Then no lock is taken: it costs as much as a small item.</param>
    /// <remarks>It is there when this returns, whatever becomes of this process.</remarks>
    public void SendItem(in FrameHeader header, ReadOnlySpan<byte> item, bool isAlone)
    {
        if (isAlone)
        {
            SendItemNeedsLock(header, item);
            return;
        }
        lock (_gate)
        {
            SendItemNeedsLock(header, item);
        }
    }

    private void SendItemNeedsLock(in FrameHeader header, ReadOnlySpan<byte> item)
    {
        if (ring.TryGrow(item))
        {
            ring.WakeConsumerForItem();
            return;
        }
        ring.EndGrowing();
        bool isSmall = item.Length <= RecordLayout.GrowthBytes / 4;
        if (isSmall && ring.TryBeginGrowing(header with { Kind = FrameKind.Items }) && ring.TryGrow(item))
        {
            ring.WakeConsumer();
            return;
        }
        Write(header, item);
    }

    /// <summary>After this, nothing touches the ring's memory any more through this sender.</summary>
    public void Close()
    {
        _closed = true;
        // Whoever waits for room holds the gate.
        do
        {
            ring.UnparkProducer();
        }
        while (!_gate.TryEnter(millisecondsTimeout: 10));
        _gate.Exit();
    }

    /// <summary>Asked while waiting for room.</summary>
    public Func<bool>? IsOtherSideGone { get; init; }

    private bool Write(in FrameHeader header, ReadOnlySpan<byte> payload)
    {
        lock (_gate)
        {
            // In their order: what follows items is read after them.
            ring.EndGrowing();
            while (!_closed)
            {
                if (ring.TryWrite(header, payload) >= 0)
                {
                    ring.WakeConsumer();
                    return true;
                }
                // The lock is kept: frames of one sender stay in order. The other side always reads on, or is dead; its
                // death closes this side within the limit.
                ring.WakeConsumer();
                ring.WaitForRoom(payload.Length, timeoutMilliseconds: 1000);
                if (IsOtherSideGone?.Invoke() == true)
                {
                    return false;
                }
            }
            return false;
        }
    }
}
