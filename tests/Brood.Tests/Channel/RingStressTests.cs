using System.Runtime.InteropServices;
using Brood.Memory;
using Brood.Platform;

namespace Brood.Channel;

/// <summary>Both ends of a ring at full speed on the real machine: two threads, and the system's own parking.</summary>
public class RingStressTests(ITestOutputHelper output)
{
    private const int Data = RingControlLayout.Bytes;
    private const int Mask = 1;

    [Theory]
    [InlineData(64 * 1024, 300_000, 0)]
    [InlineData(64 * 1024, 300_000, 200)]
    [InlineData(256 * 1024, 1_000_000, 20)]
    public void No_record_is_lost_or_torn(int capacity, int usualCount, int looks)
    {
        if (!OperatingSystem.IsLinux())
        {
            Assert.Skip("The futex is Linux's.");
        }
        int count = FuzzRun.Count(usualCount);
        int seed = FuzzRun.Start(output).Next();
        using SharedRegion region = SharedRegion.Allocate(Data + capacity);
        var memory = new RegionMemory(region, LinuxParking.Instance);
        Exception? failure = null;
        var producer = new Thread(() => Produce(new RingWriter<RegionMemory>(memory, 0, Data, capacity), count, new Random(seed)));
        var consumer = new Thread(() =>
        {
            try
            {
                Consume(new RingReader<RegionMemory>(memory, 0, Data, capacity), count, new Random(seed), looks);
            }
            catch (Exception e)
            {
                failure = e;
            }
        });
        producer.IsBackground = consumer.IsBackground = true;
        producer.Start();
        consumer.Start();
        consumer.Join();
        Assert.Null(failure);
        producer.Join();
    }

    private static int Length(Random random) => random.Next(100) == 0
        ? random.Next(RecordLayout.MaxPayloadBytes) & ~7 : random.Next(0, 160) & ~7;

    private static void Produce(RingWriter<RegionMemory> ring, int count, Random random)
    {
        var payload = new byte[RecordLayout.MaxPayloadBytes];
        Span<long> words = MemoryMarshal.Cast<byte, long>(payload.AsSpan(0, payload.Length & ~7));
        for (int i = 0; i < count; i++)
        {
            int length = Length(random);
            words[..(length / 8)].Fill(i);
            while (ring.TryWrite(new FrameHeader(FrameKind.Item, FrameFlags.None, length, i), payload.AsSpan(0, length)) < 0)
            {
                ring.WakeConsumer();
                ring.WaitForRoom(length, -1);
            }
            ring.WakeConsumer();
        }
    }

    private static void Consume(RingReader<RegionMemory> ring, int count, Random random, int looks)
    {
        for (int i = 0; i < count; i++)
        {
            FrameHeader header;
            ReadOnlySpan<byte> payload;
            for (int look = 0; !ring.TryPeek(out header, out payload); look++)
            {
                if (look >= looks && ring.PrepareToPark(Mask) is { } signal)
                {
                    ring.Park(signal, Mask, -1);
                    ring.DoNotWake();
                    look = 0;
                }
            }
            int length = Length(random);
            if (header.CallId != i || header.FunctionId != length || payload.Length != length
                || MemoryMarshal.Cast<byte, long>(payload).ContainsAnyExcept(i))
            {
                throw new InvalidOperationException($"record {i}: {header}, {payload.Length} bytes");
            }
            ring.Advance();
        }
    }
}
