using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Brood.Memory;

namespace Brood.Channel;

/// <summary>The consumer's end of a one-way ring. One thread at a time.</summary>
internal sealed class RingReader<TMemory> where TMemory : struct, ISharedMemory
{
    private readonly TMemory _memory;
    private readonly long _controls;
    private readonly long _data;
    private readonly int _capacity;

    // Touched only by the consumer.
    private long _headPosition;
    private long _publishedHeadPosition;
    private int _currentLength;
    private bool _isGrowing; // The record at the head grows; then the two below say how far it was read, and how far it was last seen.
    private GrowthState _read;
    private GrowthState _seen;

    public RingReader(TMemory memory, long controls, long data, int capacity)
    {
        _memory = memory;
        _controls = controls;
        _data = data;
        _capacity = capacity;
    }

    /// <summary>After so long a consumer that sleeps while a record grows looks once more, see <see cref="RingWriter{TMemory}.WakeConsumerForItem"/>.</summary>
    private const int LookAgainMilliseconds = 1;

    /// <summary>Whether more may come in the record at the head.</summary>
    public bool IsGrowing => _isGrowing;

    /// <summary>Changes with every wake-up: what <see cref="Park"/> compares.</summary>
    public int Signal => _memory.ReadAcquire32(_controls + RingControlLayout.ConsumerSignalOffset);

    /// <summary>Whether <see cref="TryPeek"/> would find a record, a skip, or a length that cannot be.</summary>
    public bool HasRecord
    {
        get
        {
            long at = At(_headPosition);
            return _memory.ReadAcquire32(at + RecordLayout.LengthOffset) != (_isGrowing ? _currentLength : 0)
                || (_isGrowing && _memory.ReadAcquire32(at + RecordLayout.GrowthOffset) != _read.Pack());
        }
    }

    /// <summary>Looks at the next record. It stays in the ring until <see cref="Advance"/>.</summary>
    /// <param name="payload">In shared memory: a producer that is not trusted may still change it.</param>
    /// <exception cref="ChannelCorruptedException">The producer wrote a length that cannot be.</exception>
    public bool TryPeek(out FrameHeader header, out ReadOnlySpan<byte> payload)
    {
        while (true)
        {
            long at = At(_headPosition);
            int toEnd = _capacity - (int)(_headPosition & (_capacity - 1));
            // SYNC record-ready (acquire): pairs with the release in RingWriter.TryWrite.
            int length = _memory.ReadAcquire32(at + RecordLayout.LengthOffset);
            if (_isGrowing && length != _currentLength)
            {
                throw new ChannelCorruptedException($"length={length}, before={_currentLength}, head={_headPosition}");
            }
            if (length == 0)
            {
                header = default;
                payload = default;
                return false;
            }
            if (length < 0)
            {
                // A producer skips only what is too short for its record, so never twice: this loop ends.
                if (-length != toEnd || toEnd >= RecordLayout.MaxBytes || toEnd == _capacity)
                {
                    throw new ChannelCorruptedException($"skip={-length}, toEnd={toEnd}, head={_headPosition}");
                }
                Free(toEnd);
                continue;
            }
            if (length < RecordLayout.PayloadOffset || length > RecordLayout.MaxBytes || length > toEnd)
            {
                throw new ChannelCorruptedException($"length={length}, toEnd={toEnd}, head={_headPosition}");
            }
            _currentLength = length;
            ReadOnlySpan<byte> record = _memory.Slice(at, length);
            header = new FrameHeader(
                (FrameKind)record[RecordLayout.KindOffset],
                (FrameFlags)record[RecordLayout.FlagsOffset],
                MemoryMarshal.Read<int>(record[RecordLayout.FunctionIdOffset..]),
                BinaryPrimitives.ReadInt64LittleEndian(record[RecordLayout.CallIdOffset..]));
            payload = record[RecordLayout.PayloadOffset..];
            if ((header.Flags & FrameFlags.Growing) != 0)
            {
                return TryPeekGrowth(at, length, ref header, ref payload);
            }
            // It would never be advanced past, and be read again and again.
            return _isGrowing ? throw new ChannelCorruptedException($"flags={header.Flags}, growth={_read}") : true;
        }
    }

    /// <summary>Takes the record that was peeked, unless the producer has withdrawn it.</summary>
    public bool TryClaim() =>
        _memory.CompareExchange32(At(_headPosition) + RecordLayout.ClaimOffset, Claim.Ready, Claim.Taken);

    /// <summary>Gives the room of the record that was peeked back to the producer.</summary>
    public void Advance()
    {
        if (_isGrowing)
        {
            _read = _seen;
            if (!_read.IsClosed)
            {
                return;
            }
            _isGrowing = false;
        }
        Free(RecordLayout.Padded(_currentLength));
    }

    /// <summary>What is new in a record that grows. It stays at the head until it is closed.</summary>
    private bool TryPeekGrowth(long at, int length, ref FrameHeader header, ref ReadOnlySpan<byte> payload)
    {
        if (!_isGrowing)
        {
            _isGrowing = true;
            _read = default;
        }
        // SYNC items-ready (acquire): pairs with the releases in RingWriter.TryGrow and EndGrowing.
        _seen = GrowthState.Unpack(_memory.ReadAcquire32(at + RecordLayout.GrowthOffset));
        if (_seen.Bytes < _read.Bytes || _seen.Count < _read.Count || _seen.Bytes > length - RecordLayout.GrowthItemsOffset)
        {
            throw new ChannelCorruptedException($"growth={_seen}, before={_read}, length={length}");
        }
        payload = payload.Slice(sizeof(int) + _read.Bytes, _seen.Bytes - _read.Bytes);
        header = header with { FunctionId = _seen.Count - _read.Count };
        return _seen != _read;
    }

    /// <summary>Says that this consumer is about to sleep, under <paramref name="mask"/>.</summary>
    /// <returns>What to hand to <see cref="Park"/>; null if a record is there and nobody should sleep.</returns>
    public Sleep? PrepareToPark(int mask)
    {
        // Whoever waits for room is told now: this side may not look again for long.
        PublishHead();
        int signal = _memory.ReadAcquire32(_controls + RingControlLayout.ConsumerSignalOffset);
        // SYNC consumer-parked (fence): ConsumerWaiting is written before the length is read again.
        _memory.Exchange32(_controls + RingControlLayout.ConsumerWaitingOffset, mask);
        if (HasRecord)
        {
            DoNotWake();
            return null;
        }
        return new Sleep(signal, _isGrowing);
    }

    /// <summary>Sleeps until the producer writes, <see cref="Unpark"/>, the time limit, or for no reason.</summary>
    public void Park(Sleep sleep, int mask, int timeoutMilliseconds = -1)
    {
        long signal = _controls + RingControlLayout.ConsumerSignalOffset;
        // Between the two sleeps the producer goes on being told that this side sleeps: an item whose producer did not see that
        // was counted before the first, and is visible after it.
        if (!sleep.LooksAgain || (_memory.Park(signal, sleep.Signal, mask, LookAgainMilliseconds) && !HasRecord))
        {
            _memory.Park(signal, sleep.Signal, mask, timeoutMilliseconds);
        }
    }

    /// <summary>Somebody looks at the ring: the producer need not wake anybody.</summary>
    public void DoNotWake() => _memory.WriteRelease32(_controls + RingControlLayout.ConsumerWaitingOffset, 0);

    /// <summary>Wakes whoever sleeps in <see cref="Park"/>. From any thread of the consumer's process.</summary>
    public void Unpark(int mask)
    {
        _memory.Increment32(_controls + RingControlLayout.ConsumerSignalOffset);
        _memory.Unpark(_controls + RingControlLayout.ConsumerSignalOffset, mask);
    }

    private void Free(int paddedBytes)
    {
        // The next lap may begin a record at any line: each line's first word must say "nothing here yet".
        for (int line = 0; line < paddedBytes; line += RecordLayout.Alignment)
        {
            MemoryMarshal.Write(_memory.Slice(At(_headPosition) + line, sizeof(int)), 0);
        }
        _headPosition += paddedBytes;
        if (_headPosition - _publishedHeadPosition >= _capacity / 8)
        {
            PublishHead();
        }
    }

    private void PublishHead()
    {
        if (_publishedHeadPosition == _headPosition)
        {
            return;
        }
        _publishedHeadPosition = _headPosition;
        // SYNC space-free (release): the zeros written above are visible to space-free (acquire).
        _memory.WriteRelease64(_controls + RingControlLayout.HeadPositionOffset, _headPosition);
        // SYNC producer-parked (fence): the head is written before ProducerWaiting is read.
        _memory.Fence();
        if (_memory.ReadAcquire32(_controls + RingControlLayout.ProducerWaitingOffset) != 0)
        {
            _memory.Increment32(_controls + RingControlLayout.ProducerSignalOffset);
            _memory.Unpark(_controls + RingControlLayout.ProducerSignalOffset, 1);
        }
    }

    private long At(long position) => _data + (position & (_capacity - 1));
}

/// <summary>How a consumer may sleep.</summary>
/// <param name="Signal">As it was before the last look: a wake-up since then ends the sleep at once.</param>
/// <param name="LooksAgain">Whether it looks once more before it sleeps for long: the record at the head grows.</param>
internal readonly record struct Sleep(int Signal, bool LooksAgain);

/// <summary>The other side wrote what it cannot have meant. The host kills such a worker; it never breaks itself.</summary>
internal sealed class ChannelCorruptedException(string facts) : Exception($"The channel is damaged: {facts}.");
