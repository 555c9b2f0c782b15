using System.Runtime.InteropServices;
using Brood.Memory;
using Brood.Transfer;

namespace Brood.Channel;

/// <summary>Sends frames into one ring: small payloads in the record, large ones through the bulk area.</summary>
/// <remarks>Thread-safe: many threads of this process are one producer, under a lock of this process.</remarks>
internal sealed class FrameSender(RingWriter<RegionMemory> ring, BulkSender bulk)
{
    private readonly Lock _gate = new();
    private bool _closed; // Guarded by _gate.

    /// <summary>Sends a frame if there is room for it.</summary>
    /// <returns>Its position, for <see cref="TryWithdraw"/>; -1 if the ring is full; -2 if the channel is closed.</returns>
    public long TrySend(FrameHeader header, ReadOnlySpan<byte> inline, ReadOnlySpan<Block> blocks, bool wake = true)
    {
        if (blocks.IsEmpty && inline.Length <= RecordLayout.MaxPayloadBytes)
        {
            return TryWrite(header, inline, wake);
        }
        byte[] payload = Assemble(ref header, inline, blocks, out long[] offsets);
        long position = TryWrite(header, payload, wake);
        if (position < 0)
        {
            Release(offsets);
        }
        return position;
    }

    /// <summary>Sends a frame, waiting for room as long as the other side lives.</summary>
    /// <returns>False: the channel is closed.</returns>
    public bool Send(FrameHeader header, ReadOnlySpan<byte> inline, ReadOnlySpan<Block> blocks)
    {
        if (blocks.IsEmpty && inline.Length <= RecordLayout.MaxPayloadBytes)
        {
            return Write(header, inline);
        }
        byte[] payload = Assemble(ref header, inline, blocks, out _);
        return Write(header, payload);
    }

    public void WakeConsumer()
    {
        lock (_gate)
        {
            if (!_closed)
            {
                ring.WakeConsumer();
            }
        }
    }

    /// <summary>Takes back a frame that the other side has not taken. Its blocks stay taken until the channel ends.</summary>
    public bool TryWithdraw(long position)
    {
        lock (_gate)
        {
            return !_closed && ring.TryWithdraw(position);
        }
    }

    /// <summary>After this, nothing touches the ring's memory any more through this sender.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
        }
    }

    private long TryWrite(in FrameHeader header, ReadOnlySpan<byte> payload, bool wake)
    {
        lock (_gate)
        {
            if (_closed)
            {
                return -2;
            }
            long position = ring.TryWrite(header, payload);
            if (wake && position >= 0)
            {
                ring.WakeConsumer();
            }
            return position;
        }
    }

    private bool Write(in FrameHeader header, ReadOnlySpan<byte> payload)
    {
        lock (_gate)
        {
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

    /// <summary>Asked while waiting for room.</summary>
    public Func<bool>? IsOtherSideGone { get; init; }

    private byte[] Assemble(ref FrameHeader header, ReadOnlySpan<byte> inline, ReadOnlySpan<Block> blocks, out long[] offsets)
    {
        FrameFlags flags = header.Flags | FrameFlags.Blocks;
        int tableBytes = BulkLayout.TableCountBytes + ((blocks.Length + 1) * BulkLayout.TableEntryBytes);
        bool inlineInBulk = inline.Length > RecordLayout.MaxPayloadBytes - tableBytes;
        int count = blocks.Length + (inlineInBulk ? 1 : 0);
        if (tableBytes > RecordLayout.MaxPayloadBytes)
        {
            throw new TransferException(
                $"The value holds {blocks.Length:N0} large arrays or strings; one call carries at most "
                + $"{RecordLayout.MaxPayloadBytes / BulkLayout.TableEntryBytes:N0}. Put them into fewer, larger ones.");
        }
        offsets = new long[count];
        var table = new long[count * 2];
        int done = 0;
        try
        {
            if (inlineInBulk)
            {
                flags |= FrameFlags.InlineInBulk;
                table[0] = offsets[0] = bulk.Write(inline);
                table[1] = inline.Length;
                done = 1;
            }
            foreach (ref readonly Block block in blocks)
            {
                table[2 * done] = offsets[done] = bulk.Write(block);
                table[(2 * done) + 1] = block.LengthBytes;
                done++;
            }
        }
        catch
        {
            Release(offsets.AsSpan(0, done));
            throw;
        }
        header = header with { Flags = flags };
        int inlineBytes = inlineInBulk ? 0 : inline.Length;
        var payload = new byte[inlineBytes + (count * BulkLayout.TableEntryBytes) + BulkLayout.TableCountBytes];
        inline[..inlineBytes].CopyTo(payload);
        MemoryMarshal.AsBytes(table.AsSpan()).CopyTo(payload.AsSpan(inlineBytes));
        MemoryMarshal.Write(payload.AsSpan(payload.Length - BulkLayout.TableCountBytes), count);
        return payload;
    }

    private void Release(ReadOnlySpan<long> offsets)
    {
        foreach (long offset in offsets)
        {
            bulk.Release(offset);
        }
    }
}
