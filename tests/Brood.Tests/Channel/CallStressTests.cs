using System.Collections.Concurrent;
using Brood.Memory;
using Brood.Platform;

namespace Brood.Channel;

/// <summary>Callers that read for themselves or wait for the reader thread, and a worker of several sending threads.</summary>
/// <remarks>A wake-up that is lost shows as a call that never completes: the test then ends by its time limit.</remarks>
public class CallStressTests(ITestOutputHelper output)
{
    private const int Callers = 4;
    private const int Senders = 3;
    private const int MostAtOnce = 16;

    [Fact(Timeout = 300_000)]
    public async Task Every_call_completes_whoever_reads()
    {
        int count = int.TryParse(Environment.GetEnvironmentVariable("BROOD_STRESS_COUNT"), out int given) ? given : 200_000;
        int seed = int.TryParse(Environment.GetEnvironmentVariable("BROOD_STRESS_SEED"), out given) ? given : Random.Shared.Next();
        output.WriteLine($"BROOD_STRESS_SEED={seed}");
        SharedRegion region = SharedRegion.Allocate(RegionLayout.FixedBytes);
        var calls = new Calls(new RegionMemory(region, LinuxParking.Instance));
        Task[] threads =
        [
            .. Enumerable.Range(0, Callers).Select(i => Start(() => calls.Make(count / Callers, new Random(seed + i)))),
            .. Enumerable.Range(0, Senders).Select(_ => Start(calls.Answer)),
        ];
        // What one of them found is told at once: the others may then wait for ever.
        for (int left = Callers; left > 0; left--)
        {
            await await Task.WhenAny(threads.Where(thread => thread.IsFaulted || !thread.IsCompleted))
                .WaitAsync(TestContext.Current.CancellationToken);
        }
        calls.Dispose();
        await Task.WhenAll(threads).WaitAsync(TestContext.Current.CancellationToken);
        region.Dispose();
        output.WriteLine($"{calls.ReadInline:N0} batches were read by their callers");
    }

    private static Task Start(Action run) =>
        Task.Factory.StartNew(run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private sealed class Calls : IFrameHandler, IDisposable
    {
        private readonly BlockingCollection<Call> _sent = [];
        private readonly ConcurrentDictionary<long, Call> _open = [];
        private readonly FrameSender _results;
        private readonly HostReceiver _receiver;
        private long _lastId;
        private int _inFlight;
        private int _readInline;
        private volatile ChannelCorruptedException? _corrupted;

        public Calls(RegionMemory memory)
        {
            var noArea = new BulkSender(() => throw new InvalidOperationException("No value here is large."), _ => { });
            _results = new FrameSender(Rings.ResultWriter(memory), noArea);
            _receiver = new HostReceiver(
                Rings.ResultReader(memory), new BulkReceiver(() => throw new InvalidOperationException("No value here is large.")),
                this, () => Volatile.Read(ref _inFlight) > 0, "stress");
        }

        public int ReadInline => _readInline;

        /// <summary>Calls several at once; waits for the last of them inline if nobody else does.</summary>
        public void Make(int count, Random random)
        {
            var batch = new List<Call>();
            for (int left = count; left > 0; left -= batch.Count)
            {
                batch.Clear();
                int atOnce = Math.Min(left, random.Next(1, MostAtOnce + 1));
                bool reads = random.Next(4) != 0 && _receiver.TryBeginWait();
                for (int i = 0; i < atOnce; i++)
                {
                    batch.Add(Send());
                }
                if (reads)
                {
                    Interlocked.Increment(ref _readInline);
                    _receiver.Wait(batch[^1], maySleep: random.Next(2) == 0);
                    _receiver.EndWait();
                }
                foreach (Call call in batch)
                {
                    call.Completed.Wait();
                }
                if (_corrupted is { } error)
                {
                    throw error;
                }
            }
        }

        /// <summary>One of the worker's threads.</summary>
        public void Answer()
        {
            foreach (Call call in _sent.GetConsumingEnumerable())
            {
                var header = new FrameHeader(FrameKind.Result, FrameFlags.None, 0, call.Id);
                byte[] id = BitConverter.GetBytes(call.Id);
                if (call.Id % 3 == 0)
                {
                    _results.SendItem(header, id, isAlone: false);
                }
                else
                {
                    _results.Send(header, id, []);
                }
            }
        }

        public void OnFrame(in FrameHeader header, ReadOnlySpan<byte> payload, ReceivedBlocks? blocks)
        {
            for (; !payload.IsEmpty; payload = payload[sizeof(long)..])
            {
                if (!_open.TryRemove(BitConverter.ToInt64(payload), out Call? call))
                {
                    throw new InvalidOperationException("An answer came twice, or to no call.");
                }
                Interlocked.Decrement(ref _inFlight);
                call.Completed.Set();
            }
        }

        public void OnCorrupted(ChannelCorruptedException error)
        {
            _corrupted = error;
            foreach (Call call in _open.Values)
            {
                call.Completed.Set();
            }
        }

        public void Dispose()
        {
            _sent.CompleteAdding();
            _results.Close();
            _receiver.CloseAfterDeath();
            _receiver.Dispose();
        }

        private Call Send()
        {
            var call = new Call(this, Interlocked.Increment(ref _lastId));
            _open[call.Id] = call;
            Interlocked.Increment(ref _inFlight);
            _sent.Add(call);
            _receiver.EnsureReader();
            return call;
        }
    }

    private sealed class Call(Calls owner, long id) : IAwaited
    {
        public long Id => id;

        public ManualResetEventSlim Completed { get; } = new();

        public bool IsCompleted => Completed.IsSet;

        public bool IsAwaitedFrom(IFrameHandler handler) => handler == owner;
    }
}
