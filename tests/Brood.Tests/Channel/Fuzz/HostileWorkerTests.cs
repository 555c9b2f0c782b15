using Brood.Memory;
using Brood.Platform;

namespace Brood.Channel.Fuzz;

/// <summary>The host's receiver, its thread and a caller, against a worker that writes what it likes while they read.</summary>
public class HostileWorkerTests(ITestOutputHelper output)
{
    private const long Data = RegionLayout.ResultRingOffset;
    private const int Capacity = RegionLayout.ResultRingBytes;
    private const long AwaitedCallId = 4_711;

    [Fact(Timeout = 30_000)]
    public async Task Rubbish_is_reported_once_and_nothing_is_read_after_it() => await Task.Run(() =>
        FuzzCases.Run(output, 200, random =>
        {
            using SharedRegion region = SharedRegion.Allocate(RegionLayout.FixedBytes);
            Span<byte> controls = region.Slice(RegionLayout.ControlsOffset, 3 * RingControlLayout.Bytes);
            random.NextBytes(controls);
            var handler = new CountingHandler();
            HostReceiver receiver = Receive(region, handler);
            bool reads = random.Next(2) == 0 && receiver.TryBeginWait();
            var producer = new HostileProducer(region, Data, Capacity, random);
            int head = 0;
            for (int i = random.Next(200); i > 0; i--)
            {
                head = producer.Tail;
                producer.WriteRecord(damageOneIn: 50);
                if (random.Next(8) == 0)
                {
                    producer.Damage(head);
                }
                if (random.Next(8) == 0)
                {
                    Rings.ResultWriter(Memory(region)).WakeConsumer();
                }
                if (random.Next(8) == 0)
                {
                    // Head, who sleeps, and what is slept on.
                    random.NextBytes(controls);
                }
            }
            // No honest record has this length.
            for (int at = 0; at < Capacity; at += RecordLayout.Alignment)
            {
                Volatile.Write(ref region.Word32(Data + at), 5);
            }
            if (reads)
            {
                receiver.Wait(handler, maySleep: true);
                receiver.EndWait();
            }
            Rings.ResultReader(Memory(region)).Unpark(-1);
            handler.Corrupted.Wait();
            int frames = handler.Frames;
            receiver.CloseAfterDeath();
            receiver.Dispose();
            Assert.Equal((1, frames), (handler.Corruptions, handler.Frames));
            return true;
        }), TestContext.Current.CancellationToken);

    [Fact(Timeout = 30_000)]
    public async Task A_caller_gets_its_answer_and_the_worker_its_end_among_frames_without_end() => await Task.Run(() =>
        FuzzCases.Run(output, 40, random =>
        {
            using SharedRegion region = SharedRegion.Allocate(RegionLayout.FixedBytes);
            var handler = new CountingHandler();
            HostReceiver receiver = Receive(region, handler);
            using var stop = new CancellationTokenSource();
            int answerAfter = random.Next(2_000);
            var worker = new Thread(() => Flood(Rings.ResultWriter(Memory(region)), answerAfter, stop.Token));
            worker.Start();
            if (receiver.TryBeginWait())
            {
                receiver.Wait(handler, maySleep: true);
                Assert.True(handler.IsCompleted);
                receiver.EndWait();
            }
            receiver.CloseAfterDeath();
            receiver.Dispose();
            stop.Cancel();
            worker.Join();
            Assert.Equal(0, handler.Corruptions);
            return false;
        }), TestContext.Current.CancellationToken);

    /// <summary>Frames, and records that grow, as fast as they fit.</summary>
    private static void Flood(RingWriter<RegionMemory> ring, int answerAfter, CancellationToken stop)
    {
        for (int i = 0; !stop.IsCancellationRequested; i++)
        {
            var header = new FrameHeader(FrameKind.Item, FrameFlags.None, 0, i == answerAfter ? AwaitedCallId : 0);
            while (ring.TryWrite(header, []) < 0 && !stop.IsCancellationRequested)
            {
                ring.WakeConsumer();
                ring.WaitForRoom(0, timeoutMilliseconds: 1);
            }
            if (i % 100 == 0 && ring.TryBeginGrowing(header with { CallId = 0 }))
            {
                while (ring.TryGrow([]) && !stop.IsCancellationRequested)
                {
                    ring.WakeConsumer();
                }
                ring.EndGrowing();
            }
            ring.WakeConsumer();
        }
    }

    private static RegionMemory Memory(SharedRegion region) => new(region, LinuxParking.Instance);

    private static HostReceiver Receive(SharedRegion region, CountingHandler handler) => new(
        Rings.ResultReader(Memory(region)), new BulkReceiver(() => SharedRegion.Allocate(BulkLayout.SlotGrain)), handler, () => true, "fuzz");

    private sealed class CountingHandler : IFrameHandler, IAwaited
    {
        private volatile bool _completed;

        public int Corruptions;
        public int Frames; // Written under the receiver's gate.

        public ManualResetEventSlim Corrupted { get; } = new();

        public bool IsCompleted => _completed;

        public bool IsAwaitedFrom(IFrameHandler handler) => handler == this;

        public void OnFrame(in FrameHeader header, ReadOnlySpan<byte> payload, ReceivedBlocks? blocks)
        {
            Frames++;
            if (header.CallId == AwaitedCallId)
            {
                _completed = true;
            }
        }

        public void OnCorrupted(ChannelCorruptedException error)
        {
            Interlocked.Increment(ref Corruptions);
            Corrupted.Set();
        }
    }
}
