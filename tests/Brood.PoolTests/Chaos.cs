using System.Collections.Concurrent;

namespace Brood.Pool;

/// <summary>Many small calls and maps while workers are killed, stopped and continued at random.</summary>
internal sealed class Chaos(int seed, int workers)
{
    private readonly Random _random = new(seed);
    private readonly ManualResetEventSlim _over = new();
    private long _ended; // Calls and items. Interlocked.

    public long Kills { get; private set; }

    public long Stops { get; private set; }

    public ConcurrentDictionary<string, int> Outcomes { get; } = new();

    /// <summary>Makes the calls, and checks that each ended once and ran at most as often as it may.</summary>
    /// <exception cref="InvalidOperationException">It was not so; the message has the seed.</exception>
    public async Task RunAsync(int calls, CancellationToken cancellationToken = default)
    {
        using var counters = new Counters(calls * 2);
        string path = counters.Path;
        var ends = new int[calls * 2];
        await using (var pool = new WorkerPool(new WorkerPoolOptions
        {
            Workers = workers,
            RestartIntensity = int.MaxValue,
            JoinTimeout = TimeSpan.FromSeconds(30),
        }))
        {
            await pool.WarmUpAsync(cancellationToken);
            var villain = new Thread(() => Disturb(pool)) { IsBackground = true };
            villain.Start();
            try
            {
                await Task.WhenAll(CallAsync(pool, path, calls, ends), MapAsync(pool, path, calls, ends)).WaitAsync(cancellationToken);
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException($"Seed {seed} hangs: {ends.Sum()} of {ends.Length} ended. {Describe(pool.GetStatistics())}");
            }
            finally
            {
                _over.Set();
                villain.Join();
            }
        }
        Check(counters, ends, calls);
    }

    private async Task CallAsync(WorkerPool pool, string path, int calls, int[] ends)
    {
        Callable retried = pool.With(new CallOptions { Retries = 3 });
        const int Batch = 500;
        for (int start = 0; start < calls; start += Batch)
        {
            await Task.WhenAll(Enumerable.Range(start, Math.Min(Batch, calls - start)).Select(i => OneAsync(i)));
        }

        async Task OneAsync(int i)
        {
            string outcome = "result";
            try
            {
                int answer = await (MayRunAgain(i) ? retried : pool).CallAsync(Run, path, i);
                Require(answer == i + 1, $"call {i} returned {answer}");
            }
            catch (Exception e)
            {
                outcome = e is WorkerCrashedException crash ? crash.Started ? "crashed" : "crashed while read, three times" : e.ToString();
            }
            Interlocked.Increment(ref ends[i]);
            Interlocked.Increment(ref _ended);
            Outcomes.AddOrUpdate(outcome, 1, static (_, count) => count + 1);
        }
    }

    private async Task MapAsync(WorkerPool pool, string path, int calls, int[] ends)
    {
        await foreach (MapResult<int> result in pool.MapResultsAsync(i => Run(path, i), Enumerable.Range(calls, calls)))
        {
            Require(result.Error is null or WorkerCrashedException, $"item {result.Index}: {result.Error}");
            Require(result.Error is not null || result.Value == calls + result.Index + 1, $"item {result.Index} returned something else");
            Interlocked.Increment(ref ends[calls + result.Index]);
            Interlocked.Increment(ref _ended);
            Outcomes.AddOrUpdate(result.Succeeded ? "item" : "item crashed", 1, static (_, count) => count + 1);
        }
    }

    private static bool MayRunAgain(int call) => call % 10 == 0;

    private static int Run(string path, int i)
    {
        Counters.Count(path, i);
        return i + 1;
    }

    private void Disturb(WorkerPool pool)
    {
        var stopped = new Queue<int>();
        long next = 0;
        while (!_over.IsSet)
        {
            // The pace of the disturbance; its end cuts it short.
            _over.Wait(_random.Next(2, 30));
            int[] alive = [.. pool.GetStatistics().Workers.Where(static worker => worker.ProcessId != 0).Select(static worker => worker.ProcessId)];
            if (stopped.TryDequeue(out int old))
            {
                Native.Kill(old, Native.SIGCONT);
            }
            // Each is followed by some calls that end: on a machine that starts workers more slowly than this kills them, none would.
            if (alive.Length == 0 || Interlocked.Read(ref _ended) < next)
            {
                continue;
            }
            next = Interlocked.Read(ref _ended) + _random.Next(250);
            int chosen = alive[_random.Next(alive.Length)];
            if (_random.Next(2) == 0)
            {
                Kills++;
                Native.Kill(chosen, Native.SIGKILL);
            }
            else
            {
                Stops++;
                Native.Kill(chosen, Native.SIGSTOP);
                stopped.Enqueue(chosen);
            }
        }
        foreach (int processId in stopped)
        {
            Native.Kill(processId, Native.SIGCONT);
        }
    }

    private void Check(Counters counters, int[] ends, int calls)
    {
        for (int i = 0; i < ends.Length; i++)
        {
            Require(ends[i] == 1, $"call {i} ended {ends[i]} times");
            int most = i < calls && MayRunAgain(i) ? 4 : 1;
            Require(counters[i] <= most, $"call {i} ran {counters[i]} times, of {most}");
        }
        foreach (string outcome in Outcomes.Keys)
        {
            Require(outcome is "result" or "crashed" or "crashed while read, three times" or "item" or "item crashed", outcome);
        }
    }

    private static string Describe(PoolStatistics statistics) => $"{statistics} " + string.Join("; ", statistics.Workers);

    private void Require(bool condition, string otherwise)
    {
        if (!condition)
        {
            throw new InvalidOperationException($"Seed {seed}: {otherwise}");
        }
    }
}
