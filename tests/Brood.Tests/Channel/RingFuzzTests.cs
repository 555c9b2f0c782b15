using System.Runtime.InteropServices;
using Brood.Memory;
using Brood.Platform;
using Brood.Transfer;

namespace Brood.Channel;

/// <summary>The host's ends of the channel against a worker that writes rubbish.</summary>
public class RingFuzzTests(ITestOutputHelper output)
{
    private const int Controls = 0;
    private const int Data = RingControlLayout.Bytes;
    private const int Capacity = 64 * 1024;

    private static readonly int[] s_lengths =
        [0, 1, -1, -64, 23, 24, 25, 63, 64, 65, RecordLayout.MaxBytes, RecordLayout.MaxBytes + 1, -Capacity, Capacity, int.MinValue, int.MaxValue];

    [Fact]
    public void A_reader_of_rubbish_finds_frames_or_says_that_the_channel_is_damaged()
    {
        Random random = FuzzRun.Start(output);
        using SharedRegion region = SharedRegion.Allocate(Data + Capacity);
        var memory = new RegionMemory(region, NoParking.Instance);
        int damaged = 0;
        for (int run = FuzzRun.Count(2000); run > 0; run--)
        {
            Span<byte> ring = region.Slice(Data, Capacity);
            Fill(random, ring);
            var reader = new RingReader<RegionMemory>(memory, Controls, Data, Capacity);
            try
            {
                // Each record zeroes at least a line: a lap later there is nothing left.
                int left = Capacity / RecordLayout.Alignment + 1;
                while (reader.TryPeek(out _, out ReadOnlySpan<byte> payload))
                {
                    Assert.True(left-- > 0, "more records than lines");
                    Assert.True(payload.Length <= RecordLayout.MaxPayloadBytes);
                    reader.TryClaim();
                    reader.Advance();
                    if (random.Next(4) == 0)
                    {
                        MemoryMarshal.Write(ring[(random.Next(Capacity / 4) * 4)..], s_lengths[random.Next(s_lengths.Length)]);
                        left++;
                    }
                    if (random.Next(200) == 0)
                    {
                        break;
                    }
                }
            }
            catch (ChannelCorruptedException)
            {
                damaged++;
            }
        }
        output.WriteLine($"{damaged} damaged");
    }

    [Fact]
    public void A_writer_whose_reader_publishes_rubbish_writes_or_waits_or_says_that_the_channel_is_damaged()
    {
        Random random = FuzzRun.Start(output);
        using SharedRegion region = SharedRegion.Allocate(Data + Capacity);
        var memory = new RegionMemory(region, NoParking.Instance);
        for (int run = FuzzRun.Count(2000); run > 0; run--)
        {
            region.Slice(0, (int)region.Length).Clear();
            var writer = new RingWriter<RegionMemory>(memory, Controls, Data, Capacity);
            var payload = new byte[RecordLayout.MaxPayloadBytes];
            var positions = new List<long>();
            try
            {
                for (int i = 0; i < 40; i++)
                {
                    long position = writer.TryWrite(new FrameHeader(FrameKind.Call, FrameFlags.None, i, i), payload.AsSpan(0, random.Next(payload.Length + 1)));
                    if (position >= 0)
                    {
                        positions.Add(position);
                    }
                    writer.WakeConsumer();
                    writer.WaitForRoom(random.Next(payload.Length), 0);
                    if (positions.Count > 0)
                    {
                        writer.TryWithdraw(positions[random.Next(positions.Count)]);
                    }
                    region.Word64(RingControlLayout.HeadPositionOffset) = random.Next(3) switch
                    {
                        0 => random.NextInt64(long.MinValue, long.MaxValue),
                        1 => random.Next(2 * Capacity),
                        _ => region.Word64(RingControlLayout.HeadPositionOffset) + random.Next(-64, 4096),
                    };
                    region.Word32(RingControlLayout.ConsumerWaitingOffset) = random.Next(int.MinValue, int.MaxValue);
                    region.Word32(RingControlLayout.ProducerSignalOffset) = random.Next();
                    region.Word32(Data + (random.Next(Capacity / 4) * 4)) = random.Next(4);
                }
            }
            catch (ChannelCorruptedException)
            {
            }
        }
    }

    [Fact]
    public void A_block_table_of_rubbish_is_refused_before_anything_is_allocated()
    {
        Random random = FuzzRun.Start(output);
        using var receiver = new BulkReceiver(() => SharedRegion.Allocate(4 * BulkLayout.SlotGrain));
        long before = GC.GetAllocatedBytesForCurrentThread();
        int runs = FuzzRun.Count(5000);
        for (int run = runs; run > 0; run--)
        {
            var bytes = new byte[random.Next(64)];
            random.NextBytes(bytes);
            if (bytes.Length >= 4 && random.Next(2) == 0)
            {
                MemoryMarshal.Write(bytes.AsSpan(bytes.Length - 4), random.Next(-1, 5));
            }
            ReadOnlySpan<byte> payload = bytes;
            var flags = FrameFlags.Blocks | (random.Next(2) == 0 ? FrameFlags.InlineInBulk : 0);
            try
            {
                receiver.Open(flags, ref payload).Release();
            }
            catch (Exception e) when (e is ChannelCorruptedException or TransferException or ArgumentOutOfRangeException)
            {
                // The last: this area is small; the real one is as long as the checks allow.
            }
        }
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < runs * 4096L);
    }

    [Fact]
    public void A_host_that_receives_rubbish_reports_it_once_and_closes()
    {
        Random random = FuzzRun.Start(output);
        for (int run = FuzzRun.Count(200); run > 0; run--)
        {
            using SharedRegion region = SharedRegion.Allocate(RegionLayout.FixedBytes);
            Fill(random, region.Slice(RegionLayout.ResultRingOffset, RegionLayout.ResultRingBytes));
            random.NextBytes(region.Slice(RegionLayout.ControlsOffset, 3 * RingControlLayout.Bytes));
            var handler = new CountingHandler();
            var receiver = new HostReceiver(
                Rings.ResultReader(new RegionMemory(region, NoParking.Instance)),
                new BulkReceiver(() => SharedRegion.Allocate(BulkLayout.SlotGrain)), handler, () => true, "fuzz");
            receiver.CloseAfterDeath();
            receiver.Dispose();
            Assert.InRange(handler.Corruptions, 0, 1);
        }
    }

    private static void Fill(Random random, Span<byte> ring)
    {
        random.NextBytes(ring);
        for (int at = 0; at < ring.Length; at += RecordLayout.Alignment)
        {
            int length = random.Next(8) == 0 ? s_lengths[random.Next(s_lengths.Length)]
                : random.Next(8) == 0 ? -(ring.Length - at)
                : random.Next(RecordLayout.PayloadOffset, 256);
            MemoryMarshal.Write(ring[at..], length);
        }
    }

    private sealed class CountingHandler : IFrameHandler
    {
        public int Corruptions;

        public void OnFrame(in FrameHeader header, ReadOnlySpan<byte> payload, ReceivedBlocks? blocks) { }

        public void OnCorrupted(ChannelCorruptedException error) => Interlocked.Increment(ref Corruptions);
    }

    /// <summary>Nobody sleeps here: each wait may return for no reason, and always does.</summary>
    private sealed class NoParking : Parking
    {
        public static readonly NoParking Instance = new();

        public override void Park(ref int word, int expected, int mask, int timeoutMilliseconds) => Thread.Yield();

        public override void Unpark(ref int word, int mask) { }
    }
}
