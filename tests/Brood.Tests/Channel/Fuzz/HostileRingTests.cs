using Brood.Memory;
using Brood.Platform;

namespace Brood.Channel.Fuzz;

/// <summary>Both ends of a ring whose other end follows no rules.</summary>
public class HostileRingTests(ITestOutputHelper output)
{
    private const int Data = RingControlLayout.Bytes;
    private const int Capacity = 64 * 1024;
    private const int Mask = 1;

    /// <summary>In a ring that nobody writes to, each step frees a line or takes what has grown.</summary>
    private const int MostSteps = 2 * (Capacity / RecordLayout.Alignment) + 2;

    [Fact(Timeout = 30_000)]
    public async Task A_reader_survives_any_record() => await Task.Run(() =>
    {
        using SharedRegion region = SharedRegion.Allocate(Data + Capacity);
        FuzzCases.Run(output, 1_000, random => Read(region, random));
    }, TestContext.Current.CancellationToken);

    [Fact(Timeout = 30_000)]
    public async Task A_writer_survives_any_head_position() => await Task.Run(() =>
    {
        using SharedRegion region = SharedRegion.Allocate(Data + Capacity);
        var payload = new byte[RecordLayout.MaxPayloadBytes];
        FuzzCases.Run(output, 2_000, random => Write(region, payload, random));
    }, TestContext.Current.CancellationToken);

    [Theory]
    [InlineData("no longer grows")]
    [InlineData("became a skip")]
    [InlineData("became longer")]
    [InlineData("became shorter")]
    [InlineData("shrank")]
    [InlineData("grew past its end")]
    public void A_record_that_grows_cannot_become_another(string what)
    {
        using SharedRegion region = SharedRegion.Allocate(Data + Capacity);
        var memory = new RegionMemory(region, LinuxParking.Instance);
        var writer = new RingWriter<RegionMemory>(memory, 0, Data, Capacity);
        var reader = new RingReader<RegionMemory>(memory, 0, Data, Capacity);
        // Far enough for a skip to be allowed.
        for (int i = 0; i < 2; i++)
        {
            Assert.True(writer.TryWrite(new FrameHeader(FrameKind.Item, FrameFlags.None, 0, i), new byte[20_000]) >= 0);
            Assert.True(reader.TryPeek(out _, out _));
            reader.Advance();
        }
        Assert.True(writer.TryBeginGrowing(new FrameHeader(FrameKind.Items, FrameFlags.None, 0, 2)));
        Assert.True(writer.TryGrow(new byte[100]));
        Assert.True(reader.TryPeek(out FrameHeader header, out ReadOnlySpan<byte> items));
        Assert.Equal((1, 100), (header.FunctionId, items.Length));
        reader.Advance();
        int head = 2 * RecordLayout.Padded(20_000 + RecordLayout.PayloadOffset);
        ref int length = ref region.Word32(Data + head);
        ref int growth = ref region.Word32(Data + head + RecordLayout.GrowthOffset);
        switch (what)
        {
            case "no longer grows": region.Slice(Data + head + RecordLayout.FlagsOffset, 1)[0] = 0; break;
            case "became a skip": length = head - Capacity; break;
            case "became longer": length++; break;
            case "became shorter": length = RecordLayout.Alignment; break;
            case "shrank": growth = new GrowthState(99, 2, false).Pack(); break;
            default: growth = new GrowthState(RecordLayout.GrowthBytes, 2, false).Pack(); break;
        }
        Assert.Throws<ChannelCorruptedException>(() => reader.TryPeek(out _, out _));
    }

    private static bool Read(SharedRegion region, Random random)
    {
        region.Slice(0, (int)region.Length).Clear();
        if (random.Next(2) == 0)
        {
            // Whatever the records do not cover is rubbish, too.
            random.NextBytes(region.Slice(0, (int)region.Length));
        }
        var reader = new RingReader<RegionMemory>(new RegionMemory(region, LinuxParking.Instance), 0, Data, Capacity);
        var producer = new HostileProducer(region, Data, Capacity, random);
        producer.Fill(damageOneIn: random.Next(2, 1_000));
        int head = 0;
        try
        {
            for (int step = random.Next(200); step > 0 && TryStep(region, reader, random, ref head); step--)
            {
                if (random.Next(8) == 0)
                {
                    producer.Damage(head);
                }
            }
            int steps = 0;
            while (TryStep(region, reader, random, ref head))
            {
                Assert.True(++steps <= MostSteps, "frames came for ever out of a ring that nobody wrote to");
            }
            return false;
        }
        catch (ChannelCorruptedException)
        {
            return true;
        }
    }

    private static bool TryStep(SharedRegion region, RingReader<RegionMemory> reader, Random random, ref int head)
    {
        if (random.Next(16) == 0 && reader.PrepareToPark(Mask) is { } sleep)
        {
            reader.Park(sleep with { Signal = sleep.Signal + 1 }, Mask, timeoutMilliseconds: 0);
            reader.DoNotWake();
        }
        bool mayHave = reader.HasRecord;
        if (!reader.TryPeek(out FrameHeader header, out ReadOnlySpan<byte> payload))
        {
            return false;
        }
        Assert.True(mayHave, "a record was peeked that HasRecord did not see");
        Assert.True(payload.Length <= RecordLayout.MaxPayloadBytes);
        if (!payload.IsEmpty)
        {
            Assert.True(region.Slice(Data, Capacity).Overlaps(payload, out int offset) && offset >= 0 && offset + payload.Length <= Capacity);
            head = offset & -RecordLayout.Alignment;
        }
        Assert.True((header.Flags & FrameFlags.Growing) == 0 || header.FunctionId >= 0);
        reader.TryClaim();
        reader.Advance();
        return true;
    }

    private static bool Write(SharedRegion region, byte[] payload, Random random)
    {
        region.Slice(0, (int)region.Length).Clear();
        var writer = new RingWriter<RegionMemory>(new RegionMemory(region, LinuxParking.Instance), 0, Data, Capacity);
        long last = 0;
        ref long head = ref region.Word64(RingControlLayout.HeadPositionOffset);
        try
        {
            for (int i = 0; i < 60; i++)
            {
                int length = random.Next(4) == 0 ? random.Next(payload.Length + 1) : random.Next(300);
                writer.EndGrowing();
                long position = writer.TryWrite(new FrameHeader(FrameKind.Call, FrameFlags.None, i, i), payload.AsSpan(0, length));
                last = Math.Max(last, position);
                if (writer.TryBeginGrowing(new FrameHeader(FrameKind.Items, FrameFlags.None, i, i)))
                {
                    for (int items = random.Next(5); items > 0 && writer.TryGrow(payload.AsSpan(0, random.Next(3_000))); items--)
                    {
                    }
                }
                writer.TryWithdraw(last);
                writer.WakeConsumer();
                writer.WaitForRoom(length, timeoutMilliseconds: 0);
                head = random.Next(40) switch
                {
                    0 => random.NextInt64(long.MinValue, long.MaxValue),
                    1 => head - random.Next(1, 4096),
                    _ => Math.Min(last, head + random.Next(Capacity / 2)),
                };
                region.Word32(RingControlLayout.ConsumerWaitingOffset) = random.Next(int.MinValue, int.MaxValue);
                region.Word32(RingControlLayout.ProducerSignalOffset) = random.Next();
                region.Word32(RingControlLayout.ProducerWaitingOffset) = random.Next(3) - 1;
                region.Word32(RingControlLayout.ConsumerSignalOffset) = random.Next(int.MinValue, int.MaxValue);
                region.Word32(Data + (random.Next(Capacity / sizeof(int)) * sizeof(int))) = random.Next();
            }
            return false;
        }
        catch (ChannelCorruptedException)
        {
            return true;
        }
    }
}
