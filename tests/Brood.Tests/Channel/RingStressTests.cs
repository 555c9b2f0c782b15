using System.Runtime.InteropServices;
using Brood.Memory;
using Brood.Platform;

namespace Brood.Channel;

/// <summary>Both ends of a ring at full speed on the real machine: two threads, and the system's own parking.</summary>
public class RingStressTests(ITestOutputHelper output)
{
    private const int Data = RingControlLayout.Bytes;
    private const int Mask = 1;
    private const int UsualCapacity = 64 * 1024;
    private const int UsualLooks = 50;

    /// <summary>One record in so many is one that grows; it counts as as many as it has items.</summary>
    private const int GrowsOneIn = 100;
    private const int MostItems = 100;
    private const int ItemHeaderBytes = 2 * sizeof(int);

    private static readonly byte[] s_noise = MakeNoise();

    /// <param name="looks">How often the consumer looks before it sleeps: 0 sleeps as often as can be.</param>
    [Theory(Timeout = 300_000)]
    [InlineData(UsualCapacity, 300_000, 0)]
    [InlineData(UsualCapacity, 300_000, 200)]
    [InlineData(4 * UsualCapacity, 1_000_000, UsualLooks)]
    public async Task No_record_or_item_is_lost_torn_or_reordered(int capacity, int usualCount, int looks)
    {
        (int count, int seed) = Begin(usualCount);
        SharedRegion region = SharedRegion.Allocate(Data + capacity);
        var memory = new RegionMemory(region, LinuxParking.Instance);
        var writer = new RingWriter<RegionMemory>(memory, 0, Data, capacity);
        var reader = new RingReader<RegionMemory>(memory, 0, Data, capacity);
        await Both(() => Produce(writer, count, new Random(seed)), () => Consume(reader, count, looks), TestContext.Current.CancellationToken);
        region.Dispose();
    }

    [Fact(Timeout = 300_000)]
    public async Task Each_record_is_either_taken_or_withdrawn()
    {
        (int count, int seed) = Begin(usualCount: 1_000_000);
        SharedRegion region = SharedRegion.Allocate(Data + UsualCapacity);
        var memory = new RegionMemory(region, LinuxParking.Instance);
        var writer = new RingWriter<RegionMemory>(memory, 0, Data, UsualCapacity);
        var reader = new RingReader<RegionMemory>(memory, 0, Data, UsualCapacity);
        var taken = new bool[count];
        var withdrawn = new bool[count];
        await Both(() => ProduceAndWithdraw(writer, withdrawn, new Random(seed)), () =>
        {
            for (int i = 0; i < count; i++)
            {
                Next(reader, UsualLooks, out _, out _);
                taken[i] = reader.TryClaim();
                reader.Advance();
            }
        }, TestContext.Current.CancellationToken);
        region.Dispose();
        for (int i = 0; i < count; i++)
        {
            Assert.True(taken[i] != withdrawn[i], $"record {i}: taken {taken[i]}, withdrawn {withdrawn[i]}");
        }
        output.WriteLine($"{withdrawn.Count(was => was):N0} of {count:N0} were withdrawn");
    }

    private (int Count, int Seed) Begin(int usualCount)
    {
        int count = int.TryParse(Environment.GetEnvironmentVariable("BROOD_STRESS_COUNT"), out int given) ? given : usualCount;
        int seed = int.TryParse(Environment.GetEnvironmentVariable("BROOD_STRESS_SEED"), out given) ? given : Random.Shared.Next();
        output.WriteLine($"BROOD_STRESS_SEED={seed}");
        return (count, seed);
    }

    private static async Task Both(Action produce, Action consume, CancellationToken stop)
    {
        Task producer = Task.Factory.StartNew(produce, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        Task consumer = Task.Factory.StartNew(consume, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        // What one of them found is told at once: the other may then wait for ever.
        await await Task.WhenAny(producer, consumer).WaitAsync(stop);
        await Task.WhenAll(producer, consumer).WaitAsync(stop);
    }

    private static void Produce(RingWriter<RegionMemory> ring, int count, Random random)
    {
        Span<byte> item = stackalloc byte[ItemHeaderBytes + 200];
        for (int i = 0; i < count;)
        {
            if (random.Next(GrowsOneIn) == 0 && ring.TryBeginGrowing(new FrameHeader(FrameKind.Items, FrameFlags.None, 0, i)))
            {
                for (int items = random.Next(MostItems); items > 0 && i < count; items--, i++)
                {
                    int itemBytes = random.Next(200);
                    MemoryMarshal.Write(item, i);
                    MemoryMarshal.Write(item[sizeof(int)..], itemBytes);
                    Noise(i, itemBytes).CopyTo(item[ItemHeaderBytes..]);
                    if (!ring.TryGrow(item[..(ItemHeaderBytes + itemBytes)]))
                    {
                        break;
                    }
                    ring.WakeConsumer();
                }
                ring.EndGrowing();
                ring.WakeConsumer();
                continue;
            }
            int length = random.Next(200) == 0 ? random.Next(RecordLayout.MaxPayloadBytes + 1) : random.Next(200);
            Write(ring, new FrameHeader(FrameKind.Item, FrameFlags.None, length, i), Noise(i, length));
            i++;
        }
    }

    private static void Consume(RingReader<RegionMemory> ring, int count, int looks)
    {
        for (int i = 0; i < count;)
        {
            Next(ring, looks, out FrameHeader header, out ReadOnlySpan<byte> payload);
            if (header.Kind == FrameKind.Items)
            {
                for (int items = header.FunctionId; items > 0; items--, i++)
                {
                    int number = MemoryMarshal.Read<int>(payload);
                    int itemBytes = MemoryMarshal.Read<int>(payload[sizeof(int)..]);
                    Check(number == i && payload.Slice(ItemHeaderBytes, itemBytes).SequenceEqual(Noise(i, itemBytes)), i, header);
                    payload = payload[(ItemHeaderBytes + itemBytes)..];
                }
                Check(payload.IsEmpty, i, header);
            }
            else
            {
                Check(header.CallId == i && header.FunctionId == payload.Length && payload.SequenceEqual(Noise(i, payload.Length)), i, header);
                i++;
            }
            ring.Advance();
        }
    }

    private static void ProduceAndWithdraw(RingWriter<RegionMemory> ring, bool[] withdrawn, Random random)
    {
        Span<long> positions = stackalloc long[4]; // Of the last records.
        for (int i = 0; i < withdrawn.Length; i++)
        {
            positions[i % positions.Length] = Write(ring, new FrameHeader(FrameKind.Call, FrameFlags.None, 0, i), Noise(i, random.Next(100)));
            int back = random.Next(2 * positions.Length);
            if (back < positions.Length && back <= i && ring.TryWithdraw(positions[(i - back) % positions.Length]))
            {
                Check(!withdrawn[i - back], i, default);
                withdrawn[i - back] = true;
            }
        }
    }

    private static long Write(RingWriter<RegionMemory> ring, FrameHeader header, ReadOnlySpan<byte> payload)
    {
        long position;
        while ((position = ring.TryWrite(header, payload)) < 0)
        {
            ring.WakeConsumer();
            ring.WaitForRoom(payload.Length, timeoutMilliseconds: -1);
        }
        ring.WakeConsumer();
        return position;
    }

    private static void Next(RingReader<RegionMemory> ring, int looks, out FrameHeader header, out ReadOnlySpan<byte> payload)
    {
        for (int look = 0; !ring.TryPeek(out header, out payload); look++)
        {
            if (look >= looks && ring.PrepareToPark(Mask) is { } sleep)
            {
                ring.Park(sleep, Mask);
                ring.DoNotWake();
                look = 0;
            }
        }
    }

    private static void Check(bool isRight, int number, in FrameHeader header)
    {
        if (!isRight)
        {
            throw new InvalidOperationException($"record {number} is not what was written: {header}");
        }
    }

    /// <summary>What record <paramref name="number"/> holds.</summary>
    private static ReadOnlySpan<byte> Noise(int number, int lengthBytes) =>
        s_noise.AsSpan((int)((uint)number * 2_654_435_761u >> 17), lengthBytes);

    private static byte[] MakeNoise()
    {
        var noise = new byte[(1 << 15) + RecordLayout.MaxBytes];
        new Random(1).NextBytes(noise);
        return noise;
    }
}
