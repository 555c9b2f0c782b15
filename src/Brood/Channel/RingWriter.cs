using System.Runtime.InteropServices;
using Brood.Memory;

namespace Brood.Channel;

/// <summary>The producer's end of a one-way ring. One thread at a time; its owner holds a lock of its own process.</summary>
/// <remarks>Memory/README.md has the argument for every step. Single producer, single consumer.</remarks>
internal sealed class RingWriter<TMemory> where TMemory : struct, ISharedMemory
{
    private readonly TMemory _memory;
    private readonly long _controls;
    private readonly long _data;
    private readonly int _capacity;

    // Touched only by the producer.
    private long _tailPosition;
    private long _knownHeadPosition;
    private long _growingAt = -1; // Where the record that grows begins; -1: none.
    private int _growingRoom;
    private GrowthState _growth;

    /// <param name="controls">Where the ring's <see cref="RingControlLayout"/> begins.</param>
    /// <param name="capacity">In bytes, a power of two, at least two of the longest records.</param>
    public RingWriter(TMemory memory, long controls, long data, int capacity)
    {
        _memory = memory;
        _controls = controls;
        _data = data;
        _capacity = capacity;
    }

    /// <summary>Writes one record if there is room.</summary>
    /// <param name="spareBytes">What must stay free afterwards, for a record that must never wait.</param>
    /// <returns>The record's position, or -1 if the ring is full.</returns>
    /// <exception cref="ChannelCorruptedException">The consumer published a position that cannot be.</exception>
    public long TryWrite(in FrameHeader header, ReadOnlySpan<byte> payload, int spareBytes = 0)
    {
        int length = RecordLayout.PayloadOffset + payload.Length;
        int padded = RecordLayout.Padded(length);
        if (length > RecordLayout.MaxBytes || padded > _capacity / 2)
        {
            throw new ArgumentException(
                $"A record of {length:N0} bytes was to be written; the longest has {RecordLayout.MaxBytes:N0}.", nameof(payload));
        }
        int toEnd = _capacity - (int)(_tailPosition & (_capacity - 1));
        int needed = padded <= toEnd ? padded : toEnd + padded;
        if (!HasRoom(needed + spareBytes))
        {
            return -1;
        }
        if (padded > toEnd)
        {
            // SYNC record-ready (release): a skip to the end of the ring is published like a record.
            _memory.WriteRelease32(At(_tailPosition) + RecordLayout.LengthOffset, -toEnd);
            _tailPosition += toEnd;
        }
        long position = _tailPosition;
        long at = At(position);
        Span<byte> record = _memory.Slice(at, length);
        MemoryMarshal.Write(record[RecordLayout.ClaimOffset..], Claim.Ready);
        record[RecordLayout.KindOffset] = (byte)header.Kind;
        record[RecordLayout.FlagsOffset] = (byte)header.Flags;
        MemoryMarshal.Write(record[RecordLayout.FunctionIdOffset..], header.FunctionId);
        MemoryMarshal.Write(record[RecordLayout.CallIdOffset..], header.CallId);
        payload.CopyTo(record[RecordLayout.PayloadOffset..]);
        // SYNC record-ready (release): header and payload written above are visible to record-ready (acquire).
        _memory.WriteRelease32(at + RecordLayout.LengthOffset, length);
        _tailPosition += padded;
        return position;
    }

    /// <summary>Begins a record that grows item by item. Nothing else may be written before it is closed.</summary>
    /// <returns>False: there is no room.</returns>
    public bool TryBeginGrowing(FrameHeader header)
    {
        Span<byte> empty = stackalloc byte[RecordLayout.GrowthBytes - RecordLayout.PayloadOffset];
        empty[..sizeof(int)].Clear();
        long position = TryWrite(header with { Flags = header.Flags | FrameFlags.Growing }, empty);
        if (position < 0)
        {
            return false;
        }
        _growingAt = At(position);
        _growingRoom = RecordLayout.GrowthBytes - RecordLayout.GrowthItemsOffset;
        _growth = default;
        return true;
    }

    /// <summary>Adds an item to the record that grows.</summary>
    /// <returns>False: there is none, or it has no room.</returns>
    public bool TryGrow(ReadOnlySpan<byte> item)
    {
        if (_growingAt < 0 || item.Length > _growingRoom - _growth.Bytes || _growth.Count == GrowthState.MaxCount)
        {
            return false;
        }
        item.CopyTo(_memory.Slice(_growingAt + RecordLayout.GrowthItemsOffset + _growth.Bytes, item.Length));
        _growth = new GrowthState(_growth.Bytes + item.Length, _growth.Count + 1, false);
        // SYNC items-ready (release): the item's bytes are visible to items-ready (acquire).
        _memory.WriteRelease32(_growingAt + RecordLayout.GrowthOffset, _growth.Pack());
        return true;
    }

    /// <summary>Closes the record that grows, if there is one.</summary>
    public void EndGrowing()
    {
        if (_growingAt >= 0)
        {
            // SYNC items-ready (release): there will be no more in this record.
            _memory.WriteRelease32(_growingAt + RecordLayout.GrowthOffset, (_growth with { IsClosed = true }).Pack());
            _growingAt = -1;
        }
    }

    /// <summary>Wakes the consumer if it sleeps. After any number of writes, before the producer turns to other things.</summary>
    public void WakeConsumer()
    {
        // SYNC consumer-parked (fence): the record's length is written before ConsumerWaiting is read here; the consumer
        // writes ConsumerWaiting before it reads the length. One of the two sees the other.
        _memory.Fence();
        WakeConsumerForItem();
    }

    /// <summary>Wakes the consumer if it is seen to sleep. After <see cref="TryGrow"/> alone: there the consumer looks once more by
    /// itself before it sleeps for long, and a fence costs as much as all the rest of a small item.</summary>
    public void WakeConsumerForItem()
    {
        if (_memory.ReadAcquire32(_controls + RingControlLayout.ConsumerWaitingOffset) != 0)
        {
            int mask = _memory.Exchange32(_controls + RingControlLayout.ConsumerWaitingOffset, 0);
            if (mask != 0)
            {
                _memory.Increment32(_controls + RingControlLayout.ConsumerSignalOffset);
                _memory.Unpark(_controls + RingControlLayout.ConsumerSignalOffset, mask);
            }
        }
    }

    /// <summary>Takes back a record that the consumer has not taken.</summary>
    /// <returns>False: the consumer has it, or had it.</returns>
    public bool TryWithdraw(long position) =>
        // A record that was overwritten since is no longer the one at this position.
        _tailPosition - position <= _capacity
        && _memory.CompareExchange32(At(position) + RecordLayout.ClaimOffset, Claim.Ready, Claim.Withdrawn);

    /// <summary>The record that the consumer is at, or would take next. For looking now and then, not for each record.</summary>
    /// <param name="isTaken">Whether the consumer has taken it, and has not passed it.</param>
    /// <returns>Its position; -1: there is none.</returns>
    public long ConsumerPosition(out bool isTaken, out FrameKind kind)
    {
        (isTaken, kind) = (false, default);
        long position = _memory.ReadAcquire64(_controls + RingControlLayout.HeadPositionOffset);
        if (position < _knownHeadPosition || position > _tailPosition || position % RecordLayout.Alignment != 0)
        {
            // The consumer wrote what cannot be. Whoever needs room next says so.
            return -1;
        }
        while (position < _tailPosition)
        {
            long at = At(position);
            int length = _memory.ReadAcquire32(at + RecordLayout.LengthOffset);
            if (length > 0)
            {
                isTaken = _memory.ReadAcquire32(at + RecordLayout.ClaimOffset) == Claim.Taken;
                kind = (FrameKind)_memory.Slice(at + RecordLayout.KindOffset, 1)[0];
                return position;
            }
            // Zero: the consumer is done with this line, and has not published that yet. Negative: nothing until the ring's end.
            position += length == 0 ? RecordLayout.Alignment : _capacity - (position & (_capacity - 1));
        }
        return -1;
    }

    /// <summary>Wakes whoever sleeps in <see cref="WaitForRoom"/>. From any thread of the producer's process.</summary>
    public void UnparkProducer()
    {
        _memory.Increment32(_controls + RingControlLayout.ProducerSignalOffset);
        _memory.Unpark(_controls + RingControlLayout.ProducerSignalOffset, 1);
    }

    /// <summary>Sleeps until the consumer has freed room. The caller tries again, whatever the reason it returned.</summary>
    public void WaitForRoom(int neededPayloadBytes, int timeoutMilliseconds)
    {
        int signal = _memory.ReadAcquire32(_controls + RingControlLayout.ProducerSignalOffset);
        // SYNC producer-parked (fence): ProducerWaiting is written before the head is read again; the consumer writes the
        // head before it reads ProducerWaiting.
        _memory.Exchange32(_controls + RingControlLayout.ProducerWaitingOffset, 1);
        int padded = RecordLayout.Padded(RecordLayout.PayloadOffset + neededPayloadBytes);
        int toEnd = _capacity - (int)(_tailPosition & (_capacity - 1));
        if (!HasRoom(padded <= toEnd ? padded : toEnd + padded))
        {
            _memory.Park(_controls + RingControlLayout.ProducerSignalOffset, signal, 1, timeoutMilliseconds);
        }
        _memory.WriteRelease32(_controls + RingControlLayout.ProducerWaitingOffset, 0);
    }

    private bool HasRoom(int needed)
    {
        if (_tailPosition + needed - _knownHeadPosition <= _capacity)
        {
            return true;
        }
        // SYNC space-free (acquire): what the consumer zeroed before it published the head is zero here.
        long head = _memory.ReadAcquire64(_controls + RingControlLayout.HeadPositionOffset);
        if (head < _knownHeadPosition || head > _tailPosition)
        {
            throw new ChannelCorruptedException($"head={head}, knownHead={_knownHeadPosition}, tail={_tailPosition}");
        }
        _knownHeadPosition = head;
        return _tailPosition + needed - head <= _capacity;
    }

    private long At(long position) => _data + (position & (_capacity - 1));
}
