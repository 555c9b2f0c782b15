namespace Brood.Pool;

/// <summary>Host and workers at full speed over their real channel: all kinds of frames, both directions, random sizes.</summary>
/// <remarks>
/// What crosses is a function of its number, see <see cref="StressPayload"/>: whoever gets it notices if it is torn or
/// another's. Numbers grow, and are counted on both sides: what is lost, comes twice or is withdrawn and run all the same
/// is noticed, too. A wake-up that is lost shows as a run that does not end.
/// </remarks>
internal sealed class ChannelStress(int seed)
{
    /// <summary>Threads that use one worker at the same time.</summary>
    private const int LanesPerWorker = 3;

    private long _calls;
    private long _withdrawn;
    private long _items;
    private long _bytes;

    public override string ToString() =>
        $"{_calls:N0} calls, {_withdrawn:N0} withdrawn, {_items:N0} items, {_bytes / 1e9:N1} GB of payloads";

    /// <exception cref="InvalidOperationException">Something did not come as it was sent; the message has the seed.</exception>
    public async Task RunAsync(int workers, TimeSpan duration, CancellationToken cancellationToken = default)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        over.CancelAfter(duration);
        var loads = new List<Task> { MapAsync(new Random(seed), over.Token) };
        for (int i = 0; i < workers; i++)
        {
            loads.Add(LoadAsync(seed + 1 + (i * LanesPerWorker), over.Token));
        }
        await foreach (Task load in Task.WhenEach(loads).WithCancellation(cancellationToken))
        {
            // What one of them found is told at once: the others may wait for ever.
            await load;
        }
    }

    private async Task LoadAsync(int firstSeed, CancellationToken over)
    {
        await using Worker worker = await Worker.StartAsync(cancellationToken: CancellationToken.None);
        var lanes = new List<Task>();
        for (int i = 0; i < LanesPerWorker; i++)
        {
            int lane = i;
            lanes.Add(Task.Run(() => CallAsync(worker, lane, new Random(firstSeed + lane), over), CancellationToken.None));
        }
        await Task.WhenAll(lanes);
    }

    private async Task CallAsync(Worker worker, int lane, Random random, CancellationToken over)
    {
        long last = 0; // The number of this lane's last call.
        long ran = 0;
        while (!over.IsCancellationRequested)
        {
            switch (random.Next(8))
            {
                case 0:
                    await StreamAsync(worker, random.Next(), random.Next(300));
                    break;
                case 1:
                    await SourceAsync(worker, random.Next(), random.Next(300));
                    break;
                case 2:
                    await ReportAsync(worker, random.Next(300));
                    break;
                case 3 or 4:
                    await BatchAsync(random.Next(1, 200), withdrawFrom: int.MaxValue);
                    break;
                case 5:
                    int count = random.Next(1, 200);
                    await BatchAsync(count, withdrawFrom: random.Next(count));
                    break;
                default:
                    for (int i = random.Next(200); i > 0; i--)
                    {
                        last++;
                        Took(last, worker.Call(StressWorker.Answer, lane, last, StressPayload.Of(last)));
                    }
                    break;
            }
        }
        long served = await worker.CallAsync(StressWorker.Served, lane, CancellationToken.None);
        Require(served == ran, $"lane {lane}: {ran:N0} calls were answered, {served:N0} ran");

        async Task BatchAsync(int count, int withdrawFrom)
        {
            using var withdraw = new CancellationTokenSource();
            var calls = new List<(long Number, Task<byte[]> Answer)>();
            for (int i = 0; i < count; i++)
            {
                last++;
                calls.Add((last, i < withdrawFrom
                    ? worker.CallAsync(StressWorker.Answer, lane, last, StressPayload.Of(last), CancellationToken.None)
                    : worker.CallAsync(StressWorker.AnswerUnlessCancelled, lane, last, StressPayload.Of(last), CancellationToken.None, withdraw.Token)));
            }
            await withdraw.CancelAsync();
            foreach ((long number, Task<byte[]> answer) in calls)
            {
                try
                {
                    Took(number, await answer);
                }
                catch (OperationCanceledException)
                {
                    Interlocked.Increment(ref _withdrawn);
                }
            }
        }

        void Took(long number, byte[] answer)
        {
            Require(StressPayload.Is(answer, -number), $"lane {lane}: the answer of call {number:N0} is not its own");
            ran++;
            Interlocked.Increment(ref _calls);
            Interlocked.Add(ref _bytes, answer.Length + StressPayload.LengthOf(number));
        }
    }

    private async Task StreamAsync(Worker worker, long first, int count)
    {
        long next = first;
        await foreach (byte[] item in worker.StreamAsync(StressWorker.Count, first, count))
        {
            Require(StressPayload.Is(item, next), $"item {next - first:N0} of a stream is not its own");
            next++;
        }
        Require(next == first + count, $"{next - first:N0} of {count:N0} items of a stream came");
        Interlocked.Add(ref _items, count);
    }

    private async Task SourceAsync(Worker worker, long first, int count)
    {
        int read = await worker.CallAsync(StressWorker.ReadAllAsync, first, AsyncEnumerable.Range(0, count).Select(i => StressPayload.Of(first + i)));
        Require(read == count, $"the worker read {read:N0} of {count:N0} items of a source");
        Interlocked.Add(ref _items, count);
    }

    private async Task ReportAsync(Worker worker, int count)
    {
        var reports = new InOrder();
        await worker.CallAsync(StressWorker.Report, count, (IProgress<int>)reports);
        Require(reports.Count == count, $"{reports.Count:N0} of {count:N0} reports came in order");
        Interlocked.Add(ref _items, count);
    }

    private async Task MapAsync(Random random, CancellationToken over)
    {
        await using var pool = new WorkerPool(1);
        while (!over.IsCancellationRequested)
        {
            int first = random.Next();
            int count = random.Next(1, 20_000);
            long next = first;
            await foreach (byte[] item in pool.MapAsync(StressWorker.Item, Enumerable.Range(0, count).Select(i => first + (long)i)))
            {
                Require(StressPayload.Is(item, next), $"item {next - first:N0} of a map is not its own");
                next++;
            }
            Require(next == first + count, $"{next - first:N0} of {count:N0} items of a map came");
            Interlocked.Add(ref _items, count);
        }
    }

    private void Require(bool condition, string otherwise)
    {
        if (!condition)
        {
            throw new InvalidOperationException($"Seed {seed}: {otherwise}");
        }
    }

    private sealed class InOrder : IProgress<int>
    {
        public int Count { get; private set; }

        public void Report(int value) => Count += value == Count ? 1 : 0;
    }
}
