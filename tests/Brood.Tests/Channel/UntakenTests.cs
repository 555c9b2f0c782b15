using Brood.Memory;
using Brood.Platform;

namespace Brood.Channel;

/// <summary>What a producer can say of a consumer that does nothing.</summary>
public sealed class UntakenTests : IDisposable
{
    private const int Capacity = 64 * 1024;
    private const int LongPayload = 20_000;

    private readonly SharedRegion _region = SharedRegion.Allocate(RingControlLayout.Bytes + Capacity);
    private readonly RingWriter<RegionMemory> _writer;
    private readonly RingReader<RegionMemory> _reader;

    public UntakenTests()
    {
        var memory = new RegionMemory(_region, LinuxParking.Instance);
        _writer = new RingWriter<RegionMemory>(memory, 0, RingControlLayout.Bytes, Capacity);
        _reader = new RingReader<RegionMemory>(memory, 0, RingControlLayout.Bytes, Capacity);
    }

    public void Dispose() => _region.Dispose();

    [Fact]
    public void A_record_is_untaken_until_the_consumer_claims_it()
    {
        Assert.Equal(-1, UntakenPosition());
        long first = Write(10);
        long second = Write(10);
        Assert.Equal(first, UntakenPosition());

        Assert.True(_reader.TryPeek(out _, out _));
        Assert.Equal(first, UntakenPosition());
        Assert.True(_reader.TryClaim());
        Assert.Equal(-1, UntakenPosition());
        _reader.Advance();

        Assert.Equal(second, UntakenPosition());
    }

    [Fact]
    public void A_record_that_was_withdrawn_is_untaken_until_the_consumer_has_passed_it()
    {
        long position = Write(10);
        Assert.True(_writer.TryWithdraw(position));
        Assert.Equal(position, UntakenPosition());

        Assert.True(_reader.TryPeek(out _, out _));
        Assert.False(_reader.TryClaim());
        _reader.Advance();

        Assert.Equal(-1, UntakenPosition());
    }

    /// <summary>The consumer publishes how far it is only now and then, and the ring's end may be left free.</summary>
    [Theory]
    [InlineData(10)]
    [InlineData(1000)]
    [InlineData(LongPayload)]
    public void The_next_record_is_found_wherever_the_consumer_is(int payloadBytes)
    {
        long before = -1;
        for (int i = 0; i < 3 * Capacity / payloadBytes; i++)
        {
            long position = Write(payloadBytes);
            Assert.True(position > before);
            Assert.Equal(position, UntakenPosition());
            Assert.True(_reader.TryPeek(out _, out _));
            Assert.True(_reader.TryClaim());
            _reader.Advance();
            Assert.Equal(-1, UntakenPosition());
            before = position;
        }
    }

    [Theory]
    [InlineData(-64)]
    [InlineData(1)]
    [InlineData(long.MaxValue)]
    public void A_consumer_that_writes_what_cannot_be_is_not_followed(long head)
    {
        Write(10);
        _region.Word64(RingControlLayout.HeadPositionOffset) = head;

        Assert.Equal(-1, UntakenPosition());
    }

    private long UntakenPosition()
    {
        long position = _writer.ConsumerPosition(out bool isTaken, out FrameKind kind);
        Assert.Equal(position < 0 ? default : FrameKind.Call, kind);
        return isTaken ? -1 : position;
    }

    private long Write(int payloadBytes)
    {
        long position = _writer.TryWrite(new FrameHeader(FrameKind.Call, FrameFlags.None, 0, 1), new byte[payloadBytes]);
        Assert.True(position >= 0);
        return position;
    }
}
